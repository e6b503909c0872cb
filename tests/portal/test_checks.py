"""Production refuses settings with which the mock gateway could pay a real fee, at the start and in `check --deploy`."""

import json
import os
import re
import subprocess
import sys

import pytest
from django.conf import settings as portal_settings
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured

from accounts.messages.models import Message
from portal import checks
from portal.common import outbox
from portal.launch.prove import LIKE_PRODUCTION
from portal.settings.mock import MOCK_POST_SECRET, MOCK_SECRETS, MOCK_SMS_SECRET, signs_of_the_mock
from portal.settings.payment_times import with_environment

REAL = {"VNPAY_PAY_URL": "https://pay.vnpay.example/paymentv2/vpcpay.html"}


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://pay.vnpay.example/p",
        "https://127.0.0.1:8001/p",
        "https://127.8.8.8/p",
        "https://[::1]/p",
        "https://0.0.0.0/p",
        "https://10.0.0.5/p",
        "https://192.168.1.9/p",
        "https://[::ffff:127.0.0.1]/p",
        "https://localhost/p",
        "https://localhost./p",
        "https://cong.localhost/p",
        "https://gateway/p",
        "https://vnpay-mock.example/p",
        "//pay.vnpay.example/p",
    ],
)
def test_no_real_gateway_stands_there(address):
    assert signs_of_the_mock({"T": "x" * 32}, {"VNPAY_PAY_URL": address})
    assert not signs_of_the_mock({"T": "x" * 32}, REAL)


@pytest.mark.parametrize("secret", ["", *sorted(MOCK_SECRETS.values())[:2], "DVC-MOCK-SECRET-khac"])
def test_a_published_or_empty_secret_is_refused(secret):
    assert len(signs_of_the_mock({"T": secret, "U": "x" * 32}, REAL)) == 1


def test_the_check_of_a_deployment_finds_the_mock(settings):
    assert {error.id for error in checks.nothing_of_the_mock_gateway(None)} == {"portal.E002", "portal.E003"}
    assert "portal.E002" in {error.id for error in run_checks(include_deployment_checks=True)}
    settings.VNPAY_PAY_URL = settings.VNPAY_API_URL = "https://sandbox.vnpay.example/p"
    settings.VNPAY_SECRETS = {"TERMINAL": "x" * 32}
    settings.POST_API_URL = settings.POST_SECRET = settings.SMS_API_URL = settings.SMS_SECRET = ""
    settings.INSTALLED_APPS = [app for app in settings.INSTALLED_APPS if app != "payments.mock_gateway"]
    assert checks.nothing_of_the_mock_gateway(None) == []
    assert [warning.id for warning in checks.no_gateway_for_trying_out(None)] == ["portal.W001"]


def start(**changed):
    """Import the production settings in a separate process; returns the output or the last line of the error."""
    variables = {"PATH": os.environ["PATH"], **LIKE_PRODUCTION, **changed}
    process = subprocess.run(
        [sys.executable, "-c", "import portal.settings.production as p; print(sorted(p.VNPAY_SECRETS))"],
        env=variables, cwd=portal_settings.BASE_DIR, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    return process.stdout.strip() or process.stderr.strip().splitlines()[-1]


def test_production_starts_with_a_real_gateway_and_not_with_the_mock(tmp_path):
    assert start() == "['TERMINAL']"
    assert "VNPAY_SECRETS: the secret of DVCTEST1" in start(VNPAY_SECRETS=json.dumps(MOCK_SECRETS))
    assert "VNPAY_API_URL" in start(VNPAY_API_URL="http://127.0.0.1:8001/merchant_webapi/api/transaction")
    assert "VNPAY_PAY_URL: no address" in start(VNPAY_PAY_URL="")


@pytest.mark.parametrize(("name", "published"), [("POST", MOCK_POST_SECRET), ("SMS", MOCK_SMS_SECRET)])
def test_production_starts_without_the_post_or_texts_or_with_a_real_one(name, published):
    address, secret = f"{name}_API_URL", f"{name}_SECRET"
    real = {address: "https://api.nha-mang.example.vn", secret: "x" * 32}
    assert start(**real) == "['TERMINAL']"
    assert secret in start(**{**real, secret: published})
    assert secret in start(**{**real, secret: ""})
    assert address in start(**{**real, address: "http://127.0.0.1:8002"})
    assert address in start(**{secret: "x" * 32})


@pytest.mark.parametrize("name", ["BANK_STATEMENT_URL", "SETTLEMENT_URL"])
def test_nobody_on_this_machine_says_what_money_came(settings, name):
    """Statements and settlement files confirm payments, so their addresses are checked like the gateway's."""
    assert start(**{name: ""}) == start(**{name: "https://saoke.example/{terminal}"}) == "['TERMINAL']"
    assert name in start(**{name: "http://127.0.0.1:8001/bank/statement"})
    setattr(settings, name, "http://127.0.0.1:8001/bank/statement")
    assert any(name in error.msg for error in checks.nothing_of_the_mock_gateway(None))


def test_secrets_may_lie_in_a_file(tmp_path):
    kept = tmp_path / "secrets.json"
    kept.write_text('{"CUATEP01": "bi-mat-that"}')
    assert start(VNPAY_SECRETS_FILE=str(kept)) == "['CUATEP01']"
    kept.write_text(json.dumps(MOCK_SECRETS))
    assert "published" in start(VNPAY_SECRETS_FILE=str(kept))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ('{"quiet_after_94": 300}', "PAYMENT_TIMES has no key quiet_after_94; its keys are window, "),
        ('{"window": "900"}', "PAYMENT_TIMES: window must be a number of seconds"),
        ('{"window": -1}', "PAYMENT_TIMES: window must be a number of seconds"),
        ('{"window": true}', "PAYMENT_TIMES: window must be a number of seconds"),
        ('{"ask_again": 60}', "PAYMENT_TIMES: ask_again must be a list of numbers of seconds"),
        ('{"ask_again": []}', "PAYMENT_TIMES: ask_again must be a list of numbers of seconds"),
        ("900", "PAYMENT_TIMES is not a JSON object"),
        ("{window: 900}", "PAYMENT_TIMES is not a JSON object"),
    ],
)
def test_a_waiting_time_that_would_be_ignored_stops_the_start(given, said):
    with pytest.raises(ImproperlyConfigured, match=re.escape(said)):
        with_environment({"window": 900, "ask_again": [60]}, given)


def test_waiting_times_are_read_from_the_environment():
    assert with_environment({"window": 900, "ask_again": [60]}, '{"ask_again": [0.2, 5]}') == {
        "window": 900,
        "ask_again": [0.2, 5],
    }
    assert with_environment({"window": 900}, "") == {"window": 900}
    assert "has no key quiet_after_94" in start(PAYMENT_TIMES='{"quiet_after_94": 300}')


def test_an_owed_row_without_a_worker_stops_the_start(monkeypatch):
    assert checks.every_owed_row_has_a_worker(None) == []
    monkeypatch.delitem(outbox._workers, Message)
    assert [error.id for error in checks.every_owed_row_has_a_worker(None)] == ["portal.E004"]


def test_a_second_worker_for_a_kind_is_refused():
    with pytest.raises(LookupError, match="Message"):
        outbox.worker(Message)(print)
