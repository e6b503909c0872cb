"""IPNs and returns of the gateway: signed query strings, and the call of the IPN endpoint."""

from django.test import Client

from payments.gateways import vnpay
from payments.gateways.vnpay import wire
from tests.payments.gateways.vnpay import wire_words as words

IPN, RETURN = "/thanh-toan/vnpay/ipn", "/thanh-toan/ket-qua"


def signed_query_of(attempt, secret=None, **changed):
    """The signed query string about this attempt: paid, unless changed."""
    facts = {
        "Amount": str(attempt.amount * 100),
        "TmnCode": attempt.point.code,
        "TxnRef": attempt.reference,
        "PayDate": wire.moment(attempt.created_at),
        "OrderInfo": "Le phi ho so",
    }
    return words.pay_query(secret=secret or vnpay.secret_of(attempt.point), **{**facts, **changed})


def cancelled(attempt):
    """The signed query string of an attempt that the payer cancelled at the gateway."""
    return signed_query_of(attempt, ResponseCode="24", TransactionStatus="02", TransactionNo="0")


def call(query, client=None):
    """Send an IPN. Returns the RspCode of the answer."""
    answer = (client or Client()).get(f"{IPN}?{query}")
    assert answer.status_code == 200 and answer["Content-Type"] == "application/json", answer
    return answer.json()["RspCode"]
