"""Electronic receipts: issued with the next number of a body's series, without gaps; signed; replaced or cancelled."""

import logging
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Agency, User
from dossiers.models import Event, FeeObligation
from dossiers.papers.models import IssuedPaper
from dossiers.papers.wording import full_name
from payments.attempts.lifecycle import lock_for_payment
from payments.models import CollectingBody, CollectionPoint, EReceipt, PaymentAttempt, Refund
from payments.permissions import is_accountant_of
from payments.receipts import paper
from portal.common import clock, outbox

log = logging.getLogger(__name__)
DEFAULT_TEMPLATE = "01BLP0-001"
DEFAULT_SERIES = "DVC-{year:02d}E"
PAPER_STATES = {EReceipt.State.REPLACED: IssuedPaper.State.REPLACED, EReceipt.State.CANCELLED: IssuedPaper.State.REVOKED}


class ReceiptEnded(Exception):
    """The receipt is replaced or cancelled already; `str()` says so in Vietnamese."""


# ---------------------------------------------------------------- issuing
def issue(attempt: PaymentAttempt, event: Event, *, replaces: EReceipt | None = None, **changed: Any) -> EReceipt:
    """Issue the receipt of an attempt that settled a fee, in the same transaction. Returns the valid receipt if there is one.

    The row of the body is locked until the transaction ends, so numbers have no gaps and are in the order of issue. `changed`:
    payer_name, amount, lines, if they differ from the fee.
    """
    there = attempt.receipts.filter(state=EReceipt.State.VALID).first()
    if there:
        return there
    body = CollectingBody.objects.select_for_update(of=("self",), no_key=True).get(pk=body_of(attempt.collector).pk)
    now = clock.now()
    year = clock.local(now).year
    facts = {
        "amount": attempt.amount, "lines": lines_of(attempt.obligation), "payer_name": attempt.obligation.dossier.subject_name,
        "collector_name": full_name(attempt.collector.name), "tax_code": body.tax_code, "demo": body.demo,
        "treasury_account": _account(attempt), "template_symbol": body.template_symbol,
        "series_symbol": body.series_symbol.format(year=year % 100), **changed,
    }  # fmt: skip
    receipt = EReceipt.objects.create(
        attempt=attempt, event=event, body=body, year=year, number=_next_number(body, year), replaces=replaces, issued_at=now,
        next_at=now, **facts,
    )  # fmt: skip
    outbox.wake_relay()
    return receipt


def body_of(agency: Agency) -> CollectingBody:
    """The collecting body of an agency; created with default symbols if there is none."""
    return CollectingBody.objects.get_or_create(
        agency=agency, defaults={"template_symbol": DEFAULT_TEMPLATE, "series_symbol": DEFAULT_SERIES, "demo": True}
    )[0]


def _next_number(body: CollectingBody, year: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO payments_receiptcounter (body_id, year, last) VALUES (%s, %s, 1) "
            "ON CONFLICT (body_id, year) DO UPDATE SET last = payments_receiptcounter.last + 1 RETURNING last",
            [body.pk, year],
        )
        return cursor.fetchone()[0]


def _account(attempt: PaymentAttempt) -> str:
    """The treasury account: of the point of the attempt, or for cash, of the dossier's terminal."""
    point = attempt.point
    if point is None:
        terminal = attempt.obligation.dossier.offering.terminal_id
        point = CollectionPoint.objects.filter(terminal=terminal).first() if terminal else None
    if point is None or not point.account_number:
        return ""
    return f"{point.account_number}, {point.bank_name} ({point.account_name})"


def lines_of(obligation: FeeObligation) -> list[dict]:
    """The lines of a fee as printed on a receipt, without lines of 0 đồng."""
    return [
        {"label": line.label, "kind": line.kind, "quantity": line.quantity, "amount": line.amount, "legal_ref": line.legal_ref}
        for line in obligation.lines.order_by("pk")
        if line.amount
    ]


# ---------------------------------------------------------------- the signed paper
@outbox.worker(EReceipt)
def make_paper(receipt: EReceipt) -> IssuedPaper:
    """Make, sign and store the paper of a receipt. Idempotent. If the receipt has ended meanwhile, the paper says so."""
    _lock_dossier_nowait(receipt)
    receipt = EReceipt.objects.select_for_update(of=("self",)).get(pk=receipt.pk)
    if receipt.paper_id is None:
        receipt.paper = paper.make(receipt)
        receipt.save(update_fields=["paper"])
    copy_state_to_paper(receipt)
    if receipt.replaces_id:
        copy_state_to_paper(receipt.replaces)
    return receipt.paper


