"""VNPAY's codes mapped to outcomes. The two codes of a message must agree; otherwise the outcome is «checking»."""

from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from payments.gateways.outcomes import (
    ABANDONED,
    CANCELLED,
    CHECKING,
    FAILED,
    GOING_BACK,
    OTHER_WAY,
    PAID,
    SUSPECTED,
    UNANSWERED,
    UNCLEAR,
    UNFINISHED,
    Outcome,
    failed,
)
from payments.gateways.vnpay import wire
from payments.gateways.vnpay.answers import ApiAnswer
from payments.models.states import AttemptState, RefundState
from portal.common import clock

if TYPE_CHECKING:
    from payments.models import PaymentAttempt

R = RefundState

# vnp_ResponseCode of IPN and return.
RESPONSES = {
    "00": PAID,
    "07": SUSPECTED,
    "09": failed(_("Thẻ hoặc tài khoản này chưa mở dịch vụ trả tiền trên mạng."), _("Dùng thẻ khác, hoặc chọn cách trả khác.")),
    "10": failed(_("Số trên thẻ chưa khớp ba lần nên ngân hàng dừng lại."), _("Xem lại thẻ rồi trả lại, hoặc chọn cách khác.")),
    "11": ABANDONED,
    "12": failed(_("Thẻ hoặc tài khoản này đang bị khóa."), _("Dùng thẻ khác, hoặc gọi ngân hàng của thẻ.")),
    "13": failed(_("Mã ngân hàng gửi qua tin nhắn chưa khớp."), _("Trả lại, rồi nhập mã mới nhất ngân hàng gửi.")),
    "24": CANCELLED,
    "51": failed(_("Tài khoản không đủ tiền."), _("Nạp thêm tiền, hoặc chọn cách trả khác.")),
    "65": failed(_("Tài khoản đã hết hạn mức trả tiền của hôm nay."), _("Dùng tài khoản khác, hoặc trả lại vào ngày mai.")),
    "75": failed(_("Ngân hàng đang bảo trì."), _("Chọn ngân hàng khác, hoặc trả lại sau vài giờ.")),
    "79": failed(_("Mật khẩu trả tiền chưa khớp quá số lần ngân hàng cho phép."), OTHER_WAY),
    "99": FAILED,
}

# vnp_TransactionStatus: what became of the money.
STATUSES = {
    "00": PAID,
    "01": UNFINISHED,
    "02": FAILED,
    "04": SUSPECTED,  # reversed: the bank took the money, the gateway failed
    "05": GOING_BACK,
    "06": GOING_BACK,
    "07": SUSPECTED,
    "08": ABANDONED,
    "09": UNCLEAR,  # a refund was refused, so money was taken before
    "11": CANCELLED,
}


def of_pay(response: str, status: str) -> Outcome:
    """The outcome of an IPN by its two codes. Codes that contradict each other, or are unknown, are in doubt (UNCLEAR)."""
    by_response, by_status = RESPONSES.get(response), STATUSES.get(status)
    if by_response is None or by_status is None or (by_response is PAID) != (by_status is PAID):
        doubts = [found for found in (by_response, by_status) if found and found.doubt]
        return doubts[0] if doubts else UNCLEAR
    if by_response.doubt or by_status.doubt:
        return by_response if by_response.doubt else by_status
    if by_status is UNFINISHED:
        return replace(by_response, money=CHECKING, final=False)
    return by_status if by_response is FAILED else by_response


def of_query(answer: ApiAnswer, attempt: "PaymentAttempt") -> Outcome:
    """The outcome of this attempt by a signed querydr answer."""
    if answer.code == wire.UNKNOWN:  # VNPAY does not know it; once expired, it cannot be paid any more
        return ABANDONED if _is_over(attempt) else UNFINISHED
    if answer.code != wire.DONE or (answer.terminal, answer.reference) != (attempt.point.code, attempt.reference):
        return UNANSWERED
    became = STATUSES.get(answer.status, UNCLEAR)
    if became is PAID and not answer.proves_paid(attempt.point.code, attempt.reference, attempt.amount):
        return UNCLEAR  # 00 can also be about a refund, or another amount
    if became is UNFINISHED and _is_over(attempt):
        return replace(ABANDONED, money=CHECKING, final=False)
    return became


def _is_over(attempt: "PaymentAttempt") -> bool:
    return attempt.expires_at is not None and attempt.expires_at < clock.now()


def of_stored_code(code: str, state: AttemptState) -> Outcome | None:
    """The outcome for a code stored on an attempt (made by `joined`) in this state; None if it adds nothing."""
    response, _slash, status = code.partition("/")
    if state == AttemptState.REVIEW:
        said = [of_pay(response, status), STATUSES.get(status)]
    else:
        said = [RESPONSES.get(response) if response != wire.DONE else STATUSES.get(status)]
    return next((outcome for outcome in said if outcome and outcome.state == state), None)


def joined(code: str, status: str) -> str:
    """Both codes as one text, as stored on attempts and refunds."""
    return f"{code}/{status}".rstrip("/")


# ------------------------------------------------------------ refunds

_REFUND_STATUSES = {"00": R.DONE, "05": R.PROCESSING, "06": R.PROCESSING, "09": R.REFUSED}
_REFUND_REFUSALS = {"02", "03", "91", "95", "97"}  # VNPAY says that it did nothing


def of_refund(code: str, status: str) -> RefundState:
    """The state of a refund by a signed answer: `code` of the call, `status` of the transaction. UNKNOWN if not clear."""
    if code == wire.DONE:
        return _REFUND_STATUSES.get(status, R.UNKNOWN)
    return R.REFUSED if code in _REFUND_REFUSALS else R.UNKNOWN
