"""The accountant's desk in a real browser: axe, no horizontal scrolling, and a refund by keyboard only."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import User
from payments import complaints
from payments.attempts import settlement
from payments.models import BankCredit, Difference, Refund, RefundReason, RefundState
from payments.reconciliation import runs
from payments.refunds import approval
from payments.transfers import matching
from portal.common import clock
from tests.browser_support import axe, click_and_wait, prefer, sideways

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HEAD = "TxnRef,TransactionNo,Amount,Type,PayDate,BankCode\r\n"


@pytest.fixture
def sit_down(open_page, live_server):
    """Call it for a browser page of a user who is logged in."""

    def sit_down(user, width=1280, **options):
        client = Client()
        client.force_login(User.objects.get(pk=user.pk))
        page = open_page(width=width, **options)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        return page

    return sit_down


def go(name, *args):
    return reverse(f"accounting:{name}", args=args)


@pytest.fixture
def addresses(money_desk):
    """One of each page, with something on it."""
    unclear = money_desk.paying()
    settlement.record_outcome(unclear.reference, "review", cause="suspicion", final=False)
    late = money_desk.paying()
    paid = settlement.settle(late.reference, cause="ipn")
    asked = approval.propose(paid, RefundReason.OTHER, amount=50_000, actor=money_desk.accountant, note="Thu nhầm.")
    day = clock.today()
    row = f"X261125000000001,99,50000,pay,{day:%Y%m%d}120000,NCB\r\n"
    runs.read_file(paid.point, day, (HEAD + row).encode())
    complaint = complaints.open_ticket(money_desk.paying())
    credit = BankCredit.objects.create(
        point=paid.point, bank_ref="FT1", amount=5_000, content="NOP PHI", received_at=clock.now(), state="unmatched",
        due_state="done",
    )  # fmt: skip
    first, double = (
        matching.receive(paid.point, ref, 7_000, "nop le phi", clock.now().replace(second=0)) for ref in ("A1", "B2")
    )
    return [
        go("credit", double.pk), go("difference", Difference.objects.get(kind="double").pk), go("credit", first.pk),
        go("front"), go("takings"), go("takings") + "?tu=2026-12-01&den=2026-01-01", go("attempts"),
        go("attempt", paid.reference),
        go("attempt", unclear.reference), go("refunds"), go("refunds") + "?nhom=xong", go("refund", asked.request_id),
        go("reconciliation"), go("differences"), 
        go("difference", Difference.objects.exclude(kind="double").first().pk), go("credits"),
        go("credit", credit.pk), go("complaints"), go("complaint", complaint.pk),
        go("propose", settlement.settle(money_desk.paying().reference, cause="ipn").reference),
    ]  # fmt: skip


@pytest.mark.parametrize(("width", "look"), [(360, {"co_chu": "rat-to"}), (1280, {"giao_dien": "toi"}), (1280, {})])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(sit_down, live_server, money_desk, addresses, width, look):
    for person in (money_desk.accountant, money_desk.second_accountant):
        page = sit_down(person, width)
        prefer(page, live_server.url, **look)
        for address in addresses:
            page.goto(live_server.url + address)
            assert axe(page) == [], address
            assert sideways(page) == 0, address


def press(page, label):
    """Move to a button with the Tab key and press Enter."""
    page.evaluate("document.querySelector('main').focus()")
    for _press in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").strip() == label:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"no way to «{label}» with the keyboard")


@pytest.mark.parametrize("scripts", [True, False])
def test_money_is_given_back_by_two_people_without_a_mouse_and_without_scripts(sit_down, live_server, money_desk, scripts):
    paid = settlement.settle(money_desk.paying().reference, cause="ipn")
    one = sit_down(money_desk.accountant, java_script_enabled=scripts)
    one.goto(live_server.url + go("propose", paid.reference))
    one.fill("#id_amount", "50000")
    one.check("input[value=other]")
    one.fill("#id_note", "Thu nhầm mức.")
    if scripts:
        press(one, "Gửi đề nghị")
    else:
        click_and_wait(one.locator("text=Gửi đề nghị").first)
    one.wait_for_url("**/hoan-tien/F*/")
    refund = Refund.objects.get()
    assert "Người đề nghị không tự duyệt được" in one.inner_text("main")
    assert not one.is_visible("text=Duyệt hoàn tiền")

    two = sit_down(money_desk.second_accountant, java_script_enabled=scripts)
    two.goto(live_server.url + go("front"))
    click_and_wait(two.locator("text=hoàn tiền chờ tôi duyệt").first)
    click_and_wait(two.locator(f"text={refund.request_id}").first)
    two.wait_for_url(f"**/{refund.request_id}/")
    if scripts:
        press(two, "Duyệt hoàn tiền")
    else:
        click_and_wait(two.locator("text=Duyệt hoàn tiền").first)
    two.wait_for_selector("text=Đã duyệt. Tiền bắt đầu được trả lại.")
    refund.refresh_from_db()
    assert (refund.state, refund.approved_by) == (RefundState.APPROVED, money_desk.second_accountant)


def test_the_takings_are_drilled_down_and_taken_home_as_a_file(sit_down, live_server, money_desk, tmp_path):
    paid = settlement.settle(money_desk.paying().reference, cause="ipn")
    page = sit_down(money_desk.accountant, 360)
    page.goto(live_server.url + go("takings"))
    with page.expect_download() as waiting:
        page.click("text=Xuất Excel")
    assert waiting.value.suggested_filename.endswith(".xlsx")
    assert (waiting.value.path()).read_bytes()[:2] == b"PK"
    click_and_wait(page.locator("table tbody th a").first)
    click_and_wait(page.locator(f"text={paid.reference}").first)
    assert "Trả xong khoản phí" in page.inner_text("main")
