"""The gallery of components for developers: each component in each state, with sample data. Served in demo mode only."""

import datetime as dt

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import render

from dossiers.states import DossierState
from portal.common.clock import LOCAL
from procedures.levels import ServiceLevel

MOMENT = dt.datetime(2026, 8, 27, 9, 41, tzinfo=LOCAL)
STATE_WORDS = [
    "Bản nháp, chưa nộp", "Chờ tiếp nhận", "Đã tiếp nhận", "Không được tiếp nhận", "Đang xử lý", "Cần bổ sung giấy tờ",
    "Cần trả phí", "Đã xin rút", "Đã dừng xử lý", "Đã có kết quả", "Đã trả kết quả",
]  # fmt: skip


class SampleForm(forms.Form):
    """One field of each kind, to show how Django forms are rendered."""

    phone = forms.CharField(label="Số điện thoại", help_text="10 số, ví dụ 0912 345 678")
    id_number = forms.RegexField(
        r"^[0-9]{12}$", label="Số căn cước", error_messages={"invalid": "Số căn cước có 12 số, mới nhập 11 số"}
    )
    province = forms.ChoiceField(label="Tỉnh, thành phố", choices=[("11", "Tỉnh Điện Biên"), ("01", "Thành phố Hà Nội")])
    channel = forms.ChoiceField(
        label="Nhận tin báo ở đâu", widget=forms.RadioSelect, choices=[("inbox", "Hộp tin trên cổng"), ("email", "Thư điện tử")]
    )
    reason = forms.CharField(label="Nhắn cho cán bộ", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    agreed = forms.BooleanField(label="Tôi cam đoan những điều khai ở trên là đúng sự thật")


@login_not_required
def gallery(request):
    """Every component in every state, with the background of citizens' pages or (?nen=can-bo) of staff pages."""
    if not settings.DEMO:
        raise Http404
    staff = request.GET.get("nen") == "can-bo"
    base = "staff_base.html" if staff else "base.html"
    return render(request, "gallery.html", {"frame": base, "staff": staff, **samples()})


def samples():
    """Sample data for each component."""
    states = list(zip([state.look for state in DossierState], STATE_WORDS, strict=True))
    return {
        "moment": MOMENT,
        "states": states,
        "levels": list(ServiceLevel),
        "sample_form": SampleForm({"phone": "0912 345 678", "id_number": "07916100120", "province": "11", "channel": "email"}),
        "crumbs": [{"label": "Trang đầu", "href": "/"}, {"label": "Cưới hỏi", "href": "#cuoi"}, {"label": "Kho thành phần"}],
        "facts": FACTS,
        "steps": STEPS,
        "needs": NEEDS,
        "wizard": WIZARD,
        "errors": [
            {"text": "Nhập số bản án, ví dụ 12/2019/QĐST-HNGĐ", "href": "#so-ban-an"},
            {"text": "Tháng 2 không có ngày 31. Xem lại ngày ghi trên bản án", "href": "#ngay"},
        ],
        "courts": [{"value": "1", "label": "Tòa án nhân dân khu vực 1"}, {"value": "2", "label": "Nơi khác, gõ tên"}],
        "answers": ANSWERS,
        "files": FILES,
        "summary": SUMMARY,
        "fees": [
            {
                "label": "Phí cấp giấy",
                "amount": 15000,
                "notes": ["5.000\u00a0đồng × 3\u00a0bản", "Căn cứ: 281/2016/TT-BTC.", "Được hoàn nếu rút hồ sơ."],
                "mark": "dữ liệu thử",
            },
            {"label": "Bản giấy gửi đến nhà", "amount": 25000, "notes": ["Không hoàn lại."]},
        ],
        "todos": TODOS,
        "tiles": [{"look": look, "label": label, "count": n % 4, "href": f"#{n}"} for n, (look, label) in enumerate(states)],
        "timeline": TIMELINE,
        "sla": [
            ("late", "Quá hạn 1 ngày"),
            ("today", "Hôm nay 17:00"),
            ("soon", "Còn 1 ngày"),
            ("ok", "Còn 3 ngày"),
            ("hold", "Tạm dừng"),
        ],
        "saved_states": ["saved", "saving", "offline", "failed"],
        "tones": ["info", "ok", "warn", "bad"],
        "dossiers": DOSSIERS,
        "facts_of_clerk": CLERK_FACTS,
        "groups": GROUPS,
        "pictures": ["photo", "login", "answer", "qr", "pay", "result", "track", "help", "safe", "empty"],
        "events": [
            ("baby", "gold", "Có con nhỏ"),
            ("rings", "red", "Cưới hỏi"),
            ("land", "jade", "Nhà đất"),
            ("home", "", "Cư trú"),
        ],
        "queue": QUEUE,
    }


FACTS = [
    {"icon": "clock", "label": "Có kết quả sau", "value": "3 ngày làm việc", "note": "Thực tế tháng này: 1,8 ngày"},
    {"icon": "money", "label": "Phí", "value": "15.000 đồng", "note": "Hộ nghèo: không mất phí"},
    {"icon": "desk", "label": "Nơi giải quyết", "value": "UBND xã, phường", "note": "nơi đăng ký thường trú"},
    {"icon": "doc", "label": "Kết quả", "value": "Bản điện tử có chữ ký số"},
]
STEPS = [
    {"title": "Đăng nhập", "text": "Gõ tên đăng nhập và mật khẩu.", "time": "Khoảng 1 phút", "picture": "login"},
    {"title": "Trả lời 5 câu hỏi", "text": "Tên, ngày sinh, địa chỉ đã có sẵn.", "time": "Khoảng 3 phút", "picture": "answer"},
    {"title": "Nhận giấy", "text": "Có tin nhắn khi xong.", "time": "Trong 3 ngày làm việc", "picture": "result"},
]
NEEDS = [
    {"kind": "ok", "title": "Căn cước, nơi ở: không cần nộp", "note": "Máy lấy sẵn từ cơ sở dữ liệu dân cư."},
    {"kind": "if", "title": "Nếu đã ly hôn: ảnh bản án", "note": "Chụp bằng điện thoại, đủ các trang."},
    {"kind": "todo", "icon": "mobile", "title": "Điện thoại nhận được tin nhắn", "note": "Để nhận mã hồ sơ."},
]
WIZARD = [
    {"label": "Thông tin", "href": "#thong-tin", "done": True},
    {"label": "Giấy tờ", "current": True},
    {"label": "Xem lại"},
    {"label": "Nhận giấy xác nhận"},
]
ANSWERS = [
    {"value": "chua", "label": "Chưa kết hôn lần nào"},
    {"value": "dang", "label": "Đang có vợ hoặc chồng", "note": "Giấy sẽ ghi tên vợ hoặc chồng hiện nay"},
    {"value": "ly-hon", "label": "Đã ly hôn, chưa kết hôn lại", "checked": True},
]
FILES = [
    {"title": "Trang 1", "note": "Rõ nét", "icon": "check", "href": "#xem1", "remove_name": "xoa", "remove_value": "1"},
    {"title": "Trang 2", "note": "Ảnh bị mờ", "icon": "alert", "bad": True, "href": "#xem2"},
    {"title": "Ảnh mới", "note": "Chưa có", "icon": "info", "picture": "camera"},
]
SUMMARY = [
    {"term": "Họ và tên", "value": "Nguyễn Thị Lan"},
    {"term": "Nơi thường trú", "value": "Tổ 5, phường Mường Thanh, tỉnh Điện Biên", "href": "#sua"},
    {
        "term": "Giấy tờ đã nhận",
        "lines": ["Tờ khai (1 bản điện tử)", "Quyết định ly hôn (4 trang)"],
        "href": "#sua2",
        "of": "giấy tờ",
    },
]
TODOS = [
    {
        "look": DossierState.SUPPLEMENT_REQUIRED.look,
        "state_label": "Cần bổ sung giấy tờ",
        "deadline": "Còn 4 ngày, đến hết thứ sáu 28 tháng 8",
        "title": "Chụp lại trang 2 sổ hộ khẩu cũ",
        "text": "Cán bộ ghi: “Trang 2 mờ, không đọc được ngày cấp.”",
        "href": "#bo-sung",
        "action": "Chụp lại",
        "icon": "camera",
    },
    {
        "look": DossierState.PAYMENT_REQUIRED.look,
        "state_label": "Cần trả phí",
        "title": "Trả 15.000 đồng tại quầy",
        "href": "#phi",
        "action": "Xem nơi trả",
        "icon": "desk",
        "tone": "pay",
    },
]
TIMELINE = [
    {"state": "done", "title": "Nộp hồ sơ trên mạng", "text": "Thứ năm 20 tháng 8, 14 giờ 02"},
    {"state": "done", "title": "Tiếp nhận, hồ sơ đủ", "text": "Thứ năm 20 tháng 8, 15 giờ 40 · Lê Thị Hạnh, một cửa"},
    {"state": "now", "title": "Kiểm tra điều kiện", "text": "Từ 8 giờ 10 hôm nay", "lines": ["Trần Văn Minh giữ hồ sơ"]},
    {"state": "later", "title": "Lãnh đạo phường ký", "text": "Dự kiến chiều nay", "icon": "sign"},
]
DOSSIERS = [
    {
        "title": "Đăng ký kết hôn cho con trai",
        "href": "#d1",
        "code": "H18.05-260820-0031",
        "meta": ["Đang ở: Trần Văn Minh", "Còn 1 ngày"],
        "look": DossierState.PROCESSING.look,
        "state_label": "Đang xử lý",
    },
    {
        "title": "Cấp đổi sổ đỏ",
        "href": "#d2",
        "meta": ["Đã điền 3 trên 6 trang"],
        "look": DossierState.DRAFT.look,
        "state_label": "Bản nháp, chưa nộp",
    },
]
CLERK_FACTS = [
    {"term": "Họ và tên", "value": "Nguyễn Thị Lan", "source": "Dân cư", "checked": True},
    {"term": "Bản án", "value": "12/2019/QĐST-HNGĐ, ngày 28/2/2019", "source": "Tự khai", "differs": True},
]
GROUPS = [
    {"label": "Việc của tôi", "count": 14, "href": "#n1", "current": True},
    {"label": "Quá hạn", "count": 1, "href": "#n2", "hot": True},
    {"label": "Chờ ký", "count": 0, "href": "#n3"},
]
QUEUE = [
    {
        "code": "H18.05-260819-0102",
        "title": "Cấp bản sao trích lục",
        "tone": "late",
        "due": "Quá hạn 1 ngày",
        "who": "Phạm Văn Tám",
    },
    {"code": "H18.05-260820-0031", "title": "Đăng ký kết hôn", "tone": "today", "due": "Hôm nay 17:00", "who": "Nguyễn Thị Lan"},
]
