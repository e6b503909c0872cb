"""The IPN: verified, checked in order, applied once."""

import datetime as dt
import json

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dossiers.models import Dossier
from dossiers.states import DossierState
from payments.attempts import settlement as settling
from payments.enquiries import ipn as doors
from payments.models import (
    AttemptState,
    Difference,
    EReceipt,
    GatewayEvent,
    GatewayQuestion,
    LedgerEntry,
    PaymentAttempt,
    Refund,
    Verdict,
)
from portal.common import clock
from tests.money import FEE
from tests.payments.gateways.vnpay import wire_words as words
from tests.payments.notices import IPN, call, cancelled, signed_query_of

pytestmark = pytest.mark.django_db
MAX_QUERIES_OF_A_SETTLEMENT = 60  # locks, a step of the dossier with its history and messages, ledger, receipt
QUERIES_OF_A_REPETITION = 9  # BEGIN, lock_timeout, four for the locks, count of events, the event, COMMIT
QUERIES_OF_A_FORGERY = 2  # count of events, the event


def untouched(attempt):
    """Assert that attempt, dossier and ledger are unchanged. Returns True."""
    now = PaymentAttempt.objects.get(pk=attempt.pk)
    assert (now.state, now.code, now.resolved_at) == (attempt.state, attempt.code, attempt.resolved_at)
    assert now.obligation.dossier.state == DossierState.PAYMENT_REQUIRED
    assert not LedgerEntry.objects.exists() and not EReceipt.objects.exists()
    return True


def heard():
    return GatewayEvent.objects.latest("pk")


# ------------------------------------------------------------ money that comes


def test_a_payment_settles_the_fee_and_moves_the_dossier_on(money_desk):
    attempt = money_desk.paying()
    assert call(signed_query_of(attempt)) == "00"

    attempt.refresh_from_db()
    assert (attempt.state, attempt.settles, attempt.code) == (AttemptState.PAID, True, "00/00")
    assert (attempt.transaction_no, attempt.bank_code) == ("14226112", "NCB")
    assert attempt.obligation.dossier.state == DossierState.SUBMITTED
    assert EReceipt.objects.get().amount == FEE
    assert attempt.moves.last().event == heard()
    assert (heard().verdict, heard().answer, heard().attempt, heard().point) == ("valid", "00", attempt, attempt.point)


def test_the_same_call_again_is_told_so_and_counts_once(money_desk):
    attempt = money_desk.paying()
    query = signed_query_of(attempt)
    assert [call(query) for _ in range(10)] == ["00"] + ["02"] * 9
    assert EReceipt.objects.count() == 1 and LedgerEntry.objects.count() == 2 and attempt.moves.count() == 2


def test_a_payer_who_gives_up_leaves_the_dossier_where_it_was(money_desk):
    attempt = money_desk.paying()
    assert call(cancelled(attempt)) == "00" and call(cancelled(attempt)) == "02"
    attempt.refresh_from_db()
    assert (attempt.state, attempt.code, attempt.money_taken) == (AttemptState.CANCELLED, "24/02", "no")
    assert attempt.obligation.dossier.state == DossierState.PAYMENT_REQUIRED and not attempt.obligation.attempt_open


@pytest.mark.parametrize(
    ("response", "status", "state"),
    [
        ("51", "02", AttemptState.FAILED),
        ("11", "02", AttemptState.EXPIRED),
        ("99", "08", AttemptState.EXPIRED),
        ("07", "00", AttemptState.REVIEW),
        ("00", "02", AttemptState.REVIEW),
        ("24", "00", AttemptState.REVIEW),
        ("00", "04", AttemptState.REVIEW),
        ("00", "07", AttemptState.REVIEW),
        ("88", "02", AttemptState.REVIEW),
    ],
)
def test_every_other_word_of_the_gateway_is_noted_and_pays_nothing(money_desk, response, status, state):
    attempt = money_desk.paying()
    query = signed_query_of(attempt, ResponseCode=response, TransactionStatus=status)
    assert call(query) == "00" and call(query) == "02"
    attempt.refresh_from_db()
    assert (attempt.state, attempt.code) == (state, f"{response}/{status}")
    assert not LedgerEntry.objects.exists()
    if state == AttemptState.REVIEW:
        assert attempt.obligation.attempt_open and attempt.money_taken == "checking" and attempt.resolved_at is None
        assert GatewayQuestion.objects.get(attempt=attempt).next_at < attempt.expires_at  # asked soon, not after its time


