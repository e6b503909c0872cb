"""Final checks: the books of the gateway against ours, settlement files, invariants, no waiting outbox rows."""

import io
import time

from django.core.management import CommandError, call_command
from django.db import connection

from payments.models import CollectionPoint, Difference, PaymentAttempt, Way
from payments.models.states import AttemptState
from payments.reconciliation import runs
from portal.common import clock, outbox

PAYMENT_KINDS = [Difference.Kind.MISSING_HERE, Difference.Kind.MISSING_THERE, Difference.Kind.AMOUNT]


def wait_until_nothing_is_owed(seconds=240):
    """Wait until no outbox row is waiting, at most `seconds`. Returns a sentence for each kind that still waits."""
    end = time.monotonic() + seconds
    while owed := _owed():
        if time.monotonic() > end:
            return owed
        time.sleep(1)
    return []


def _owed():
    rows = {kind._meta.label: kind.objects.exclude(due_state=outbox.OutboxState.DONE) for kind in outbox.kinds()}
    return [f"{label}: {count} rows still owed {_trouble(found)}" for label, found in rows.items() if (count := found.count())]


def _trouble(found):
    return found.exclude(last_error="").values_list("last_error", flat=True).first() or ""


def everything(site, references=None):
    """{reference: transaction} from the API of the mock gateway. Default: all our attempts, and all others it has."""
    newest = {row["reference"]: row for row in site.gateway.look("transactions")["transactions"]}  # a thousand at most
    ours = references or PaymentAttempt.objects.filter(way=Way.GATEWAY).values_list("reference", flat=True)
    found = dict(newest) if references is None else {}
    for reference in ours:
        found[reference] = newest.get(reference) or site.gateway.transaction(reference)
    return {reference: row for reference, row in found.items() if row}


def compared(books):
    """One sentence for each row in which the gateway's books and ours differ."""
    ours = {a.reference: a for a in PaymentAttempt.objects.filter(way=Way.GATEWAY)}
    for reference in sorted(set(books) - set(ours)):
        yield f"{reference}: at the gateway only"
    for reference, attempt in sorted(ours.items()):
        there = books.get(reference)
        charged = bool(there and there["charged"])
        if charged != (attempt.state == AttemptState.PAID):
            yield f"{reference}: charged={charged} at the gateway, {attempt.state} here"
        elif charged and (theirs := (there["amount"], there["transaction_no"])) != (attempt.amount, attempt.transaction_no):
            yield f"{reference}: {theirs} there, {(attempt.amount, attempt.transaction_no)} here"


def settlement_files(site, days):
    """Read the correct file of each day. Yield a sentence for each difference about a payment."""
    for point in CollectionPoint.objects.filter(attempts__isnull=False).distinct():
        for day in sorted(days):
            run = runs.read_file(point, day, _file(site, point, day))
            for difference in Difference.objects.filter(run=run, kind__in=PAYMENT_KINDS):
                yield f"settlement file of {day}: {difference.kind} {difference.reference}"


LIES = {  # switch of the mock gateway: the difference to expect
    "settlement_missing_row": Difference.Kind.MISSING_THERE,
    "settlement_extra_row": Difference.Kind.MISSING_HERE,
    "settlement_wrong_amount": Difference.Kind.AMOUNT,
}


def lying_settlement_files(site, day):
    """(name, errors) for each wrong settlement file: it must open exactly the expected difference."""
    point = CollectionPoint.objects.filter(attempts__state=AttemptState.PAID).first()
    for lie, kind in LIES.items() if point else ():
        honest = _file(site, point, day)
        site.gateway.faults(**{lie: _rows_to_the_last_payment(honest) if kind == Difference.Kind.MISSING_THERE else 1})
        lying = _file(site, point, day)
        site.gateway.faults(**{lie: False})
        before = set(Difference.objects.values_list("pk", flat=True))
        runs.read_file(point, day, lying)
        opened = list(Difference.objects.exclude(pk__in=before).values_list("kind", flat=True))
        yield lie, [] if opened == [kind] else [f"opened {opened or 'nothing'} instead of {kind}"]
        runs.read_file(point, day, honest)  # closes the difference again


def _rows_to_the_last_payment(file):
    """How many rows to cut at the end so that exactly one payment is missing. (A missing refund is no difference if an earlier
    file had it.)"""
    rows = file.decode().strip().splitlines()
    return next(number for number, row in enumerate(reversed(rows), 1) if ",pay," in row)


def _file(site, point, day):
    return site.gateway.client.get(f"/doi-soat/{point.code}/{day:%Y%m%d}.csv").raise_for_status().content


def invariants():
    """(violations, summary) by `manage.py check_invariants`."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("check_invariants", stdout=out, stderr=err)
    except CommandError as error:
        return [*err.getvalue().splitlines(), str(error)], ""
    finally:
        connection.close()
    return [], out.getvalue().strip()


def today():
    return clock.today()
