"""The gateway as a real process: it answers, sends IPNs, and loses none when it is killed."""

import pytest

from tests.mock_gateway import shop
from tests.mock_gateway.conftest import Merchant
from tests.mock_gateway.process import Gateway
from tests.processes import Processes, wait_for

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def listening():
    merchant = Merchant()
    yield merchant
    merchant.close()


@pytest.fixture
def gateway(listening):
    processes = Processes()
    yield Gateway(processes, ipn_url=listening.address, interval=0.2, query_window=60).start()
    processes.stop_all()


def opened(gateway, **changes):
    reference = shop.pay_fields()["vnp_TxnRef"]
    page = gateway.arrive(gateway.address + shop.pay_url(TxnRef=reference, **changes))
    assert page.status_code == 200 and "150.000" in page.text
    return reference


def test_it_takes_a_payment_and_tells_the_merchant_by_itself(gateway, listening):
    reference = opened(gateway)
    listening.replies = [(500, ""), (200, '{"RspCode": "99"}'), shop.OK]

    paid = gateway.pay(reference, bank="VIETCOMBANK")
    wait_for(lambda: len(gateway.ipn_log(reference)) == 3, 20)

    assert paid["return_url"].startswith(shop.RETURN_URL) and gateway.transaction(reference)["charged"]
    assert [call["rsp_code"] for call in gateway.ipn_log(reference)] == ["", "99", "00"]
    assert shop.signed_fields(listening.received[-1])["vnp_BankCode"] == "VIETCOMBANK"
    assert gateway.client.get("/static/mock_gateway/gateway.css").status_code == 200


def test_killed_in_the_middle_of_a_call_it_calls_again(gateway, listening):
    reference = opened(gateway)
    listening.slow = 3
    gateway.pay(reference)
    wait_for(lambda: listening.received, 20)
    gateway.kill()  # before the merchant has answered

    listening.slow = 0
    gateway.start()
    wait_for(lambda: gateway.transaction(reference)["notices"][0]["ended_because"] == "answered", 20)

    assert len(listening.received) == 2 and listening.received[0] == listening.received[1]


def test_the_payers_page_sets_no_cookie_the_portal_could_mistake(gateway):
    reference = opened(gateway)
    page = gateway.client.get(f"/giao-dich/{gateway.transaction(reference)['token']}/chon/")

    assert set(page.cookies) == {"gateway_csrf"}
    assert page.headers["x-frame-options"] == "DENY" and "script" not in page.text
