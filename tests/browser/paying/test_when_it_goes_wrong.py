"""Money that is not heard of, comes twice, or meets a broken gateway: what the citizen reads, and that it ends well."""

import pytest

from payments.models import AttemptState, GatewayQuestion, PaymentAttempt, Refund, RefundState
from portal.common import clock, outbox
from tests.browser.paying.pages import (
    TAKEN,
    all_is_well,
    choose,
    log_in,
    looks_right,
    pay_by_card,
    pay_in_the_app,
    reads_paid,
    settled,
    words,
)
from tests.browser_support import click_and_wait
from tests.processes import wait_for

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.browser,
    pytest.mark.services,
    pytest.mark.needs_pdf,
    pytest.mark.timeout(300),
]


@pytest.fixture
def patient(settings):
    """The portal does not ask by itself when a payer comes back: there is time to read the page."""
    settings.PAYMENT_TIMES = settings.PAYMENT_TIMES | {"ask_after_return": 600}


def test_who_says_that_the_money_is_gone_is_believed_by_asking_the_bank_at_once(site, dossier, phone, faults, patient):
    faults(drop_ipn=True)
    choose(phone, site, dossier, "Mở ứng dụng ngân hàng")
    pay_in_the_app(phone)
    phone.get_by_text(f"{TAKEN}đang kiểm tra").first.wait_for()
    assert "Hồ sơ vẫn an toàn" in words(phone) and "Đừng trả lần nữa" in words(phone)
    looks_right(phone)
    assert PaymentAttempt.objects.get(obligation__dossier=dossier).state == AttemptState.SENT

    click_and_wait(phone.get_by_role("button", name="Tôi đã trả tiền").first)
    phone.get_by_text(f"{TAKEN}có").first.wait_for()
    assert "Câu trả lời ở ngay dưới đây." in words(phone) and "có cán bộ lo" not in words(phone)
    looks_right(phone)
    click_and_wait(phone.get_by_role("link", name="Xem biên lai"))
    reads_paid(phone)
    settled(dossier)
    assert PaymentAttempt.objects.get(obligation__dossier=dossier).moves.last().cause == "querydr"
    all_is_well()


def test_a_payer_who_never_comes_back_is_found_when_the_time_is_over(site, dossier, phone, faults):
    faults(drop_ipn=True, ipn_only=True)
    choose(phone, site, dossier, "Mở ứng dụng ngân hàng")
    pay_in_the_app(phone)
    assert "Có thể đóng trang này" in words(phone)  # the gateway's page: nobody is led back
    looks_right(phone)

    phone.goto(site.of(dossier, "chua-xong/"))
    assert f"{TAKEN}đang kiểm tra" in words(phone)
    GatewayQuestion.objects.filter(attempt__obligation__dossier=dossier).update(next_at=clock.now())  # the quarter of an hour
    outbox.wake_relay()
    reads_paid(phone)  # the waiting page goes on by itself
    settled(dossier)
    all_is_well()


def test_what_was_paid_twice_goes_back_when_a_second_person_agrees(site, open_page, dossier, phone):
    choose(phone, site, dossier, "Mở ứng dụng ngân hàng")
    other = phone.context.new_page()
    choose(other, site, dossier, "Trả bằng thẻ ATM")
    pay_by_card(other)
    reads_paid(other)
    pay_in_the_app(phone)  # the first page was open still
    phone.get_by_text("Khoản này đã trả hai lần").first.wait_for()
    assert f"{TAKEN}có" in words(phone) and "không phải xin" in words(phone)
    looks_right(phone)
    refund = Refund.objects.get(attempt__obligation__dossier=dossier)
    assert refund.state == RefundState.REQUESTED and not refund.attempt.settles

    desk = open_page(width=1280, height=900)
    log_in(desk, site, site.desk.accountant)
    desk.goto(f"{site.url}/can-bo/ke-toan/")
    looks_right(desk)
    click_and_wait(desk.get_by_role("link", name="Hoàn tiền").first)
    looks_right(desk)
    click_and_wait(desk.get_by_role("link", name=refund.request_id))
    looks_right(desk)
    click_and_wait(desk.get_by_role("button", name="Duyệt hoàn tiền"))
    looks_right(desk)
    wait_for(lambda: Refund.objects.filter(pk=refund.pk, state=RefundState.DONE).exists())

    phone.goto(site.of(dossier))
    reads_paid(phone)
    assert "Đã hoàn 200.000 đồng" in words(phone)
    assert site.gateway.transaction(refund.attempt.reference)["charged"]
    all_is_well()


def test_a_gateway_that_is_down_is_said_plainly_and_another_way_is_open(site, dossier, phone, faults):
    faults(http_500="before", http_500_api="before")
    choose(phone, site, dossier, "Mở ứng dụng ngân hàng")
    assert "Internal Server Error" in phone.content()
    phone.goto(site.of(dossier))
    looks_right(phone)
    click_and_wait(phone.get_by_role("button", name="Tôi đã trả tiền").first)
    phone.get_by_text("Cổng thanh toán đang không trả lời").first.wait_for()
    assert f"{TAKEN}đang kiểm tra" in words(phone) and "có cán bộ lo việc này" in words(phone)
    looks_right(phone)

    click_and_wait(phone.get_by_role("link", name="Trả tiếp hoặc đổi cách trả"))
    click_and_wait(phone.get_by_role("button", name="Chuyển khoản"))
    with phone.expect_popup() as opened:
        phone.get_by_role("link", name="Mở ngân hàng giả lập").click()
    opened.value.get_by_role("button", name="Chuyển tiền giả").click()
    opened.value.get_by_role("status").wait_for()
    site.minute_passes()
    reads_paid(phone)
    settled(dossier)
    all_is_well()
