"""Open or cancel attempts. Everything that moves money locks in this order: dossier → obligation → attempt → refund."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from dossiers.models import Dossier, FeeObligation
from payments import outcomes
from payments.attempts.payable import Payable, payable
from payments.attempts.references import new_reference
from payments.gateways import register
from payments.gateways.base import BadSignature, ForeignTerminal
from payments.models import (
    OPEN_ATTEMPT,
    AttemptMove,
    AttemptState,
    EventKind,
    GatewayEvent,
    GatewayQuestion,
    PayLink,
    PaymentAttempt,
    Verdict,
    Way,
)
from payments.models.states import ATTEMPT_EDGES, check_move
from portal.common import clock, outbox

LockedRows = tuple[Dossier, FeeObligation, PaymentAttempt]  # locked, in this order
MIN_TIME_LEFT = dt.timedelta(seconds=60)  # an open attempt with less time left is not reused


class NotPayable(Exception):
    """Nothing can be paid this way now; `str()` is the reason in Vietnamese, for the payer."""


class UnknownReference(LookupError):
    """There is no attempt with this reference."""


def lock_dossier(pk: int) -> tuple[Dossier, Any]:
    """(dossier, obligation or None), both locked, in this order."""
    rows = Dossier.objects.select_for_update(of=("self",)).select_related("version__procedure", "offering__terminal")
    dossier = rows.get(pk=pk)
    obligation = FeeObligation.objects.select_for_update(of=("self",)).filter(dossier=dossier).first()
    if obligation:
        obligation.dossier = dossier
        dossier.obligation = obligation
    return dossier, obligation


def lock_for_payment(reference: str) -> LockedRows:
    """(dossier, obligation, attempt), locked in this order. Raises UnknownReference."""
    found = PaymentAttempt.objects.filter(reference=reference).values_list("pk", "obligation__dossier").first()
    if found is None:
        raise UnknownReference(reference)
    dossier, obligation = lock_dossier(found[1])
    attempt = PaymentAttempt.objects.select_for_update(of=("self",)).select_related("point", "collector").get(pk=found[0])
    attempt.obligation = obligation
    return dossier, obligation, attempt


@transaction.atomic
def open_attempt(
    dossier: Dossier, way: str, *, bank_choice: str = "", actor: User | None = None, link: PayLink | None = None
) -> PaymentAttempt:
    """Open an attempt. If one is open for the same way, it is returned (a double click), unless its payer came back without
    paying. If one is open for another way, it is cancelled; its late success is still noticed. Raises NotPayable."""
    dossier, obligation = lock_dossier(dossier.pk)
    offer = payable(dossier)
    if offer is None or way not in offer.ways:
        raise NotPayable(_("Bây giờ không có khoản nào phải trả theo cách này."))
    there = list(obligation.attempts.select_for_update().filter(state__in=OPEN_ATTEMPT))
    if any(attempt.state == AttemptState.REVIEW for attempt in there):
        raise NotPayable(_("Lần trả trước đang được kiểm tra. Đừng trả thêm lần nữa."))
    for before in there:
        before.obligation = obligation
        money = _money_by_return(before)
        if money in (outcomes.YES, outcomes.CHECKING):
            raise NotPayable(_("Đang hỏi ngân hàng về lần trả trước. Chờ một phút rồi xem lại, đừng trả thêm."))
        if not money and _is_reusable(before, way, bank_choice, offer.amount):
            return before
        before.move(AttemptState.CANCELLED, cause="payer_chose_another_way", actor=actor)
    return _begin(obligation, offer, way, bank_choice=bank_choice, opened_by=actor, link=link)


def _is_reusable(attempt: PaymentAttempt, way: str, bank_choice: str, amount: int) -> bool:
    asked = (attempt.way, attempt.bank_choice, attempt.amount)
    return asked == (way, bank_choice, amount) and attempt.expires_at > clock.now() + MIN_TIME_LEFT


def _money_by_return(attempt: PaymentAttempt) -> str:
    """What the signed return of the payer says of the money («yes», «no», «checking»), before the IPN arrives; "" if the payer
    did not return. A return settles nothing. But a reference works once at the gateway, and nobody must pay twice."""
    back = attempt.events.filter(kind=EventKind.RETURN, verdict=Verdict.VALID).order_by("pk").last()
    if back is None:
        return ""
    try:
        return register.provider_of(attempt).read_return(back.raw).outcome.money
    except (BadSignature, ForeignTerminal):  # the secret has changed since then
        return outcomes.CHECKING


def _begin(obligation: FeeObligation, offer: Payable, way: str, **facts: Any) -> PaymentAttempt:
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


def new_attempt(**facts: Any) -> PaymentAttempt:
    """Create an attempt with a new unique reference. A collision is rare; it is retried up to 20 times (RuntimeError)."""
    for _try in range(20):
        try:
            with transaction.atomic():
                return PaymentAttempt.objects.create(reference=new_reference(facts["created_at"]), **facts)
        except IntegrityError as error:
            if "reference" not in str(error):
                raise
    raise RuntimeError("no free reference in twenty tries")


def create_paid_attempt(
    *, cause: str, actor: User | None = None, job: str = "", event: GatewayEvent | None = None, note: str = "", **facts: Any
) -> PaymentAttempt:
    """Create a paid attempt for money received without an open attempt: cash, or a credit assigned to a fee. The caller holds
    the locks and allocates the money."""
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


def cancel_open(
    obligation: FeeObligation, *, cause: str, actor: User | None = None, job: str = "", except_for: PaymentAttempt | None = None
) -> None:
    """Cancel the open attempts of a locked obligation, except `except_for`. Attempts under review stay under review."""
    rows = (
        obligation.attempts.select_for_update().filter(state=AttemptState.SENT).exclude(pk=except_for.pk if except_for else None)
    )
    for attempt in rows:
        attempt.obligation = obligation
        attempt.move(AttemptState.CANCELLED, cause=cause, actor=actor, job=job)