def test_money_that_comes_after_the_payer_gave_up_is_not_lost(money_desk):
    attempt = money_desk.paying()
    call(cancelled(attempt))
    assert call(signed_query_of(attempt)) == "00"
    attempt.refresh_from_db()
    assert attempt.settles and attempt.obligation.dossier.state == DossierState.SUBMITTED


def test_a_second_payment_of_the_same_fee_is_to_go_back(money_desk):
    first = money_desk.paying()
    second = money_desk.paying(dossier=Dossier.objects.get(), bank_choice="INTCARD")
    assert first.reference != second.reference
    assert call(signed_query_of(second)) == "00" and call(signed_query_of(first, TransactionNo="9")) == "00"
    assert [a.settles for a in PaymentAttempt.objects.filter(state=AttemptState.PAID)] == [False, True]
    assert Refund.objects.get().attempt == first and EReceipt.objects.count() == 1


def test_a_paid_attempt_stays_paid_whatever_comes_after(money_desk):
    attempt = money_desk.paying()
    call(signed_query_of(attempt))
    for query in (
        cancelled(attempt),
        signed_query_of(attempt, ResponseCode="07"),
        signed_query_of(attempt, TransactionStatus="04"),
    ):
        assert call(query) == "02"
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.PAID and attempt.code == "00/00"
    assert attempt.events.count() == 4


def test_a_doubtful_attempt_is_ended_by_our_own_question_not_by_a_later_word(money_desk):
    attempt = money_desk.paying()
    call(signed_query_of(attempt, ResponseCode="07"))
    GatewayQuestion.objects.all().delete()
    assert call(cancelled(attempt)) == "00"
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.REVIEW and GatewayQuestion.objects.filter(attempt=attempt).exists()
    assert call(signed_query_of(attempt)) == "00"
    attempt.refresh_from_db()
    assert attempt.settles


# ------------------------------------------------------------ forged, altered, foreign


def test_a_forged_call_is_refused_and_touches_nothing(money_desk):
    """A forged «failed» must not block the valid «paid» after it."""
    attempt = money_desk.paying()
    for query in (
        signed_query_of(attempt, secret="doan-mo"),
        signed_query_of(attempt, secret="doan-mo", ResponseCode="24", TransactionStatus="02"),
        signed_query_of(attempt).replace("vnp_SecureHash", "vnp_SecureHashx"),
        signed_query_of(attempt).split("&vnp_SecureHash=")[0],
        signed_query_of(attempt)[:-1] + "0" if signed_query_of(attempt)[-1] != "0" else signed_query_of(attempt)[:-1] + "1",
        signed_query_of(attempt).replace("vnp_ResponseCode=00", "vnp_ResponseCode=24"),
        cancelled(attempt).replace("vnp_ResponseCode=24", "vnp_ResponseCode=00").replace("Status=02", "Status=00"),
        "",
    ):
        assert call(query) == "97", query
        assert heard().verdict in ("bad_signature", "foreign_terminal") and heard().attempt is None
        assert untouched(attempt)
    assert call(signed_query_of(attempt)) == "00"


def test_every_single_value_that_is_altered_is_refused(money_desk):
    attempt = money_desk.paying()
    pieces = signed_query_of(attempt).split("&")
    for place, piece in enumerate(pieces):
        altered = [*pieces[:place], piece + "1", *pieces[place + 1 :]]
        assert call("&".join(altered)) == "97", piece
    assert untouched(attempt)


@pytest.mark.parametrize(
    "added",
    [
        "vnp_Amount=1",
        "vnp_Amount=20000000",
        "vnp_ResponseCode=00",
        "vnp_TxnRef=P261121083000A7K2",
        "vnp_SecureHash=00",
        "vnp%5FAmount=20000000",
        "vnp_Extra=1",
        "vnp_Extra=%ff",
        "vnp_Extra=%zz",
    ],
)
def test_repeated_and_added_parameters_are_refused(money_desk, added):
    attempt = money_desk.paying()
    assert call(f"{signed_query_of(attempt)}&{added}") == "97"
    assert call(f"{added}&{signed_query_of(attempt)}") == "97"
    assert untouched(attempt)


