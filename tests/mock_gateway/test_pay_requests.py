"""Payment requests are checked as strictly as by the real gateway; a refusal shows a page with text and code."""

from datetime import timedelta

import pytest

from payments.mock_gateway import clock
from payments.mock_gateway.models import Transaction
from tests.mock_gateway import shop

pytestmark = pytest.mark.django_db


def refused(response, code):
    """True when the page shows this code and no transaction was made."""
    page = response.content.decode()
    return response.status_code == 400 and f'<b class="code">{code}</b>' in page and "không trừ tiền thật" in page


def test_a_good_request_opens_the_payers_page(gateway):
    response = gateway.get(shop.pay_url(), follow=True)

    page = response.content.decode()
    assert "150.000\u00a0đồng" in page and "không trừ tiền thật" in page
    assert Transaction.objects.get().amount == 150_000


@pytest.mark.parametrize(
    "changes",
    [
        *[{name: None} for name in (
            "Amount", "Command", "CreateDate", "CurrCode", "ExpireDate", "IpAddr", "Locale", "OrderInfo", "OrderType",
            "ReturnUrl", "TxnRef", "Version")],
        {"Amount": "0"}, {"Amount": "-100"}, {"Amount": "15000050"}, {"Amount": "1e7"}, {"Amount": "١٥٠٠٠٠٠٠"},
        {"Amount": "1٥٠٠٠٠٠٠"},
        {"Amount": "015000000"}, {"Amount": "9" * 13}, {"Amount": "150000,00"}, {"Amount": "15000000\n"},
        {"CurrCode": "USD"}, {"Version": "2.0.0"}, {"Command": "token"}, {"Locale": "fr"}, {"IpAddr": "999.1.1.1"},
        {"IpAddr": "::g"},
        {"OrderInfo": "Lệ phí hồ sơ"}, {"OrderInfo": "a*b~c!"}, {"OrderInfo": "x" * 256}, {"OrderType": "<b>"},
        {"TxnRef": "P-1"}, {"TxnRef": "P" * 101}, {"TxnRef": "P1\x00"}, {"BankCode": "NOBANK"}, {"BankCode": "X"},
        {"ReturnUrl": "javascript:alert(1)"}, {"ReturnUrl": "https://"}, {"ReturnUrl": "https://a@b.vn/"},
        {"ReturnUrl": "//b.vn/abcdef"},
        {"ReturnUrl": "https://b.vn:99999/"}, {"ReturnUrl": "https://b.vn/\r\nX: y"}, {"ReturnUrl": "https://b.vn/" + "x" * 250},
        {"CreateDate": "20261301000000"}, {"CreateDate": "2026112108300"}, {"CreateDate": "２０２６１１２１０８３０００"},
        {"ExpireDate": "20200101000000"},
    ],
)  # fmt: skip
def test_what_is_missing_or_odd_is_refused_as_badly_formed(gateway, changes):
    assert refused(gateway.get(shop.pay_url(**changes)), "03")
    assert not Transaction.objects.exists()


def test_a_wrong_or_missing_signature_is_97(gateway):
    good = shop.pay_url()

    assert refused(gateway.get(good[:-1] + ("0" if good[-1] != "0" else "1")), "97")
    assert refused(gateway.get(good.partition("&vnp_SecureHash")[0]), "97")
    assert refused(gateway.get(good.replace("vnp_Amount=15000000", "vnp_Amount=100")), "97")
    assert refused(gateway.get(shop.pay_url(secret="another secret")), "97")
    assert refused(gateway.get(good + "&vnp_Inv_Phone=0900000000"), "97")  # smuggled in after signing


@pytest.mark.parametrize("terminal", [None, "", "NOBODY01", "DVCTEST1\x00", "dvctest1", "DVCTEST１"])
def test_an_unknown_terminal_is_02(gateway, terminal):
    assert refused(gateway.get(shop.pay_url(TmnCode=terminal)), "02")


