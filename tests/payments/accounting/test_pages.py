"""The accountant's desk: access, figures, and the two-person rule of refunds."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dossiers import workflow
from payments import complaints
from payments.accounting import revenue
from payments.attempts import lifecycle, settlement
from payments.models import (
    AttemptState,
    BankCredit,
    CollectionPoint,
    EventKind,
    GatewayEvent,
    PaymentAttempt,
    Refund,
    RefundReason,
    RefundState,
    Verdict,
    Way,
)
from payments.refunds import approval
from portal.common import clock
from tests import factories
from tests.databases import past_the_triggers
from tests.dossiers.pages import browse, title, words

pytestmark = pytest.mark.django_db
FEE = 200_000
NOON = dt.datetime(2026, 11, 25, 5, 0, tzinfo=dt.UTC)  # a Wednesday, noon in Hà Nội


@pytest.fixture(autouse=True)
def noon():
    with clock.at(NOON):
        yield


@pytest.fixture
def paid(money_desk):
    return settlement.settle(money_desk.paying().reference, cause="ipn")


def paid_twice(money_desk):
    """An attempt whose money is owed back: paid late, after another had settled the fee."""
    late = money_desk.paying()
    money_desk.paying(way=Way.TRANSFER, dossier=late.obligation.dossier)
    settlement.settle(late.obligation.attempts.get(way=Way.TRANSFER).reference, cause="reconciliation")
    return settlement.settle(late.reference, cause="querydr")


def under_review(money_desk):
    attempt = money_desk.paying()
    return settlement.record_outcome(attempt.reference, AttemptState.REVIEW, cause="suspicion", code="07", final=False)


def go(name, *args):
    return reverse(f"accounting:{name}", args=args)


@pytest.mark.slow
# ---------------------------------------------------------------- who may be here
def test_for_everybody_but_the_accountants_of_the_body_no_page_is_there(money_desk, paid):
    refund = approval.propose(paid, RefundReason.OTHER)
    complaint = complaints.open_ticket(money_desk.paying())
    credit = stray(paid.point)
    addresses = [
        go("front"), go("takings"), go("takings_export"), go("attempts"), go("attempt", paid.reference), go("refunds"),
        go("decide", paid.reference), go("propose", paid.reference), go("refund", refund.request_id), go("differences"),
        go("refund_step", refund.request_id, "duyet"), go("reconciliation"), go("credits"), go("complaints"),
        go("complaint", complaint.pk), go("credit", credit.pk), go("credit_step", credit.pk, "gan"),
    ]  # fmt: skip
    strangers = [money_desk.clerk, money_desk.head, money_desk.officer, factories.citizen(), factories.user(inspector="H18")]
    for stranger in strangers:
        for address in addresses:
            there = browse(stranger)
            answers = {there.get(address).status_code, there.post(address).status_code}
            assert 404 in answers <= {404, 405}, (str(stranger), address)
    other = browse(factories.user(accountant="H18.X005.CA"))
    for address in addresses[4:5] + addresses[6:9] + addresses[10:11] + addresses[14:]:
        assert {other.get(address).status_code, other.post(address).status_code} <= {404, 405}, address
    assert paid.reference not in words(other.get(go("attempts"))) and "0 đồng" in words(other.get(go("front")))
    assert browse().get(go("front")).status_code == 302


def test_an_accountant_lands_on_the_own_desk_after_logging_in(money_desk):
    answer = browse(money_desk.accountant).get(reverse("accounts:after_login"))
    assert answer.url == go("front")
    assert browse(money_desk.clerk).get(reverse("accounts:after_login")).url == reverse("desk:queue")


# ---------------------------------------------------------------- the front page
def test_the_front_page_counts_what_waits_also_what_is_nothing(money_desk, paid):
    page = words(browse(money_desk.accountant).get(go("front")))
    assert "0 hoàn tiền chờ tôi duyệt" in page and "0 lần trả chưa rõ, chờ người xem" in page
    assert "200.000 đồng" in page and "Hôm nay Cân Đã nhận 200.000 đồng − đã hoàn 0 đồng = tiền phí 200.000 đồng" in page
    under_review(money_desk)
    approval.propose(paid, RefundReason.OTHER)
    page = words(browse(money_desk.accountant).get(go("front")))
    assert "1 hoàn tiền chờ tôi duyệt" in page and "1 lần trả chưa rõ, chờ người xem" in page


def test_an_own_proposal_does_not_wait_for_oneself(money_desk, paid):
    approval.propose(paid, RefundReason.OTHER, actor=money_desk.accountant)
    assert "0 hoàn tiền chờ tôi duyệt" in words(browse(money_desk.accountant).get(go("front")))
    assert "1 hoàn tiền chờ tôi duyệt" in words(browse(money_desk.second_accountant).get(go("front")))


@pytest.mark.slow
# ---------------------------------------------------------------- takings
def test_takings_are_told_per_day_body_way_and_kind_with_refunds_taken_off(money_desk, paid):
    workflow.advance(money_desk.waiting(), "paid", actor=money_desk.clerk, amount=FEE)
    back = approval.approve(approval.propose(paid, RefundReason.OTHER, amount=50_000), money_desk.accountant)
    approval.record(back, RefundState.SENT, cause="sending")
    with clock.at(NOON + dt.timedelta(days=1)):
        approval.record(back, RefundState.DONE, cause="answer")
        twice = paid_twice(money_desk)

    period = revenue.Period(NOON.date(), NOON.date() + dt.timedelta(days=1))
    rows = revenue.rows([paid.collector_id], period)

    kind = paid.obligation.lines.get(amount__gt=0).kind
    assert [(row.begins.day, row.way, row.kind, row.count, row.received, row.refunded) for row in rows] == [
        (25, "vnpay", kind, 1, FEE, 0), (25, "counter", kind, 1, FEE, 0), (26, "vnpay", kind, 0, 0, 50_000),
        (26, "vnpay", "tra_lai", 1, FEE, 0), (26, "transfer", kind, 1, FEE, 0),
    ]  # fmt: skip
    assert revenue.total_of(rows) == revenue.Total(4, 4 * FEE, 50_000)
    page = words(browse(money_desk.accountant).get(go("takings"), {"tu": "2026-11-25", "den": "2026-11-26"}))
    assert "Đã thu 800.000 đồng Đã hoàn 50.000 đồng Còn lại 750.000 đồng Số lần trả 4" in page
    assert "tiền phải trả lại" in page and twice.settles is False
    only = words(browse(money_desk.accountant).get(go("takings"), {"tu": "2026-11-25", "den": "2026-11-25", "cach": "counter"}))
    assert "Đã thu 200.000 đồng Đã hoàn 0 đồng" in only


@pytest.mark.parametrize(
    ("step", "begins", "ends"),
    [("ngay", "2026-11-25", "2026-11-25"), ("tuan", "2026-11-24", "2026-11-29"), ("thang", "2026-11-24", "2026-11-30")],
)
def test_a_period_is_cut_at_the_ends_of_what_was_asked(paid, step, begins, ends):
    asked = revenue.Period(dt.date(2026, 11, 24), dt.date(2026, 12, 5))
    (row,) = revenue.rows([paid.collector_id], asked, step)
    assert (row.begins.isoformat(), row.ends.isoformat()) == (begins, ends)


def test_money_of_after_midnight_counts_on_the_day_of_ha_noi(money_desk):
    with clock.at(dt.datetime(2026, 11, 25, 17, 30, tzinfo=dt.UTC)):  # half past midnight, the 26th
        attempt = settlement.settle(money_desk.paying().reference, cause="ipn")
    (row,) = revenue.rows([attempt.collector_id], revenue.Period(dt.date(2026, 11, 1), dt.date(2026, 11, 30)))
    assert row.begins == dt.date(2026, 11, 26)


def test_a_refund_is_taken_first_from_the_lines_it_is_for(money_desk, paid):
    paid.obligation.lines.all().delete()
    line = {"unit_price": 1, "quantity": 1}
    paid.obligation.lines.create(key="a", label="Phí", kind="phi", amount=120_000, **line)
    paid.obligation.lines.create(key="b", label="Lệ phí", kind="le_phi", amount=80_000, refundable_on=["refused"], **line)
    first = Refund(attempt=paid, amount=100_000, reason="refused")
    second = Refund(attempt=paid, amount=100_000, reason="other")
    assert [shares for _refund, shares in revenue.share_out([first, second])] == [
        {"le_phi": 80_000, "phi": 20_000}, {"phi": 100_000},
    ]  # fmt: skip


def test_a_row_leads_to_its_payments_and_to_no_other(money_desk, paid):
    cash = workflow.advance(money_desk.waiting(), "paid", actor=money_desk.clerk, amount=FEE)
    (row,) = revenue.rows([paid.collector_id], revenue.Period(NOON.date(), NOON.date()), way=Way.GATEWAY)
    there = browse(money_desk.accountant)
    page = there.get(go("takings"), {"tu": "2026-11-25", "den": "2026-11-25"}).content.decode().replace("&amp;", "&")
    address = f"{go('attempts')}?tu=2026-11-25&den=2026-11-25&co_quan={row.body}&cach=vnpay&loai={row.kind}&tinh-trang=paid"
    assert address in page
    listed = words(there.get(address))
    assert paid.reference in listed and cash.obligation.attempts.get().reference not in listed


def test_a_wrong_period_is_said_and_the_page_stays(money_desk):
    answer = browse(money_desk.accountant).get(go("takings"), {"tu": "2026-11-26", "den": "2026-11-25"})
    assert answer.status_code == 422 and title(answer).startswith("Có lỗi:")
    assert "Ngày đầu phải trước ngày cuối." in words(answer)
    for odd in [{"tu": "²"}, {"co_quan": "9" * 30}, {"cach": "x"}, {"theo": "nam"}, {"tu": "0001-01-01"}]:
        assert browse(money_desk.accountant).get(go("takings"), odd).status_code == 422


# ---------------------------------------------------------------- one attempt
def test_every_move_of_an_attempt_is_told_with_its_cause(money_desk):
    attempt = paid_twice(money_desk)
    page = words(browse(money_desk.accountant).get(go("attempt", attempt.reference)))
    assert "mới tạo → đang trả : đưa người trả tới nơi trả tiền" in page
    assert "đang trả → đã bỏ : người trả chọn cách khác" in page
    assert "đã bỏ → đã trả : hỏi lại thì cổng thanh toán nói đã nhận tiền" in page
    assert "Trả xong khoản phí không" in page and "trả hai lần" in page and "tiền phải trả lại -200.000" in page


def test_what_the_gateway_said_is_shown_when_asked_for_and_never_its_signature(money_desk, paid):
    raw = "vnp_TxnRef=X&vnp_PayDate=20261125120000&vnp_SecureHash=" + "ab12" * 32
    event = GatewayEvent.objects.create(kind=EventKind.IPN, attempt=paid, raw=raw, verdict=Verdict.VALID)
    there = browse(money_desk.accountant)
    assert "vnp_TxnRef" not in there.get(go("attempt", paid.reference)).content.decode()
    shown = there.get(go("attempt", paid.reference), {"nguyen-van": event.pk}).content.decode()
    assert "vnp_TxnRef=X" in shown and "ab12" not in shown
    other = GatewayEvent.objects.create(kind=EventKind.IPN, raw="vnp_TxnRef=KHAC", verdict=Verdict.UNKNOWN_REFERENCE)
    assert "KHAC" not in there.get(go("attempt", paid.reference), {"nguyen-van": other.pk}).content.decode()


def test_a_look_at_an_attempt_is_written_down_for_the_people_of_the_dossier(money_desk, paid):
    from accounts.models import AccessLog

    browse(money_desk.accountant).get(go("attempt", paid.reference))
    assert AccessLog.objects.filter(actor=money_desk.accountant, target=f"dossier:{paid.obligation.dossier_id}").exists()


@pytest.mark.parametrize(("outcome", "state"), [("received", "paid"), ("not_received", "failed")])
def test_a_person_decides_on_what_is_unclear_with_a_note(money_desk, outcome, state):
    attempt = under_review(money_desk)
    there = browse(money_desk.accountant)
    silent = there.post(go("decide", attempt.reference), {"outcome": outcome})
    assert silent.status_code == 422 and "Điền mục “Đã kiểm tra thế nào”." in words(silent)
    there.post(go("decide", attempt.reference), {"outcome": outcome, "note": "Ngân hàng trả lời số 12."})
    attempt.refresh_from_db()
    move = attempt.moves.last()
    assert (attempt.state, move.cause, move.actor, move.note) == (
        state,
        "person",
        money_desk.accountant,
        "Ngân hàng trả lời số 12.",
    )
    again = there.post(go("decide", attempt.reference), {"outcome": "received", "note": "Nữa."}, follow=True)
    assert "vừa đổi tình trạng" in words(again) and attempt.moves.last() == move


def test_nobody_decides_about_money_of_their_own(money_desk):
    """An accountant who filed the dossier sees its money, and may not act on it."""
    attempt = under_review(money_desk)
    accountant, dossier = money_desk.accountant, attempt.obligation.dossier
    with past_the_triggers():
        type(dossier).objects.filter(pk=dossier.pk).update(submitter=accountant)
    there = browse(accountant)
    assert "chỉ đọc được" in words(there.get(go("attempt", attempt.reference)))
    assert there.post(go("decide", attempt.reference), {"outcome": "received", "note": "Đã nhận."}).status_code == 403
    settlement.settle(attempt.reference, cause="querydr")
    assert there.get(go("propose", attempt.reference)).status_code == 403
    refund = approval.propose(attempt, RefundReason.OTHER)
    assert "0 hoàn tiền chờ tôi duyệt" in words(there.get(go("front")))
    for slug in ("duyet", "khong-duyet"):
        assert there.post(go("refund_step", refund.request_id, slug), {"khong-note": "Không."}).status_code == 403
    assert Refund.objects.get().state == RefundState.REQUESTED


# ---------------------------------------------------------------- refunds
def proposal(**facts):
    return {"amount": "50000", "reason": "other", "way": "gateway", "note": "Thu nhầm mức.", **facts}


def test_one_proposes_and_another_approves(money_desk, paid):
    one, two = browse(money_desk.accountant), browse(money_desk.second_accountant)
    page = one.post(go("propose", paid.reference), proposal(), follow=True)
    refund = Refund.objects.get()
    assert (refund.amount, refund.reason, refund.note, refund.requested_by) == (
        50_000, "other", "Thu nhầm mức.", money_desk.accountant,
    )  # fmt: skip
    assert "Người đề nghị không tự duyệt được" in words(page) and "Đỗ Quang Toán" in words(page)
    assert go("refund_step", refund.request_id, "duyet") not in page.content.decode()
    assert one.post(go("refund_step", refund.request_id, "duyet")).status_code == 403

    two.post(go("refund_step", refund.request_id, "duyet"), {"duyet-note": "Đúng."})

    refund.refresh_from_db()
    assert refund.state == RefundState.APPROVED and refund.approved_by == money_desk.second_accountant
    late = two.post(go("refund_step", refund.request_id, "duyet"), follow=True)
    assert "vừa được người khác xử lý" in words(late)


@pytest.mark.slow
def test_a_proposal_is_checked_word_by_word(money_desk, paid):
    there = browse(money_desk.accountant)
    wrong = [
        ("amount", "0"),
        ("amount", "200001"),
        ("amount", "²"),
        ("amount", ""),
        ("amount", "1.000,000"),
        ("amount", "100,5"),
        ("reason", "x"),
        ("note", " "),
        ("way", "x"),
    ]
    for field, value in wrong:
        assert there.post(go("propose", paid.reference), proposal(**{field: value})).status_code == 422, (field, value)
    assert not Refund.objects.exists()
    assert "Chỉ còn hoàn được 200.000 đồng." in words(there.post(go("propose", paid.reference), proposal(amount="200001")))


def test_declining_needs_a_reason_and_leaves_the_money_on_a_list(money_desk):
    attempt = paid_twice(money_desk)
    refund = attempt.refunds.get()
    there = browse(money_desk.accountant)
    silent = there.post(go("refund_step", refund.request_id, "khong-duyet"), {"khong-note": ""})
    assert silent.status_code == 422 and title(silent).startswith("Có lỗi:")
    there.post(go("refund_step", refund.request_id, "khong-duyet"), {"khong-note": "Chờ đối chiếu."})
    assert Refund.objects.get().state == RefundState.DECLINED
    assert "1 tiền phải trả lại, chưa ai đề nghị" in words(there.get(go("front")))
    listed = there.get(go("refunds"), {"nhom": "chua-de-nghi"})
    assert attempt.reference in words(listed) and "200.000" in words(listed)
    assert "Nếu vẫn phải trả thì đề nghị lại." in words(there.get(go("refund", refund.request_id)))


def test_money_of_the_counter_goes_back_by_hand_with_a_document(money_desk):
    dossier = workflow.advance(money_desk.waiting(), "paid", actor=money_desk.clerk, amount=FEE)
    attempt = dossier.obligation.attempts.get()
    one, two = browse(money_desk.accountant), browse(money_desk.second_accountant)
    assert "Cách hoàn" not in words(one.get(go("propose", attempt.reference)))
    one.post(go("propose", attempt.reference), proposal(amount="200000"))
    refund = Refund.objects.get()
    two.post(go("refund_step", refund.request_id, "duyet"))
    assert "1 hoàn tiền phải tự chuyển trả" in words(one.get(go("front")))
    assert one.post(go("refund_step", refund.request_id, "da-chuyen"), {"document": ""}).status_code == 422
    one.post(go("refund_step", refund.request_id, "da-chuyen"), {"document": "PC-2026/118"})
    refund.refresh_from_db()
    assert (refund.state, refund.transaction_no) == (RefundState.DONE, "PC-2026/118")


def test_what_the_bank_refused_may_go_back_by_hand(money_desk, paid):
    refund = approval.approve(approval.propose(paid, RefundReason.OTHER), money_desk.accountant)
    approval.record(refund, RefundState.SENT, cause="sending")
    approval.record(refund, RefundState.REFUSED, cause="answer")
    there = browse(money_desk.accountant)
    page = there.get(go("refund", refund.request_id))
    by_hand = Refund.objects.last()
    assert "Ngân hàng không hoàn." in words(page) and go("refund", by_hand.request_id) in page.content.decode()
    assert (by_hand.way, by_hand.amount, by_hand.state) == ("by_hand", 200_000, RefundState.REQUESTED)
    approval.decline(by_hand, money_desk.accountant, note="Không trả nữa.")
    there.post(go("propose", paid.reference), proposal(amount="200.000", way="by_hand"))
    assert Refund.objects.last() != by_hand and Refund.objects.last().way == "by_hand"


# ---------------------------------------------------------------- complaints and stray money
def test_a_complaint_is_answered_once_and_the_owner_sees_it(money_desk):
    attempt = money_desk.paying()
    complaint = complaints.open_ticket(attempt, attempt.opened_by)
    owner = browse(complaint.owner)
    assert "1 phiếu hỏi tôi phải trả lời" in words(owner.get(go("front")))
    assert owner.post(go("complaint", complaint.pk), {"note": ""}).status_code == 422
    owner.post(go("complaint", complaint.pk), {"note": "Tiền chưa bị trừ. Xin trả lại lần nữa."})
    complaint.refresh_from_db()
    assert complaint.closed_by == complaint.owner and complaint.answer.startswith("Tiền chưa bị trừ.")
    again = owner.post(go("complaint", complaint.pk), {"note": "Khác."}, follow=True)
    assert "đã được trả lời trước đó" in words(again)


def stray(point, amount=FEE, **facts):
    return BankCredit.objects.create(
        **{
            "point": point, "bank_ref": f"FT{BankCredit.objects.count()}", "amount": amount, "content": "NOP PHI",
            "received_at": clock.now(), "state": BankCredit.State.UNMATCHED, "due_state": "done", **facts,
        }
    )  # fmt: skip


def test_stray_money_is_given_to_the_fee_it_is_for(money_desk):
    dossier = money_desk.waiting()
    credit = stray(CollectionPoint.objects.get(terminal=dossier.offering.terminal_id))
    there = browse(money_desk.accountant)
    assert "1 tiền chuyển khoản chưa rõ của ai" in words(there.get(go("front")))
    unknown = there.post(go("credit_step", credit.pk, "gan"), {"whose": "H99-1", "note": "Gọi điện hỏi."})
    assert unknown.status_code == 422 and "Không có hồ sơ nào như vậy" in words(unknown)
    there.post(go("credit_step", credit.pk, "gan"), {"whose": dossier.code.lower(), "note": "Gọi điện hỏi."})
    credit.refresh_from_db()
    assert credit.state == BankCredit.State.ASSIGNED and credit.attempt.settles
    late = there.post(go("credit_step", credit.pk, "xin-tra"), {"xin-note": "Trả."}, follow=True)
    assert "đã được xử lý" in words(late)


def test_a_statement_is_not_handed_in_by_who_gains_by_it(money_desk):
    transfer = money_desk.paying(Way.TRANSFER)
    dossier = transfer.obligation.dossier
    with past_the_triggers():
        type(dossier).objects.filter(pk=dossier.pk).update(submitter=money_desk.accountant)
    text = f"Số tham chiếu,Ngày giao dịch,Số tiền ghi có,Nội dung\nFT9,25/11/2026,200000,{transfer.reference}\n"

    def hand_in(person):
        file = SimpleUploadedFile("sao-ke.csv", text.encode())
        return browse(person).post(go("credits"), {"point": transfer.point.pk, "file": file}, follow=True)

    refused = hand_in(money_desk.accountant)
    assert "Tệp có tiền của chính anh chị" in words(refused) and not BankCredit.objects.exists()
    assert "1 khoản mới" in words(hand_in(money_desk.second_accountant)) and BankCredit.objects.count() == 1


def test_two_people_send_stray_money_back(money_desk):
    credit = stray(money_desk.paying().point, 5_000)
    one, two = browse(money_desk.accountant), browse(money_desk.second_accountant)
    page = one.post(go("credit_step", credit.pk, "xin-tra"), {"xin-note": "Chuyển nhầm."}, follow=True)
    assert "người đề nghị không tự làm" in words(page)
    assert one.post(go("credit_step", credit.pk, "da-tra"), {"tra-note": "UNC 7"}).status_code == 403
    two.post(go("credit_step", credit.pk, "da-tra"), {"tra-note": "UNC 7"})
    credit.refresh_from_db()
    assert credit.state == BankCredit.State.RETURNED and "UNC 7" in credit.note


@pytest.mark.slow
# ---------------------------------------------------------------- as many rows as there are
def test_the_pages_ask_as_often_for_many_rows_as_for_few(money_desk, paid):
    def asked(address):
        there.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert there.get(address).status_code == 200, address
        return len(queries)

    def more():
        twice = paid_twice(money_desk)
        back = approval.approve(twice.refunds.get(), money_desk.accountant)
        approval.record(back, RefundState.SENT, cause="sending")
        approval.record(back, RefundState.DONE, cause="answer")
        approval.propose(settlement.settle(money_desk.paying().reference, cause="ipn"), RefundReason.OTHER)
        complaints.open_ticket(money_desk.paying())
        approval.decline(paid_twice(money_desk).refunds.get(), money_desk.accountant, note="Chờ.")
        stray(paid.point)

    there = browse(money_desk.accountant)
    more()
    pages = [
        go("front"), go("takings"), go("takings_export"), go("attempts"), go("refunds"), go("refunds") + "?nhom=tat-ca",
        go("refunds") + "?nhom=chua-de-nghi", go("credits"), go("complaints"), go("differences"), go("reconciliation"),
    ]  # fmt: skip
    few = {address: asked(address) for address in pages}
    for _time in range(3):
        more()
    many = {address: asked(address) for address in pages}
    assert {address: (few[address], many[address]) for address in pages if many[address] > few[address]} == {}
    assert max(many.values()) <= 40


@pytest.mark.slow
def test_a_long_list_goes_on_and_is_found_by_any_of_its_numbers(money_desk, paid, monkeypatch):
    from payments.accounting.views import access

    monkeypatch.setattr(access, "PAGE", 2)
    others = [money_desk.paying() for _time in range(3)]
    there = browse(money_desk.accountant)
    first = there.get(go("attempts")).content.decode()
    assert others[2].reference in first and paid.reference not in first
    further = f"{go('attempts')}?sau={others[1].pk}"
    assert further in first and paid.reference in words(there.get(further))
    for number in (paid.reference.lower(), paid.obligation.dossier.code):
        found = words(there.get(go("attempts"), {"tu-khoa": number}))
        assert paid.reference in found and others[0].reference not in found
    for odd in ["\x00", "' OR 1=1 --", "9" * 5000, "²"]:
        assert there.get(go("attempts"), {"tu-khoa": odd, "sau": odd, "co_quan": odd, "tu": odd}).status_code in (200, 400)


def test_an_open_attempt_is_never_offered_for_refund(money_desk):
    attempt = lifecycle.open_attempt(money_desk.waiting(), Way.GATEWAY)
    there = browse(money_desk.accountant)
    assert "Đề nghị hoàn tiền" not in words(there.get(go("attempt", attempt.reference)))
    assert there.post(go("propose", attempt.reference), proposal(amount="1")).status_code == 422
    assert PaymentAttempt.objects.get().state == AttemptState.SENT
