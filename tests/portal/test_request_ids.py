"""One id follows a request from the proxy through logs, answer, outbox and worker to the gateway."""

import json
import logging
import re

import httpx
import pytest
from django.test import Client
from django.urls import get_resolver

from accounts.messages.models import Message
from dossiers.models import FollowUp
from payments.gateways import bank
from payments.gateways.vnpay import client as vnpay
from portal.common import outbox, request_ids
from portal.common.logs import SECRET_DOORS, JsonFormatter
from tests.deploy import files
from tests.dossiers.pages import browse, step_url
from tests.test_addresses import routes

ID = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def lines():
    """What the processes would write, as objects."""
    written = []

    class Handler(logging.Handler):
        def emit(self, record):
            written.append(json.loads(self.format(record)))

    handler = Handler()
    handler.setFormatter(JsonFormatter())
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/khong-co-trang-nay/", "/ho-so/", "/health/live"])
def test_every_answer_has_the_id_it_was_given(path):
    assert Client().get(path, headers={"X-Request-ID": ID})["X-Request-ID"] == ID
    assert request_ids.current() == ""


@pytest.mark.parametrize("given", ["", "1", ID.upper(), ID + "0", f"{ID}\n", "011999000001" * 3, "<script>"])
def test_what_is_no_id_is_replaced_by_a_new_one(given):
    answers = [Client().get("/health/live", headers={"X-Request-ID": given})["X-Request-ID"] for _ in range(2)]
    assert len(set(answers)) == 2 and all(re.fullmatch("[0-9a-f]{32}", one) and one != given for one in answers)


@pytest.mark.django_db
def test_what_a_request_owes_is_done_in_its_name(desk, monkeypatch, lines):
    draft = desk.draft()
    pressed = browse(draft.submitter).post(step_url(draft, "xem-lai"), {"cam-doan": "1"}, headers={"X-Request-ID": ID})
    assert pressed.status_code == 302
    owed = FollowUp.objects.filter(event__dossier=draft)
    assert set(owed.values_list("web_request_id", flat=True)) == {ID}
    assert set(Message.objects.values_list("web_request_id", flat=True)) == {ID}

    def fails(row):
        logging.getLogger("dossiers").warning("at work")
        raise OSError("no disk")

    monkeypatch.setitem(outbox._workers, FollowUp, fails)
    with pytest.raises(OSError):
        outbox.do(FollowUp, owed.first().pk)
    named = {line["message"] for line in lines if line.get("request_id") == ID}
    assert {"at work", "owed work failed"} <= named and request_ids.current() == ""


@pytest.mark.django_db
def test_an_error_in_the_log_names_its_request_and_not_what_was_asked(lines):
    Client().get("/khong-co/?q=Nguyễn+Văn+An", headers={"X-Request-ID": ID})
    Client().get("/tra-cuu/BIMATCUATOI/", headers={"X-Request-ID": ID})
    told = [line for line in lines if line["name"] == "django.request"]
    assert {line["message"] for line in told} == {"Not Found: /khong-co/", "Not Found: /tra-cuu/…/"}
    assert {line["request_id"] for line in told} == {ID}
    assert not any("An" in line.get("request", "") or "request" in line for line in told)


def test_calls_to_gateway_and_bank_carry_the_id(monkeypatch, settings):
    asked = []

    def answer(request):
        asked.append(request.headers.get("X-Request-ID"))
        return httpx.Response(500, stream=httpx.ByteStream(b""))

    real = httpx.Client
    monkeypatch.setattr(httpx, "Client", lambda **options: real(**options, transport=httpx.MockTransport(answer)))
    settings.BANK_STATEMENT_URL = "http://127.0.0.1:1/bank/statement"
    with request_ids.working_for(ID):
        for call in (lambda: vnpay.post("http://127.0.0.1:1/api", {"vnp_TxnRef": "P1"}), lambda: bank._get({})):
            with pytest.raises(Exception, match="HTTP 500"):
                call()
    assert asked == [ID, ID]


def test_secrets_in_addresses_are_masked_at_every_door():
    secret = {
        path.partition("/")[0] for path in routes(get_resolver().url_patterns) if re.search(r"<(?:\w+:)?(?:secret|token)>", path)
    }
    assert secret <= set(SECRET_DOORS) and "tra-cuu" in secret
    assert f"({'|'.join(SECRET_DOORS)})/" in files.text("deploy/nginx/nginx.conf").replace("?<door>", "")
    record = logging.LogRecord("x", logging.ERROR, "x.py", 1, "Internal Server Error: /tra-giup/BIMAT/qr.png", (), None)
    assert "BIMAT" not in JsonFormatter().format(record)


def test_a_row_that_the_database_refuses_is_not_written_out():
    said = (
        'Traceback\nIntegrityError: null value\nDETAIL:  Failing row contains (1, Nguyễn An, {"a": "Lò Văn B"}, Tổ 3\n\nxóm 2).\n'
    )
    record = logging.LogRecord(
        "x", logging.ERROR, "x.py", 1, said + "\nThe above exception was the direct cause\nview.py", (), None
    )
    line = json.loads(JsonFormatter().format(record))["message"]
    assert "Nguyễn" not in line and "Lò" not in line and "xóm" not in line
    assert "IntegrityError: null value" in line and "view.py" in line


def test_an_id_with_nine_digits_in_a_row_stays_readable():
    with request_ids.working_for("a123456789bcdef0123456789012cdef"):
        record = logging.LogRecord("x", logging.INFO, "x.py", 1, "số 123456789", (), None)
        line = JsonFormatter().format(record)
    assert '"request_id": "a123456789bcdef0123456789012cdef"' in line and "số 123456789" not in line
