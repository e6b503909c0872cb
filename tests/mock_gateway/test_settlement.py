"""The settlement file of a local day, right or with faults."""

import csv
import io
from datetime import timedelta

import pytest

from payments.mock_gateway import clock
from tests.mock_gateway import shop

pytestmark = pytest.mark.django_db
LAST_EVENING = shop.MORNING.replace(hour=16, minute=59)  # 23.59 in Việt Nam


def read(gateway, day="20261121", terminal=shop.TERMINAL):
    response = gateway.get(f"/doi-soat/{terminal}/{day}.csv")
    assert response.status_code == 200 and response["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(response.content.decode())))


def paid(gateway, at=shop.MORNING, outcome="success", **options):
    with clock.at(at):
        return gateway.pay(gateway.opened()["reference"], outcome, **options)


def test_only_what_was_paid_that_day_is_in_it(gateway):
    first = paid(gateway)
    last = paid(gateway, LAST_EVENING)
    paid(gateway, outcome="cancel")
    paid(gateway, outcome="reversed")
    tomorrow = paid(gateway, LAST_EVENING + timedelta(minutes=1))

    rows = read(gateway)
    assert [row["TxnRef"] for row in rows] == [first["reference"], last["reference"]]
    assert rows[0] == {
        "TxnRef": first["reference"], "TransactionNo": first["transaction_no"], "Amount": "150000", "Type": "pay",
        "PayDate": "20261121083000", "BankCode": "NCB",
    }  # fmt: skip
    assert [row["TxnRef"] for row in read(gateway, "20261122")] == [tomorrow["reference"]]
    assert read(gateway, terminal="DMH18CAN") == []


def test_a_refund_is_in_it_on_the_day_it_arrived(gateway):
    row = paid(gateway)
    with clock.at(LAST_EVENING):
        gateway.refund(row)
        assert [line["Type"] for line in read(gateway)] == ["pay"]  # still on its way
    with clock.at(LAST_EVENING + timedelta(minutes=5)):
        today, tomorrow = read(gateway), read(gateway, "20261122")

    assert [line["Type"] for line in today] == ["pay", "refund"] and tomorrow == []
    assert today[1]["TxnRef"] == row["reference"] and today[1]["Amount"] == "150000"
    assert today[1]["TransactionNo"] != row["transaction_no"]


def test_a_refused_refund_is_not_in_it(gateway):
    row = paid(gateway)
    gateway.control("faults", refund_path="05-09")
    with clock.at(shop.MORNING):
        gateway.refund(row)
    with clock.at(LAST_EVENING):
        assert len(read(gateway)) == 1


def test_the_file_can_lie(gateway):
    references = [paid(gateway, shop.MORNING + timedelta(minutes=n))["reference"] for n in range(3)]

    gateway.control("faults", settlement_missing_row=1)
    assert [row["TxnRef"] for row in read(gateway)] == references[:2]
    gateway.control("faults", settlement_missing_row=False, settlement_extra_row=2)
    assert len(read(gateway)) == 5 and read(gateway)[4]["TxnRef"] not in references
    gateway.control("faults", settlement_extra_row=False, settlement_wrong_amount=1)
    assert [row["Amount"] for row in read(gateway)] == ["151000", "150000", "150000"]
    gateway.control("reset")
    assert [row["Amount"] for row in read(gateway)] == ["150000"] * 3


@pytest.mark.parametrize(
    "path", ["NOBODY01/20261121", "DVCTEST1/20261341", "DVCTEST1/abc", "DVCTEST1/２０２６１１２１", "DVCTEST1/2026112100"]
)
def test_no_such_file(shielded, path):
    assert shielded.get(f"/doi-soat/{path}.csv").status_code == 404