def test_a_locked_terminal_is_04(gateway):
    gateway.control("faults", terminal_locked={"value": True, "times": 1})

    assert refused(gateway.get(shop.pay_url()), "04")
    assert gateway.get(shop.pay_url()).status_code == 302


def test_each_demo_terminal_has_its_own_secret(gateway):
    secret = "DVC-MOCK-SECRET-KHONG-DUNG-THAT-DMH18CAN"

    assert gateway.get(shop.pay_url(secret=secret, TmnCode="DMH18CAN")).status_code == 302
    assert refused(gateway.get(shop.pay_url(TmnCode="DMH18CAN")), "97")


def test_a_repeated_parameter_is_refused(gateway):
    for twice in ("&vnp_Amount=15000000", "&vnp_TxnRef=X", "&other=1&other=2"):
        assert refused(gateway.get(shop.pay_url() + twice), "03")


@pytest.mark.parametrize(
    "query", ["", "%", "=&=&=", "vnp_TmnCode=%FF%FE", "a" * 7000, "&".join(f"a{n}=1" for n in range(200)), "%00=%00"]
)
def test_nonsense_gets_a_page_with_a_number(gateway, query):
    response = gateway.get("/paymentv2/vpcpay.html?" + query)

    assert refused(response, "03") or refused(response, "02")


def test_the_same_request_goes_on_where_it_was_until_somebody_paid(gateway):
    address = shop.pay_url(TxnRef="P1")

    assert gateway.get(address)["Location"] == gateway.get(address)["Location"]
    gateway.pay("P1")
    again = gateway.get(address)

    assert refused(again, "01") and "vnp_ResponseCode=00" in again.content.decode()  # with the way back to the merchant
    assert Transaction.objects.count() == 1


def test_another_request_with_the_same_reference_is_a_duplicate(gateway):
    gateway.get(shop.pay_url(TxnRef="P1"))

    assert refused(gateway.get(shop.pay_url(TxnRef="P1", Amount="100")), "01")
    assert (
        gateway.get(shop.pay_url(TxnRef="P1", TmnCode="DMH18CAN", secret="DVC-MOCK-SECRET-KHONG-DUNG-THAT-DMH18CAN")).status_code
        == 302
    )


def test_the_strict_switch_takes_a_reload_for_a_duplicate(gateway):
    address = shop.pay_url(TxnRef="P1")
    gateway.control("faults", strict_duplicate=True)
    gateway.get(address)

    assert refused(gateway.get(address), "01")


def test_a_request_that_comes_too_late_has_expired(gateway):
    with clock.at(shop.MORNING):
        address = shop.pay_url(TxnRef="P1")
    with clock.at(shop.MORNING + timedelta(minutes=15)):
        page = gateway.get(address, follow=True).content.decode()

    assert "Đã hết thời gian chờ trả tiền" in page and "vnp_ResponseCode=11" in page
    assert gateway.row("P1")["response_code"] == "11" and not gateway.row("P1")["charged"]


def test_times_on_the_wire_are_those_of_viet_nam(gateway):
    with clock.at(shop.MORNING):
        fields = shop.pay_fields()
        assert (fields["vnp_CreateDate"], fields["vnp_ExpireDate"]) == ("20261121083000", "20261121084500")
        row = gateway.opened()
    with clock.at(shop.MORNING + timedelta(minutes=2, seconds=11)):
        gateway.pay(row["reference"])

    assert Transaction.objects.get().expires_at == shop.MORNING + timedelta(minutes=15)
    assert gateway.row(row["reference"])["pay_date"] == "20261121083211"


def test_banks_are_listed_for_a_known_terminal(gateway):
    path = "/qrpayauth/api/merchant/get_bank_list"

    banks = gateway.post(path, {"tmn_code": shop.TERMINAL}).json()
    assert {"NCB", "VIETCOMBANK"} <= {bank["bank_code"] for bank in banks}
    assert gateway.post(path, {"tmn_code": "x"}).status_code == 400 and gateway.get(path).status_code == 405
