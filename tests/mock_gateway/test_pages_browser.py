"""The gateway's pages in Chromium: no axe findings, no horizontal scrolling, payment without JavaScript."""

import pytest

from tests.browser_support import axe, click_and_wait, sideways
from tests.mock_gateway import shop
from tests.mock_gateway.conftest import Merchant
from tests.mock_gateway.process import Gateway
from tests.processes import Processes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PATHS = ["chon/", "ung-dung/", "ung-dung/MBBANK/", "qr/", "the/", "the/NCB/", "the-quoc-te/"]


@pytest.fixture(scope="module")
def listening():
    merchant = Merchant()
    yield merchant
    merchant.close()


@pytest.fixture(scope="module")
def process(django_db_setup, listening):
    """One gateway for these tests. Its data are in the tables of the test."""
    processes = Processes()
    yield Gateway(processes, ipn_url=listening.address).start()
    processes.stop_all()


@pytest.fixture
def gateway(process):
    yield process
    process.control("reset")


def address(gateway, merchant, **changes):
    return gateway.address + shop.pay_url(ReturnUrl=f"{merchant.address}?kenh=vnpay", **changes)


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_axe_finds_nothing(gateway, listening, open_page, width):
    page = open_page(width=width)
    page.goto(address(gateway, listening, TxnRef="P1"))
    payer = page.url.removesuffix("chon/")
    gateway.control("pay", pay_url=address(gateway, listening, TxnRef="P2"), outcome="suspected")
    gateway.control("transfer", account="0011001234567", amount=150000, content="DVC P1")
    gateway.faults(drop_ipn=1, slow={"value": 1, "reference": "P9"})
    over = f"{gateway.address}/giao-dich/{gateway.transaction('P2')['token']}/xong/"
    others = [f"{gateway.address}{path}" for path in ("/", "/bank/", "/bang-dieu-khien/", "/paymentv2/vpcpay.html", "/nope")]

    for url in [*[payer + path for path in PATHS], over, *others]:
        page.goto(url)
        assert "không trừ tiền thật" in page.inner_text("body"), url
        assert axe(page) == [] and sideways(page) == 0, url
    page.goto(payer + "the/NCB/")
    click_and_wait(page.locator("text=Trả 150.000").first)
    assert page.locator(".error").count() == 3 and axe(page) == []


def test_a_card_pays_without_scripts_and_the_browser_reaches_the_merchant(gateway, listening, open_page):
    page = open_page(java_script_enabled=False)
    page.goto(address(gateway, listening, TxnRef="P1"))
    click_and_wait(page.locator("text=Thẻ trong nước").first)
    click_and_wait(page.locator("text=NCB").first)
    page.fill("#number", "9704198526191432198")
    page.fill("#holder", "NGUYEN VAN A")
    page.fill("#issued", "07/15")
    click_and_wait(page.locator("text=Trả 150.000").first)
    page.fill("#otp", "123456")
    click_and_wait(page.locator("text=Xác nhận trả").first)

    assert page.url.startswith(listening.address)  # the policy lets the form end there
    assert shop.signed_fields(page.url.partition("kenh=vnpay&")[2])["vnp_ResponseCode"] == "00"
    assert gateway.transaction("P1")["charged"]


def test_a_payer_cancels(gateway, listening, open_page):
    page = open_page()
    page.goto(address(gateway, listening, TxnRef="P1", BankCode="VNPAYQR"))
    click_and_wait(page.locator("text=Chọn cách trả khác").first)
    click_and_wait(page.locator("text=Hủy, không trả nữa").first)

    assert "vnp_ResponseCode=24" in page.url and not gateway.transaction("P1")["charged"]
