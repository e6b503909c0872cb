"""Messages of the gateway are valid only if signed, complete and about the right payment."""

import json

import pytest

from payments.gateways.base import NoAnswer
from payments.gateways.vnpay import answers, canonical
from tests.payments.gateways.vnpay import wire_words as words

SECRETS = {words.TERMINAL: words.SECRET, "KHACXXX1": "bi-mat-cua-noi-khac"}


def read(**changed):
    return answers.read_pay(words.pay_query(**changed), SECRETS)


@pytest.mark.parametrize(("response", "status"), [("00", "02"), ("24", "00"), ("00", "04"), ("07", "00"), ("00", "")])
def test_one_code_alone_is_not_paid(response, status):
    assert not read(ResponseCode=response, TransactionStatus=status).is_paid
    assert read().is_paid


@pytest.mark.parametrize("amount", ["١٥٠٠٠٠٠٠", "1500000０", "15000000 ", "-15000000", "150000.00", "", "9" * 13])
def test_an_odd_amount_is_no_amount_even_when_signed(amount):
    answer = read(Amount=amount)
    assert answer.hundredths is None and not answer.is_amount(150_000)


def test_a_fraction_of_a_dong_is_another_amount():
    assert not read(Amount="15000001").is_amount(150_000)
    assert not read(Amount="150000").is_amount(150_000)


@pytest.mark.parametrize("code", ["٠٠", "⁰⁰", "０0", "0", "000", "ok", None])
def test_odd_codes_are_unreadable_and_never_paid(code):
    answer = read(ResponseCode=code)
    assert not answer.is_readable and not answer.is_paid


def test_a_terminal_without_a_secret_is_foreign():
    with pytest.raises(answers.ForeignTerminal):
        read(TmnCode="LAHOAC01")
    with pytest.raises(answers.ForeignTerminal):
        answers.read_pay(words.pay_query(secret=""), {words.TERMINAL: ""})


def test_the_secret_of_another_terminal_proves_nothing():
    with pytest.raises(answers.BadSignature):
        answers.read_pay(words.pay_query(secret=SECRETS["KHACXXX1"]), SECRETS)


def test_an_unsigned_message_is_refused():
    with pytest.raises(answers.BadSignature):
        answers.read_pay(words.SUCCESS, SECRETS)
    with pytest.raises(answers.BadSignature):
        answers.read_pay("", SECRETS)


def test_an_old_hash_type_beside_the_hash_changes_nothing():
    assert answers.read_pay(words.pay_query() + "&vnp_SecureHashType=SHA512", SECRETS).is_paid


def query(raw=None, terminal=words.TERMINAL, secret=words.SECRET, **changed):
    return answers.read_query_answer(words.api_answer(**changed) if raw is None else raw, terminal=terminal, secret=secret)


def proves(answer):
    return answer.proves_paid(words.TERMINAL, words.REFERENCE, 150_000)


@pytest.mark.parametrize(
    "changed",
    [
        {"ResponseCode": "91"},
        {"TransactionStatus": "01"},
        {"TransactionStatus": "٠٠"},
        {"TransactionType": "02"},
        {"TransactionType": "03"},
        {"TransactionType": ""},
        {"Amount": "15000001"},
        {"Amount": "١٥٠٠٠٠٠٠"},
        {"Amount": ""},
        {"TxnRef": "P261121083000A7K3"},
    ],
)
def test_a_signed_answer_proves_payment_only_when_all_of_it_fits(changed):
    assert proves(query())
    assert not proves(query(**changed))


def altered(**changed):
    return json.dumps({**json.loads(words.api_answer()), **changed}).encode()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"<html>",
        b"\xff\xfe",
        b"[" * 50_000,
        b'{"vnp_Amount": {}}',
        b'{"vnp_Amount": true}',
        b'{"vnp_Amount": 1.5}',
        altered(vnp_SecureHash=""),
        altered(vnp_SecureHash=None),
        altered(vnp_SecureHash=words.SUCCESS_HASH),
        altered(vnp_Amount="1"),
        altered(vnp_Message="QueryDR Success "),
        altered(vnp_PromotionAmount="1"),
        words.api_answer()[:-1] + b', "vnp_Amount": "15000000"}',
        words.api_answer(secret="khac"),
        words.api_answer(TmnCode="KHACXXX1"),
        words.api_answer(ResponseCode=""),
    ],
)
def test_whatever_is_not_signed_by_this_terminal_is_no_answer(raw):
    with pytest.raises(NoAnswer):
        query(raw)


def test_figures_written_as_numbers_are_the_same_figures():
    assert proves(query(altered(vnp_Amount=15000000)))


def test_an_unsigned_94_is_no_answer_but_a_reason_for_patience():
    with pytest.raises(NoAnswer) as told:
        query(altered(vnp_ResponseCode="94", vnp_SecureHash=""))
    assert told.value.is_busy and "vnp_ResponseCode" in told.value.raw


def test_a_refunds_answer_is_signed_over_thirteen_values():
    raw = words.api_answer(names=words.ANSWER_NAMES[:13], Command="refund", TransactionType="02", TransactionStatus="05")
    answer = answers.read_refund_answer(raw, terminal=words.TERMINAL, secret=words.SECRET)
    assert (answer.code, answer.status) == ("00", "05")
    with pytest.raises(NoAnswer):
        query(raw)


def test_what_is_kept_of_an_answer_fits_the_record():
    with pytest.raises(NoAnswer) as told:
        query(b"x" * 9000 + b"\0")
    assert len(told.value.raw) == 4000
    assert canonical.MAX_QUERY_LENGTH <= 4000
