"""Matching bank credits with attempts. A transfer that names its attempt and has the exact amount settles by itself; any other
waits for an accountant. Each credit is counted once; one that may be there already under another number waits for a person, too.

Locks: the credit first, then dossier → obligation → attempt.
"""

import datetime as dt
import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from dossiers.models import Dossier, FeeObligation
from dossiers.permissions import is_own_dossier
from payments import messages
from payments.attempts import settlement
from payments.attempts.lifecycle import create_paid_attempt, lock_dossier, lock_for_payment
from payments.attempts.references import find_in
from payments.differences import close, open_difference
from payments.gateways.bank import Credit
from payments.models import (
    AttemptMove,
    BankCredit,
    CollectionPoint,
    Difference,
    EventKind,
    PaymentAttempt,
    RefundReason,
    Verdict,
    Way,
    store_event,
    store_new_event,
)
from payments.models.states import AttemptState
from payments.permissions import is_accountant_for, may_resolve
from payments.transfers import doubles
from portal.common import clock, outbox
from portal.common.money import dong

log = logging.getLogger(__name__)
State = BankCredit.State
COUNTED = (State.MATCHED, State.ASSIGNED)
MAX_NOTE_LENGTH = 500  # characters of a note, and of the content of a transfer


class CannotResolve(Exception):
    """Not allowed for this credit; `str()` is the reason in Vietnamese, for the accountant."""


# ---------------------------------------------------------------- recording and matching
@transaction.atomic
def record(point: CollectionPoint, credit: Credit, *, reader: User | None = None) -> tuple[BankCredit, bool]:
    """Store a credit of a statement; `reader` uploaded the statement. Returns (row, is it new?). Idempotent by (point, bank_ref).

    If a repeated credit has another amount, the first is kept, and the other is stored as an event and opens a difference. A new
    credit that may be an earlier one under another number (`doubles.earlier`) counts nowhere and opens a difference, too.
    """
    doubles.lock_account(point)
    there = BankCredit.objects.filter(point=point, bank_ref=credit.bank_ref).first()
    if there:
        _compare(there, credit)
        return there, False
    like = doubles.earlier(point, credit)
    row = BankCredit.objects.create(
        point=point, bank_ref=credit.bank_ref, amount=credit.amount, content=credit.content[:MAX_NOTE_LENGTH],
        received_at=credit.received_at, read_by=reader, double_of=like, state=State.DOUBLE if like else State.NEW,
        event=store_event(EventKind.STATEMENT, credit.raw, Verdict.DUPLICATE if like else Verdict.VALID, point=point),
    )  # fmt: skip
    if like:
        day = clock.local(row.received_at).date()
        open_difference(point, day, Difference.Kind.DOUBLE, row.bank_ref, ours=like.amount, theirs=row.amount, credit=row)
    outbox.wake_relay()
    return row, True


def _compare(row: BankCredit, credit: Credit) -> None:
    """Open a difference if a known credit came again with another amount."""
    if row.amount == credit.amount:
        return
    if store_new_event(EventKind.STATEMENT, credit.raw, Verdict.WRONG_AMOUNT, point=row.point):
        log.error("a bank credit came again with another amount", extra={"point": row.point.code, "credit": row.pk})
    day = clock.local(row.received_at).date()
    kind = Difference.Kind.AMOUNT
    open_difference(row.point, day, kind, row.bank_ref, ours=row.amount, theirs=credit.amount, credit=row)


@transaction.atomic
def receive(
    point: CollectionPoint, bank_ref: str, amount: int, content: str, received_at: dt.datetime, raw: str = ""
) -> BankCredit:
    """Record one credit and match it at once. `amount` in whole đồng. Idempotent by (point, bank_ref). Returns the BankCredit."""
    row, _new = record(point, Credit(bank_ref, amount, content, received_at, raw or content))
    return match(row)


@outbox.worker(BankCredit)
@transaction.atomic
def match(credit: BankCredit) -> BankCredit:
    """Find the attempt of a new credit. If reference and amount fit, it settles; else accountants are notified. Idempotent."""
    credit = BankCredit.objects.select_for_update(of=("self",)).select_related("point", "event").get(pk=credit.pk)
    if credit.state != State.NEW:
        return credit
    attempt = named_in(credit)
    if attempt and attempt.amount == credit.amount:
        _settle_named(credit, attempt.reference)
    else:
        _leave_to_a_person(credit, attempt)
    return credit


def named_in(credit: BankCredit) -> PaymentAttempt | None:
    """The transfer attempt at this point whose reference is in the content; None if there is none, or more than one."""
    found = PaymentAttempt.objects.filter(reference__in=find_in(credit.content), way=Way.TRANSFER, point=credit.point)
    found = list(found.select_related("obligation__dossier")[:2])
    return found[0] if len(found) == 1 else None


