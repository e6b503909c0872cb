"""What a code of the gateway means: the state of the attempt, whether money was taken, one sentence for the payer, the next step.

The one home of these words: pages, messages and the desk ask here. Both codes of an answer must agree; whoever is not
sure says «checking», and nobody is offered to pay a second time.
"""

from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from payments.models.states import AttemptState, RefundState
from portal.common import clock

YES, NO, CHECKING = "yes", "no", "checking"
TONES = {YES: "ok", NO: "warn", CHECKING: "info"}  # of a notice
ICONS = {YES: "check", NO: "x", CHECKING: "clock"}
A, R = AttemptState, RefundState


def money_word(money: str, part: bool = False) -> Any:
    """The answer to «Đã trừ tiền?»; `part`: some came, not all of it."""
    if money == YES and part:
        return _("có, một phần")
    return {YES: _("có"), NO: _("không"), CHECKING: _("đang kiểm tra")}[money]


@dataclass(frozen=True)
class Outcome:
    """`state` None: nothing new (unfinished, busy). `money` taken: yes, no, checking. `doubt` is the cause of a review.
    `final`: the gateway will not change its mind, so it need not be asked again."""

    state: AttemptState | None
    money: str
    sentence: Any
    next_step: Any
    doubt: str = ""
    final: bool = True

    @property
    def headline(self) -> Any:
        """For a page's title."""
        if self.money == CHECKING:
            return _("Đang hỏi ngân hàng")
        return _("Đã nhận tiền") if self.money == YES else _("Chưa trả được")

    @property
    def money_word(self) -> Any:
        return money_word(self.money)

    @property
    def tone(self) -> str:
        return TONES[self.money]

    @property
    def icon(self) -> str:
        return ICONS[self.money]


OTHER_WAY = _("Chọn cách trả khác, hoặc trả lại sau.")
WAIT = _("Đừng trả lần nữa. Có kết quả, cổng nhắn tin ngay.")

PAID = Outcome(A.PAID, YES, _("Đã nhận đủ tiền."), _("Không phải trả gì thêm."))
SUSPECTED = Outcome(A.REVIEW, CHECKING, _("Tiền có thể đã trừ, ngân hàng đang xem lại lần trả này."), WAIT, "suspicion", False)
UNCLEAR = Outcome(
    A.REVIEW, CHECKING, _("Ngân hàng báo chưa rõ tiền đã trừ hay chưa. Cán bộ đang kiểm tra."), WAIT, "contradiction", False
)
GOING_BACK = Outcome(A.REVIEW, CHECKING, _("Ngân hàng báo tiền của lần trả này đang được trả lại."), WAIT, "suspicion", False)
UNFINISHED = Outcome(
    None, CHECKING, _("Ngân hàng chưa báo đã nhận tiền."), _("Chờ vài phút. Máy tự hỏi lại ngân hàng."), final=False
)
UNANSWERED = replace(UNFINISHED, sentence=_("Chưa hỏi được ngân hàng về lần trả này."))
ABANDONED = Outcome(A.EXPIRED, NO, _("Đã hết giờ của lần trả này, tiền chưa bị trừ."), _("Muốn trả thì bắt đầu lại."))
CANCELLED = Outcome(A.CANCELLED, NO, _("Lần trả này đã hủy, tiền chưa bị trừ."), _("Muốn trả thì chọn lại cách trả."))


def _failed(sentence: Any, next_step: Any = OTHER_WAY) -> Outcome:
    return Outcome(A.FAILED, NO, sentence, next_step)


FAILED = _failed(_("Ngân hàng không thực hiện được, tiền chưa bị trừ."), _("Trả lại, hoặc chọn cách trả khác."))

# vnp_ResponseCode of IPN and return.
RESPONSES = {
    "00": PAID,
    "07": SUSPECTED,
    "09": _failed(_("Thẻ hoặc tài khoản này chưa mở dịch vụ trả tiền trên mạng."), _("Dùng thẻ khác, hoặc chọn cách trả khác.")),
    "10": _failed(_("Số trên thẻ chưa khớp ba lần nên ngân hàng dừng lại."), _("Xem lại thẻ rồi trả lại, hoặc chọn cách khác.")),
    "11": ABANDONED,
    "12": _failed(_("Thẻ hoặc tài khoản này đang bị khóa."), _("Dùng thẻ khác, hoặc gọi ngân hàng của thẻ.")),
    "13": _failed(_("Mã ngân hàng gửi qua tin nhắn chưa khớp."), _("Trả lại, rồi nhập mã mới nhất ngân hàng gửi.")),
    "24": CANCELLED,
    "51": _failed(_("Tài khoản không đủ tiền."), _("Nạp thêm tiền, hoặc chọn cách trả khác.")),
    "65": _failed(_("Tài khoản đã hết hạn mức trả tiền của hôm nay."), _("Dùng tài khoản khác, hoặc trả lại vào ngày mai.")),
    "75": _failed(_("Ngân hàng đang bảo trì."), _("Chọn ngân hàng khác, hoặc trả lại sau vài giờ.")),
    "79": _failed(_("Mật khẩu trả tiền chưa khớp quá số lần ngân hàng cho phép."), OTHER_WAY),
    "99": FAILED,
}

