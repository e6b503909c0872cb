"""«Các lần đã trả»: the attempts with time, way, whether money was taken, and grouped reference."""

from typing import Any

from django.utils.translation import gettext as _

from payments import outcomes
from payments.attempts import ways
from payments.attempts.references import grouped_reference
from payments.citizen.pages import credits, refunds
from payments.citizen.pages.words import is_online
from payments.models import PaymentAttempt
from payments.models.states import AttemptState
from portal.common.dates import moment
from portal.common.money import dong

MAX_SHOWN = 12
_LOOKS = {AttemptState.PAID: ("done", "check"), AttemptState.SENT: ("now", "refresh"), AttemptState.REVIEW: ("now", "search")}


def items(attempts: list[PaymentAttempt]) -> list[dict[str, Any]]:
    """Items for ui/timeline.html, newest first, at most MAX_SHOWN."""
    return [_item(attempt) for attempt in reversed(attempts[-MAX_SHOWN:])]


def _item(attempt: PaymentAttempt) -> dict[str, Any]:
    state, icon = _LOOKS.get(attempt.state, ("later", "x"))
    title = f"{moment(attempt.created_at)} – {ways.short_name(attempt)}"
    if attempt.link_id:
        title += _(", người khác trả giúp")
    return {"state": state, "icon": icon, "title": title, "text": _sentence(attempt), "lines": _lines(attempt)}


def _sentence(attempt: PaymentAttempt) -> str:
    if not is_online(attempt):
        return _("Đã nộp %(sum)s tại quầy.") % {"sum": dong(attempt.amount)}
    return credits.sentence(attempt) or str(outcomes.of_attempt(attempt).sentence)


def _lines(attempt: PaymentAttempt) -> list[str]:
    money = credits.money_of(attempt)
    lines = [_("Đã trừ tiền: %(money)s.") % {"money": outcomes.money_word(money, credits.is_part(attempt))}]
    back = refunds.of_attempt(attempt)
    if back:
        lines.append(f"{back.title}. {back.text}")
    return [*lines, _("Mã lần trả: %(code)s") % {"code": grouped_reference(attempt.reference)}]
