"""Choices of the columns of a dossier. The states are in `dossiers.states`."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class FilingChannel(models.TextChoices):
    """How the dossier was filed."""

    ONLINE = "online", _("trên mạng")
    COUNTER = "direct", _("tại quầy")
    POST = "postal", _("qua bưu chính")


SIGNED_FORM = "to-khai-da-ky"  # item key of the scan of the application form that the applicant signed at the counter


class DeliveryWay(models.TextChoices):
    ACCOUNT = "account", _("nhận trên cổng này")
    COUNTER = "counter", _("nhận tại quầy")
    POST = "post", _("nhận qua bưu chính")


class DeliveryStatus(models.TextChoices):
    NONE = "", _("chưa có kết quả")
    READY = "ready", _("chờ trả")
    DELIVERED = "delivered", _("đã trả")


class ParcelState(models.TextChoices):
    """Where a parcel with a result is, by what the carrier reported (`dossiers.parcels.standing`)."""

    ORDERED = "ordered", _("đang báo bưu điện")
    LABELLED = "labelled", _("chờ bưu điện đến lấy")
    PICKED_UP = "picked_up", _("bưu điện đã lấy")
    IN_TRANSIT = "in_transit", _("đang trên đường")
    DELIVERED = "delivered", _("đã phát")
    REFUSED = "refused", _("người nhận không nhận")
    UNKNOWN_ADDRESS = "unknown_address", _("không tìm thấy địa chỉ")
    LOST = "lost", _("thất lạc")
    BROUGHT_BACK = "brought_back", _("đã chuyển hoàn về bộ phận một cửa")
    NOT_TAKEN = "not_taken", _("bưu điện không nhận gửi")
    CANCELLED = "cancelled", _("đã hủy gửi")


ON_ITS_WAY = frozenset({ParcelState.ORDERED, ParcelState.LABELLED, ParcelState.PICKED_UP, ParcelState.IN_TRANSIT})
UNDELIVERED = frozenset(
    {
        ParcelState.REFUSED, ParcelState.UNKNOWN_ADDRESS, ParcelState.LOST, ParcelState.BROUGHT_BACK, ParcelState.NOT_TAKEN,
        ParcelState.CANCELLED,
    }
)  # fmt: skip
BEFORE_PICK_UP = frozenset({ParcelState.ORDERED, ParcelState.LABELLED})


class Payer(models.TextChoices):
    """Who pays the postage of a parcel."""

    RECIPIENT = "recipient", _("người nhận trả cho bưu tá")
    AGENCY = "agency", _("cơ quan trả")


class SeenDocument(models.TextChoices):
    """The document by which the desk saw who took a paper."""

    CITIZEN_ID = "can_cuoc", _("Căn cước, căn cước công dân")
    PASSPORT = "ho_chieu", _("Hộ chiếu")
    OTHER = "khac", _("Giấy tờ khác có ảnh")


class TakenAs(models.TextChoices):
    """By what right a person took a paper at the counter."""

    OWN = "chinh_chu", _("Chính chủ hồ sơ")
    SUBMITTER = "nguoi_nop", _("Người đã nộp hồ sơ")
    MANDATE = "uy_quyen", _("Người được ủy quyền, được giới thiệu")


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
    POST = "post"
    GIVE_OUT = "give_out"