# vnp_TransactionStatus: what became of the money.
STATUSES = {
    "00": PAID,
    "01": UNFINISHED,
    "02": FAILED,
    "04": SUSPECTED,  # reversed: the bank took money, the gateway failed
    "05": GOING_BACK,
    "06": GOING_BACK,
    "07": SUSPECTED,
    "08": ABANDONED,
    "09": UNCLEAR,  # a refund was refused: there was money once
    "11": CANCELLED,
}


def of_pay(response: str, status: str) -> Outcome:
    """What an IPN says, by both its codes."""
    told, became = RESPONSES.get(response), STATUSES.get(status)
    if told is None or became is None or (told is PAID) != (became is PAID):
        doubts = [found for found in (told, became) if found and found.doubt]
        return doubts[0] if doubts else UNCLEAR
    if told.doubt or became.doubt:
        return told if told.doubt else became
    if became is UNFINISHED:
        return replace(told, money=CHECKING, final=False)
    return became if told is FAILED else told


def of_query(answer: Any, attempt: Any) -> Outcome:
    """What a signed answer to querydr says of this attempt."""
    if answer.code == "91":  # the gateway never saw it; nobody can pay it once its time is over
        return ABANDONED if _is_over(attempt) else UNFINISHED
    if answer.code != "00" or (answer.terminal, answer.reference) != (attempt.point.code, attempt.reference):
        return UNANSWERED
    became = STATUSES.get(answer.status, UNCLEAR)
    if became is PAID and not answer.proves_paid(attempt.point.code, attempt.reference, attempt.amount):
        return UNCLEAR  # a refund also answers 00, and so does another amount
    if became is UNFINISHED and _is_over(attempt):
        return replace(ABANDONED, money=CHECKING, final=False)
    return became


def _is_over(attempt: Any) -> bool:
    return attempt.expires_at is not None and attempt.expires_at < clock.now()


# ------------------------------------------------------------ an attempt as it stands, for whoever looks at it

TRANSFER_AWAITED = replace(
    UNFINISHED, sentence=_("Cơ quan chưa thấy tiền chuyển khoản này."), next_step=_("Tiền tới thì hồ sơ tự đi tiếp.")
)
PAID_AGAIN = replace(PAID, sentence=_("Khoản này đã được trả thêm một lần."), next_step=_("Tiền trả thừa được hoàn về chỗ cũ."))
ASKING = replace(UNFINISHED, sentence=_("Máy đang hỏi ngân hàng xem tiền đã trừ hay chưa."))
DROPPED = replace(CANCELLED, sentence=_("Lần trả này đã bỏ, tiền chưa bị trừ."))
DROPPED_ASKING = replace(DROPPED, sentence=_("Lần trả này đã bỏ. Máy đang hỏi ngân hàng xem có trừ tiền không."))


def of_attempt(attempt: Any) -> Outcome:
    """What we know of an attempt now, in words for the payer."""
    found = replace(_of_state(attempt), state=A(attempt.state), final=attempt.resolved_at is not None)
    if found.money == attempt.money_taken:
        return found
    doubtful = DROPPED_ASKING if attempt.state == A.CANCELLED else ASKING
    return replace(found, money=attempt.money_taken, sentence=doubtful.sentence, next_step=doubtful.next_step)


def _of_state(attempt: Any) -> Outcome:
    state, is_transfer = attempt.state, attempt.way == "transfer"
    if state == A.PAID:
        return PAID if attempt.settles else PAID_AGAIN
    if state in (A.CREATED, A.SENT):
        return TRANSFER_AWAITED if is_transfer else UNFINISHED
    response, _slash, status = attempt.code.partition("/")
    if state == A.REVIEW:
        doubtful = (of_pay(response, status), STATUSES.get(status, UNCLEAR), UNCLEAR)
        return next(outcome for outcome in doubtful if outcome.doubt)
    told = RESPONSES.get(response) if response != "00" else STATUSES.get(status)
    if told and told.state == state:
        return told
    return {A.FAILED: FAILED, A.EXPIRED: ABANDONED, A.CANCELLED: DROPPED}[state]


# ------------------------------------------------------------ refunds

_REFUND_STATUSES = {"00": R.DONE, "05": R.PROCESSING, "06": R.PROCESSING, "09": R.REFUSED}
_REFUND_REFUSALS = {"02", "03", "91", "95", "97"}  # the gateway did nothing, and says so
REFUND_CODES = {
    "00": _("cổng thanh toán đã nhận yêu cầu"),
    "02": _("cổng thanh toán không nhận điểm thu này"),
    "03": _("cổng thanh toán không đọc được yêu cầu"),
    "91": _("cổng thanh toán không có giao dịch này"),
    "94": _("cổng thanh toán đang xử lý yêu cầu trước"),
    "95": _("giao dịch gốc không thành công nên không hoàn được"),
    "97": _("cổng thanh toán không nhận chữ ký của cổng"),
    "99": _("cổng thanh toán báo lỗi khác"),
}


def of_refund(code: str, status: str) -> RefundState:
    """Where a refund stands by a signed answer: `code` of the call, `status` of the transaction. Not sure is UNKNOWN."""
    if code == "00":
        return _REFUND_STATUSES.get(status, R.UNKNOWN)
    return R.REFUSED if code in _REFUND_REFUSALS else R.UNKNOWN
