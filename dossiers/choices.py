"""Choices of the columns of a dossier. The states are in `dossiers.states`."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class FilingChannel(models.TextChoices):
    """How the dossier was filed."""

    ONLINE = "online", _("trên mạng")
    COUNTER = "direct", _("tại quầy")
    POST = "postal", _("qua bưu chính")


class DeliveryWay(models.TextChoices):
    ACCOUNT = "account", _("nhận trên cổng này")
    COUNTER = "counter", _("nhận tại quầy")
    POST = "post", _("nhận qua bưu chính")


class DeliveryStatus(models.TextChoices):
    NONE = "", _("chưa có kết quả")
    READY = "ready", _("chờ trả")
    DELIVERED = "delivered", _("đã trả")


class PaymentStatus(models.TextChoices):
    NONE = "none", _("không phải trả")
    PROVISIONAL = "provisional", _("tạm tính")
    DUE = "due", _("phải trả")
    PAID = "paid", _("đã trả")
    WAIVED = "waived", _("được miễn")


class StepState(models.TextChoices):
    WAITING = "waiting", _("chưa tới")
    OPEN = "open", _("đang làm")
    DONE = "done", _("xong")
    RETURNED = "returned", _("bị trả lại")
    CANCELLED = "cancelled", _("thôi, không làm nữa")


class Product(models.TextChoices):
    """What a processing step must deliver before it can be closed."""

    OPINION = "opinion", _("ý kiến")
    NUMBER = "number", _("số, mã")
    FILE = "file", _("tệp PDF")
    DRAFT = "draft", _("bản soạn kết quả")


class SupplementTarget(models.TextChoices):
    FIELD = "field", _("câu trả lời")
    DOCUMENT = "document", _("giấy tờ")


class IntervalKind(models.TextChoices):
    """Why the processing clock runs or is paused during an interval."""

    RECEPTION = "reception", _("chờ tiếp nhận")
    RUNNING = "running", _("đang tính giờ")
    SUPPLEMENT = "supplement", _("chờ bổ sung")
    PAYMENT = "payment", _("chờ trả phí")
    APPLICANT = "applicant", _("chờ người nộp xác nhận")
    WITHDRAWAL = "withdrawal", _("chờ xử lý yêu cầu rút")
    OUTAGE = "outage", _("sự cố đã ghi nhận")


class PaperKind(models.TextChoices):
    """The kinds of papers the portal issues."""

    ACKNOWLEDGEMENT = "acknowledgement", _("Xác nhận đã nộp hồ sơ")
    APPLICATION_FORM = "application_form", _("Đơn, tờ khai đã điền")
    RECEIPT_SLIP = "receipt_slip", _("Giấy tiếp nhận hồ sơ và hẹn trả kết quả")
    SUPPLEMENT_REQUEST = "supplement_request", _("Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ")
    SUPPLEMENT_NOTE = "supplement_note", _("Ghi nhận bổ sung")
    REFUSAL_OF_RECEIPT = "refusal_of_receipt", _("Phiếu từ chối tiếp nhận giải quyết hồ sơ")
    APOLOGY = "apology", _("Văn bản xin lỗi và đề nghị gia hạn")
    STOP_NOTICE = "stop_notice", _("Thông báo dừng giải quyết hồ sơ")
    CONTROL_SHEET = "control_sheet", _("Phiếu kiểm soát quá trình giải quyết hồ sơ")
    REGISTER = "register", _("Sổ theo dõi hồ sơ")
    PAYMENT_NOTICE = "payment_notice", _("Thông báo nộp phí, lệ phí")
    WITHDRAWAL_REQUEST = "withdrawal_request", _("Đề nghị rút hồ sơ")
    CONSULTATION = "consultation", _("Văn bản lấy ý kiến")
    RESULT = "result", _("Kết quả giải quyết")
    REFUSAL_OF_SUBSTANCE = "refusal_of_substance", _("Thông báo không giải quyết")
    REVOCATION = "revocation", _("Quyết định thu hồi")
    E_RECEIPT = "e_receipt", _("Biên lai điện tử thu phí, lệ phí")


RESULT_KINDS = frozenset({PaperKind.RESULT, PaperKind.REFUSAL_OF_SUBSTANCE})


class Job(StrEnum):
    """Background jobs that may take steps. Each transition line names the jobs it admits; the event stores the name."""

    RULE = "rule"
    PAYMENT = "payment"
    PAYMENT_DEADLINE = "payment_deadline"
    SUPPLEMENT_DEADLINE = "supplement_deadline"
    CONFIRMATION_DEADLINE = "confirmation_deadline"
    ANSWER_DEADLINE = "answer_deadline"
    WITHDRAW_BEFORE_ACCEPT = "withdraw_before_accept"
    ISSUE = "issue"
    DELIVERY = "delivery"
