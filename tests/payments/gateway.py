"""A fake gateway: `gateway.says(...)` sets its answers, `.asked` and `.sent` record the calls."""

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
    """Replaces `payments.gateways.vnpay`; fakes only `query` and `refund`. An answer is a dict of arguments of `answered`, an
    exception to raise, or a callable that returns one of these."""

    def __init__(self):
        self.asked, self.sent = [], []
        self._queries, self._refunds = [], []
        self.default = {"status": "01"}

    def __getattr__(self, name):
        return getattr(vnpay, name)

    def says(self, *answers):
        """Set the answers to the next queries; the last one is repeated."""
        self._queries = list(answers)

    def answers_refunds(self, *answers):
        """Set the answers to the next refund orders; the last one is repeated."""
        self._refunds = list(answers)

    def query(self, attempt, **options):
        self.asked.append(attempt.reference)
        return self._answer(attempt, self._queries, attempt)

    def refund(self, refund, *, by):
        self.sent.append((refund.request_id, by))
        return self._answer(refund.attempt, self._refunds, refund)

    def _answer(self, attempt, answers, about):
        answer = (answers.pop(0) if len(answers) > 1 else answers[0]) if answers else self.default
        if callable(answer):
            answer = answer(about)
        if isinstance(answer, Exception):
            raise answer
        return answered(attempt, **answer)


PAID, UNFINISHED, UNKNOWN, TOO_SOON = {}, {"status": "01"}, {"code": "91", "status": ""}, {"code": "94", "status": ""}
SILENCE = NoAnswer("no answer: ReadTimeout")


def over_the_wire(monkeypatch, respond):
    """Use the real client with `respond(values) -> httpx.Response` as the server. Returns the list of sent values."""
    sent = []
    real = httpx.Client

    def answer(request):
        sent.append(json.loads(request.content))
        found = respond(sent[-1])
        return httpx.Response(found.status_code, stream=httpx.ByteStream(found.content))

    monkeypatch.setattr(client.httpx, "Client", lambda **options: real(**options, transport=httpx.MockTransport(answer)))
    return sent


__all__ = ["PAID", "SILENCE", "TOO_SOON", "UNFINISHED", "UNKNOWN", "Gateway", "answered", "over_the_wire", "wire_words"]
