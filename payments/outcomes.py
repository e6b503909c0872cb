"""The `Outcome` of an attempt by its present state, used by pages, messages and the desk.

The outcomes of gateway answers are in `payments.gateways.outcomes`; the code stored on an attempt is read by its provider.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from payments.gateways import register
from payments.gateways.outcomes import (
    ABANDONED,
    CANCELLED,
    CHECKING,
    FAILED,
    ICONS,
    NO,
    PAID,
    TONES,
    UNCLEAR,
    UNFINISHED,
    YES,
    Outcome,
    money_word,
)
from payments.models import Way
from payments.models.states import AttemptState

if TYPE_CHECKING:
    from payments.models import PaymentAttempt

__all__ = ["CHECKING", "ICONS", "NO", "TONES", "YES", "Outcome", "money_word", "of_attempt"]

A = AttemptState
TRANSFER_AWAITED = replace(
    UNFINISHED, sentence=_("Cơ quan chưa thấy tiền chuyển khoản này."), next_step=_("Tiền tới thì hồ sơ tự đi tiếp.")
)
PAID_AGAIN = replace(PAID, sentence=_("Khoản này đã được trả thêm một lần."), next_step=_("Tiền trả thừa được hoàn về chỗ cũ."))
ASKING = replace(UNFINISHED, sentence=_("Máy đang hỏi ngân hàng xem tiền đã trừ hay chưa."))
DROPPED = replace(CANCELLED, sentence=_("Lần trả này đã bỏ, tiền chưa bị trừ."))
DROPPED_ASKING = replace(DROPPED, sentence=_("Lần trả này đã bỏ. Máy đang hỏi ngân hàng xem có trừ tiền không."))
# Used when the stored code tells no more than the state.
_BY_STATE = {A.REVIEW: UNCLEAR, A.FAILED: FAILED, A.EXPIRED: ABANDONED, A.CANCELLED: DROPPED}


def of_attempt(attempt: "PaymentAttempt") -> Outcome:
    """The outcome of an attempt now, with the texts for the payer. `money` is always that of `attempt.money_taken`."""
    found = replace(_of_state(attempt), state=A(attempt.state), final=attempt.resolved_at is not None)
    if found.money == attempt.money_taken:
        return found
    doubtful = DROPPED_ASKING if attempt.state == A.CANCELLED else ASKING
    return replace(found, money=attempt.money_taken, sentence=doubtful.sentence, next_step=doubtful.next_step)


def _of_state(attempt: "PaymentAttempt") -> Outcome:
    state = A(attempt.state)
    if state == A.PAID:
        return PAID if attempt.settles else PAID_AGAIN
    if state in (A.CREATED, A.SENT):
        return TRANSFER_AWAITED if attempt.way == Way.TRANSFER else UNFINISHED
    told = register.provider_of(attempt).outcome_of_code(attempt.code, state) if attempt.code else None
    return told or _BY_STATE[state]
