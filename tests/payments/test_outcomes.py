"""Each code of the gateway has one outcome; unclear ones are «checking»."""

import datetime as dt
import itertools
import re
from types import SimpleNamespace

import pytest

from payments import outcomes
from payments.gateways import outcomes as told
from payments.gateways import vnpay
from payments.gateways.vnpay import answers, codes
from payments.models.states import AttemptState, RefundState
from portal.common import clock
from tests.payments.gateways.vnpay import wire_words as words

A = AttemptState
ALL = [outcome for outcome in {**vars(told), **vars(outcomes)}.values() if isinstance(outcome, outcomes.Outcome)]
ALL += [*codes.RESPONSES.values(), *codes.STATUSES.values()]


def test_every_published_code_is_known():
    assert set(codes.RESPONSES) == {"00", "07", "09", "10", "11", "12", "13", "24", "51", "65", "75", "79", "99"}
    assert set(codes.STATUSES) == {"00", "01", "02", "04", "05", "06", "07", "08", "09", "11"}


def test_only_two_noughts_are_paid():
    pairs = itertools.product([*codes.RESPONSES, "88", ""], [*codes.STATUSES, "88", ""])
    paid = [pair for pair in pairs if codes.of_pay(*pair).state == A.PAID]
    assert paid == [("00", "00")]


@pytest.mark.parametrize("pair", list(itertools.product([*codes.RESPONSES, "88"], [*codes.STATUSES, "88"])))
def test_what_contradicts_itself_or_is_suspected_is_checked_by_people(pair):
    """04 and 07, one code of success with one of failure, and unpublished codes: no second payment is offered."""
    response, status = pair
    outcome = codes.of_pay(response, status)
    doubtful = (
        "88" in pair or response == "07" or status in ("04", "05", "06", "07", "09") or (response == "00") != (status == "00")
    )
    assert (outcome.state == A.REVIEW) is doubtful
    assert outcome.money == ("checking" if doubtful or status == "01" else "yes" if response == "00" else "no")
    assert bool(outcome.doubt) is doubtful and (not doubtful or not outcome.final)


@pytest.mark.parametrize(
    ("response", "status", "state"),
    [
        ("24", "02", A.CANCELLED),
        ("11", "02", A.EXPIRED),
        ("51", "02", A.FAILED),
        ("99", "11", A.CANCELLED),
        ("99", "08", A.EXPIRED),
    ],
)
def test_the_more_exact_code_speaks(response, status, state):
    assert codes.of_pay(response, status).state == state


def test_an_unfinished_failure_is_noted_but_asked_about_again():
    outcome = codes.of_pay("24", "01")
    assert (outcome.state, outcome.money, outcome.final) == (A.CANCELLED, "checking", False)


@pytest.mark.parametrize("outcome", ALL)
def test_sentences_are_short_plain_and_blame_nobody(outcome):
    for text in (outcome.sentence, outcome.next_step):
        for sentence in re.split(r"(?<=[.])\s", str(text)):
            assert 0 < len(sentence.split()) <= 20 and sentence.endswith("."), sentence
        assert not re.search(r"thanh toán|hệ thống|không hợp lệ|[Bb]ạn\b|[Qq]uý|bị lỗi do|nhập sai", str(text)), text


def answer(**changed):
    return answers.read_query_answer(words.api_answer(**changed), terminal=words.TERMINAL, secret=words.SECRET)


def attempt(minutes_left=10, **facts):
    point = SimpleNamespace(code=words.TERMINAL)
    expires_at = clock.now() + dt.timedelta(minutes=minutes_left)
    return SimpleNamespace(**{"point": point, "reference": words.REFERENCE, "amount": 150_000, "expires_at": expires_at, **facts})


