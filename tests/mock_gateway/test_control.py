"""The panel and the control API: every switch can be turned on and off, invalid calls get 4xx, CONTROL=0 closes both."""

import json

import pytest

from payments.mock_gateway.codes import OUTCOMES
from payments.mock_gateway.models import Switch, Transaction
from payments.mock_gateway.switchboard import FAULTS
from tests.mock_gateway import shop

pytestmark = pytest.mark.django_db
GOOD = {"flag": True, "number": 3, "calls": 2}


@pytest.mark.parametrize("name", FAULTS)
def test_every_switch_can_be_turned_on_and_off(gateway, name):
    fault = FAULTS[name]
    for value in fault.words or [GOOD[fault.kind]]:
        answer = gateway.control("faults", **{name: value})
        assert answer["faults"] == [{"name": name, "value": value, "times": None, "reference": ""}]
    assert answer["known"][name] == fault.description
    assert gateway.control("faults", **{name: False})["faults"] == []


@pytest.mark.parametrize("name", FAULTS)
def test_every_switch_stands_on_the_panel_with_a_line_that_explains_it(gateway, name):
    fault = FAULTS[name]
    assert fault.description in gateway.get("/bang-dieu-khien/").content.decode().replace("&quot;", '"')
    posted = {"name": name, "value": (fault.words or [""])[-1] if fault.kind != "number" else "3", "times": ""}

    page = gateway.post("/bang-dieu-khien/cong-tac/", posted, follow=True).content.decode()
    assert Switch.objects.get().name == name and "1 công tắc đang bật" in page
    gateway.post("/bang-dieu-khien/cong-tac/", {"name": name, "off": "1"})
    assert not Switch.objects.exists()


@pytest.mark.parametrize(
    "switches",
    [{"nothing": True}, {"slow": True}, {"slow": -1}, {"slow": "2"}, {"slow": 10**12}, {"drop_ipn": "yes"}, {"status_04": 2},
     {"refund_path": "06"}, {"http_500": "later"}, {"slow": {"value": 1, "times": 0}}, {"slow": {"value": 1, "times": "2"}},
     {"slow": {"value": 1, "reference": "a b"}}, {"slow": [1]}, {"slow": {}, "x": 1}, {"drop_ipn": float("nan")}],
)  # fmt: skip
def test_a_switch_that_makes_no_sense_is_refused(gateway, switches):
    assert "error" in gateway.control("faults", **switches) and not Switch.objects.exists()


def test_a_number_typed_wrong_is_said_on_the_panel(gateway):
    for posted in (
        {"name": "slow", "value": ""},
        {"name": "slow", "value": "١"},
        {"name": "x"},
        {"name": "slow", "value": "2", "times": "x"},
    ):
        response = gateway.post("/bang-dieu-khien/cong-tac/", posted)
        assert response.status_code == 400 and 'role="alert"' in response.content.decode()


def test_a_switch_for_so_many_times_turns_itself_off(gateway):
    gateway.control("faults", status_07={"value": True, "times": 2})

    codes = [gateway.pay(gateway.opened()["reference"])["response_code"] for _ in range(3)]
    assert codes == ["07", "07", "00"] and not Switch.objects.exists()


def test_a_switch_for_one_reference_catches_only_that_one(gateway):
    first, second = gateway.opened(), gateway.opened()
    gateway.control("faults", status_07={"value": True, "reference": second["reference"]})

    assert [gateway.pay(row["reference"])["response_code"] for row in (first, second)] == ["00", "07"]


def test_the_payer_of_the_control_api_may_bring_its_own_faults(gateway):
    row = gateway.opened()

    paid = gateway.pay(row["reference"], faults={"status_04": True, "drop_ipn": 3}, order="return_first")
    assert paid["status"] == "04" and paid["faults"] == {"status_04": True, "drop_ipn": 3, "return_before_ipn": True}


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_control_api_can_end_a_payment_in_every_way(gateway, outcome):
    paid = gateway.pay(gateway.opened()["reference"], outcome)
    code, status, charged = OUTCOMES[outcome]

    assert (paid["response_code"], paid["status"], paid["charged"]) == (code, status, charged)
    assert shop.signed_fields(paid["return_url"].partition("kenh=vnpay&")[2])["vnp_ResponseCode"] == code


def test_the_control_api_opens_an_address_to_pay(gateway):
    paid = gateway.control("pay", pay_url="http://127.0.0.1:1" + shop.pay_url(TxnRef="P1", BankCode="VNPAYQR"))

    assert paid["reference"] == "P1" and paid["charged"] and paid["bank_code"] == "NCB"
    assert "refused with code 97" in gateway.control("pay", pay_url=shop.pay_url("no secret"))["error"]