def test_another_terminal_cannot_speak_for_this_one(money_desk, settings):
    """The secret of a terminal is valid for its own payments only."""
    attempt = money_desk.paying()
    settings.VNPAY_SECRETS = {**settings.VNPAY_SECRETS, "NOIKHAC1": "bi-mat-cua-noi-khac"}
    assert call(signed_query_of(attempt, secret="bi-mat-cua-noi-khac", TmnCode="NOIKHAC1")) == "97"
    assert (heard().verdict, heard().attempt) == ("foreign_terminal", attempt)
    assert call(signed_query_of(attempt, secret="bi-mat-cua-noi-khac")) == "97"
    assert call(signed_query_of(attempt, secret="x", TmnCode="LAHOAC01")) == "97"
    assert call(signed_query_of(attempt, secret="x", TmnCode="")) == "97"
    assert untouched(attempt)


def test_a_terminal_without_a_secret_believes_nobody(money_desk, settings):
    attempt = money_desk.paying()
    query = signed_query_of(attempt)
    settings.VNPAY_SECRETS = {attempt.point.code: ""}
    assert call(query) == "97" and call(words.pay_query(secret="", TmnCode=attempt.point.code)) == "97"
    settings.VNPAY_SECRETS = {}
    assert call(query) == "97" and untouched(attempt)


def test_a_signed_reference_we_do_not_have_is_unknown(money_desk):
    attempt = money_desk.paying()
    for reference in ("P000000000000XXXX", attempt.reference.lower(), "", None, "'; DROP TABLE", attempt.reference + "0"):
        assert call(signed_query_of(attempt, TxnRef=reference)) == "01"
        assert heard().verdict == "unknown_ref" and heard().attempt is None
    assert untouched(attempt)


def test_the_gateway_cannot_pay_a_bank_transfer(money_desk):
    attempt = money_desk.paying(way="transfer")
    assert call(signed_query_of(attempt)) == "01" and untouched(attempt)


@pytest.mark.parametrize(
    "amount", ["1", "19999999", "20000001", "200000", "2000000000", "0", "", "٢٠٠٠٠٠٠٠", "２００", "2²", "-1"]
)
def test_another_amount_is_refused_and_poisons_nothing(money_desk, amount):
    attempt = money_desk.paying()
    assert call(signed_query_of(attempt, Amount=amount)) == "04"
    assert call(signed_query_of(attempt, Amount=amount, ResponseCode="24", TransactionStatus="02")) == "04"
    assert heard().verdict == "wrong_amount" and untouched(attempt)
    difference = Difference.objects.get()  # one, for the accountants
    theirs = int(amount) // 100 if amount.isascii() and amount.isdigit() and int(amount) % 100 == 0 else None
    assert (difference.kind, difference.our_amount, difference.their_amount) == ("amount", FEE, theirs)
    assert difference.attempt == attempt and difference.owner in (money_desk.accountant, money_desk.second_accountant)
    assert call(signed_query_of(attempt)) == "00"


@pytest.mark.parametrize("amount", ["200000.00", "20,000,000", "2E+07", " 20000000", "20000000 VND"])
def test_an_oddly_written_amount_reaches_the_accountants_once_however_often_it_comes(money_desk, amount):
    attempt = money_desk.paying()
    for _again in range(3):
        assert call(signed_query_of(attempt, Amount=amount)) == "04"
    with clock.at(clock.now() + dt.timedelta(days=1)):
        call(signed_query_of(attempt, Amount=amount))
    assert Difference.objects.get().their_amount is None and untouched(attempt)


def test_a_wrong_amount_of_a_payment_that_was_not_made_is_no_difference(money_desk):
    attempt = money_desk.paying()
    call(signed_query_of(attempt, Amount="0", ResponseCode="24", TransactionStatus="02"))
    assert not Difference.objects.exists()


def test_money_for_a_reference_we_do_not_have_reaches_the_accountants(money_desk):
    attempt = money_desk.paying()
    for _again in range(2):
        assert call(signed_query_of(attempt, TxnRef="P261121083000A7K2")) == "01"
    call(signed_query_of(attempt, TxnRef="P261121083000XXXX", ResponseCode="24", TransactionStatus="02"))
    difference = Difference.objects.get()
    assert (difference.kind, difference.reference, difference.their_amount) == ("missing_here", "P261121083000A7K2", FEE)
    assert difference.owner in (money_desk.accountant, money_desk.second_accountant)


@pytest.mark.parametrize(
    ("response", "status"), [("٠٠", "00"), ("00", "⁰⁰"), ("００", "００"), ("0", "00"), ("", "00"), ("00", None)]
)
def test_codes_that_cannot_be_read_are_neither_paid_nor_failed(money_desk, response, status):
    attempt = money_desk.paying()
    assert call(signed_query_of(attempt, ResponseCode=response, TransactionStatus=status)) == "99"
    assert heard().verdict == "malformed" and untouched(attempt)