def _settle_named(credit: BankCredit, reference: str) -> None:
    """Count a credit whose reference and amount fit, also when it is late or the fee is settled (then it is owed back)."""
    dossier, obligation, attempt = lock_for_payment(reference)
    if attempt.state != AttemptState.PAID:
        attempt = settlement.settle(reference, credit.event, cause="statement", transaction_no=credit.bank_ref[:40])
    elif attempt.credits.filter(state__in=COUNTED).exists():  # the same reference was used twice
        facts = _facts(credit, obligation, credit.amount)
        again = create_paid_attempt(cause="statement", job=settlement.PAYMENT_JOB.job, event=credit.event, **facts)
        attempt = settlement.allocate(dossier, obligation, again)
    credit.state, credit.attempt = State.MATCHED, attempt
    credit.note = "" if attempt.settles else _("Khoản phí không chờ tiền này nữa: đã đề nghị trả lại.")
    credit.save(update_fields=["state", "attempt", "note"])


def _facts(credit: BankCredit, obligation: FeeObligation, amount: int) -> dict[str, Any]:
    """The fields of an attempt that is created for a credit without one."""
    return {
        "obligation": obligation, "way": Way.TRANSFER, "collector": obligation.dossier.lead_agency, "point": credit.point,
        "amount": amount, "transaction_no": credit.bank_ref[:40],
    }  # fmt: skip


def _leave_to_a_person(credit: BankCredit, attempt: PaymentAttempt | None) -> None:
    credit.state, credit.attempt = _waiting_state(credit, attempt), attempt
    credit.save(update_fields=["state", "attempt"])
    messages.credit_needs_review(credit)


def _waiting_state(credit: BankCredit, attempt: PaymentAttempt | None) -> State:
    """The state that says why an accountant must decide on this credit."""
    if attempt is None:
        return State.UNMATCHED
    if not attempt.obligation.is_due:
        return State.LATE
    return State.UNDER if credit.amount < attempt.amount else State.OVER


# ---------------------------------------------------------------- what an accountant does
@transaction.atomic
def assign(credits: BankCredit | Iterable[BankCredit], dossier: Dossier, actor: User, *, note: str) -> PaymentAttempt | None:
    """Assign one or more credits to the fee of a dossier. Returns the attempt that counts the money.

    If the fee is due, the credits must reach its total and settle it; the rest is owed back, and its refund is proposed by
    `actor`. If the fee is not due, all of it is owed back. Raises PermissionDenied, CannotResolve.
    """
    rows = _waiting([credits] if isinstance(credits, BankCredit) else credits, actor)
    dossier, obligation = lock_dossier(dossier.pk)
    if not is_accountant_for(dossier, actor):
        raise PermissionDenied("only an accountant of the collecting body gives money to a fee, and never to an own one")
    _fits(rows, dossier, obligation)
    attempt: PaymentAttempt | None = None
    left = sum(row.amount for row in rows)
    if obligation.is_due:
        attempt = _settled(rows, dossier, obligation, actor, note)
        left -= attempt.amount
        dossier, obligation = lock_dossier(dossier.pk)  # reload after the step
    if left:
        why = RefundReason.OVERPAID if attempt else ""
        rest = create_paid_attempt(
            cause="person", actor=actor, event=rows[0].event, note=note, **_facts(rows[0], obligation, left)
        )
        settlement.allocate(dossier, obligation, rest, reason=why, asked_by=actor)
        attempt = attempt or rest
    for row in rows:
        _resolve(row, State.ASSIGNED, actor, note, attempt=attempt)
    return attempt


def _fits(rows: list[BankCredit], dossier: Dossier, obligation: FeeObligation | None) -> None:
    if obligation is None or obligation.status == obligation.Status.PROVISIONAL:
        raise CannotResolve(_("Hồ sơ này chưa có khoản phí nào đã chốt. Chốt phí rồi gán, hoặc trả lại người chuyển."))
    if any(row.point.terminal_id != dossier.offering.terminal_id for row in rows):
        raise CannotResolve(_("Tiền này về tài khoản của điểm thu khác. Trả lại người chuyển."))
    if not obligation.is_due:
        return
    missing = obligation.total - sum(row.amount for row in rows)
    if missing > 0:
        raise CannotResolve(
            _("Còn thiếu %(sum)s. Người nộp chuyển thêm thì gán cả các khoản cùng lúc, hoặc trả lại người chuyển.")
            % {"sum": dong(missing)}
        )


def _settled(rows: list[BankCredit], dossier: Dossier, obligation: FeeObligation, actor: User, note: str) -> PaymentAttempt:
    """Settle the fee: by the attempt that the credits name, if its amount is still due, else by a new one. Returns it."""
    meant = next((row.attempt for row in rows if row.attempt and row.attempt.obligation_id == obligation.pk), None)
    if meant and meant.amount == obligation.total and meant.state != AttemptState.PAID:
        return settlement.settle(
            meant.reference, rows[0].event, cause="statement", actor=actor, note=note, transaction_no=rows[0].bank_ref[:40]
        )
    facts = _facts(rows[0], obligation, obligation.total)
    return settlement.allocate(
        dossier, obligation, create_paid_attempt(cause="person", actor=actor, event=rows[0].event, note=note, **facts)
    )


