"""Twelve faults of the gateway against real processes: each order of callbacks × each number of payments, once.

All run at the same time on one set of processes. The whole matrix, and kill -9: `./portalctl payment-faults`.
"""

import pytest

from tests.faults import books, cases, run, table
from tests.faults.site import Site

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.services,
    pytest.mark.needs_pdf,
    pytest.mark.timeout(420),
]
WINDOW = 30  # seconds to pay: enough on a busy machine, short enough for the one success after expiry


def test_a_dozen_holds_every_order_with_every_number_of_payments_and_no_fault_twice():
    dozen = cases.dozen()
    assert {(case.order, case.times) for case in dozen} == {(order, times) for order in cases.ORDERS for times in cases.TIMES}
    assert len({case.fault.name for case in dozen}) == len(dozen) == 12


@pytest.fixture
def site(signing_keys, settings):
    started = Site(times={"window": WINDOW})
    yield started.up()
    started.stop_all()


def test_twelve_faults_at_once_and_every_dong_is_where_it_belongs(money_desk, site):
    money_desk.draft()  # the procedure and its places, once
    outcomes = run.run(site, money_desk, cases.dozen(), at_once=6, timeout=150)
    bad = [table.row(outcome) for outcome in outcomes if outcome.wrong]
    assert not bad, "\n".join([*bad, site.last_words()])
    assert books.wait_until_nothing_is_owed(60) == []
    assert list(books.compared(books.everything(site))) == []
    assert books.invariants()[0] == []
