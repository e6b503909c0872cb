"""What the launcher says when the portal answers: where it is, who may log in, what to try."""

import json

from .places import Places
from .preparation import demo_people

TO_TRY = """\
  Thử một vòng:
    1. Gõ «xac nhan cu tru» vào ô tìm kiếm, mở thủ tục 1.010041.
    2. Đăng nhập bằng congdan1, điền, xem lại, nộp: có mã hồ sơ và giấy xác nhận ngay.
    3. Đăng nhập bằng motcua1: tiếp nhận rồi chuyển; chuyenvien1 xử lý; lanhdao1 duyệt.
    4. Trở lại bằng congdan1, tải kết quả đã ký; bất cứ ai kiểm tra được tờ ấy ở {address}/kiem-tra/."""


def text(places: Places, address: str) -> str:
    """The whole greeting."""
    known = _written_down(places)
    lines = ["", f"  Cổng dịch vụ công đang chạy: {address}/", ""]
    if known:
        lines += [f"  Người dùng thử (mật khẩu chung: {known['password']}):"]
        lines += [f"    {person['login']:<12} {person['name']:<24} {person['part']}" for person in known["people"]] + [""]
    lines += [TO_TRY.format(address=address), ""]
    lines += [f"  Dữ liệu và nhật ký: {places.var}/   Dừng: Ctrl-C", ""]
    return "\n".join(lines)


def _written_down(places: Places) -> dict:
    try:
        return json.loads(demo_people(places).read_text())
    except (OSError, ValueError):
        return {}
