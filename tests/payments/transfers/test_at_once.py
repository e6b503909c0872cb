"""Workers, gateway and accountants act on one account at the same moment; each credit is counted once."""

import datetime as dt
import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from payments.accounting import invariants
from payments.attempts.lifecycle import open_attempt
from payments.attempts.settlement import settle
from payments.models import BankCredit
from payments.transfers import matching
from portal.common import clock, outbox
from tests import money, world
from tests.money import FEE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world_desk(transactional_db):
    world.holidays()
    return money.MoneyDesk()


def at_once(*works):
    """Run all of these at the same moment. Returns the unexpected errors."""
    start, errors = threading.Barrier(len(works)), []

    def run(work):
        try:
            start.wait(timeout=20)
            work()
        except (matching.CannotResolve, PermissionDenied):
            pass
        except Exception as error:  # noqa: BLE001 - a thread tells its test
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return errors


def credit(attempt, ref, amount=FEE, words=None, at=None):
    words = f"DVC {attempt.reference}" if words is None else words
    return matching.record(attempt.point, matching.Credit(ref, amount, words, at or clock.now(), ref))[0]


def test_the_same_credit_read_and_looked_at_by_four_is_one(world_desk):
    attempt = world_desk.paying(way="transfer")

    def read():
        matching.receive(attempt.point, "FT1", FEE, f"DVC {attempt.reference}", clock.now())

    assert not at_once(read, read, read, read)
    assert BankCredit.objects.count() == 1 and attempt.obligation.attempts.count() == 1
    assert not list(invariants.violations())


def test_two_credits_with_one_code_settle_once_and_owe_once(world_desk):
    attempt = world_desk.paying(way="transfer")
    rows = [credit(attempt, f"FT{n}", at=clock.now() - dt.timedelta(minutes=5 * n)) for n in range(3)]
    assert not at_once(*[lambda pk=row.pk: outbox.do(BankCredit, pk) for row in rows for _twice in range(2)])
    attempts = attempt.obligation.attempts
    assert attempts.count() == 3 and attempts.filter(settles=True).count() == 1
    assert sum(refund.amount for one in attempts.all() for refund in one.refunds.all()) == 2 * FEE
    assert not list(invariants.violations())


def test_the_gateway_and_the_bank_at_the_same_moment_settle_once(world_desk):
    transfer = world_desk.paying(way="transfer")
    online = open_attempt(transfer.dossier, "vnpay", actor=transfer.dossier.submitter)
    row = credit(transfer, "FT1")
    assert not at_once(lambda: outbox.do(BankCredit, row.pk), lambda: settle(online.reference, cause="ipn"))
    attempts = transfer.obligation.attempts
    assert attempts.filter(state="paid").count() == 2 and attempts.filter(settles=True).count() == 1
    assert not list(invariants.violations())


def test_two_accountants_who_decide_at_once_decide_once(world_desk):
    attempt = world_desk.paying(way="transfer")
    row = matching.match(credit(attempt, "FT1", words="nop phi"))
    first, second = world_desk.accountant, world_desk.second_accountant
    errors = at_once(
        lambda: matching.assign(row, attempt.dossier, first, note="Đã hỏi."),
        lambda: matching.assign(row, attempt.dossier, second, note="Đã hỏi."),
        lambda: matching.propose_return(row, second, note="Không rõ."),
    )
    assert not errors
    row.refresh_from_db()
    assert row.state in ("assigned", "returning")
    assert attempt.obligation.attempts.filter(settles=True).count() == (row.state == "assigned")
    assert not list(invariants.violations())