@pytest.mark.parametrize(
    "asked",
    [{}, {"reference": "P0"}, {"reference": ["x"]}, {"reference": "\x00"}, {"outcome": "luck"}, {"outcome": []}, {"order": {}},
     {"bank": "X"}, {"faults": [1]}, {"faults": {"x": 1}}, {"pay_url": 7}, {"pay_url": "http://[x"},
     {"reference": "P1", "faults": {"slow": "x"}}],
)  # fmt: skip
def test_nonsense_at_the_control_api_is_answered(gateway, asked):
    for name in ("pay", "resolve", "resend"):
        answer = gateway.control(name, **asked)
        assert "error" in answer


@pytest.mark.parametrize("body", [b"[", b"[]", b"\xff", b'"x"', b"[" * 9999, b'{"a":"\\ud800"}', b'{"a":"\\u0000"}'])
def test_what_is_no_json_object_is_answered(gateway, body):
    for name in ("pay", "reset", "tick", "transfer"):
        assert gateway.post(f"/control/{name}", body, content_type="application/json").status_code == 400


def test_reset_turns_all_off_and_forgets_all_when_told_so(gateway):
    gateway.control("faults", slow=1)
    row = gateway.pay(gateway.opened()["reference"])
    gateway.refund(row)
    gateway.control("transfer", account="111222", amount=1)

    gateway.control("reset")
    assert not Switch.objects.exists() and Transaction.objects.count() == 1
    gateway.control("reset", everything=True)
    assert not Transaction.objects.exists()


def test_without_leave_there_is_neither_panel_nor_control(gateway, shielded, settings):
    row = gateway.pay(gateway.opened()["reference"])
    settings.GATEWAY_CONTROL = False

    for path in ("/control/faults", "/control/transactions", "/control/ipn-log", "/bang-dieu-khien/"):
        assert shielded.get(path).status_code == 404
    for path in ("/control/pay", "/control/reset", f"/bang-dieu-khien/gui-lai/{row['token']}/", "/bang-dieu-khien/tat-het/"):
        assert shielded.post(path, "{}", content_type="application/json").status_code == 404
    assert shielded.get(f"/giao-dich/{row['token']}/xong/").status_code == 200


def test_the_panel_shows_transactions_and_lets_a_person_decide(gateway):
    row = gateway.pay(gateway.opened()["reference"], "suspected")
    page = gateway.get("/bang-dieu-khien/").content.decode()
    assert row["reference"] in page and "đã trừ tiền" in page and "Gửi lại IPN" in page and "Quyết: đã trả" in page

    gateway.post(f"/bang-dieu-khien/quyet-dinh/{row['token']}/", {"status": "00"})
    page = gateway.post(f"/bang-dieu-khien/gui-lai/{row['token']}/", follow=True).content.decode()

    assert gateway.row(row["reference"])["status"] == "00" and "Quyết: đã trả" not in page
    assert len(gateway.row(row["reference"])["notices"]) == 3


def test_methods_and_machine_paths(gateway):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    assert (
        strict.get("/control/pay").status_code == 405
        and strict.post("/control/faults", "{}", content_type="a/b").status_code == 405
    )
    assert strict.put("/control/faults", json.dumps({"slow": 1}), content_type="application/json").status_code == 200
    assert strict.post("/bang-dieu-khien/tat-het/").status_code == 403


def test_the_clock_of_the_gateway_can_be_wrong(gateway):
    address = shop.pay_url(TxnRef="P1")
    gateway.control("faults", clock_skew=3600)
    assert "vnp_ResponseCode=11" in gateway.get(address, follow=True).content.decode()

    gateway.control("faults", clock_skew=-3600)
    paid = gateway.pay(gateway.opened()["reference"])
    assert paid["charged"] and paid["pay_date"] < paid["create_date"]


def test_a_slow_or_broken_gateway_at_the_payers_door(gateway, monkeypatch):
    waited = []
    monkeypatch.setattr("payments.mock_gateway.faults.time.sleep", waited.append)
    gateway.control("faults", http_500={"value": "after", "times": 1}, slow={"value": 2, "times": 2})
    address = shop.pay_url()

    assert gateway.get(address).status_code == 500
    assert gateway.get(address).status_code == 302 and waited == [2.0, 2.0]


def test_pages_of_errors_are_plain(gateway, shielded, monkeypatch):
    monkeypatch.setattr("payments.mock_gateway.views.wire.opening.open_transaction", lambda query: 1 / 0)

    response = shielded.get(shop.pay_url())
    assert response.status_code == 500 and "Cổng trả tiền gặp lỗi" in response.content.decode()
    assert "Không có trang này" in shielded.get("/nope").content.decode()
    assert "không trừ tiền thật" in gateway.get("/").content.decode()