def _lock_dossier_nowait(receipt: EReceipt) -> None:
    """Lock the dossier of a receipt without waiting. Raises OperationalError when it is locked: the worker tries again later.
    Others lock the dossier first and the receipt second, so that waiting here could be a deadlock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM dossiers_dossier WHERE id = %s FOR KEY SHARE NOWAIT", [receipt.attempt.obligation.dossier_id]
        )


def copy_state_to_paper(receipt: EReceipt) -> None:
    """Copy the state of a receipt onto its paper, with the paper that replaces it as soon as there is one."""
    if receipt.paper_id is None or receipt.state == EReceipt.State.VALID:
        return
    successor = EReceipt.objects.filter(replaces=receipt).first()
    IssuedPaper.objects.filter(pk=receipt.paper_id).update(
        state=PAPER_STATES[receipt.state],
        state_reason=receipt.state_reason,
        replaced_by=successor.paper_id if successor else None,
    )


# ---------------------------------------------------------------- replaced, cancelled
@transaction.atomic
def replace(receipt: EReceipt, actor: User, *, payer_name: str, reason: str) -> EReceipt:
    """Replace a receipt by one with the right name: same amount, new number. The old one stays readable as replaced.

    For an accountant of the body. Raises PermissionDenied, ReceiptEnded.
    """
    receipt, attempt = _locked(receipt, actor)
    _end(receipt, EReceipt.State.REPLACED, reason, actor)
    return issue(
        attempt, receipt.event, replaces=receipt, payer_name=payer_name.strip(), amount=receipt.amount, lines=receipt.lines
    )


@transaction.atomic
def cancel(receipt: EReceipt, actor: User, *, reason: str) -> EReceipt:
    """Cancel a receipt that should not exist. This refunds nothing.

    For an accountant of the body. Raises PermissionDenied, ReceiptEnded.
    """
    receipt, _attempt = _locked(receipt, actor)
    _end(receipt, EReceipt.State.CANCELLED, reason, actor)
    return receipt


@transaction.atomic
def after_refund(attempt: PaymentAttempt, kept: int, refund: Refund) -> None:
    """After an approved refund: cancel the receipt, or replace it by one over the `kept` đồng. No number is used again."""
    old = attempt.receipts.select_for_update(of=("self",)).filter(state=EReceipt.State.VALID).first()
    if old is None:
        return
    with translation.override("vi"):
        reason = _("Hoàn lại tiền theo yêu cầu %(number)s.") % {"number": refund.request_id}
        given_back = _("Trừ phần đã hoàn theo yêu cầu %(number)s") % {"number": refund.request_id}
    _end(old, EReceipt.State.REPLACED if kept else EReceipt.State.CANCELLED, reason, refund.approved_by)
    if kept:
        less = {"label": given_back, "kind": "", "quantity": 1, "amount": kept - old.amount, "legal_ref": ""}
        issue(attempt, old.event, replaces=old, payer_name=old.payer_name, amount=kept, lines=[*old.lines, less])


@transaction.atomic
def after_refusal(attempt: PaymentAttempt, kept: int, refund: Refund) -> None:
    """After the bank refused a refund: a receipt over the `kept` đồng again, instead of what `after_refund` left. One that a
    person cancelled stays cancelled."""
    last = attempt.receipts.select_for_update(of=("self",)).order_by("-pk").first()
    if last is None or (last.state != EReceipt.State.VALID and refund.request_id not in last.state_reason):
        return
    with translation.override("vi"):
        words = _("Ngân hàng chưa hoàn được theo yêu cầu %(number)s.") % {"number": refund.request_id}
    lines = list(last.lines)
    if kept != last.amount:
        lines.append({"label": words, "kind": "", "quantity": 1, "amount": kept - last.amount, "legal_ref": ""})
    if last.state == EReceipt.State.VALID:
        _end(last, EReceipt.State.REPLACED, words, refund.approved_by)
    issue(attempt, last.event, replaces=last, payer_name=last.payer_name, amount=kept, lines=lines)


def _locked(receipt: EReceipt, actor: User) -> tuple[EReceipt, PaymentAttempt]:
    """(receipt, attempt), locked in the usual order. Raises PermissionDenied, ReceiptEnded."""
    _dossier, _obligation, attempt = lock_for_payment(receipt.attempt.reference)
    if not is_accountant_of(attempt, actor):
        raise PermissionDenied("only an accountant of the collecting body replaces or cancels a receipt")
    locked = EReceipt.objects.select_for_update(of=("self",)).get(pk=receipt.pk)
    if locked.state != EReceipt.State.VALID:
        raise ReceiptEnded(_("Biên lai %(number)s %(state)s.") % {"number": locked, "state": locked.get_state_display()})
    locked.attempt = attempt
    return locked, attempt


def _end(receipt: EReceipt, state: EReceipt.State, reason: str, actor: User | None) -> None:
    if not reason.strip():
        raise ValueError("a receipt ends for a reason")
    receipt.state, receipt.state_reason, receipt.state_at, receipt.state_by = state, reason.strip(), clock.now(), actor
    receipt.save(update_fields=["state", "state_reason", "state_at", "state_by"])
    copy_state_to_paper(receipt)
    log.info("receipt ended", extra={"receipt": str(receipt), "state": str(state), "by": actor.pk if actor else None})


# ---------------------------------------------------------------- invariants
def problems() -> Iterator[str]:
    """Yield one sentence for each receipt with wrong sums, a missing paper, or a paper in another state."""
    for receipt in EReceipt.objects.select_related("paper", "attempt").iterator(chunk_size=500):
        if sum(line["amount"] for line in receipt.lines) != receipt.amount:
            yield f"receipt {receipt}: its lines do not add up to its amount"
        if receipt.due_state == "done" and receipt.paper_id is None:
            yield f"receipt {receipt}: has no paper, and none is owed"
        ended = PAPER_STATES.get(receipt.state, IssuedPaper.State.VALID)
        if receipt.paper_id and receipt.paper.state != ended:
            yield f"receipt {receipt}: is {receipt.state}, its paper says {receipt.paper.state}"