def test_a_call_that_is_far_too_long_is_cut_and_refused(money_desk):
    attempt = money_desk.paying()
    assert call(signed_query_of(attempt) + "&vnp_X=" + "x" * 6000) == "97"
    assert len(heard().raw) == 4000 and heard().verdict == "malformed" and untouched(attempt)


# ------------------------------------------------------------ the door itself


@pytest.mark.parametrize("method", ["head", "post", "put", "patch", "delete", "options", "trace"])
def test_any_other_method_is_refused_in_the_gateways_own_words(money_desk, method):
    attempt = money_desk.paying()
    answer = getattr(Client(enforce_csrf_checks=True), method)(f"{IPN}?{signed_query_of(attempt)}")
    assert (answer.status_code, answer["Allow"], answer["Content-Type"]) == (405, "GET", "application/json")
    assert method == "head" or json.loads(answer.content)["RspCode"] == "99"
    assert untouched(attempt)


def test_the_gateway_needs_no_login_no_cookie_and_is_kept_by_nobody(money_desk):
    attempt = money_desk.paying()
    answer = Client().get(f"{IPN}?{signed_query_of(attempt)}")
    assert not answer.cookies and "no-store" in answer["Cache-Control"]
    assert answer.json() == {"RspCode": "00", "Message": "Confirm Success"}


def test_when_something_breaks_nothing_is_half_written_and_the_gateway_calls_again(money_desk, monkeypatch):
    attempt = money_desk.paying()
    real = settling.settle

    def breaks_at_the_end(*args, **facts):
        real(*args, **facts)
        raise DatabaseError("ổ đĩa đầy")

    with monkeypatch.context() as broken:
        broken.setattr(settling, "settle", breaks_at_the_end)
        assert call(signed_query_of(attempt)) == "99"
    assert untouched(attempt)
    assert (heard().verdict, heard().answer) == ("error", "99")
    assert call(signed_query_of(attempt)) == "00"


def test_even_when_nothing_can_be_stored_the_gateway_hears_its_own_words(money_desk, monkeypatch):
    attempt = money_desk.paying()

    def broken(*args, **facts):
        raise DatabaseError("ổ đĩa đầy")

    monkeypatch.setattr(GatewayEvent.objects, "create", broken)
    assert call(signed_query_of(attempt)) == "99" and untouched(attempt)


# ------------------------------------------------------------ floods


def test_forgeries_are_kept_up_to_a_number_a_minute_and_then_only_logged(money_desk, caplog):
    attempt = money_desk.paying()
    forged = signed_query_of(attempt, secret="doan-mo")
    for _ in range(doors.MAX_UNMATCHED_PER_MINUTE + 5):
        assert call(forged) == "97"
    assert GatewayEvent.objects.count() == doors.MAX_UNMATCHED_PER_MINUTE
    assert sum("event not kept" in record.message for record in caplog.records) == 5
    assert call(signed_query_of(attempt)) == "00" and heard().verdict == "valid"  # the truth is never drowned
    with clock.at(clock.now() + doors.dt.timedelta(minutes=2)):
        call(forged)
    assert heard().verdict == "bad_signature"


@pytest.mark.slow
def test_one_signed_message_replayed_without_end_does_not_fill_the_disk(money_desk):
    attempt = money_desk.paying()
    for _ in range(doors.MAX_REPEATS_PER_ATTEMPT + 10):
        call(signed_query_of(attempt))
    assert attempt.events.filter(verdict=Verdict.DUPLICATE).count() == doors.MAX_REPEATS_PER_ATTEMPT


# ------------------------------------------------------------ how much it asks of the database


def queries(query):
    with CaptureQueriesContext(connection) as found:
        call(query)
    return len(found)


@pytest.mark.slow
def test_a_call_asks_the_database_a_fixed_number_of_questions(money_desk):
    call(signed_query_of(money_desk.paying()))  # the first receipt of a body also makes its series
    settling = set()
    for _ in range(3):
        attempt = money_desk.paying()
        assert queries(signed_query_of(attempt, secret="doan-mo")) == QUERIES_OF_A_FORGERY
        settling.add(queries(signed_query_of(attempt)))
        assert queries(signed_query_of(attempt)) == QUERIES_OF_A_REPETITION
    assert len(settling) == 1 and settling.pop() <= MAX_QUERIES_OF_A_SETTLEMENT
