"""Queries and refunds against the mock gateway in its own process: lost messages are found, no order is sent twice."""

import time

import pytest

from payments.accounting import invariants
from payments.attempts import settlement
from payments.enquiries import claims, schedule, terminal_lease
from payments.gateways import vnpay
from payments.models import CollectionPoint, GatewayQuestion, PaymentAttempt, Refund, RefundCall
from payments.refunds import approval
from portal.common import clock, outbox
from tests.mock_gateway.process import Gateway
from tests.processes import Processes

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
WINDOW = 0.6  # seconds in which the gateway answers one question a terminal


@pytest.fixture(scope="module")
def process(django_db_setup):
    """One mock gateway for these tests, which sends no IPNs. Its data are in the tables of the test."""
    processes = Processes()
    yield Gateway(processes, query_window=WINDOW, refund_step=0.5, GATEWAY_IPN_THREADS=0).start()
    processes.stop_all()


@pytest.fixture
def mock(process, settings):
    settings.VNPAY_PAY_URL, settings.VNPAY_API_URL = process.pay_url, process.api_url
    settings.PAYMENT_TIMES = {**settings.PAYMENT_TIMES, "quiet_when_busy": WINDOW, "ask_again": [0.2], "refund_query_after": 0.2}
    return process


def at_the_gateway(mock, attempt, outcome="success", **options):
    """The payer pays at the gateway; no IPN is sent."""
    mock.pay(attempt.reference, outcome, pay_url=vnpay.pay_url(attempt, ip="203.0.113.7"), **options)
    return attempt


def until(ready, seconds=15):
    """Run due outbox rows, as relay and workers would, until `ready`."""
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, list(PaymentAttempt.objects.values_list("reference", "state", "code"))
        for model in (GatewayQuestion, RefundCall):
            for row in model.objects.filter(due_state="waiting", next_at__lte=clock.now()):
                outbox.do(model, row.pk)
        time.sleep(0.1)
    return True


def soon(*attempts):
    GatewayQuestion.objects.filter(attempt__in=attempts).update(next_at=clock.now())


def state(row):
    return type(row).objects.get(pk=row.pk).state


def test_payments_nobody_told_us_of_are_all_found_though_the_gateway_answers_one_at_a_time(mock, money_desk):
    attempts = [at_the_gateway(mock, money_desk.paying()) for _ in range(4)]
    soon(*attempts)
    assert until(lambda: PaymentAttempt.objects.filter(settles=True).count() == 4)
    heard = [event.raw for attempt in attempts for event in attempt.events.all()]
    assert any('"94"' in raw for raw in heard)  # it did ask for silence
    assert list(invariants.violations()) == []


@pytest.mark.parametrize("outcome", ["cancel", "insufficient"])
def test_what_did_not_come_is_known_for_certain(mock, money_desk, outcome):
    attempt = at_the_gateway(mock, money_desk.paying(), outcome)
    soon(attempt)
    assert until(lambda: state(attempt) == "failed") and PaymentAttempt.objects.get(pk=attempt.pk).money_taken == "no"


@pytest.mark.parametrize(
    "fault",
    [
        {"querydr_unsigned": {"value": "wrong", "times": 2}},
        {"http_500_api": {"value": "after", "times": 2}},
        {"querydr_94": {"value": True, "times": 2}},
    ],
)
def test_bad_answers_move_nothing_and_the_good_one_settles(mock, money_desk, fault):
    attempt = at_the_gateway(mock, money_desk.paying())
    mock.faults(**fault)
    soon(attempt)
    assert until(lambda: state(attempt) == "paid")
    assert attempt.events.count() >= 3 and attempt.moves.count() == 2


def test_a_person_on_a_page_waits_only_so_long_for_a_slow_gateway(mock, money_desk, monkeypatch):
    attempt = at_the_gateway(mock, money_desk.paying())
    monkeypatch.setattr(schedule, "WEB_TIMEOUT_SECONDS", 0.5)
    mock.faults(slow_api=3)
    began = time.monotonic()
    ticket = claims.claim(attempt, attempt.opened_by)
    assert time.monotonic() - began < 2.5 and ticket.owner and terminal_lease.acquire(attempt.point_id)
    mock.faults(slow_api=False)
    CollectionPoint.objects.update(busy_until=None)
    soon(attempt)
    assert until(lambda: state(attempt) == "paid")
    ticket.refresh_from_db()
    assert "Đã nhận đủ tiền." in ticket.answer


def test_suspicion_is_looked_at_and_ends_when_the_gateway_decides(mock, money_desk):
    attempt = at_the_gateway(mock, money_desk.paying(), "suspected")
    soon(attempt)
    assert until(lambda: state(attempt) == "review")
    assert terminal_lease.acquire(attempt.point_id) or terminal_lease.quiet_until(attempt.point_id)


def approved(mock, money_desk):
    attempt = at_the_gateway(mock, money_desk.paying())
    settlement.settle(attempt.reference, cause="ipn", transaction_no=mock.transaction(attempt.reference)["transaction_no"])
    return approval.approve(approval.propose(attempt, "other", actor=money_desk.accountant), money_desk.second_accountant)


@pytest.mark.parametrize(("path", "end"), [("05-06-00", "done"), ("05-06-09", "refused")])
def test_a_refund_is_followed_to_its_end(mock, money_desk, path, end):
    mock.faults(refund_path=path)
    refund = approved(mock, money_desk)
    assert until(lambda: state(refund) == end)
    assert len(mock.transaction(refund.attempt.reference)["refunds"]) == 1 and list(invariants.violations()) == []


@pytest.mark.parametrize(
    "fault",
    [
        {"http_500_api": {"value": "after", "times": 1}},  # it was taken in, we never heard
        {"http_500_api": {"value": "before", "times": 1}},  # it never was
        {"refund_unsigned": {"value": "wrong", "times": 1}},
    ],
)
def test_a_refund_whose_answer_was_lost_goes_out_once(mock, money_desk, fault):
    refund = approved(mock, money_desk)
    mock.faults(**fault)
    assert until(lambda: state(refund) == "done")
    there = mock.transaction(refund.attempt.reference)["refunds"]
    assert len(there) == 1 and "no_answer" in refund.moves.values_list("cause", flat=True)
    assert Refund.objects.count() == 1 and list(invariants.violations()) == []


def test_while_the_gateway_is_dead_nothing_is_lost(mock, money_desk):
    refund = approved(mock, money_desk)
    attempt = at_the_gateway(mock, money_desk.paying())
    soon(attempt)
    mock.kill()
    for _ in range(3):
        for model in (GatewayQuestion, RefundCall):
            for row in model.objects.filter(due_state="waiting", next_at__lte=clock.now()):
                outbox.do(model, row.pk)
        time.sleep(0.3)
    assert (state(refund), state(attempt)) == ("unknown", "sent")
    mock.start()
    assert until(lambda: (state(refund), state(attempt)) == ("done", "paid"))
    assert len(mock.transaction(refund.attempt.reference)["refunds"]) == 1
