"""Begin an attempt, or give one up. Everything that touches money locks in one order: dossier → obligation → attempt."""

import datetime as dt

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from dossiers.models import Dossier, FeeObligation
from payments import outcomes
from payments.attempts.payable import payable
from payments.attempts.references import new_reference
from payments.gateways import register
from payments.gateways.base import BadSignature, ForeignTerminal
from payments.models import (
    OPEN_ATTEMPT,
    AttemptMove,
    AttemptState,
    EventKind,
    GatewayQuestion,
    PaymentAttempt,
    Verdict,
    Way,
)
from payments.models.states import ATTEMPT_EDGES, check_move
from portal.common import clock, outbox

STALE = dt.timedelta(seconds=60)  # with less time left than this a code is not handed out again


class NotPayable(Exception):
    """Nothing may be paid here now; `str()` says why in plain words."""


class UnknownReference(LookupError):
    """No attempt of ours has this reference."""


def lock_dossier(pk):
    """(dossier, obligation or None), both locked, in this order."""
    rows = Dossier.objects.select_for_update(of=("self",)).select_related("version__procedure", "offering__terminal")
    dossier = rows.get(pk=pk)
    obligation = FeeObligation.objects.select_for_update(of=("self",)).filter(dossier=dossier).first()
    if obligation:
        obligation.dossier = dossier
        dossier.obligation = obligation
    return dossier, obligation


def lock_for_payment(reference):
    """(dossier, obligation, attempt), locked in the order of the house. Raises UnknownReference."""
    found = PaymentAttempt.objects.filter(reference=reference).values_list("pk", "obligation__dossier").first()
    if found is None:
        raise UnknownReference(reference)
    dossier, obligation = lock_dossier(found[1])
    attempt = PaymentAttempt.objects.select_for_update(of=("self",)).select_related("point", "collector").get(pk=found[0])
    attempt.obligation = obligation
    return dossier, obligation, attempt


@transaction.atomic
def open_attempt(dossier, way, *, bank_choice="", actor=None, link=None):
    """Begin to pay. The same way again gives the attempt that is open already (a double click), unless its payer came back
    without paying; another way gives that one up, and the gateway is still asked what became of it. Raises NotPayable."""
    dossier, obligation = lock_dossier(dossier.pk)
    offer = payable(dossier)
    if offer is None or way not in offer.ways:
        raise NotPayable(_("Bây giờ không có khoản nào phải trả theo cách này."))
    there = list(obligation.attempts.select_for_update().filter(state__in=OPEN_ATTEMPT))
    if any(attempt.state == AttemptState.REVIEW for attempt in there):
        raise NotPayable(_("Lần trả trước đang được kiểm tra. Đừng trả thêm lần nữa."))
    for before in there:
        before.obligation = obligation
        brought = _brought_back(before)
        if brought in (outcomes.YES, outcomes.CHECKING):
            raise NotPayable(_("Đang hỏi ngân hàng về lần trả trước. Chờ một phút rồi xem lại, đừng trả thêm."))
        if not brought and _still_good(before, way, bank_choice, offer.amount):
            return before
        before.move(AttemptState.CANCELLED, cause="payer_chose_another_way", actor=actor)
    return _begin(obligation, offer, way, bank_choice=bank_choice, opened_by=actor, link=link)


def _still_good(attempt, way, bank_choice, amount):
    asked = (attempt.way, attempt.bank_choice, attempt.amount)
    return asked == (way, bank_choice, amount) and attempt.expires_at > clock.now() + STALE


def _brought_back(attempt):
    """Was money taken, by what the payer's browser brought back, signed, before the gateway itself told us? "" when it did not
    come back. It settles nothing; but the gateway takes a reference once, and whoever may have paid is not to pay again."""
    back = attempt.events.filter(kind=EventKind.RETURN, verdict=Verdict.VALID).order_by("pk").last()
    if back is None:
        return ""
    try:
        return register.provider_of(attempt).read_return(back.raw).outcome.money
    except (BadSignature, ForeignTerminal):  # the secret was changed since
        return outcomes.CHECKING


def _begin(obligation, offer, way, **facts):
    window = settings.PAYMENT_TIMES["window" if way == Way.GATEWAY else "transfer_window"]
    now = clock.now().replace(microsecond=0)
    attempt = new_attempt(
        obligation=obligation, way=way, amount=offer.amount, collector=offer.collector, point=offer.point,
        created_at=now, expires_at=now + dt.timedelta(seconds=window), **facts,
    )  # fmt: skip
    attempt.move(AttemptState.SENT, cause="handed_out", actor=facts["opened_by"])
    if attempt.is_online:
        ask_at = attempt.expires_at + dt.timedelta(seconds=settings.PAYMENT_TIMES["ask_after_expiry"])
        GatewayQuestion.objects.create(attempt=attempt, cause=GatewayQuestion.Cause.EXPIRED, next_at=ask_at)
        outbox.wake_relay()
    return attempt


def new_attempt(**facts):
    """A row with a reference nobody has. (Three random signs a second: a clash is rare, and tried again.)"""
    for _try in range(20):
        try:
            with transaction.atomic():
                return PaymentAttempt.objects.create(reference=new_reference(facts["created_at"]), **facts)
        except IntegrityError as error:
            if "reference" not in str(error):
                raise
    raise RuntimeError("no free reference in twenty tries")


def already_paid(*, cause, actor=None, job="", event=None, note="", **facts):
    """An attempt for money that is in hand already, nobody having begun one: born paid, so that it never takes the place of
    one that is open or under review. The caller holds the locks, and books it."""
    check_move(ATTEMPT_EDGES, AttemptState.CREATED, AttemptState.PAID, cause)
    now = clock.now()
    attempt = new_attempt(
        state=AttemptState.PAID, created_at=now.replace(microsecond=0), paid_at=now, ended_at=now, resolved_at=now, **facts
    )
    AttemptMove.objects.create(
        attempt=attempt, source=AttemptState.CREATED, target=AttemptState.PAID, cause=cause, event=event, actor=actor, job=job,
        note=note, at=now,
    )  # fmt: skip
    return attempt


def cancel_open(obligation, *, cause, actor=None, job="", but=None):
    """Give up whatever is open of a locked obligation, `but` one: it was settled otherwise, or its dossier is closed. An
    attempt under review stays: somebody is looking at it."""
    rows = obligation.attempts.select_for_update().filter(state=AttemptState.SENT).exclude(pk=but.pk if but else None)
    for attempt in rows:
        attempt.obligation = obligation
        attempt.move(AttemptState.CANCELLED, cause=cause, actor=actor, job=job)
