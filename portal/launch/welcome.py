"""The text printed when the portal runs: its address, the demo logins, what to try."""

import json
from collections.abc import Mapping
from types import MappingProxyType

from .places import Places
from .preparation import demo_people

TO_TRY = """\
  Thử một vòng:
    1. Gõ «xac nhan cu tru» vào ô tìm kiếm, mở thủ tục «Xác nhận thông tin về cư trú».
    2. Đăng nhập bằng congdan1, điền, xem lại, nộp: có mã hồ sơ và giấy xác nhận ngay.
    3. Đăng nhập bằng motcua1: tiếp nhận rồi chuyển; chuyenvien1 xử lý; lanhdao1 duyệt.
    4. Trở lại bằng congdan1, tải kết quả đã ký; bất cứ ai kiểm tra được tờ ấy ở {address}/kiem-tra/."""
TO_PAY = """\
  Trả phí (cổng thanh toán giả lập, không trừ tiền thật):
    1. Bằng congdan1, nộp «cấp phiếu lý lịch tư pháp» rồi bấm «Trả phí»: trang trả tiền, biên lai, hồ sơ đi tiếp.
    2. Làm hỏng cho biết: {mock}/bang-dieu-khien/ có công tắc cho mọi sự cố; chuyển khoản thì ở {mock}/bank/.
    3. Hoàn phí cần hai người: ketoan1 đề nghị, ketoan2 duyệt, ở {address}/can-bo/ke-toan/."""

TO_SEND = """\
  Gửi kết quả qua bưu điện (bưu điện giả lập, không có bưu gửi nào đi thật):
    Khi nộp chọn «Bưu điện mang đến nhà»; có kết quả thì motcua1 bấm «Gửi bưu điện». Cho thất lạc, từ chối, tìm thấy: {mock}/."""


TO_TEXT = """\
  Tin nhắn SMS nhắc lại (nhà mạng giả lập, không tin nào tới máy của ai): {mock}/."""
TO_PLAY = {"gateway": TO_PAY, "post": TO_SEND, "sms": TO_TEXT}


def text(places: Places, address: str, played: Mapping[str, int] = MappingProxyType({})) -> str:
    """The whole text. `played`: {name of a mock: its port}."""
    known = _written_down(places)
    lines = ["", f"  Cổng dịch vụ công đang chạy: {address}/", ""]
    if known:
        lines += [f"  Người dùng thử (mật khẩu chung: {known['password']}):"]
        lines += [f"    {person['login']:<12} {person['name']:<24} {person['part']}" for person in known["people"]] + [""]
    lines += [TO_TRY.format(address=address), ""]
    for name, port in played.items():
        lines += [TO_PLAY[name].format(address=address, mock=f"http://127.0.0.1:{port}"), ""]
    lines += [f"  Dữ liệu và nhật ký: {places.var}/   Dừng: Ctrl-C", ""]
    return "\n".join(lines)


def _written_down(places: Places) -> dict:
    try:
        return json.loads(demo_people(places).read_text())
    except (OSError, ValueError):
        return {}
