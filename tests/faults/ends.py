"""Checks of one dossier against the books of the gateway: one sentence for each error."""

from django.db.models import Sum

from dossiers.models import Dossier, FeeObligation
from payments.models import EReceipt, GatewayQuestion, PaymentAttempt, Refund, RefundCall, RefundWay
from payments.models.states import AttemptState, RefundState
from portal.common.outbox import OutboxState

S = AttemptState
NOT_PAID = (S.FAILED, S.CANCELLED, S.EXPIRED)


def wrong_with(dossier, books, *, gives_back=False):
    """Yield the errors. `books`: {reference: transaction of the gateway}. `gives_back`: the settled fee must be refunded."""
    obligation = FeeObligation.objects.get(dossier=dossier)
    attempts = list(PaymentAttempt.objects.filter(obligation=obligation))
    yield from _attempts(attempts, books)
    charged = [attempt for attempt in attempts if _is_charged(attempt, books)]
    settling = [attempt for attempt in attempts if attempt.settles]
    if len(settling) != min(1, len(charged)):
        yield f"{len(charged)} payments were charged, {len(settling)} settle the fee"
        return
    for attempt in charged:
        yield from _refunds(attempt, books[attempt.reference], all_of_it=gives_back or not attempt.settles)
    yield from _dossier(dossier, obligation, settled=bool(settling), gives_back=gives_back)
    if settling:
        yield from _receipt(settling[0], gives_back=gives_back)
    yield from _waiting(attempts)


def _is_charged(attempt, books):
    there = books.get(attempt.reference)
    return bool(there and there["charged"])


def _attempts(attempts, books):
    """Paid here if and only if charged there, with a final answer."""
    for attempt in attempts:
        charged = _is_charged(attempt, books)
        if charged != (attempt.state == S.PAID) or (not charged and attempt.state not in NOT_PAID):
            yield f"{attempt}: {'charged' if charged else 'not charged'} at the gateway, {attempt.state} here"
        elif attempt.resolved_at is None:
            yield f"{attempt}: {attempt.state}, and the gateway's word is not final"
    unknown = set(books) - {attempt.reference for attempt in attempts}
    if unknown:
        yield f"the gateway knows {', '.join(sorted(unknown))}, we do not"


def _refunds(attempt, there, *, all_of_it):
    """Refunded in full, or not at all; refunds by the gateway have the same sum there."""
    refunds = Refund.objects.filter(attempt=attempt)
    done = refunds.filter(state=RefundState.DONE)
    back = done.aggregate(sum=Sum("amount"))["sum"] or 0
    if back != (attempt.amount if all_of_it else 0):
        states = ", ".join(refunds.values_list("state", flat=True)) or "none"
        yield f"{attempt}: {back} of {attempt.amount} đồng are back, refunds: {states}"
    ours = done.filter(way=RefundWay.GATEWAY).aggregate(sum=Sum("amount"))["sum"] or 0
    theirs = sum(refund["amount"] for refund in there["refunds"] if refund["status"] == "00")
    if ours != theirs:
        yield f"{attempt}: the gateway gave back {theirs} đồng, we say {ours}"
    still_open = refunds.exclude(state__in=[RefundState.DONE, RefundState.REFUSED, RefundState.DECLINED]).first()
    if still_open:
        yield f"{attempt}: a refund is {still_open.state}"


def _dossier(dossier, obligation, *, settled, gives_back):
    status = FeeObligation.Status
    wanted = (status.REFUNDED if gives_back else status.PAID) if settled else status.DUE
    if obligation.status != wanted:
        yield f"the fee is {obligation.status} instead of {wanted}"
    kept = obligation.total if settled and not gives_back else 0
    if obligation.settled_amount != kept:
        yield f"the fee keeps {obligation.settled_amount} đồng instead of {kept}"
    if obligation.attempt_open:
        yield "an attempt is said to be open"
    state = Dossier.objects.values_list("state", flat=True).get(pk=dossier.pk)
    if state != ("SUBMITTED" if settled else "PAYMENT_REQUIRED"):
        yield f"the dossier is {state}"


def _receipt(attempt, *, gives_back):
    receipts = list(EReceipt.objects.filter(attempt=attempt))
    if len(receipts) != 1:
        yield f"{attempt}: {len(receipts)} receipts"
        return
    wanted = EReceipt.State.CANCELLED if gives_back else EReceipt.State.VALID
    if receipts[0].state != wanted:
        yield f"the receipt is {receipts[0].state} instead of {wanted}"
    if receipts[0].paper_id is None:
        yield f"the receipt has no paper yet {receipts[0].last_error}".strip()


def _waiting(attempts):
    """No query waits for an attempt without a final answer, and no call for an open refund."""
    waiting = {"attempt__in": attempts, "due_state": OutboxState.WAITING, "attempt__resolved_at": None}
    if GatewayQuestion.objects.filter(**waiting).exists():
        yield "the gateway is still to be asked"
    calls = RefundCall.objects.filter(refund__attempt__in=attempts, due_state=OutboxState.WAITING)
    if calls.exclude(refund__state__in=[RefundState.DONE, RefundState.REFUSED]).exists():
        yield "a call about a refund is still owed"
