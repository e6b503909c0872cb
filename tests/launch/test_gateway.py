"""The mock gateway of `./portalctl run`: on the next port, and only when no other gateway is named."""

import json
import socket

import pytest

from portal.launch import mocks, needs, welcome
from portal.launch.missing import Missing
from portal.launch.mocks import GATEWAY as gateway


def two_free_ports():
    return needs.free_ports(18_200)


def test_it_takes_the_port_after_the_portals():
    port = two_free_ports()
    assert gateway.mock_port(port) == port + 1


def test_a_taken_port_is_said_in_one_line_with_two_that_are_free():
    port = two_free_ports()
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", port + 1))
        holder.listen()
        with pytest.raises(Missing, match="giả lập") as raised:
            gateway.mock_port(port)
    line = str(raised.value)
    assert str(port + 1) in line and "\n" not in line
    suggested = int(line.split("PORT=")[1].split()[0])
    assert needs.port_is_free(suggested) and needs.port_is_free(suggested + 1)


def test_the_last_port_of_all_has_none_beside_it():
    with pytest.raises(Missing, match="65536"):
        gateway.mock_port(65535)


def test_whoever_names_a_gateway_gets_that_one(monkeypatch):
    monkeypatch.delenv("VNPAY_PAY_URL", raising=False)
    assert gateway.is_mock()
    monkeypatch.setenv("VNPAY_PAY_URL", "https://sandbox.example.vn/paymentv2/vpcpay.html")
    assert not gateway.is_mock()


def test_both_sides_are_told_of_each_other(places, monkeypatch):
    monkeypatch.delenv("PAYMENT_TIMES", raising=False)
    portal = gateway.portal_variables(8141)
    named = ("VNPAY_PAY_URL", "VNPAY_API_URL", "BANK_STATEMENT_URL", "SETTLEMENT_URL")
    assert all(portal[name].startswith("http://127.0.0.1:8141/") for name in named)
    child = gateway.child(places, {"DJANGO_SETTINGS_MODULE": "portal.settings.dev"}, 8141, "http://127.0.0.1:8140")
    assert child.environment["DJANGO_SETTINGS_MODULE"] == "payments.mock_gateway.settings"
    assert child.environment["GATEWAY_IPN_URL"] == "http://127.0.0.1:8140/thanh-toan/vnpay/ipn"
    window = float(child.environment["GATEWAY_QUERY_WINDOW"])
    assert json.loads(portal["PAYMENT_TIMES"])["quiet_when_busy"] > window, "a question would come too soon again and again"


def test_the_paths_are_those_of_portal_and_gateway():
    from django.urls import resolve

    assert resolve(mocks.IPN_PATH).view_name == "payment_ipn"
    wire = "payments.mock_gateway.urls"
    portal = gateway.portal_variables(8141)
    for name, view in (("VNPAY_PAY_URL", "pay"), ("VNPAY_API_URL", "api"), ("BANK_STATEMENT_URL", "statement")):
        assert resolve(portal[name].partition("8141")[2], urlconf=wire).view_name == view
    file = portal["SETTLEMENT_URL"].partition("8141")[2].format(terminal="DVCTEST1", day="20261121")
    assert resolve(file, urlconf=wire).view_name == "settlement"


def test_times_that_somebody_chose_stand(monkeypatch):
    monkeypatch.setenv("PAYMENT_TIMES", '{"window": 60, "quiet_when_busy": 5}')
    assert json.loads(gateway.portal_variables(8141)["PAYMENT_TIMES"]) == {"window": 60, "quiet_when_busy": 5}


def test_the_greeting_says_how_to_pay_and_that_no_money_moves(places):
    text = welcome.text(places, "http://127.0.0.1:8140", {"gateway": 8141})
    assert "không trừ tiền thật" in text and "http://127.0.0.1:8141/bang-dieu-khien/" in text
    assert "ketoan1" in text and "ketoan2" in text
    assert "giả lập" not in welcome.text(places, "http://127.0.0.1:8140")
