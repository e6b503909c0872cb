"""What the launcher says when the portal answers: where it is, who may log in, what to try."""

import json

from .places import Places
from .services import Services

TO_TRY = """\
  Thử một vòng:
    1. Gõ «xac nhan cu tru» vào ô tìm kiếm, mở thủ tục 1.010041.
    2. Đăng nhập bằng congdan1, điền, xem lại, nộp: có mã hồ sơ và giấy xác nhận ngay.
    3. Đăng nhập bằng motcua1: tiếp nhận rồi chuyển; chuyenvien1 xử lý; lanhdao1 duyệt.
    4. Trở lại bằng congdan1, tải kết quả đã ký; bất cứ ai kiểm tra được tờ ấy ở {address}/kiem-tra/."""


def text(places: Places, address: str, services: Services) -> str:
    """The whole greeting. The people come from the file that seed_demo leaves in var/."""
    lines = ["", f"  Cổng dịch vụ công đang chạy: {address}/", ""]
    people = demo_people(places)
    if people:
        lines += [f"  Người dùng thử (mật khẩu chung: {people[0]['password']}):"]
        lines += [f"    {person['username']:<14} {person['name']:<26} {person['role']}" for person in people] + [""]
    lines += [TO_TRY.format(address=address), ""]
    lines += [f"  Dữ liệu và nhật ký: {places.var}/   Dừng: Ctrl-C", ""]
    return "\n".join(lines)


def demo_people(places: Places) -> list[dict]:
    try:
        return json.loads((places.var / "demo_people.json").read_text())
    except (OSError, ValueError):
        return []
