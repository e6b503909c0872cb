"""Electronic receipts: the next number of a body's series, without gaps; the signed paper; replaced or cancelled in sight."""

from django.db import connection, transaction
from django.utils.translation import gettext as _

from payments.models import CollectingBody, EReceipt
from portal.common import clock, due

DEFAULT_TEMPLATE = "01BLP0-001"
DEFAULT_SERIES = "DVC-{year:02d}E"


def issue(attempt, event, *, replaces=None, amount=None, lines=None):
    """The receipt of money that settled a fee, numbered in the transaction that settled it. Once an attempt.

    The counter's row stays locked until that transaction ends: two at once wait for each other, one rolled back leaves no gap.
    """
    there = attempt.receipts.filter(state=EReceipt.State.VALID).first()
    if there:
        return there
    body = body_of(attempt.collector)
    year = clock.today().year
    receipt = EReceipt.objects.create(
        attempt=attempt, event=event, body=body, year=year, number=_next_number(body, year), replaces=replaces,
        template_symbol=body.template_symbol, series_symbol=body.series_symbol.format(year=year % 100),
        payer_name=attempt.obligation.dossier.subject_name, amount=attempt.amount if amount is None else amount,
        lines=_lines(attempt.obligation) if lines is None else lines, issued_at=clock.now(),
    )  # fmt: skip
    due.poke()
    return receipt


def body_of(agency):
    """The collecting body of an agency; its symbols are made from the house defaults when nobody has set them yet."""
    return CollectingBody.objects.get_or_create(
        agency=agency, defaults={"template_symbol": DEFAULT_TEMPLATE, "series_symbol": DEFAULT_SERIES, "demo": True}
    )[0]


def _next_number(body, year):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO payments_receiptcounter (body_id, year, last) VALUES (%s, %s, 1) "
            "ON CONFLICT (body_id, year) DO UPDATE SET last = payments_receiptcounter.last + 1 RETURNING last",
            [body.pk, year],
        )
        return cursor.fetchone()[0]


def _lines(obligation):
    return [
        {"label": line.label, "kind": line.kind, "quantity": line.quantity, "amount": line.amount, "legal_ref": line.legal_ref}
        for line in obligation.lines.order_by("pk")
        if line.amount
    ]


@transaction.atomic
def after_refund(attempt, kept, refund):
    """Money of a receipt goes back: it is cancelled, or replaced by one over the `kept` đồng. The numbers stay."""
    old = attempt.receipts.select_for_update().filter(state=EReceipt.State.VALID).first()
    if old is None:
        return
    state = EReceipt.State.REPLACED if kept else EReceipt.State.CANCELLED
    _end(old, state, _("Hoàn lại tiền theo yêu cầu %(number)s.") % {"number": refund.request_id})
    if kept:
        issue(attempt, old.event, replaces=old, amount=kept, lines=_lines(attempt.obligation))


def _end(receipt, state, reason):
    receipt.state, receipt.state_reason, receipt.state_at = state, reason, clock.now()
    receipt.save(update_fields=["state", "state_reason", "state_at"])
