"""The outcomes of a payment, independent of any provider: state of the attempt, whether money was taken, a sentence and the
next step for the payer. A provider maps its codes to them, or makes its own with `failed`.

When money may have been taken, the outcome is «checking» and no second payment is offered. The outcome of an attempt by its
present state: `payments.outcomes`.
"""

from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from payments.models.states import AttemptState

YES, NO, CHECKING = "yes", "no", "checking"
TONES = {YES: "ok", NO: "warn", CHECKING: "info"}  # of a notice
ICONS = {YES: "check", NO: "x", CHECKING: "clock"}
A = AttemptState


def money_word(money: str, part: bool = False) -> Any:
    """The answer to «Đã trừ tiền?»; `part`: less than the amount was received."""
    if money == YES and part:
        return _("có, một phần")
    return {YES: _("có"), NO: _("không"), CHECKING: _("đang kiểm tra")}[money]


@dataclass(frozen=True)
class Outcome:
    """`state`: new state of the attempt; None if nothing is known yet. `money`: was it taken (YES, NO, CHECKING). `doubt`: the
    cause of a REVIEW in `payments.models.states` (suspicion, contradiction). `final`: the gateway need not be asked again."""

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


def failed(sentence: Any, next_step: Any = OTHER_WAY) -> Outcome:
    """No money was taken; `sentence` is the reason shown to the payer."""
    return Outcome(A.FAILED, NO, sentence, next_step)


FAILED = failed(_("Ngân hàng không thực hiện được, tiền chưa bị trừ."), _("Trả lại, hoặc chọn cách trả khác."))
