"""Refund requests and their state in querydr answers."""

from datetime import timedelta

import pytest

from payments.mock_gateway import clock
from payments.mock_gateway.models import Refund
from tests.mock_gateway import shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def often(settings, gateway):
    settings.GATEWAY_QUERY_WINDOW = 0
    return gateway


def paid(gateway, outcome="success"):
    row = gateway.opened()
    return gateway.pay(row["reference"], outcome)


def seen(gateway, row, seconds):
    """(type, status) of the querydr answer so many seconds after MORNING."""
    with clock.at(shop.MORNING + timedelta(seconds=seconds)):
        answer = gateway.query(row)
    return answer["vnp_TransactionType"], answer["vnp_TransactionStatus"]


@pytest.mark.parametrize(
    ("path", "statuses"),
    [(None, ["05", "06", "00"]), ("05-09", ["05", "09", "09"]), ("05-06-09", ["05", "06", "09"]), ("00", ["00"] * 3)],
)
def test_a_refund_takes_its_way_and_querydr_shows_it(often, path, statuses):
    row = paid(often)
    assert seen(often, row, 0) == ("01", "00")
    often.control("faults", refund_path=path)
    with clock.at(shop.MORNING):
        answer = often.refund(row)

    assert answer["vnp_ResponseCode"] == "00" and answer["vnp_TransactionStatus"] == statuses[0] and len(answer) == 14
    assert shop.is_signed(answer, shop.ANSWER) and answer["vnp_Amount"] == "15000000"
    assert [seen(often, row, at) for at in (1, 21, 41)] == [("02", status) for status in statuses]


def test_a_part_is_type_03(often):
    row = paid(often)
    with clock.at(shop.MORNING):
        assert often.refund(row, TransactionType="03", Amount="5000000")["vnp_Amount"] == "5000000"
        answer = often.query(row)

    assert (answer["vnp_TransactionType"], answer["vnp_Amount"], answer["vnp_TransactionStatus"]) == ("03", "5000000", "05")


def test_no_more_goes_back_than_came(often):
    row = paid(often)
    with clock.at(shop.MORNING):
        assert often.refund(row, Amount="14000000")["vnp_ResponseCode"] == "03"  # all means all
        assert often.refund(row, TransactionType="03", Amount="15000100")["vnp_ResponseCode"] == "03"
        assert often.refund(row, TransactionType="03", Amount="10000000")["vnp_ResponseCode"] == "00"
    with clock.at(shop.MORNING + timedelta(minutes=1)):
        assert often.refund(row, TransactionType="03", Amount="5000100")["vnp_ResponseCode"] == "03"
        assert often.refund(row)["vnp_ResponseCode"] == "03"
        assert often.refund(row, TransactionType="03", Amount="5000000")["vnp_ResponseCode"] == "00"

    assert sum(Refund.objects.values_list("amount", flat=True)) == 150_000


def test_a_second_refund_waits_for_the_first(often):
    row = paid(often)
    with clock.at(shop.MORNING):
        assert often.refund(row, RequestId="F1")["vnp_ResponseCode"] == "00"
        assert often.refund(row, RequestId="F1")["vnp_ResponseCode"] == "94"  # the same number
        assert often.refund(row, RequestId="F2")["vnp_ResponseCode"] == "94"  # another number, the first still on its way

    assert Refund.objects.count() == 1


def test_a_refund_taken_in_is_never_taken_in_again_under_its_number(often):
    row = paid(often)
    part = {"TransactionType": "03", "Amount": "100", "RequestId": "F1"}
    with clock.at(shop.MORNING):
        assert often.refund(row, **part)["vnp_ResponseCode"] == "00"
    with clock.at(shop.MORNING + timedelta(days=3)):
        assert often.refund(row, **part)["vnp_ResponseCode"] == "94"


def test_a_refund_not_taken_in_may_come_again_under_its_number(often):
    row = paid(often)
    with clock.at(shop.MORNING):
        often.refund(row, TransactionType="03", Amount="100")
        assert often.refund(row, RequestId="F1", TransactionType="03", Amount="100")["vnp_ResponseCode"] == "94"  # one on its way
    with clock.at(shop.MORNING + timedelta(minutes=1)):
        assert often.refund(row, RequestId="F1", TransactionType="03", Amount="100")["vnp_ResponseCode"] == "00"


def test_a_refused_refund_may_be_asked_for_again(often):
    row = paid(often)
    often.control("faults", refund_path={"value": "05-09", "times": 1})
    with clock.at(shop.MORNING):
        often.refund(row)
    with clock.at(shop.MORNING + timedelta(minutes=1)):
        assert often.refund(row)["vnp_ResponseCode"] == "00"


@pytest.mark.parametrize("outcome", ["cancel", "insufficient", "reversed", "suspected"])
def test_only_a_paid_one_can_be_refunded(often, outcome):
    assert often.refund(paid(often, outcome))["vnp_ResponseCode"] == "95"


def test_the_number_of_the_payment_must_be_right_or_left_out(often):
    row = paid(often)

    assert often.refund(row, TransactionNo="123")["vnp_ResponseCode"] == "95"
    assert often.refund(row, TransactionNo="0")["vnp_ResponseCode"] == "00"


@pytest.mark.parametrize(
    "changes", [{"TransactionType": "01"}, {"Amount": "0"}, {"Amount": "١٥٠٠٠٠٠٠"}, {"CreateBy": ""}, {"Amount": "15000050"}]
)
def test_what_is_odd_is_03(often, changes):
    assert often.refund(paid(often), **changes)["vnp_ResponseCode"] == "03"


def test_unknown_forged_and_foreign_refunds(often):
    row = paid(often)

    assert often.refund(row, TxnRef="P0")["vnp_ResponseCode"] == "91"
    assert often.refund(row, "another secret")["vnp_ResponseCode"] == "97"
    assert often.refund(row, TmnCode="NOBODY01")["vnp_ResponseCode"] == "02"
    assert not Refund.objects.exists()


def test_an_error_after_the_work_leaves_the_merchant_in_the_dark(often):
    row = paid(often)
    often.control("faults", http_500_api={"value": "after", "times": 1})
    with pytest.raises(ValueError):
        often.refund(row)

    assert Refund.objects.count() == 1 and often.query(row)["vnp_TransactionType"] == "02"


def test_a_refund_can_be_answered_without_a_signature(often):
    often.control("faults", refund_unsigned="missing")

    assert "vnp_SecureHash" not in often.refund(paid(often))
