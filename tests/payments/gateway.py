"""A gateway that says what a test wants, at the place of the wire: `gateway.says(...)`, and what it was asked in `.asked`."""

import json

import httpx

from payments.gateways import vnpay
from payments.gateways.base import NoAnswer
from payments.gateways.vnpay import client
from payments.gateways.vnpay.answers import ApiAnswer
from tests.payments.gateways.vnpay import wire_words


def answered(attempt, code="00", status="00", *, amount=None, type="01", number="14226112", reference=None):
    """One verified answer about an attempt. `amount` in đồng."""
    said = ApiAnswer(
        code=code,
        message="",
        terminal=attempt.point.code,
        reference=attempt.reference if reference is None else reference,
        hundredths=(attempt.amount if amount is None else amount) * 100,
        bank_code="NCB",
        pay_date="20261121083211",
        transaction_no=number,
        transaction_type=type,
        status=status,
        raw=f'{{"vnp_ResponseCode": "{code}", "vnp_TransactionStatus": "{status}"}}',
    )
    return vnpay.answer_of(said, attempt)


class Gateway:
    """Stands where `payments.gateways.vnpay` stands; only questions and orders are answered here. Each answer is a dict for
    `answered`, an exception, or a callable."""

    def __init__(self):
        self.asked, self.sent = [], []
        self._queries, self._refunds = [], []
        self.otherwise = {"status": "01"}

    def __getattr__(self, name):
        return getattr(vnpay, name)

    def says(self, *answers):
        """To the next questions, in this order; after that, what it said last."""
        self._queries = list(answers)

    def answers_refunds(self, *answers):
        """The same for orders to send money back."""
        self._refunds = list(answers)

    def query(self, attempt, **timeout):
        self.asked.append(attempt.reference)
        return self._answer(attempt, self._queries, attempt)

    def refund(self, refund, *, by):
        self.sent.append((refund.request_id, by))
        return self._answer(refund.attempt, self._refunds, refund)

    def _answer(self, attempt, stock, about):
        answer = (stock.pop(0) if len(stock) > 1 else stock[0]) if stock else self.otherwise
        if callable(answer):
            answer = answer(about)
        if isinstance(answer, Exception):
            raise answer
        return answered(attempt, **answer)


PAID, UNFINISHED, UNKNOWN, TOO_SOON = {}, {"status": "01"}, {"code": "91", "status": ""}, {"code": "94", "status": ""}
SILENCE = NoAnswer("no answer: ReadTimeout")


def over_the_wire(monkeypatch, respond):
    """The real client, with `respond(values) -> httpx.Response` at the other end of the wire. Returns what was sent."""
    heard = []
    real = httpx.Client

    def answer(request):
        heard.append(json.loads(request.content))
        found = respond(heard[-1])
        return httpx.Response(found.status_code, stream=httpx.ByteStream(found.content))

    monkeypatch.setattr(client.httpx, "Client", lambda **options: real(**options, transport=httpx.MockTransport(answer)))
    return heard


__all__ = ["PAID", "SILENCE", "TOO_SOON", "UNFINISHED", "UNKNOWN", "Gateway", "answered", "over_the_wire", "wire_words"]
