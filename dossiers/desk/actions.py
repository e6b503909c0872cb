"""Table of the steps that staff may take: URL slug, form, button and description."""

from collections.abc import Callable
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from dossiers import workflow
from dossiers.choices import DeliveryWay
from dossiers.desk.forms import asking, base, deciding, handing_out, holding, money
from dossiers.desk.result_forms import ApproveForm, CorrectForm, RefusalForm
from dossiers.desk.supplement_form import DeclineForm, SupplementForm, ask_form
from dossiers.transitions import conditions


class StepPage(NamedTuple):
    """How a step is offered. `slug`: in the URL; `verb`: on the button; `does`: description; `danger`: ends the dossier.

    `key`: keyboard shortcut. It opens this page only and never takes the step, because a step cannot be undone.
    """

    slug: str
    form: Callable[..., base.StepForm] | None
    verb: str
    does: str
    icon: str = "check"
    danger: bool = False
    main: bool = False
    key: str = ""


STEP_PAGES = {
    "accept": StepPage(
        "tiep-nhan", deciding.AcceptForm, _("Tiếp nhận"),
        _("Nhận hồ sơ vào giải quyết. Đồng hồ bắt đầu chạy và người nộp nhận giấy hẹn."), main=True, key="d",
    ),
    "transfer": StepPage(
        "chuyen-xu-ly", base.StepForm, _("Chuyển xử lý"), _("Chuyển hồ sơ tới cơ quan giải quyết và mở bước đầu tiên."),
        icon="swap", main=True, key="c",
    ),
    "note_received": StepPage(
        "ghi-nhan", base.StepForm, _("Ghi nhận thông báo"),
        _("Thủ tục này chỉ là thông báo: ghi nhận xong là kết thúc, giấy tiếp nhận là kết quả."), main=True, key="d",
    ),
    "hand_over": StepPage(
        "chuyen-buoc", holding.HandOverForm, _("Xong bước, chuyển tiếp"), _("Khép bước đang làm và mở bước sau."),
        icon="swap", main=True, key="c",
    ),
    "go_on_unconfirmed": StepPage(
        "khong-cho-xac-nhan", asking.GoOnForm, _("Làm tiếp, không chờ xác nhận"),
        _("Hết hạn mà người nộp không trả lời: khép bước xin xác nhận, đồng hồ chạy tiếp."), icon="swap", main=True,
    ),
    "approve": StepPage(
        "duyet", ApproveForm, _("Duyệt và ký"),
        _("Chốt nội dung kết quả. Cổng ký số đúng nội dung này; duyệt rồi thì không sửa được nữa."),
        icon="sign", main=True, key="d",
    ),
    "deliver": StepPage(
        "tra-ket-qua", handing_out.DeliverForm, _("Trả kết quả tại quầy"),
        _("Ghi ai đã ký nhận tại quầy, giấy tờ đã xem, và với tư cách gì."), icon="stamp", main=True, key="d",
    ),
    "send_parcel": StepPage(
        "gui-buu-dien", handing_out.SendParcelForm, _("Gửi bưu điện"),
        _("Đặt bưu điện mang kết quả tới địa chỉ dưới đây. Đặt rồi thì địa chỉ không sửa được nữa."), icon="mail", main=True,
    ),
    "paid": StepPage(
        "thu-phi", money.CashForm, _("Đã thu phí"), _("Ghi nhận tiền thu tại quầy; hồ sơ đi tiếp từ chỗ đang chờ."),
        icon="wallet", main=True,
    ),
    "collect": StepPage(
        "thu-tai-quay", money.CashForm, _("Thu phí tại quầy"), _("Ghi nhận tiền thu tại quầy. Hồ sơ vẫn ở bước đang làm."),
        icon="wallet",
    ),
    "set_fee": StepPage(
        "tinh-phi", money.SetFeeForm, _("Ghi số phí"), _("Ghi số tiền của từng khoản mà quy định để cơ quan tính."),
        icon="wallet",
    ),
    "charge": StepPage(
        "yeu-cau-phi", base.StepForm, _("Yêu cầu trả phí"), _("Dừng đồng hồ và báo người nộp trả phí trước khi làm tiếp."),
        icon="wallet",
    ),
    "waive": StepPage(
        "mien-phi", money.WaiveForm, _("Xác nhận miễn phí"), _("Xác nhận người nộp thuộc diện được miễn; hồ sơ đi tiếp."),
        icon="wallet",
    ),
    "ask_supplement": StepPage(
        "yeu-cau-bo-sung", ask_form, _("Yêu cầu bổ sung"),
        _(
            "Ghi đủ mọi chỗ trong một lần: lần thứ hai phải có trưởng bộ phận duyệt. Phần không chọn được khóa lại; đồng hồ dừng"
            " cho đến khi người nộp gửi lại."
        ),
        icon="alert", key="b",
    ),
    "ask_original": StepPage(
        "xin-ban-chinh", asking.OriginalForm, _("Xin xem bản chính"),
        _("Chỉ khi thủ tục ghi căn cứ. Mỗi lần đều được đếm; thời hạn giải quyết vẫn chạy, không tính lại."), icon="eye",
    ),
    "propose_supplement": StepPage(
        "trinh-bo-sung", SupplementForm, _("Trình yêu cầu bổ sung"),
        _("Lần này trưởng bộ phận phải duyệt. Duyệt rồi mới gửi cho người nộp; trong lúc chờ, đồng hồ vẫn chạy."),
        icon="alert", key="b",
    ),
    "decline_supplement": StepPage(
        "khong-duyet-bo-sung", DeclineForm, _("Không duyệt yêu cầu bổ sung"),
        _("Trả lại người trình, kèm lý do. Người nộp không nhận tin nào; hồ sơ làm tiếp."), icon="x",
    ),
    "ask_confirmation": StepPage(
        "xin-xac-nhan", asking.QuestionForm, _("Xin người nộp xác nhận"), _("Gửi nội dung để người nộp đọc lại và xác nhận."),
        icon="msg",
    ),
    "announce_visit": StepPage(
        "hen-kiem-tra", asking.VisitForm, _("Hẹn kiểm tra tại chỗ"),
        _("Báo người nộp lúc nào, ở đâu, ai đến. Hẹn lại thì gửi lần nữa; khép bước này phải ghi kết quả kiểm tra."), icon="cal",
    ),
    "consult": StepPage(
        "xin-y-kien", asking.ConsultForm, _("Xin ý kiến cơ quan khác"),
        _("Gửi văn bản lấy ý kiến. Đồng hồ chung vẫn chạy, nơi được hỏi có hạn riêng."), icon="branch",
    ),
    "send_joint_record": StepPage(
        "ky-chung", asking.JointRecordForm, _("Gửi biên bản chung để ký"),
        _("Mỗi cơ quan ký hoặc không ký, kèm lý do. Đủ chữ ký mới khép được bước này."), icon="users",
    ),
    "return_step": StepPage(
        "tra-lai-buoc", holding.ReturnForm, _("Trả lại bước trước"), _("Mở lại một bước đã xong. Hạn chung không đổi."),
        icon="back",
    ),
    "assign": StepPage("giao-viec", holding.AssignForm, _("Giao người giữ"), _("Giao hồ sơ cho một người cụ thể."), icon="users"),
    "take": StepPage(
        "nhan-ban-giao", holding.TakeForm, _("Nhận bàn giao"),
        _("Nhận bước vừa được chuyển đến. Từ lúc này anh/chị giữ bước đó."),
        icon="users",
    ),
    "refuse_handover": StepPage(
        "khong-nhan-ban-giao", holding.RefuseHandoverForm, _("Không nhận bàn giao"),
        _("Trả về bước trước, kèm lý do. Thời hạn giải quyết vẫn chạy."), icon="back",
    ),
    "take_over": StepPage(
        "nhan-lam-thay", holding.TakeOverForm, _("Nhận làm thay"),
        _("Trưởng bộ phận nhận một bước đang mở của cơ quan mình. Việc này ghi vào lịch sử, kèm lý do."), icon="users",
    ),
    "claim": StepPage(
        "nhan-ve-toi", base.StepForm, _("Nhận về tôi"),
        _("Nhận hồ sơ chưa ai giữ. Đồng nghiệp không thấy nó trong việc của họ nữa."),
        icon="user", key="i",
    ),
    "give_back": StepPage(
        "tra-lai-viec-chung", base.StepForm, _("Trả lại việc chung"), _("Thôi giữ hồ sơ: mọi người cùng vai trò đều nhận được."),
        icon="back",
    ),
    "pass_on": StepPage(
        "giao-dong-nghiep", holding.PassOnForm, _("Giao cho đồng nghiệp"),
        _("Giao việc đang giữ cho người cùng vai trò. Người ấy được báo, lý do ghi vào lịch sử."), icon="users",
    ),
    "extend": StepPage(
        "gia-han", deciding.ExtendForm, _("Xin lỗi, hẹn lại"),
        _("Chỉ một lần cho mỗi hồ sơ. Cổng gửi văn bản xin lỗi và ngày hẹn mới; ngày hẹn đầu vẫn lưu để thống kê."), icon="cal",
    ),
    "apologise": StepPage(
        "xin-loi-tre-hen", deciding.ApologiseForm, _("Xin lỗi vì trễ hẹn"),
        _(
            "Không còn gia hạn được. Cổng gửi văn bản xin lỗi và ngày hẹn mới. Hồ sơ vẫn tính là trễ trong mọi thống kê, mỗi lần"
            " xin lỗi đều được ghi."
        ),
        icon="cal",
    ),
    "correct_result": StepPage(
        "sua-ket-qua", CorrectForm, _("Sửa kết quả đã cấp"),
        _("Kết quả sai thì thay thế hoặc thu hồi, không sửa tệp cũ. Mã trên giấy cũ sẽ nói rõ điều đó."),
        icon="edit", danger=True,
    ),
    "resubmit": StepPage(
        "bo-sung-tai-quay", base.SignedForm, _("Nhận bổ sung"), _("Nhập phần bổ sung người dân mang đến hoặc gửi thư."),
        icon="check", main=True,
    ),
    "confirm": StepPage(
        "tra-loi-tai-quay", asking.SignedConfirmationForm, _("Ghi người nộp trả lời"),
        _("Ghi câu trả lời người nộp đã ký trên giấy; đồng hồ chạy tiếp."), icon="msg",
    ),
    "withdraw": StepPage(
        "rut-tai-quay", base.SignedForm, _("Ghi đơn xin rút"),
        _("Người nộp xin rút bằng giấy có chữ ký. Chưa tiếp nhận thì hồ sơ dừng ngay."), icon="back", danger=True,
    ),
    "confirm_withdrawal": StepPage(
        "dong-y-rut", deciding.WithdrawalForm, _("Đồng ý cho rút"), _("Dừng hồ sơ theo đề nghị của người nộp."),
        icon="back", main=True,
    ),
    "refuse_withdrawal": StepPage(
        "khong-cho-rut", base.ReasonForm, _("Không cho rút"), _("Hồ sơ trở lại chỗ cũ và được làm tiếp."), icon="x", danger=True,
    ),
    "refuse_receipt": StepPage(
        "tu-choi", base.ReasonForm, _("Không tiếp nhận"), _("Kết thúc hồ sơ với phiếu từ chối, có lý do bằng văn bản."),
        icon="x", danger=True, key="t",
    ),
    "refuse_substance": StepPage(
        "khong-giai-quyet", RefusalForm, _("Không giải quyết"),
        _("Quyết định không chấp nhận yêu cầu. Người nộp nhận thông báo có ký số, kèm lý do và căn cứ."),
        icon="x", danger=True, key="t",
    ),
    "stop": StepPage(
        "dung", deciding.StopForm, _("Dừng giải quyết"), _("Dừng hồ sơ vì căn cứ pháp luật. Người nộp nhận thông báo dừng."),
        icon="x-c", danger=True,
    ),
}  # fmt: skip
PRINT = "print"  # not a step: prints the receipt slips of the chosen dossiers
PRINT_PAGE = StepPage("", None, _("In giấy tiếp nhận"), _("Gộp giấy tiếp nhận của các hồ sơ đã chọn vào một tệp để in."), "print")
BULK_STEPS = {  # what can be done for several dossiers at once, with the same words for all: {step: roles}
    "accept": {Role.RECEIVING_CLERK},
    "transfer": {Role.RECEIVING_CLERK},
    "hand_over": {Role.OFFICER, Role.HEAD, Role.DEPUTY, Role.RECEIVING_CLERK},
    "assign": {Role.HEAD, Role.DEPUTY},
    "refuse_receipt": {Role.RECEIVING_CLERK},
    PRINT: {Role.RECEIVING_CLERK, Role.HEAD, Role.DEPUTY},
}
STEP_OF = {page.slug: name for name, page in STEP_PAGES.items()}


