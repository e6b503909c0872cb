"""IPNs: the retry policy of the real gateway, and each fault."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from payments.mock_gateway import clock, ipn, sender
from payments.mock_gateway.models import IpnCall, Notice
from tests.mock_gateway import shop

pytestmark = pytest.mark.django_db
NO = (200, '{"RspCode": "99", "Message": "Unknown error"}')


def paid(gateway, outcome="success", **options):
    row = gateway.opened()
    return gateway.pay(row["reference"], outcome, **options)


def after(minutes):
    """Send the notices that are due in so many minutes."""
    with clock.at(clock.now() + timedelta(minutes=minutes)):
        return ipn.send_due()


def test_the_merchant_is_told_once_when_it_answers_00(gateway, merchant):
    row = paid(gateway)

    assert ipn.send_due() == 1
    fields = shop.signed_fields(merchant.received[0])
    assert fields == shop.signed_fields(row["return_url"].partition("kenh=vnpay&")[2])
    assert after(60) == 0 and len(merchant.received) == 1
    assert Notice.objects.get().ended_because == "answered"


def test_a_cancelled_payment_is_told_too(gateway, merchant):
    paid(gateway, "cancel")
    ipn.send_due()

    assert shop.signed_fields(merchant.received[0])["vnp_ResponseCode"] == "24"


@pytest.mark.parametrize("says", ["00", "02"])
def test_only_00_and_02_end_it(gateway, merchant, says):
    answers = [(200, f'{{"RspCode": "{code}"}}') for code in ("01", "04", "97", "99", "0", says)]
    merchant.replies = [*answers]
    paid(gateway)
    for call in range(8):
        after(5 * call)

    assert len(merchant.received) == 6
    assert [call.rsp_code for call in IpnCall.objects.order_by("id")] == ["01", "04", "97", "99", "0", says]


@pytest.mark.parametrize(
    "says", [(500, '{"RspCode":"00"}'), (200, "00"), (200, '["00"]'), (200, ""), (302, '{"RspCode":"00"}'), (200, "[" * 5000)]
)
def test_what_is_no_proper_answer_is_tried_again(gateway, merchant, says):
    merchant.replies = [says, shop.OK]
    paid(gateway)
    ipn.send_due()

    assert Notice.objects.get().next_at and after(5) == 1
    assert [call.outcome for call in IpnCall.objects.order_by("id")] == ["error", "answered"]


def test_ten_calls_five_minutes_apart_and_then_no_more(gateway, merchant):
    merchant.replies = [NO]
    with clock.at(shop.MORNING):
        paid(gateway)
    for minute in range(0, 90):
        with clock.at(shop.MORNING + timedelta(minutes=minute)):
            ipn.send_due()

    sent = [call.sent_at for call in IpnCall.objects.order_by("id")]
    assert sent == [shop.MORNING + timedelta(minutes=5 * call) for call in range(10)]
    assert Notice.objects.get().ended_because == "given_up" and len(merchant.received) == 10


def test_the_pause_can_be_set(gateway, merchant, settings):
    settings.GATEWAY_IPN_INTERVAL = 1.0
    merchant.replies = [NO]
    paid(gateway)
    ipn.send_due()

    assert 0 < (Notice.objects.get().next_at - clock.now()).total_seconds() <= 1


def test_a_merchant_that_does_not_answer_in_time_is_called_again(gateway, merchant, settings):
    settings.GATEWAY_IPN_TIMEOUT = 0.1
    merchant.slow = 0.4
    paid(gateway)
    ipn.send_due()

    assert IpnCall.objects.get().outcome == "timeout" and Notice.objects.get().next_at


def test_a_merchant_that_is_not_there_is_called_again(gateway):
    paid(gateway)
    ipn.send_due()

    call = IpnCall.objects.get()
    assert (call.outcome, call.http_status) == ("error", None) and Notice.objects.get().next_at


def test_a_lost_ipn_never_reaches_the_merchant(gateway, merchant):
    gateway.control("faults", drop_ipn=True)
    paid(gateway)
    for call in range(12):
        after(5 * call)

    assert merchant.received == [] and IpnCall.objects.filter(outcome="lost").count() == 10


def test_only_the_first_calls_may_be_lost(gateway, merchant):
    gateway.control("faults", drop_ipn=2)
    paid(gateway)
    for call in range(5):
        after(5 * call)

    assert len(merchant.received) == 1 and IpnCall.objects.count() == 3


def test_copies_come_at_the_same_time(gateway, merchant):
    gateway.control("faults", duplicate_ipn=5)
    merchant.slow = 0.3
    paid(gateway)
    ipn.send_due()

    assert len(merchant.received) == 5 and len(set(merchant.received)) == 1
    sent = [call.sent_at for call in IpnCall.objects.all()]
    assert max(sent) - min(sent) < timedelta(seconds=0.3)  # sent in parallel
    assert Notice.objects.get().calls_made == 1


def test_a_late_ipn_waits(gateway, merchant):
    gateway.control("faults", delay_ipn=600)
    paid(gateway)

    assert ipn.send_due() == 0 and after(9) == 0 and after(11) == 1


def test_the_second_overtakes_the_first(gateway, merchant):
    gateway.control("faults", reorder_ipn=True)
    first, second = paid(gateway, "cancel"), paid(gateway)
    ipn.send_due()
    ipn.send_due()

    assert [shop.signed_fields(query)["vnp_TxnRef"] for query in merchant.received] == [second["reference"], first["reference"]]


def test_a_held_ipn_goes_at_last_though_nobody_overtakes_it(gateway, merchant):
    gateway.control("faults", reorder_ipn=True)
    paid(gateway)

    assert ipn.send_due() == 0 and after(6) == 1


def test_ipn_first(gateway, merchant):
    row = paid(gateway, order="ipn_first")

    assert len(merchant.received) == 1 and row["return_url"]  # sent before the browser gets its answer


def test_return_first(gateway, merchant):
    row = paid(gateway, order="return_first")

    assert row["return_url"] and ipn.send_due() == 0
    assert gateway.control("tick", reference=row["reference"], force=True)["sent"] == 1


def test_the_browser_alone_comes_back(gateway, merchant):
    row = paid(gateway, order="return_only")

    assert row["return_url"] and after(60) == 0 and not merchant.received


def test_the_ipn_alone_comes(gateway, merchant):
    gateway.control("faults", ipn_only=True)
    path = gateway.open()
    response = gateway.post(f"{path}ung-dung/NCB/", follow=True)
    ipn.send_due()

    assert response.redirect_chain[-1][0] == f"{path}xong/" and "dvc.example.vn" not in response.content.decode()
    assert len(merchant.received) == 1


@pytest.mark.parametrize(("value", "forged"), [(True, [True] * 3), (1, [True, False, False])])
def test_a_wrong_signature(gateway, merchant, value, forged):
    gateway.control("faults", bad_signature_ipn=value)
    merchant.replies = [NO]
    paid(gateway)
    for call in range(3):
        after(5 * call)

    def is_forged(query):
        try:
            return not shop.signed_fields(query)
        except AssertionError:
            return True

    assert [is_forged(query) for query in merchant.received] == forged


def test_a_wrong_amount_is_signed_well(gateway, merchant):
    gateway.control("faults", wrong_amount_ipn=1)
    merchant.replies = [NO]
    row = paid(gateway)
    after(0)
    after(5)

    assert [shop.signed_fields(query)["vnp_Amount"] for query in merchant.received] == ["15100000", "15000000"]
    assert shop.signed_fields(row["return_url"].partition("kenh=vnpay&")[2])["vnp_Amount"] == "15000000"


def together(act, number):
    """The answers of the function called in so many threads, each with its own database connection."""

    def one(_):
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(one, range(number)))


def test_two_senders_do_not_make_the_same_call(gateway, merchant, transactional_db):
    merchant.slow = 0.2
    paid(gateway)
    together(sender.work, 4)

    assert len(merchant.received) == 1


def test_a_slow_merchant_does_not_hold_up_the_other_senders(gateway, merchant, transactional_db):
    merchant.slow = 0.3
    due = {paid(gateway)["reference"], paid(gateway)["reference"]}

    assert together(lambda: ipn.send_one(clock.now()), 2) == [True, True]
    assert {shop.signed_fields(query)["vnp_TxnRef"] for query in merchant.received} == due
    assert merchant.max_at_once == 2


def test_a_sender_outlives_a_failure(gateway, monkeypatch, caplog):
    monkeypatch.setattr(ipn, "send_one", lambda *args, **kwargs: 1 / 0)
    monkeypatch.setattr(sender, "connection", type("Connection", (), {"close": lambda self: None})())

    assert sender.work() == 1.0 and "sending IPN" in caplog.text


def test_a_person_can_send_it_anew(gateway, merchant):
    row = paid(gateway)
    ipn.send_due()
    gateway.control("resend", reference=row["reference"])
    ipn.send_due()

    assert len(merchant.received) == 2 and merchant.received[0] == merchant.received[1]


def test_the_log_tells_each_call_with_its_answer(gateway, merchant):
    merchant.replies = [NO, shop.OK]
    row = paid(gateway)
    after(0)
    after(5)
    newest, oldest = gateway.look("ipn-log", reference=row["reference"])["calls"]

    assert (oldest["number"], oldest["rsp_code"], newest["number"], newest["rsp_code"]) == (1, "99", 2, "00")
    assert "Unknown error" in oldest["answer"] and newest["query"] == merchant.received[1]
    assert gateway.look("ipn-log", reference="P0")["calls"] == []
