"""Published test vectors of the protocol; a change means that the gateway would reject us."""

import datetime as dt

from payments.gateways.vnpay import answers, canonical, requests
from portal.common.clock import LOCAL
from tests.payments.gateways.vnpay import wire_words as words

CREATED = dt.datetime(2026, 11, 21, 8, 30, tzinfo=LOCAL)


def payment(**facts):
    return requests.Payment(
        **{
            "terminal": words.TERMINAL,
            "reference": words.REFERENCE,
            "amount": 150_000,
            "created_at": CREATED,
            "expires_at": CREATED + dt.timedelta(minutes=15),
            "order_info": "Lệ phí hồ sơ H29.15-261121-0001: 150000 VND",
            "return_url": "https://dvc.example.vn/thanh-toan/ket-qua?kenh=vnpay",
            "ip": "203.0.113.7",
            "bank_choice": "VNPAYQR",
            **facts,
        }
    )


def test_vector_a_the_address_of_a_payment():
    url = requests.pay_url("https://pay.example/paymentv2/vpcpay.html", payment(), words.SECRET)
    assert url == f"https://pay.example/paymentv2/vpcpay.html?{words.PAY}&vnp_SecureHash={words.PAY_HASH}"


def test_vector_b_a_payment_that_came():
    answer = answers.read_pay(f"{words.SUCCESS}&vnp_SecureHash={words.SUCCESS_HASH}", {words.TERMINAL: words.SECRET})
    assert answer.is_paid and answer.is_amount(150_000)
    assert (answer.reference, answer.bank_code, answer.transaction_no) == (words.REFERENCE, "NCB", "14226112")


def test_vector_b2_a_payment_given_up():
    answer = answers.read_pay(f"{words.CANCELLED}&vnp_SecureHash={words.CANCELLED_HASH}", {words.TERMINAL: words.SECRET})
    assert not answer.is_paid
    assert (answer.response_code, answer.status, answer.transaction_no) == ("24", "02", "0")


def test_vector_c_a_question():
    question = requests.Question(
        request_id="Q26112108400001",
        terminal=words.TERMINAL,
        reference=words.REFERENCE,
        payment_created_at=CREATED,
        asked_at=CREATED + dt.timedelta(minutes=10),
        ip="203.0.113.10",
    )
    asked = requests.query(question, words.SECRET)
    assert list(asked.values()) == [*words.QUERY.split("|"), words.QUERY_HASH]


def test_vector_d_the_answer_to_a_question():
    raw = words.api_answer()
    assert words.QUERY_ANSWER_HASH.encode() in raw
    answer = answers.read_query_answer(raw, terminal=words.TERMINAL, secret=words.SECRET)
    assert answer.proves_paid(words.TERMINAL, words.REFERENCE, 150_000)


def test_vector_e_money_to_be_sent_back():
    order = requests.RefundOrder(
        request_id="F26112110000001",
        terminal=words.TERMINAL,
        reference=words.REFERENCE,
        amount=150_000,
        is_all=True,
        transaction_no="14226112",
        payment_created_at=CREATED,
        by="canbo01",
        sent_at=CREATED + dt.timedelta(minutes=90),
        ip="203.0.113.10",
        order_info="Hoàn lệ phí hồ sơ H29.15-261121-0001",
    )
    assert list(requests.refund(order, words.SECRET).values()) == [*words.REFUND.split("|"), words.REFUND_HASH]


def test_the_strings_to_sign_of_the_vectors():
    for message, claimed in [
        (words.PAY, words.PAY_HASH),
        (words.SUCCESS, words.SUCCESS_HASH),
        (words.CANCELLED, words.CANCELLED_HASH),
    ]:
        assert canonical.string_to_sign(canonical.read_query(message)) == message
        assert canonical.is_signed(words.SECRET, message, claimed)