@transaction.atomic
def propose_return(credit: BankCredit, actor: User, *, note: str) -> BankCredit:
    """Propose to return a credit to its sender. Another accountant must do it. Raises PermissionDenied, CannotResolve."""
    (row,) = _waiting([credit], actor)
    row.state, row.return_asked_by, row.note = State.RETURNING, actor, note[:MAX_NOTE_LENGTH]
    row.save(update_fields=["state", "return_asked_by", "note"])
    return row


@transaction.atomic
def record_return(credit: BankCredit, actor: User, *, note: str) -> BankCredit:
    """Record that the second accountant returned it; `note` names the bank slip. Raises PermissionDenied, CannotResolve."""
    row = _returning(credit, actor)
    if row.return_asked_by_id == actor.pk:
        raise PermissionDenied("whoever proposes to send money back does not send it")
    _resolve(row, State.RETURNED, actor, _joined(row.note, note))
    return row


@transaction.atomic
def cancel_return(credit: BankCredit, actor: User, *, note: str) -> BankCredit:
    """Withdraw the proposal to send it back: the credit waits for a person again."""
    row = _returning(credit, actor)
    attempt = PaymentAttempt.objects.select_related("obligation__dossier").filter(pk=row.attempt_id).first()
    row.state, row.return_asked_by, row.note = _waiting_state(row, attempt), None, _joined(row.note, note)
    row.save(update_fields=["state", "return_asked_by", "note"])
    return row


@transaction.atomic
def decide_double(difference: Difference, actor: User, *, is_same: bool, note: str) -> BankCredit:
    """Decide whether a possible double is the same money as the earlier credit, and close its difference. If it is not, it is
    matched like any other credit. Raises PermissionDenied, CannotResolve."""
    (row,) = _locked([difference.credit], actor)
    if row.state != State.DOUBLE:
        raise CannotResolve(_("Khoản tiền này đã được xử lý."))
    named = named_in(row)
    if named and is_own_dossier(named.obligation.dossier, actor):
        raise PermissionDenied("nobody decides that money for an own matter has come")
    row.double_decided_by = actor
    row.save(update_fields=["double_decided_by"])
    if is_same:
        _resolve(row, State.SAME, actor, note)
    else:
        row.state, row.note = State.NEW, note[:MAX_NOTE_LENGTH]
        row.save(update_fields=["state", "note"])
        row = match(row)
    close(difference, actor, note)
    return row


def _joined(before: str, more: str) -> str:
    """Both notes in one, cut to MAX_NOTE_LENGTH; the new one is kept whole, because it names the proof."""
    room = MAX_NOTE_LENGTH - len(more) - len(" · ")
    return f"{before[:room]} · {more}" if room > 0 else more[:MAX_NOTE_LENGTH]


def _waiting(credits: Iterable[BankCredit], actor: User) -> list[BankCredit]:
    rows = _locked(credits, actor)
    if any(not row.waits for row in rows):
        raise CannotResolve(_("Khoản tiền này đã được xử lý."))
    return rows


def _returning(credit: BankCredit, actor: User) -> BankCredit:
    (row,) = _locked([credit], actor)
    if row.state != State.RETURNING:
        raise CannotResolve(_("Chưa ai đề nghị trả lại khoản tiền này, hoặc đã xử lý xong."))
    return row


def _locked(credits: Iterable[BankCredit], actor: User) -> list[BankCredit]:
    """The rows, locked by primary key. Raises PermissionDenied.

    They are locked first and read afterwards: one query with the join could return a fresh row with a stale attempt.
    """
    wanted = {credit.pk for credit in credits}
    there = BankCredit.objects.filter(pk__in=wanted).order_by("pk")
    list(there.select_for_update().values_list("pk"))
    rows = list(there.select_related("point", "attempt__obligation__dossier", "event"))
    if not rows or len(rows) != len(wanted) or not all(may_resolve(row, actor) for row in rows):
        raise PermissionDenied("only an accountant at this account decides on its money")
    return rows


def _resolve(row: BankCredit, state: Any, actor: User, note: str, **facts: Any) -> None:
    row.state, row.resolved_by, row.resolved_at, row.note = state, actor, clock.now(), note[:MAX_NOTE_LENGTH]
    for name, value in facts.items():
        setattr(row, name, value)
    row.save(update_fields=["state", "resolved_by", "resolved_at", "note", "attempt"])


# ---------------------------------------------------------------- invariants
def problems() -> Iterator[str]:
    """Yield one sentence for each fee whose transfers and bank credits have different sums, and for each credit counted twice."""
    counted: Counter[int] = Counter()
    for credit in BankCredit.objects.filter(state__in=COUNTED).select_related("attempt"):
        counted[credit.attempt.obligation_id] += credit.amount
    proved = AttemptMove.objects.filter(
        Q(cause="statement") | Q(cause="person", source=AttemptState.CREATED), target=AttemptState.PAID, attempt__way=Way.TRANSFER
    )
    for obligation, amount in proved.values_list("attempt__obligation", "attempt__amount"):
        counted[obligation] -= amount
    for obligation, difference in counted.items():
        if difference:
            yield f"fee {obligation}: its bank credits and its transfers differ by {difference} đồng"
    yield from doubles.problems()
