"""Unclear outcomes: 04, 07, 00 with status 02, success after expiry."""

from datetime import timedelta

import pytest

from payments.mock_gateway import clock, ipn, paying
from tests.mock_gateway import shop

pytestmark = pytest.mark.django_db


def paid(gateway, **switches):
    row = gateway.opened()
    gateway.control("faults", **switches)
    return gateway.pay(row["reference"])


def codes_of(row):
    fields = shop.signed_fields(row["return_url"].partition("kenh=vnpay&")[2])
    return fields["vnp_ResponseCode"], fields["vnp_TransactionStatus"]


@pytest.mark.parametrize(
    ("switches", "says", "charged", "truth"),
    [
        ({}, ("00", "00"), True, "00"),
        ({"status_04": True}, ("99", "04"), True, "04"),
        ({"status_07": True}, ("07", "07"), True, "07"),
        ({"mismatch_00_02": "charged"}, ("00", "02"), True, "00"),
        ({"mismatch_00_02": True}, ("00", "02"), True, "00"),
        ({"mismatch_00_02": "failed"}, ("00", "02"), False, "02"),
    ],
)
def test_what_is_told_and_what_is_true(gateway, merchant, switches, says, charged, truth):
    row = paid(gateway, **switches)
    ipn.send_due()

    assert codes_of(row) == says and row["charged"] is charged
    fields = shop.signed_fields(merchant.received[0])
    assert (fields["vnp_ResponseCode"], fields["vnp_TransactionStatus"]) == says
    assert gateway.query(row)["vnp_TransactionStatus"] == truth


@pytest.mark.parametrize("status", ["00", "02"])
def test_a_person_decides_an_unclear_one_and_the_merchant_is_told(gateway, merchant, status):
    row = paid(gateway, status_04=True)
    ipn.send_due()
    decided = gateway.control("resolve", reference=row["reference"], status=status)
    ipn.send_due()

    assert decided["charged"] is (status == "00") and shop.signed_fields(merchant.received[1])["vnp_TransactionStatus"] == status
    assert gateway.query(row)["vnp_TransactionStatus"] == status


def test_success_after_the_end_of_the_time(gateway, merchant):
    with clock.at(shop.MORNING):
        row = paid(gateway, success_after_expiry=30)
        assert row["state"] == "PENDING" and row["return_url"] == "" and not row["charged"]
        page = gateway.get(f"/giao-dich/{row['token']}/xong/").content.decode()
        assert "Ngân hàng đang xử lý" in page
    with clock.at(shop.MORNING + timedelta(minutes=15, seconds=29)):
        assert paying.complete_pending() == 0 and gateway.query(row)["vnp_TransactionStatus"] == "01"
    with clock.at(shop.MORNING + timedelta(minutes=15, seconds=31)):
        assert paying.complete_pending() == 1
        ipn.send_due()

    fields = shop.signed_fields(merchant.received[0])
    assert fields["vnp_ResponseCode"] == "00" and fields["vnp_PayDate"] == "20261121084531"


def test_a_pending_one_can_be_completed_at_once(gateway):
    row = paid(gateway, success_after_expiry=3000)

    assert gateway.control("tick", reference=row["reference"], force=True)["completed"] == 1
    assert gateway.row(row["reference"])["charged"]


def test_nobody_pays_after_the_end_of_the_time_without_that_switch(gateway):
    with clock.at(shop.MORNING):
        row = gateway.opened()
    with clock.at(shop.MORNING + timedelta(minutes=15)):
        late = gateway.pay(row["reference"])

    assert (late["response_code"], late["charged"]) == ("11", False)


def test_paying_again_by_control_says_how_it_ended(gateway):
    row = paid(gateway)
    again = gateway.pay(row["reference"], "cancel")

    assert again["already_ended"] and again["response_code"] == "00"
