"""The same request many times at once, over real connections, takes effect once."""

import json
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from payments.accounting.invariants import violations
from payments.attempts import settlement
from payments.models import AttemptMove, BankCredit, LedgerEntry, PayLink, PaymentAttempt, PaymentComplaint, Refund, Way
from payments.models.states import AttemptState, RefundState
from payments.refunds import approval
from payments.transfers import matching
from portal.common import clock
from tests.dossiers.pages import browse
from tests.money import FEE
from tests.payments.gateway import UNFINISHED
from tests.test_attacks_http import TOKEN, at_once, send  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 12
AS_JSON = {"Content-Type": "application/json", "X-CSRFToken": TOKEN}


def go(name, *args):
    return reverse(f"accounting:{name}", args=args)


@pytest.fixture
def press(send):  # noqa: F811
    """Call it to send one form or JSON from many threads at the same moment, as the users in turn. Returns the answers."""

    def press(address, sent, *users, as_json=False):
        clients = [browse(user) for user in users]
        turns = iter(clients * MANY)
        body = json.dumps(sent).encode() if as_json else urlencode({**sent, "csrfmiddlewaretoken": TOKEN})
        headers = AS_JSON if as_json else {}
        return at_once(lambda: send("POST", address, body, headers, client=next(turns)), MANY)

    return press


def whole():
    assert not list(violations())
    return True


def test_a_way_pressed_at_once_by_page_and_program_is_one_attempt(money_desk, press):
    dossier = money_desk.waiting()
    address = f"/api/v1/dossiers/{dossier.code}/payment/attempts/"
    answers = press(address, {"way": "vnpay", "bank_choice": "VNPAYQR"}, dossier.submitter, as_json=True)
    assert sorted(status for status, *_ in answers) == [200] * (MANY - 1) + [201]
    assert len({json.loads(body)["reference"] for *_, body in answers}) == 1
    pages = press(f"/ho-so/{dossier.code}/tra-phi/", {"cach": "ung-dung"}, dossier.submitter)
    assert {status for status, *_ in pages} == {303}
    assert PaymentAttempt.objects.count() == 1 and whole()


def test_a_link_renewed_at_once_leaves_one_that_works(money_desk, press):
    dossier = money_desk.waiting()
    assert {status for status, *_ in press(f"/ho-so/{dossier.code}/tra-phi/nho-tra/", {"viec": "tao"}, dossier.submitter)} == {
        303
    }
    assert PayLink.objects.filter(revoked_at=None).count() == 1


def test_i_have_paid_said_at_once_opens_one_ticket_and_asks_one_question(money_desk, press, gateway):
    attempt = money_desk.paying()
    gateway.says(UNFINISHED)
    dossier = attempt.obligation.dossier
    sent = {"reference": attempt.reference}
    answers = press(f"/api/v1/dossiers/{dossier.code}/payment/claim/", sent, dossier.submitter, as_json=True)
    assert {status for status, *_ in answers} == {200}
    assert PaymentComplaint.objects.count() == 1 and len(gateway.asked) == 1 and whole()


def test_a_refund_pressed_at_once_is_proposed_approved_and_paid_out_once(money_desk, press):
    attempt = settlement.settle(money_desk.paying().reference, cause="ipn")
    one, two = money_desk.accountant, money_desk.second_accountant
    facts = {"amount": "50000", "reason": "other", "way": "by_hand", "note": "Thu thừa."}
    press(go("propose", attempt.reference), facts, one)
    refund = Refund.objects.get()
    answers = press(go("refund_step", refund.request_id, "duyet"), {"duyet-note": "Đúng."}, two, one)
    assert {status for status, *_ in answers} == {302, 403}
    press(go("refund_step", refund.request_id, "da-chuyen"), {"document": "UNC 1"}, two)
    refund.refresh_from_db()
    assert (refund.state, refund.approved_by) == (RefundState.DONE, two)
    assert LedgerEntry.objects.filter(refund=refund).count() == 4 and approval.refundable(attempt) == FEE - 50_000 and whole()


def test_two_people_deciding_at_once_on_one_doubt_decide_once(money_desk, press):
    attempt = money_desk.paying()
    settlement.record_outcome(attempt.reference, AttemptState.REVIEW, cause="suspicion", code="07", final=False)
    sent = {"outcome": "received", "note": "Đã hỏi ngân hàng."}
    press(go("decide", attempt.reference), sent, money_desk.accountant, money_desk.second_accountant)
    assert AttemptMove.objects.filter(attempt=attempt, target=AttemptState.PAID).count() == 1
    assert LedgerEntry.objects.count() == 2 and whole()


def test_stray_money_given_out_at_once_is_given_once(money_desk, press):
    first, second = money_desk.waiting(), money_desk.waiting()
    point = money_desk.paying(Way.TRANSFER, dossier=money_desk.waiting()).point
    credit = matching.receive(point, "FT1", FEE, "la", clock.now())
    people = (money_desk.accountant, money_desk.second_accountant)
    for dossier in (first, second):
        press(go("credit_step", credit.pk, "gan"), {"whose": dossier.code, "note": "Đã gọi người nộp."}, *people)
    assert BankCredit.objects.get().state == BankCredit.State.ASSIGNED
    assert PaymentAttempt.objects.filter(state=AttemptState.PAID).count() == 1 and LedgerEntry.objects.count() == 2 and whole()
