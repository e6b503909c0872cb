"""Our client against the mock gateway, which shares no code with it, as two processes over HTTP."""

from types import SimpleNamespace

import httpx
import pytest

from payments.gateways import vnpay
from payments.gateways.base import NoAnswer, NotSent
from payments.models import AttemptState, EReceipt, GatewayEvent
from tests.mock_gateway.process import Gateway
from tests.payments.notices import call
from tests.processes import Processes, wait_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def gateway(money_desk, live_server, settings):
    """The running mock gateway, with the IPN URL of the portal."""
    processes = Processes()
    started = Gateway(processes, ipn_url=f"{live_server.url}/thanh-toan/vnpay/ipn", refund_step=60).start()
    settings.VNPAY_PAY_URL, settings.VNPAY_API_URL = started.pay_url, started.api_url
    settings.SITE_URL = live_server.url
    yield started
    processes.stop_all()


def arrive(gateway, attempt):
    """The payer opens the URL of the attempt."""
    page = gateway.arrive(vnpay.pay_url(attempt, ip="203.0.113.7"))
    assert page.status_code == 200 and "giả lập" in page.text.lower(), page.text
    return attempt


def test_a_payment_goes_there_and_comes_back_by_both_doors(gateway, money_desk):
    attempt = arrive(gateway, money_desk.paying())
    back = gateway.pay(attempt.reference, "success")["return_url"]
    wait_for(lambda: GatewayEvent.objects.filter(kind="ipn", verdict="valid").exists(), seconds=20)
    wait_for(lambda: type(attempt).objects.get(pk=attempt.pk).settles, seconds=20)
    assert EReceipt.objects.get().attempt == attempt
    page = httpx.get(back, trust_env=False)
    assert page.status_code == 200 and "Đã nhận đủ tiền" in page.text
    assert [event.verdict for event in attempt.events.filter(kind="return")] == ["valid"]


def test_what_the_gateway_signs_fits_what_we_check(gateway, money_desk):
    """Its return carries the same signed set as its call: taken as a call it settles, and altered it does not."""
    gateway.faults(drop_ipn=True)
    attempt = arrive(gateway, money_desk.paying(bank_choice="VNPAYQR"))
    query = gateway.pay(attempt.reference, "success")["return_url"].partition("?")[2]
    assert call(query.replace("vnp_Amount=2", "vnp_Amount=3")) == "97"
    assert call(query) == "00" and call(query) == "02"


def test_a_question_is_answered_and_another_at_once_is_not(gateway, money_desk):
    gateway.faults(drop_ipn=True)
    attempt = arrive(gateway, money_desk.paying())
    gateway.pay(attempt.reference, "success")
    answer = vnpay.query(attempt)
    assert answer.outcome.state == AttemptState.PAID
    assert vnpay.query(attempt).outcome.state is None  # 94: asked too soon


def test_a_payer_who_gave_up_and_one_who_never_came(gateway, money_desk):
    gateway.faults(drop_ipn=True)
    attempt = arrive(gateway, money_desk.paying())
    gateway.pay(attempt.reference, "cancel")
    assert vnpay.query(attempt).outcome.money == "no"
    elsewhere = money_desk.paying()
    wait_for(lambda: vnpay.query(elsewhere).code == "91", seconds=10, pause=0.3)


def test_money_is_sent_back_under_one_number(gateway, money_desk):
    attempt = arrive(gateway, money_desk.paying())
    gateway.pay(attempt.reference, "success")
    wait_for(lambda: type(attempt).objects.get(pk=attempt.pk).settles, seconds=20)
    attempt.refresh_from_db()
    back = SimpleNamespace(attempt=attempt, amount=attempt.amount, request_id="F26112110000001")
    answer = vnpay.refund(back, by="Kế toán Hai")
    assert (answer.reference, answer.amount) == (attempt.reference, attempt.amount), answer.raw
    assert answer.refund == "processing"
    again = vnpay.refund(back, by="Kế toán Hai")
    assert again.refund in ("processing", "unknown")


def test_an_unsigned_answer_and_a_broken_gateway_tell_us_nothing(gateway, money_desk):
    attempt = arrive(gateway, money_desk.paying())
    gateway.pay(attempt.reference, "success", faults={"drop_ipn": True})
    gateway.faults(querydr_unsigned=True)
    with pytest.raises(NoAnswer):
        vnpay.query(attempt)
    gateway.faults(querydr_unsigned=False, http_500=True)
    with pytest.raises(NoAnswer):
        vnpay.query(attempt)
    gateway.kill()
    with pytest.raises(NotSent):
        vnpay.query(attempt)