def offered(names):
    """(name, StepPage) of these steps, in the order of the table."""
    wanted = set(names)
    return [(name, page) for name, page in STEP_PAGES.items() if name in wanted]


def bulk_steps(user):
    """(name, StepPage) of the steps this user may take for several dossiers at once."""
    roles = {role for role, _agency in user.roles}
    pages = {**STEP_PAGES, PRINT: PRINT_PAGE}
    return [(name, pages[name]) for name, admitted in BULK_STEPS.items() if roles & admitted]


def quick_steps(dossier, possible):
    """The steps that one press on the dossier's page takes: accepting and transferring, where they ask for nothing.

    `possible`: names of steps that the user may take now, these two among them. What keeps a transfer back after the acceptance
    is found when it is taken; then the acceptance stands.
    """
    if "transfer" in possible:
        return ["transfer"]
    if "accept" not in possible or conditions.claims_exemption(dossier):
        return []
    return ["accept", "transfer"] if conditions.has_a_result(dossier) else ["accept"]


def blocked_steps(user, dossier, possible):
    """Yield (StepPage, reason) of main steps the user is permitted to take, but which are not among the `possible` ones yet."""
    by_post = ["send_parcel"] if dossier.delivery_way == DeliveryWay.POST else []
    for name in [name for name in ("accept", "approve", "deliver", *by_post) if name not in possible]:
        try:
            workflow.admit(user, dossier, workflow.line_of(name, dossier.state))
            workflow.possible(dossier, name)
        except workflow.StepNotPossible as lacking:
            yield STEP_PAGES[name], lacking.reason
        except (KeyError, PermissionDenied):
            continue
