"""querydr: the merchant's query for the state of a payment."""

import json
from datetime import timedelta

import pytest

from payments.mock_gateway import clock
from payments.mock_gateway.models import ApiRequest
from tests.mock_gateway import shop

pytestmark = pytest.mark.django_db
ANSWER = shop.ANSWER + " PromotionCode PromotionAmount"
PATH = "/merchant_webapi/api/transaction"


@pytest.fixture
def often(settings, gateway):
    """A gateway client without the rate limit of querydr."""
    settings.GATEWAY_QUERY_WINDOW = 0
    return gateway


def paid(gateway, outcome="success"):
    row = gateway.opened()
    return gateway.pay(row["reference"], outcome)


def test_a_paid_one_is_answered_with_fifteen_signed_values(often):
    row = paid(often)
    answer = often.query(row)

    assert len(answer) == 16 and shop.is_signed(answer, ANSWER)
    assert (answer["vnp_ResponseCode"], answer["vnp_TransactionStatus"], answer["vnp_TransactionType"]) == ("00", "00", "01")
    assert (answer["vnp_Amount"], answer["vnp_TxnRef"], answer["vnp_TmnCode"]) == ("15000000", row["reference"], shop.TERMINAL)
    assert answer["vnp_TransactionNo"] == row["transaction_no"] and answer["vnp_PayDate"] == row["pay_date"]


def test_an_open_one_is_01_a_cancelled_one_02_an_expired_one_08(often):
    with clock.at(shop.MORNING):
        waiting, cancelled = often.opened(), paid(often, "cancel")
        assert often.query(waiting)["vnp_TransactionStatus"] == "01"
        assert often.query(cancelled)["vnp_TransactionStatus"] == "02"
    with clock.at(shop.MORNING + timedelta(minutes=15)):
        answer = often.query(waiting)

    assert answer["vnp_ResponseCode"] == "00" and answer["vnp_TransactionStatus"] == "08"
    assert often.row(waiting["reference"])["response_code"] == "11"


def test_what_nobody_knows_is_91(often):
    row = paid(often)

    for changes in ({"TxnRef": "P0"}, {"TransactionDate": "20200101000000"}):
        answer = often.query(row, **changes)
        assert answer["vnp_ResponseCode"] == "91" and shop.is_signed(answer, ANSWER) and answer["vnp_TransactionStatus"] == ""


def test_a_terminal_sees_only_its_own(often):
    row = paid(often)
    answer = often.query(row, "DVC-MOCK-SECRET-KHONG-DUNG-THAT-DMH18CAN", TmnCode="DMH18CAN")

    assert answer["vnp_ResponseCode"] == "91"


def test_a_wrong_signature_is_97_and_an_unknown_terminal_02(often):
    row = paid(often)

    assert often.query(row, "another secret")["vnp_ResponseCode"] == "97"
    unknown = often.query(row, TmnCode="NOBODY01")
    assert unknown["vnp_ResponseCode"] == "02" and "vnp_SecureHash" not in unknown
    assert ApiRequest.objects.count() == 0  # no number was used up


@pytest.mark.parametrize(
    "changes",
    [
        {"RequestId": ""}, {"RequestId": "x" * 33}, {"RequestId": "a b"}, {"Version": "2.0"}, {"TxnRef": "P\u0000"},
        {"TxnRef": ["P"]},
        {"TransactionDate": "2026"}, {"CreateDate": "20261399000000"}, {"IpAddr": "nowhere"}, {"OrderInfo": "Truy vấn"},
        {"CreateDate": "٢٠٢٦١١٢١٠٨٣٠٠٠"}, {"OrderInfo": None}, {"Command": "pay"}, {"Command": ""}, {"TxnRef": {"a": 1}},
        {"TxnRef": True},
        {"TxnRef": 1.5}, {"OrderInfo": "x" * 256}, {"TransactionNo": "a"},
    ],
)  # fmt: skip
def test_what_is_missing_or_odd_is_03(often, changes):
    assert often.query(paid(often), **changes)["vnp_ResponseCode"] == "03"


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"1", b'"x"', b"{", b"\xff\xfe", b"[" * 5000, b"{}" + b" " * 9000, b'{"a":NaN}', b'{"a":"\\ud800"}',
     b'{"vnp_TmnCode":"DVCTEST1","vnp_TmnCode":"DVCTEST1"}', b'{"a":' + b"9" * 7000 + b"}", b'{"vnp_Command":"querydr"}'],
)  # fmt: skip
def test_nonsense_is_answered_never_an_error(gateway, body):
    answer = gateway.post(PATH, body, content_type="application/json")

    assert answer.status_code == 200 and answer.json()["vnp_ResponseCode"] in ("02", "03")