@pytest.mark.parametrize(
    ("changed", "minutes_left", "state", "final"),
    [
        ({}, 10, A.PAID, True),
        ({"TransactionStatus": "02"}, 10, A.FAILED, True),
        ({"TransactionStatus": "11"}, 10, A.CANCELLED, True),
        ({"TransactionStatus": "08"}, -10, A.EXPIRED, True),
        ({"TransactionStatus": "04"}, 10, A.REVIEW, False),
        ({"TransactionStatus": "07"}, 10, A.REVIEW, False),
        ({"TransactionStatus": "77"}, 10, A.REVIEW, False),
        ({"TransactionType": "02"}, 10, A.REVIEW, False),
        ({"Amount": "100"}, 10, A.REVIEW, False),
        ({"Amount": "100", "TransactionStatus": "02"}, 10, A.FAILED, True),
        ({"TransactionStatus": "01"}, 10, None, False),
        ({"TransactionStatus": "01"}, -10, A.EXPIRED, False),
        ({"ResponseCode": "91"}, 10, None, False),
        ({"ResponseCode": "91"}, -10, A.EXPIRED, True),
        ({"ResponseCode": "94"}, -10, None, False),
        ({"ResponseCode": "97"}, -10, None, False),
        ({"ResponseCode": "99"}, -10, None, False),
        ({"TxnRef": "P261121083000A7K3"}, -10, None, False),
    ],
)
def test_answers_to_our_question(changed, minutes_left, state, final):
    outcome = vnpay.answer_of(answer(**changed), attempt(minutes_left)).outcome
    assert (outcome.state, outcome.final) == (state, final)
    assert outcome.money == ("yes" if state == A.PAID else "no" if final else "checking")


@pytest.mark.parametrize(
    ("code", "status", "state"),
    [
        ("00", "05", RefundState.PROCESSING),
        ("00", "06", RefundState.PROCESSING),
        ("00", "00", RefundState.DONE),
        ("00", "09", RefundState.REFUSED),
        ("00", "", RefundState.UNKNOWN),
        ("00", "02", RefundState.UNKNOWN),
        ("94", "", RefundState.UNKNOWN),
        ("99", "", RefundState.UNKNOWN),
        ("95", "", RefundState.REFUSED),
        ("97", "00", RefundState.REFUSED),
        ("", "", RefundState.UNKNOWN),
    ],
)
def test_a_refund_is_done_only_when_both_say_so(code, status, state):
    assert codes.of_refund(code, status) == state


def kept(state, *, code="", way="vnpay", settles=False, money_taken="no", resolved_at=True):
    return SimpleNamespace(
        point=SimpleNamespace(provider="vnpay"),
        state=state,
        code=code,
        way=way,
        settles=settles,
        money_taken=money_taken,
        resolved_at=resolved_at or None,
    )


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (kept(A.PAID, settles=True, money_taken="yes"), told.PAID.sentence),
        (kept(A.PAID, money_taken="yes"), outcomes.PAID_AGAIN.sentence),
        (kept(A.SENT, money_taken="checking", resolved_at=False), told.UNFINISHED.sentence),
        (kept(A.SENT, way="transfer", money_taken="checking", resolved_at=False), outcomes.TRANSFER_AWAITED.sentence),
        (kept(A.FAILED, code="51/02"), codes.RESPONSES["51"].sentence),
        (kept(A.FAILED, code="00/02"), told.FAILED.sentence),
        (kept(A.FAILED, code=""), told.FAILED.sentence),
        (kept(A.CANCELLED, code="24/02"), told.CANCELLED.sentence),
        (kept(A.CANCELLED), outcomes.DROPPED.sentence),
        (kept(A.CANCELLED, money_taken="checking", resolved_at=False), outcomes.DROPPED_ASKING.sentence),
        (kept(A.EXPIRED, code="91"), told.ABANDONED.sentence),
        (kept(A.EXPIRED, money_taken="checking", resolved_at=False), outcomes.ASKING.sentence),
        (kept(A.REVIEW, code="07/00", money_taken="checking"), told.SUSPECTED.sentence),
        (kept(A.REVIEW, code="00/04", money_taken="checking"), told.SUSPECTED.sentence),
        (kept(A.REVIEW, code="00/02", money_taken="checking"), told.UNCLEAR.sentence),
        (kept(A.REVIEW, code="00/00", money_taken="checking"), told.UNCLEAR.sentence),
        (kept(A.REVIEW, money_taken="checking"), told.UNCLEAR.sentence),
    ],
)
def test_an_attempt_is_said_as_it_stands(row, sentence):
    outcome = outcomes.of_attempt(row)
    assert (outcome.sentence, outcome.state, outcome.money) == (sentence, row.state, row.money_taken)


@pytest.mark.parametrize("state", list(A))
@pytest.mark.parametrize("code", ["", "00/00", "24/02", "07/00", "99/01", "91", "rác"])
@pytest.mark.parametrize("money", ["yes", "no", "checking"])
def test_every_attempt_can_be_said_and_never_against_the_books(state, code, money):
    outcome = outcomes.of_attempt(kept(state, code=code, money_taken=money))
    assert outcome.money == money and outcome.sentence and outcome.headline and outcome.money_word and outcome.tone
