"""Requests to the gateway contain only characters it accepts."""

import datetime as dt
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.gateways.vnpay import requests, wire
from tests.payments.gateways.vnpay import wire_words as words
from tests.payments.gateways.vnpay.test_vectors import CREATED, payment


def asked(**facts):
    url = requests.pay_url("https://pay.example/p", payment(**facts), words.SECRET)
    return {name: found[0] for name, found in parse_qs(urlsplit(url).query, strict_parsing=True).items()}


def test_without_a_choice_of_bank_the_payer_chooses_at_the_gateway():
    assert "vnp_BankCode" not in asked(bank_choice="")
    assert asked(bank_choice="INTCARD")["vnp_BankCode"] == "INTCARD"


def test_the_language_of_the_payer_goes_along():
    assert asked(language="en")["vnp_Locale"] == "en"
    assert asked(language="vi")["vnp_Locale"] == asked(language="fr")["vnp_Locale"] == "vn"


def test_times_are_those_of_viet_nam_whatever_the_zone():
    utc = dt.datetime(2026, 12, 31, 17, 30, 5, tzinfo=dt.UTC)
    assert asked(created_at=utc)["vnp_CreateDate"] == "20270101003005"


def test_no_old_hash_type_is_sent():
    assert "vnp_SecureHashType" not in asked()


@given(st.text(min_size=1, max_size=300))
def test_any_words_of_an_order_are_made_safe_or_refused(text):
    try:
        info = asked(order_info=text)["vnp_OrderInfo"]
    except ValueError:
        return
    assert info.isascii() and 0 < len(info) <= 255 and not set(info) & set("~*!'()&=%<>\"")


@pytest.mark.parametrize(
    "facts",
    [
        {"reference": ""},
        {"reference": "P26-1"},
        {"reference": "p261121083000a7k2"},
        {"reference": "P٢٦"},
        {"terminal": "DVCTEST"},
        {"terminal": "DVCTEST12"},
        {"amount": 0},
        {"amount": -5},
        {"amount": 10**10},
        {"return_url": "https://x"},
        {"return_url": "https://dvc.example.vn/" + "x" * 250},
        {"order_info": "«»"},
    ],
)
def test_what_the_gateway_cannot_take_is_never_sent(facts):
    with pytest.raises(ValueError, match="gateway"):
        requests.pay_url("https://pay.example/p", payment(**facts), words.SECRET)


def test_without_a_secret_nothing_is_sent():
    with pytest.raises(ValueError, match="no secret"):
        requests.pay_url("https://pay.example/p", payment(), "")


def order(**facts):
    return requests.RefundOrder(
        **{
            "request_id": "F1",
            "terminal": words.TERMINAL,
            "reference": words.REFERENCE,
            "amount": 50_000,
            "is_all": False,
            "transaction_no": "",
            "payment_created_at": CREATED,
            "by": "Kế toán Đỗ Thị Ước",
            "sent_at": CREATED,
            "ip": "203.0.113.10",
            "order_info": "Hoàn phí",
            **facts,
        }
    )


def test_a_part_is_sent_back_as_a_part_and_an_unknown_number_as_nought():
    said = requests.refund(order(), words.SECRET)
    assert (said["vnp_TransactionType"], said["vnp_Amount"], said["vnp_TransactionNo"]) == ("03", "5000000", "0")
    assert said["vnp_CreateBy"] == "KetoanDoThiUoc"


@pytest.mark.parametrize("facts", [{"request_id": ""}, {"request_id": "F" * 33}, {"by": "«»"}, {"amount": 0}])
def test_a_refund_the_gateway_cannot_take_is_never_sent(facts):
    with pytest.raises(ValueError, match="gateway"):
        requests.refund(order(**facts), words.SECRET)


@given(st.integers(1, 10**10 - 1))
def test_amounts_come_back_as_they_went(amount):
    assert wire.read_amount(wire.hundredths(amount)) == amount * 100


@pytest.mark.parametrize("text", ["", "-1", "+1", "1.0", "1e3", "1 ", "١٥٠٠٠", "1²", "１２", "1" * 13, "0x1", "1_000"])
def test_odd_figures_are_no_amount(text):
    assert wire.read_amount(text) is None


@pytest.mark.parametrize("text", ["", "0", "000", "٠٠", "⁰⁰", "００", " 00", "00\n", "0x"])
def test_odd_figures_are_no_code(text):
    assert wire.read_code(text) == ""
