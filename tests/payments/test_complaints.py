"""«Tôi đã trả tiền»: the gateway is asked at once; without a final answer there is a ticket with an owner."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from accounts.messages.models import Message
from accounts.models import Membership
from payments import complaints
from payments.attempts import settlement
from payments.enquiries import claims, schedule, terminal_lease
from payments.gateways.base import NoAnswer
from payments.models import GatewayQuestion, PaymentAttempt, PaymentComplaint
from portal.common import clock, outbox
from tests import factories
from tests.dossiers.workflow.test_at_once import at_once
from tests.payments.gateway import PAID, SILENCE, TOO_SOON, UNFINISHED, Gateway

pytestmark = pytest.mark.django_db


def fresh(attempt):
    return PaymentAttempt.objects.select_related("obligation__dossier").get(pk=attempt.pk)


def waiting(attempt):
    return GatewayQuestion.objects.get(attempt=attempt, due_state="waiting")


def told(user, key):
    return Message.objects.filter(recipient=user, channel="inbox", key=f"money:{key}")


@pytest.fixture(autouse=True)
def no_interval(monkeypatch):
    """No minimum interval between two queries of a page."""
    monkeypatch.setattr(schedule, "MIN_ASK_INTERVAL_SECONDS", 0)


# ------------------------------------------------------------ asked at once


def test_money_that_came_settles_while_the_person_waits_and_no_ticket_is_opened(money_desk, gateway):
    attempt = money_desk.paying()
    gateway.says(PAID)
    assert claims.claim(attempt, attempt.opened_by) is None
    assert fresh(attempt).settles and fresh(attempt).obligation.dossier.state == "SUBMITTED"
    assert not PaymentComplaint.objects.exists() and terminal_lease.acquire(attempt.point_id)


@pytest.mark.parametrize(
    ("said", "state"), [({"status": "02"}, "failed"), ({"status": "11"}, "cancelled"), ({"status": "08"}, "expired")]
)
def test_a_final_no_is_the_answer_and_no_ticket_is_opened(money_desk, gateway, said, state):
    attempt = money_desk.paying()
    gateway.says(said)
    assert claims.claim(attempt, attempt.opened_by) is None
    assert (fresh(attempt).state, fresh(attempt).money_taken) == (state, "no") and not PaymentComplaint.objects.exists()


def test_who_says_it_again_after_a_final_no_gets_a_person_to_look(money_desk, gateway):
    attempt = money_desk.paying()
    gateway.says({"status": "02"})
    claims.claim(attempt)
    ticket = claims.claim(fresh(attempt), attempt.opened_by)
    assert ticket.closed_at is None and ticket.owner and len(gateway.asked) == 2
    assert fresh(attempt).state == "failed"


def test_money_that_came_after_a_final_no_is_found_by_who_insists(money_desk, gateway):
    attempt = money_desk.paying()
    gateway.says({"status": "02"}, PAID)
    claims.claim(attempt)
    assert claims.claim(fresh(attempt)) is None and fresh(attempt).settles


@pytest.mark.parametrize(
    "said", [SILENCE, UNFINISHED, TOO_SOON, {"status": "07"}, {"code": "99", "status": ""}, NoAnswer("x", raw="{}")]
)
def test_what_the_gateway_cannot_settle_becomes_a_ticket_with_an_owner(money_desk, gateway, said):
    attempt = money_desk.paying()
    gateway.says(said)
    ticket = claims.claim(attempt, attempt.opened_by)
    assert ticket.owner in (money_desk.accountant, money_desk.second_accountant) and ticket.opened_by == attempt.opened_by
    message = told(ticket.owner, f"complaint:{ticket.pk}").get()
    assert attempt.obligation.dossier.code in message.subject and attempt.reference in message.body
    assert claims.claim(fresh(attempt), attempt.opened_by) == ticket and PaymentComplaint.objects.count() == 1
    assert waiting(attempt).next_at


def test_the_gateway_is_given_only_the_patience_of_a_page(money_desk, monkeypatch, gateway):
    given = {}

    def query(self, attempt, **options):
        given.update(options)
        raise SILENCE

    monkeypatch.setattr(Gateway, "query", query)
    claims.claim(money_desk.paying())
    assert given == {"timeout": schedule.WEB_TIMEOUT_SECONDS} and schedule.WEB_TIMEOUT_SECONDS <= 6


@pytest.mark.parametrize("how", ["busy", "quiet"])
def test_a_terminal_that_cannot_be_asked_now_leaves_the_question_due_and_the_ticket_open(money_desk, gateway, how):
    attempt = money_desk.paying()
    terminal_lease.acquire(attempt.point_id) if how == "busy" else terminal_lease.silence(attempt.point_id, 300)
    known = schedule.ask_now(attempt)
    assert (known.asked, known.attempt.state, gateway.asked) == (False, "sent", [])
    assert known.outcome.money == "checking" and waiting(attempt).cause == "complaint" and waiting(attempt).next_at <= clock.now()
    assert claims.claim(attempt, attempt.opened_by).closed_at is None


def test_an_impatient_person_does_not_make_the_gateway_asked_again_and_again(money_desk, gateway, monkeypatch):
    monkeypatch.setattr(schedule, "MIN_ASK_INTERVAL_SECONDS", 20)
    attempt = money_desk.paying()
    gateway.says(SILENCE)
    for _ in range(5):
        claims.claim(attempt, attempt.opened_by)
    assert len(gateway.asked) == 1 and PaymentComplaint.objects.count() == 1


def test_a_transfer_has_no_gateway_to_ask_and_goes_straight_to_a_person(money_desk, gateway):
    attempt = money_desk.paying("transfer")
    assert claims.claim(attempt, attempt.opened_by).owner and gateway.asked == []
    assert not GatewayQuestion.objects.filter(attempt=attempt).exists()


def test_money_that_has_come_needs_no_ticket(money_desk, gateway):
    attempt = settlement.settle(money_desk.paying().reference, cause="ipn")
    assert claims.claim(attempt) is None and complaints.open_ticket(attempt) is None and gateway.asked == []


@pytest.mark.django_db(transaction=True)
def test_ten_impatient_clicks_open_one_ticket_and_ask_one_question_at_a_time(money_desk, gateway):
    attempt = money_desk.paying()
    gateway.says(SILENCE)
    tickets = at_once([lambda: claims.claim(attempt, attempt.opened_by)] * 10)
    assert {ticket.pk for ticket in tickets} == {PaymentComplaint.objects.get().pk}


# ------------------------------------------------------------ whose it is


@pytest.fixture
def claimed(money_desk, gateway):
    """Call it for a ticket about an attempt for which the gateway does not answer."""
    gateway.says(SILENCE)

    def claim(dossier=None):
        attempt = money_desk.paying(dossier=dossier)
        return claims.claim(attempt, attempt.opened_by)

    return claim


def test_the_accountant_with_the_fewest_on_the_table_gets_it(claimed, money_desk):
    owners = [claimed().owner for _ in range(4)]
    assert sorted(owner.pk for owner in owners) == sorted([money_desk.accountant.pk, money_desk.second_accountant.pk] * 2)


def test_nobody_looks_into_money_of_their_own(claimed, money_desk):
    accountant = factories.user(accountant="H18.Z01")
    Membership.objects.filter(user__in=[money_desk.accountant, money_desk.second_accountant]).delete()
    ticket = claimed(money_desk.waiting(factories.as_citizen(accountant)))
    assert ticket.owner == money_desk.head
    with pytest.raises(PermissionDenied):
        complaints.answer(ticket, accountant, "Đã thấy.")


def test_without_an_accountant_a_head_gets_it_and_without_anybody_it_is_still_there(claimed, money_desk):
    Membership.objects.filter(role="accountant").delete()
    ticket = claimed()
    assert ticket.owner == money_desk.head and told(money_desk.head, f"complaint:{ticket.pk}").exists()
    Membership.objects.all().delete()
    assert claimed().owner is None


# ------------------------------------------------------------ answered


def work(attempt):
    GatewayQuestion.objects.filter(attempt=attempt, due_state="waiting").update(next_at=clock.now())
    outbox.do(GatewayQuestion, waiting(attempt).pk)


@pytest.mark.parametrize(
    ("said", "words"),
    [(PAID, "Đã nhận đủ tiền."), ({"status": "02"}, "tiền chưa bị trừ"), ({"status": "11"}, "đã hủy, tiền chưa bị trừ")],
)
def test_the_last_word_of_the_gateway_answers_the_ticket_and_the_payer_is_told_once(claimed, gateway, said, words):
    ticket = claimed()
    gateway.says(said)
    work(ticket.attempt)
    ticket.refresh_from_db()
    assert ticket.closed_at and ticket.closed_by is None and words in ticket.answer
    assert words in told(ticket.opened_by, f"complaint:{ticket.pk}:answer").get().body
    settlement.settle(ticket.attempt.reference, cause="ipn")
    assert told(ticket.opened_by, f"complaint:{ticket.pk}:answer").count() == 1


@pytest.mark.parametrize("said", [SILENCE, UNFINISHED, {"status": "07"}])
def test_a_word_that_is_not_final_leaves_the_ticket_open(claimed, gateway, said):
    ticket = claimed()
    gateway.says(said)
    work(ticket.attempt)
    ticket.refresh_from_db()
    assert ticket.closed_at is None


def test_the_gateways_own_call_answers_the_ticket_too(claimed):
    ticket = claimed()
    settlement.settle(ticket.attempt.reference, cause="ipn")
    ticket.refresh_from_db()
    assert ticket.closed_at and "Đã nhận đủ tiền." in ticket.answer


def test_a_ticket_opened_in_spite_of_a_final_no_is_closed_by_a_person_or_by_the_money(money_desk, gateway):
    attempt = money_desk.paying()
    gateway.says({"status": "02"})
    claims.claim(attempt)
    ticket = claims.claim(fresh(attempt), attempt.opened_by)
    settlement.record_outcome(attempt.reference, "failed", cause="ipn")
    ticket.refresh_from_db()
    assert ticket.closed_at is None
    settlement.settle(attempt.reference, cause="reconciliation")
    ticket.refresh_from_db()
    assert ticket.closed_at


def test_a_person_answers_once_and_the_payer_is_told(claimed, money_desk):
    ticket = claimed()
    answered = complaints.answer(ticket, ticket.owner, "  Ngân hàng xác nhận không trừ tiền. ")
    assert (answered.closed_by, answered.answer) == (ticket.owner, "Ngân hàng xác nhận không trừ tiền.")
    again = complaints.answer(ticket, ticket.owner, "Khác.")
    assert again.answer == answered.answer
    assert told(ticket.opened_by, f"complaint:{ticket.pk}:answer").get().body.startswith("Ngân hàng xác nhận không trừ tiền.")


def test_only_the_owner_or_an_accountant_of_the_body_answers_and_never_without_words(claimed, money_desk):
    ticket = claimed()
    for stranger in (money_desk.clerk, money_desk.head, ticket.opened_by, factories.user(accountant="H18.Y14")):
        with pytest.raises(PermissionDenied):
            complaints.answer(ticket, stranger, "Đã thấy.")
    with pytest.raises(ValueError, match="words"):
        complaints.answer(ticket, ticket.owner, "  ")
    colleague = next(one for one in (money_desk.accountant, money_desk.second_accountant) if one != ticket.owner)
    long = "Đã thấy tiền." * 60
    assert complaints.answer(ticket, colleague, long).answer == long[: complaints.MAX_ANSWER_LENGTH]


def test_a_claim_makes_the_question_the_most_urgent_of_its_terminal(past, gateway, money_desk):
    old, mine = past(), past(ago=dt.timedelta(minutes=30))
    gateway.says(TOO_SOON)
    claims.claim(mine, mine.opened_by)
    turns_over = GatewayQuestion.objects.filter(due_state="waiting")
    turns_over.update(next_at=clock.now())
    mine.point.__class__.objects.update(quiet_until=None)
    gateway.asked.clear()
    gateway.says(PAID)
    outbox.do(GatewayQuestion, waiting(old).pk)
    assert gateway.asked == [mine.reference, old.reference]
