"""The return of the payer: shows the state, schedules a query if needed, and changes nothing."""

import datetime as dt
import re

import pytest
from django.test import Client

from dossiers.states import DossierState
from payments.attempts.references import grouped_reference
from payments.models import AttemptState, GatewayEvent, GatewayQuestion, LedgerEntry, PaymentAttempt
from portal.common import clock
from tests import factories
from tests.dossiers.pages import browse
from tests.payments.notices import RETURN, call, cancelled, signed_query_of

pytestmark = pytest.mark.django_db


def back(query, client=None):
    return (client or Client()).get(f"{RETURN}?{query}")


def text_of(answer):
    """The visible text of the page."""
    assert answer.status_code == 200
    return re.sub(r"<[^>]*>", " ", answer.content.decode())


def unmoved(attempt):
    now = PaymentAttempt.objects.get(pk=attempt.pk)
    assert (now.state, now.code, now.resolved_at) == (AttemptState.SENT, "", None)
    assert now.obligation.dossier.state == DossierState.PAYMENT_REQUIRED and not LedgerEntry.objects.exists()
    return True


def test_coming_back_with_good_news_settles_nothing_but_has_the_gateway_asked(money_desk):
    attempt = money_desk.paying()
    page = text_of(back(signed_query_of(attempt)))
    assert "đang kiểm tra" in page and "200.000" in page and grouped_reference(attempt.reference) in page
    assert unmoved(attempt)
    question = GatewayQuestion.objects.get(attempt=attempt)
    assert question.next_at < clock.now() + dt.timedelta(seconds=20)
    event = GatewayEvent.objects.get()
    assert (event.kind, event.verdict, event.attempt) == ("return", "valid", attempt)


def test_coming_back_with_bad_news_fails_nothing(money_desk):
    attempt = money_desk.paying()
    assert "đang kiểm tra" in text_of(back(cancelled(attempt))) and unmoved(attempt)


@pytest.mark.parametrize("news", ["paid", "given up"])
def test_what_the_gateway_told_us_itself_is_what_the_page_says(money_desk, news):
    attempt = money_desk.paying()
    call(signed_query_of(attempt) if news == "paid" else cancelled(attempt))
    page = text_of(back(cancelled(attempt) if news == "paid" else signed_query_of(attempt)))  # the browser says the contrary
    assert ("Đã nhận đủ tiền." in page) is (news == "paid")
    assert ("tiền chưa bị trừ" in page) is (news != "paid")
    assert not attempt.questions.filter(next_at__lt=clock.now() + dt.timedelta(minutes=10)).exists()


def test_the_page_names_nobody_and_is_neither_kept_nor_found(money_desk):
    attempt = money_desk.paying()
    answer = back(signed_query_of(attempt))
    dossier = attempt.obligation.dossier
    page = text_of(answer)
    for personal in (dossier.subject_name, dossier.submitter.full_name, dossier.submitter.email, dossier.code):
        assert personal and personal not in page
    assert "no-store" in answer["Cache-Control"] and answer["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda attempt: signed_query_of(attempt, secret="doan-mo"),
        lambda attempt: signed_query_of(attempt).replace("ResponseCode=00", "ResponseCode=24"),
        lambda attempt: signed_query_of(attempt) + "&vnp_Amount=1",
        lambda attempt: signed_query_of(attempt).split("&vnp_SecureHash")[0],
        lambda attempt: f"vnp_TxnRef={attempt.reference}&vnp_ResponseCode=00",
        lambda attempt: signed_query_of(attempt, TxnRef="P000000000000XXXX"),
        lambda attempt: signed_query_of(attempt, TmnCode="DVCTEST1", secret="DVC-MOCK-SECRET-KHONG-DUNG-THAT-0001"),
        lambda attempt: "",
        lambda attempt: "x" * 9000,
        lambda attempt: "vnp_X=%ff%fe",
    ],
)
def test_without_a_good_signature_the_page_says_nothing_of_any_payment(money_desk, spoil):
    attempt = money_desk.paying()
    page = text_of(back(spoil(attempt)))
    assert "không cho biết" in page
    for word in (attempt.reference, "200.000", "Đã nhận", "Đã trừ tiền", "hủy"):
        assert word not in page
    assert unmoved(attempt) and GatewayEvent.objects.get().verdict not in ("valid", "duplicate")
    assert GatewayQuestion.objects.get(attempt=attempt).next_at > attempt.expires_at  # nobody is asked for a forgery


def test_what_is_typed_into_the_address_is_not_shown(money_desk):
    attempt = money_desk.paying()
    page = text_of(back(signed_query_of(attempt, secret="x", OrderInfo="<script>alert(1)</script>", BankCode="<b>Ngân hàng</b>")))
    assert "alert(1)" not in page and "Ngân hàng</b>" not in page


def test_the_one_who_filed_is_led_to_the_pages_of_the_dossier(money_desk):
    attempt = money_desk.paying()
    dossier = attempt.obligation.dossier
    client = browse(dossier.submitter)
    assert back(signed_query_of(attempt), client)["Location"] == f"/ho-so/{dossier.code}/tra-phi/chua-xong/"
    call(signed_query_of(attempt))
    assert back(signed_query_of(attempt), client)["Location"] == f"/ho-so/{dossier.code}/tra-phi/"


def test_somebody_else_who_is_logged_in_is_led_nowhere(money_desk):
    attempt = money_desk.paying()
    for user in (factories.citizen(), money_desk.clerk):
        assert attempt.obligation.dossier.code not in text_of(back(signed_query_of(attempt), browse(user)))


def test_loading_the_page_again_and_again_keeps_one_event_and_one_question(money_desk):
    attempt = money_desk.paying()
    for _ in range(5):
        back(signed_query_of(attempt))
    assert attempt.events.count() == 1 and attempt.questions.count() == 1


def test_a_question_that_is_due_sooner_is_not_put_off(money_desk):
    attempt = money_desk.paying()
    soon = clock.now() + dt.timedelta(seconds=2)
    GatewayQuestion.objects.filter(attempt=attempt).update(next_at=soon)
    back(signed_query_of(attempt))
    assert GatewayQuestion.objects.get(attempt=attempt).next_at == soon


@pytest.mark.slow
def test_forged_returns_do_not_fill_the_disk(money_desk):
    attempt = money_desk.paying()
    for _ in range(70):
        back(signed_query_of(attempt, secret="x"))
    assert GatewayEvent.objects.count() == 60
    call(signed_query_of(attempt, secret="x"))  # another kind has a minute of its own
    assert GatewayEvent.objects.filter(kind="ipn").count() == 1


def test_the_page_speaks_english_to_who_paid_in_english(money_desk):
    attempt = money_desk.paying()
    answer = Client().get(f"/en{RETURN}?{signed_query_of(attempt)}")
    assert answer.status_code == 200 and 'lang="en"' in answer.content.decode()


def test_only_reading_is_offered(money_desk):
    attempt = money_desk.paying()
    assert Client().post(f"{RETURN}?{signed_query_of(attempt)}").status_code == 405 and unmoved(attempt)