def test_only_post(gateway):
    assert gateway.get(PATH).status_code == 405


def test_a_whole_number_counts_as_its_digits(often):
    row = paid(often)
    asked = shop.api_request(shop.QUERY, Command="querydr", TxnRef=row["reference"], TransactionDate=int(row["create_date"]))

    assert often.ask(asked)["vnp_ResponseCode"] == "00"


def test_a_request_number_is_good_once_a_day(often):
    row = paid(often)
    with clock.at(shop.MORNING):
        assert often.query(row, RequestId="Q1")["vnp_ResponseCode"] == "00"
        assert often.query(row, RequestId="Q1")["vnp_ResponseCode"] == "94"
    with clock.at(shop.MORNING + timedelta(days=1)):
        assert often.query(row, RequestId="Q1")["vnp_ResponseCode"] == "00"


def test_after_one_answer_the_terminal_has_to_wait(gateway):
    row, other = paid(gateway), paid(gateway)
    with clock.at(shop.MORNING):
        assert gateway.query(row, TxnRef="P0")["vnp_ResponseCode"] == "91"  # nothing was answered yet
        assert gateway.query(row)["vnp_ResponseCode"] == "00"
    with clock.at(shop.MORNING + timedelta(seconds=299)):
        answer = gateway.query(other)
        assert answer["vnp_ResponseCode"] == "94" and shop.is_signed(answer, ANSWER)
    with clock.at(shop.MORNING + timedelta(seconds=300)):
        assert gateway.query(other)["vnp_ResponseCode"] == "00"


def test_another_terminal_need_not_wait(gateway):
    secret = "DVC-MOCK-SECRET-KHONG-DUNG-THAT-DMH18CAN"
    gateway.get(shop.pay_url(secret, TmnCode="DMH18CAN", TxnRef="X1"))
    row = paid(gateway)

    assert gateway.query(row)["vnp_ResponseCode"] == "00"
    assert gateway.query(gateway.row("X1"), secret, TmnCode="DMH18CAN")["vnp_ResponseCode"] == "00"


def test_the_switches_of_querydr(often):
    row = paid(often)
    often.control("faults", querydr_94={"value": True, "times": 1})
    assert often.query(row)["vnp_ResponseCode"] == "94"
    often.control("faults", querydr_unsigned={"value": "missing", "times": 1})
    assert "vnp_SecureHash" not in often.query(row)
    often.control("faults", querydr_unsigned={"value": "wrong", "times": 1})
    assert not shop.is_signed(often.query(row), ANSWER)

    assert shop.is_signed(often.query(row), ANSWER)


def test_the_gateway_can_be_broken_or_slow(often, monkeypatch):
    row = paid(often)
    waited = []
    monkeypatch.setattr("payments.mock_gateway.faults.time.sleep", waited.append)
    asked = json.dumps(
        shop.api_request(shop.QUERY, Command="querydr", TxnRef=row["reference"], TransactionDate=row["create_date"])
    )

    for switches in ({"http_500": "before"}, {"http_500_api": "after"}):
        often.control("faults", **{name: {"value": value, "times": 1} for name, value in switches.items()})
        assert often.post(PATH, asked, content_type="application/json").status_code == 500
    often.control("faults", slow_api=2.5)
    assert (
        often.post(PATH, asked, content_type="application/json").json()["vnp_ResponseCode"] == "94"
    )  # it was done before the error
    assert waited == [2.5]
