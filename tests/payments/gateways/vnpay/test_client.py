"""The HTTP client of the gateway: each failure raises NoAnswer within the timeout, and is logged."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest

from payments.gateways import vnpay
from payments.gateways.base import NoAnswer, NotSent, Subject
from payments.gateways.vnpay import client
from portal.common.clock import LOCAL, dt
from portal.common.network import is_here
from tests.payments.gateways.vnpay import wire_words as words


@pytest.fixture
def gateway():
    """A web server as the gateway: `.answers(handler)` sets its behaviour, `.heard` records the requests."""

    class Talk(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append(SimpleNamespace(path=self.path, type=self.headers["Content-Type"], values=json.loads(body)))
            stands.reply(self)

        def log_message(self, *args):
            pass

    heard = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Talk)
    stands = SimpleNamespace(heard=heard, url=f"http://127.0.0.1:{server.server_port}/merchant_webapi/api/transaction")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield stands
    server.shutdown()
    server.server_close()


def saying(body, status=200, **headers):
    def reply(talk):
        talk.send_response(status)
        for name, value in headers.items():
            talk.send_header(name, value)
        talk.send_header("Content-Length", str(len(body)))
        talk.end_headers()
        talk.wfile.write(body)

    return reply


def dripping(talk):
    """Send one byte at a time, each within the read timeout."""
    talk.send_response(200)
    talk.end_headers()
    for _ in range(100):
        talk.wfile.write(b" ")
        talk.wfile.flush()
        time.sleep(0.05)


VALUES = {"vnp_Command": "querydr", "vnp_TxnRef": words.REFERENCE, "vnp_OrderInfo": "Truy van", "vnp_SecureHash": "bi-mat"}


def test_what_is_said_arrives_as_json_and_what_is_answered_comes_back(gateway):
    gateway.reply = saying(b'{"a": 1}')
    assert client.post(gateway.url, VALUES) == b'{"a": 1}'
    assert (gateway.heard[0].type, gateway.heard[0].values) == ("application/json", VALUES)


def test_nobody_there_means_that_nothing_was_sent(gateway):
    closed = "http://127.0.0.1:9/merchant_webapi/api/transaction"
    for url in (closed, "", "ftp://127.0.0.1/", "http://gateway.invalid/x"):
        with pytest.raises(NotSent):
            client.post(url, VALUES)


@pytest.mark.parametrize(
    "reply",
    [
        saying(b"<h1>500</h1>", 500),
        saying(b'{"vnp_ResponseCode": "00"}', 503),
        saying(b"", 302, Location="http://127.0.0.1:9/"),
        saying(b"", 307, Location="http://127.0.0.1:9/"),
        saying(b"x" * (client.MAX_ANSWER_BYTES + 1)),
        lambda talk: talk.connection.close(),
    ],
)
def test_whatever_is_no_proper_answer_is_no_answer(gateway, reply):
    gateway.reply = reply
    with pytest.raises(NoAnswer) as told:
        client.post(gateway.url, VALUES)
    assert not isinstance(told.value, NotSent) and len(gateway.heard) == 1


def test_the_body_of_a_failure_is_kept_for_the_record(gateway):
    gateway.reply = saying("lỗi\0".encode(), 500)
    with pytest.raises(NoAnswer) as told:
        client.post(gateway.url, VALUES)
    assert told.value.raw == "lỗi\ufffd" and told.value.reason == "HTTP 500"


@pytest.mark.parametrize("reply", [dripping, lambda talk: time.sleep(2)])
def test_a_gateway_that_takes_too_long_is_not_waited_for(gateway, monkeypatch, reply):
    monkeypatch.setattr(client, "TIMEOUT_SECONDS", 0.4)
    gateway.reply = reply
    began = time.monotonic()
    with pytest.raises(NoAnswer):
        client.post(gateway.url, VALUES)
    assert time.monotonic() - began < 1.5


def test_the_patience_of_the_house_is_short():
    assert (client.CONNECT_SECONDS, client.READ_SECONDS, client.TIMEOUT_SECONDS) == (3, 10, 15)


def test_no_proxy_stands_between_us_and_our_own_machine(gateway, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    gateway.reply = saying(b"{}")
    assert client.post(gateway.url, VALUES) == b"{}"
    assert not is_here("https://pay.vnpay.example/x") and is_here("http://[::1]:1/") and is_here("http://localhost/")


def test_the_log_tells_how_it_went_and_nothing_secret(gateway, caplog):
    caplog.set_level("INFO")
    gateway.reply = saying(b"{}")
    client.post(gateway.url, VALUES)
    record = next(record for record in caplog.records if record.message == "gateway asked")
    assert (record.command, record.reference, record.outcome) == ("querydr", words.REFERENCE, "answered")
    assert "bi-mat" not in str(vars(record)) and "Truy van" not in str(vars(record))


# ------------------------------------------------------------ our rows, through the whole client


@pytest.fixture
def attempt(settings):
    """An attempt as the client sees it."""
    settings.VNPAY_SECRETS = {words.TERMINAL: words.SECRET}
    return SimpleNamespace(
        reference=words.REFERENCE,
        amount=150_000,
        point=SimpleNamespace(code=words.TERMINAL),
        created_at=dt.datetime(2026, 11, 21, 8, 30, tzinfo=LOCAL),
        expires_at=dt.datetime(2026, 11, 21, 8, 45, tzinfo=LOCAL),
        bank_choice="VNPAYQR",
        transaction_no="14226112",
        obligation=SimpleNamespace(dossier=SimpleNamespace(code="H29.15-261121-0001")),
    )


def test_the_address_of_a_payment_names_the_dossier_and_no_person(attempt, settings):
    settings.SITE_URL, settings.SERVER_IP = "https://dvc.example.vn", "203.0.113.10"
    url = vnpay.pay_url(attempt, ip="203.0.113.7", language="vi")
    values = {name: found[0] for name, found in parse_qs(urlsplit(url).query).items()}
    assert url.startswith(settings.VNPAY_PAY_URL + "?")
    assert values["vnp_ReturnUrl"] == "https://dvc.example.vn/thanh-toan/ket-qua"
    assert values["vnp_OrderInfo"] == "Le phi ho so H29.15-261121-0001: 150000 VND"
    assert (values["vnp_IpAddr"], values["vnp_BankCode"], values["vnp_TxnRef"]) == ("203.0.113.7", "VNPAYQR", words.REFERENCE)
    signed = "&".join(piece for piece in urlsplit(url).query.split("&") if not piece.startswith("vnp_SecureHash"))
    assert values["vnp_SecureHash"] == words.hashed(signed)


def test_who_reads_english_comes_back_to_an_english_page(attempt, settings):
    settings.SITE_URL = "https://dvc.example.vn"
    assert vnpay.return_url("en") == "https://dvc.example.vn/en/thanh-toan/ket-qua"
    assert "vnp_IpAddr=" + settings.SERVER_IP in vnpay.pay_url(attempt, ip="", language="en")


def test_a_question_is_asked_and_its_answer_believed(attempt, gateway, settings):
    settings.VNPAY_API_URL = gateway.url
    gateway.reply = saying(words.api_answer())
    assert vnpay.query(attempt).outcome.state == "paid"
    asked = gateway.heard[0].values
    assert (asked["vnp_Command"], asked["vnp_TransactionDate"]) == ("querydr", "20261121083000")
    assert asked["vnp_SecureHash"] == words.hashed("|".join(value for name, value in asked.items() if name != "vnp_SecureHash"))


def test_no_two_questions_have_the_same_number(attempt, gateway, settings):
    settings.VNPAY_API_URL = gateway.url
    gateway.reply = saying(words.api_answer())
    for _ in range(20):
        vnpay.query(attempt)
    numbers = {call.values["vnp_RequestId"] for call in gateway.heard}
    assert len(numbers) == 20 and all(number.isalnum() and len(number) <= 32 for number in numbers)


def test_an_unsigned_answer_is_no_answer_to_either(attempt, gateway, settings):
    settings.VNPAY_API_URL = gateway.url
    gateway.reply = saying(words.api_answer(secret="doan-mo"))
    back = SimpleNamespace(attempt=attempt, amount=150_000, request_id="F26112110000001")
    for ask in (lambda: vnpay.query(attempt), lambda: vnpay.refund(back, by="ketoan2")):
        with pytest.raises(NoAnswer):
            ask()


def test_a_refund_goes_out_under_its_own_number_each_time(attempt, gateway, settings):
    settings.VNPAY_API_URL = gateway.url
    gateway.reply = saying(words.api_answer(names=words.ANSWER_NAMES[:13], TransactionType="02", TransactionStatus="05"))
    back = SimpleNamespace(attempt=attempt, amount=150_000, request_id="F26112110000001")
    for _ in range(2):
        answer = vnpay.refund(back, by="Kế toán Hai")
        assert answer.subject is Subject.REFUND and answer.refund == "processing" and answer.code == "00/05"
    assert {call.values["vnp_RequestId"] for call in gateway.heard} == {"F26112110000001"}
    assert gateway.heard[0].values["vnp_TransactionType"] == "02" and gateway.heard[0].values["vnp_CreateBy"] == "KetoanHai"
