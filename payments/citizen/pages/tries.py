"""«Các lần đã trả»: every attempt with when, how, whether money was taken, and its code to read out."""

from django.utils.translation import gettext as _

from payments import outcomes
from payments.attempts import ways
from payments.attempts.references import spoken
from payments.citizen.pages import credits, refunds
from payments.citizen.pages.words import is_online
from payments.models.states import AttemptState
from portal.common.dates import moment
from portal.common.money import dong

MOST_SHOWN = 12
_LOOKS = {AttemptState.PAID: ("done", "check"), AttemptState.SENT: ("now", "refresh"), AttemptState.REVIEW: ("now", "search")}


def items(attempts):
    """Items for ui/timeline.html, newest first; of very many only the newest."""
    return [_item(attempt) for attempt in reversed(attempts[-MOST_SHOWN:])]


def _item(attempt):
    state, icon = _LOOKS.get(attempt.state, ("later", "x"))
    title = f"{moment(attempt.created_at)} – {ways.named(attempt)}"
    if attempt.link_id:
        title += _(", người khác trả giúp")
    return {"state": state, "icon": icon, "title": title, "text": _sentence(attempt), "lines": _lines(attempt)}


def _sentence(attempt):
    if not is_online(attempt):
        return _("Đã nộp %(sum)s tại quầy.") % {"sum": dong(attempt.amount)}
    return credits.sentence(attempt) or str(outcomes.of_attempt(attempt).sentence)


def _lines(attempt):
    money = credits.money_of(attempt)
    said = [_("Đã trừ tiền: %(money)s.") % {"money": outcomes.money_word(money, credits.is_part(attempt))}]
    back = refunds.of_attempt(attempt)
    if back:
        said.append(f"{back.title}. {back.text}")
    return [*said, _("Mã lần trả: %(code)s") % {"code": spoken(attempt.reference)}]
