"""The pages on which citizens pay: amount, ways, results in plain words; visible to the submitter only."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Mandate
from dossiers import workflow
from payments.attempts import settlement, ways
from payments.attempts.payable import payable
from payments.models import (
    BankCredit,
    EventKind,
    GatewayEvent,
    GatewayQuestion,
    PaymentAttempt,
    PaymentComplaint,
    Refund,
    Verdict,
)
from payments.models.states import AttemptState, RefundState
from payments.refunds import approval
from payments.transfers import bank_apps
from portal.common import clock
from portal.common.identity import phone_uri
from tests import factories, world
from tests.dossiers.pages import browse, title, words
from tests.portal.test_weight import LIMIT, weight

pytestmark = pytest.mark.django_db


def address(dossier, tail=""):
    return f"/ho-so/{dossier.code}/tra-phi/{tail}"


@pytest.fixture
def waiting(money_desk):
    return money_desk.waiting()


@pytest.fixture
def client(waiting):
    """The browser of the submitter."""
    return browse(waiting.submitter)


def read(client, dossier, tail="", language=""):
    return words(client.get(language + address(dossier, tail)))


def begin(client, dossier, choice="ung-dung"):
    """Submit the form of one of the ways. Returns the answer."""
    return client.post(address(dossier), {"cach": choice})


def only_attempt(dossier):
    return PaymentAttempt.objects.get(obligation__dossier=dossier)


# ---------------------------------------------------------------- what is owed, and how to pay
def test_the_page_says_what_how_much_in_whose_name_and_until_when(client, waiting):
    text = read(client, waiting)
    assert "Trả phí 200.000 đồng" in text and waiting.code in text and waiting.lead_agency.name in text
    assert "Trả trước" in text and "Các khoản" in text and "Tổng cộng 200.000 đồng" in text
    assert title(client.get(address(waiting))).startswith("Trả phí 200.000 đồng")


def test_every_way_has_its_own_form_and_the_phone_is_led_to_the_banking_app_first(client, waiting):
    page = client.get(address(waiting)).content.decode()
    slugs = ["ung-dung", "chuyen-khoan", "the-noi-dia", "the-quoc-te"]
    places = [page.index(f'value="{slug}"') for slug in slugs]
    assert places == sorted(places) and page.count('name="cach"') == len(slugs)
    text = read(client, waiting)
    assert "Mở ứng dụng ngân hàng" in text and "Quét mã QR bằng điện thoại" in text


def test_cash_help_and_paying_later_are_told_with_place_hours_and_what_happens(client, waiting):
    text = read(client, waiting)
    assert "Nộp tiền mặt tại quầy" in text and waiting.receiving_agency.desk_address in text and "Thứ hai đến thứ sáu" in text
    assert "Nhờ người thân trả giúp" in text
    assert "Trước đó có tin nhắn nhắc." in text and "Quá hạn mà chưa trả thì hồ sơ dừng lại" in text


def test_what_is_never_asked_for_and_that_nothing_is_real_stands_on_every_page_of_paying(client, waiting, settings):
    begin(client, waiting, "chuyen-khoan")
    for tail in ("", "chuyen-khoan/", "chua-xong/"):
        text = read(client, waiting, tail)
        assert "Cổng không bao giờ hỏi mật khẩu ngân hàng hay mã OTP." in text and "giả lập, không trừ tiền thật" in text, tail
    settings.DEMO = False
    assert "giả lập" not in read(client, waiting) and "không bao giờ hỏi mật khẩu" in read(client, waiting)


@pytest.mark.parametrize(("slug", "bank"), [("ung-dung", "VNPAYQR"), ("the-noi-dia", "VNBANK"), ("the-quoc-te", "INTCARD")])
def test_a_way_through_the_gateway_leads_there_at_once(client, waiting, settings, slug, bank):
    answer = begin(client, waiting, slug)
    attempt = only_attempt(waiting)
    assert answer.status_code == 303 and answer["Location"].startswith(f"{settings.VNPAY_PAY_URL}?")
    assert f"vnp_BankCode={bank}" in answer["Location"] and f"vnp_TxnRef={attempt.reference}" in answer["Location"]
    assert "vnp_Amount=20000000" in answer["Location"] and "vnp_Locale=vn" in answer["Location"]
    assert (attempt.state, attempt.opened_by) == (AttemptState.SENT, waiting.submitter)


def test_who_reads_english_pays_in_english(client, waiting):
    answer = client.post("/en" + address(waiting), {"cach": "ung-dung"})
    assert "vnp_Locale=en" in answer["Location"]


def test_pressing_twice_or_in_two_tabs_makes_one_attempt(client, waiting):
    first, second = begin(client, waiting), begin(client, waiting)
    assert first["Location"].split("vnp_SecureHash")[0] == second["Location"].split("vnp_SecureHash")[0]
    assert only_attempt(waiting).state == AttemptState.SENT


def test_choosing_another_way_gives_the_first_one_up(client, waiting):
    begin(client, waiting, "ung-dung")
    begin(client, waiting, "chuyen-khoan")
    states = PaymentAttempt.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [AttemptState.CANCELLED, AttemptState.SENT]
    assert "Còn đang hỏi ngân hàng về lần trả lúc" in read(client, waiting)


def test_an_open_attempt_is_told_and_may_be_gone_on_with(client, waiting):
    begin(client, waiting, "the-noi-dia")
    page = client.get(address(waiting))
    assert "Đang trả dở một lần" in words(page) and ": thẻ ATM. Lần đó mở đến" in words(page) and "Tôi đã trả tiền" in words(page)
    assert page.content.decode().count('value="the-noi-dia"') == 2  # go on with it, and among the ways


@pytest.mark.parametrize("sent", ["", "tien-mat", "\x00", "x" * 5000])
def test_a_way_there_is_not_begins_nothing(client, waiting, sent):
    answer = begin(client, waiting, sent)
    assert answer.status_code == 303 and answer["Location"] == address(waiting)
    assert "Chọn một cách trả." in read(client, waiting) and not PaymentAttempt.objects.exists()


def test_nobody_begins_to_pay_all_day_long(client, waiting, monkeypatch):
    monkeypatch.setattr(ways, "MAX_PER_HOUR", 3)
    for slug in ["ung-dung", "chuyen-khoan"] * 3:
        begin(client, waiting, slug)
    assert PaymentAttempt.objects.count() == 3
    assert "quá nhiều lần trong một giờ" in read(client, waiting)
    with clock.at(clock.now() + dt.timedelta(hours=2)):
        begin(client, waiting, "the-quoc-te")
    assert PaymentAttempt.objects.count() == 4


# ---------------------------------------------------------------- nothing to pay here
def test_what_may_not_be_paid_is_told_in_a_sentence(money_desk, client, waiting):
    workflow.withdraw(waiting, actor=waiting.submitter)
    assert "không phải trả nữa" in read(client, waiting)
    assert begin(client, waiting).status_code == 303 and not PaymentAttempt.objects.exists()
    assert "Bây giờ không có khoản nào phải trả" in read(client, waiting)


def test_a_free_dossier_says_so(desk):
    free = desk.submitted()
    client = browse(free.submitter)
    assert "không phải trả phí" in read(client, free)
    assert client.get(address(free, "chua-xong/")).status_code == client.get(address(free, "chuyen-khoan/")).status_code == 302
    assert begin(client, free).status_code == 303
    assert client.get(address(free, "tinh-trang/")).status_code == 404
    assert client.post(address(free, "da-tra/"), {"ma": "P"}).status_code == 404


def test_where_paying_online_is_closed_the_counter_is_named(client, waiting, settings):
    settings.PAYMENTS_OPEN = False
    text = read(client, waiting)
    assert "trả bằng tiền mặt tại quầy" in text and waiting.receiving_agency.desk_address in text and "Mở ứng dụng" not in text


# ---------------------------------------------------------------- paid
def test_once_paid_the_page_is_the_receipt(client, waiting):
    begin(client, waiting)
    settlement.settle(only_attempt(waiting).reference, cause="ipn")
    page = client.get(address(waiting))
    text = words(page)
    assert "Đã trả 200.000 đồng" in text and "Không phải trả gì thêm." in text and "Biên lai điện tử" in text
    assert 'name="cach"' not in page.content.decode() and "Đang tạo tệp" in text


@pytest.mark.needs_pdf
def test_the_receipt_may_be_taken_home(client, waiting, run_followups, signing_keys):
    begin(client, waiting)
    settlement.settle(only_attempt(waiting).reference, cause="ipn")
    run_followups()
    page = client.get(address(waiting)).content.decode()
    file = page[page.index('href="/giay/') + 6 :].split('"')[0]
    assert client.get(file)["Content-Type"] == "application/pdf"


def test_cash_at_the_counter_ends_the_page_too(money_desk, client, waiting):
    workflow.advance(waiting, "paid", actor=money_desk.clerk, amount=200_000)
    assert "Nộp tại quầy lúc" in read(client, waiting)


# ---------------------------------------------------------------- a transfer
def test_a_transfer_shows_account_sum_and_words_to_copy_and_a_picture_to_keep(client, waiting):
    assert begin(client, waiting, "chuyen-khoan")["Location"] == address(waiting, "chuyen-khoan/")
    attempt = only_attempt(waiting)
    page = client.get(address(waiting, "chuyen-khoan/")).content.decode()
    for copied in (attempt.point.account_number, "200000", f"DVC {attempt.reference}"):
        assert f'data-copy="{copied}"' in page
    assert 'aria-label="Mã VietQR chuyển 200.000' in page and f'href="{address(waiting, "qr.png")}?tai"' in page
    kept, seen = client.get(address(waiting, "qr.png?tai")), client.get(address(waiting, "qr.png"))
    assert kept["Content-Type"] == "image/png" and kept.content.startswith(b"\x89PNG") and len(kept.content) < 10_000
    assert kept["Content-Disposition"] == f'attachment; filename="ma-qr-{attempt.reference}.png"'
    assert seen["Content-Disposition"].startswith("inline") and "no-store" in kept["Cache-Control"]


def test_apps_of_real_banks_are_offered_for_real_accounts_only(client, waiting):
    begin(client, waiting, "chuyen-khoan")
    point = only_attempt(waiting).point
    point.demo = True
    point.save()
    page = client.get(address(waiting, "chuyen-khoan/")).content.decode()
    assert "ngân hàng giả lập" in page and bank_apps.OPENER not in page
    point.demo = False
    point.save()
    page = client.get(address(waiting, "chuyen-khoan/")).content.decode()
    assert page.count(bank_apps.OPENER) == len(bank_apps.APPS) and "ngân hàng giả lập" not in page
    assert all(fact not in app.href for app in bank_apps.APPS for fact in (point.account_number, "200000"))


def test_a_transfer_whose_time_is_over_offers_a_new_code(client, waiting):
    with clock.at(clock.now() - dt.timedelta(days=3)):
        begin(client, waiting, "chuyen-khoan")
    old = only_attempt(waiting)
    assert "Mã này đã hết giờ" in read(client, waiting, "chuyen-khoan/")
    begin(client, waiting, "chuyen-khoan")
    assert PaymentAttempt.objects.exclude(pk=old.pk).get().state == AttemptState.SENT
    assert "Mã này đã hết giờ" not in read(client, waiting, "chuyen-khoan/")


def test_without_an_open_transfer_there_is_no_account_and_no_code(client, waiting):
    begin(client, waiting, "ung-dung")
    assert client.get(address(waiting, "chuyen-khoan/"))["Location"] == address(waiting)
    assert client.get(address(waiting, "qr.png")).status_code == 404


# ---------------------------------------------------------------- what became of it
def heard(attempt, kind=EventKind.QUERYDR, verdict=Verdict.NO_ANSWER):
    return GatewayEvent.objects.create(kind=kind, attempt=attempt, point=attempt.point, raw="x", verdict=verdict)


def credit(attempt, amount, state):
    return BankCredit.objects.create(
        point=attempt.point,
        bank_ref=f"B{amount}",
        amount=amount,
        content="",
        received_at=clock.now(),
        state=state,
        attempt=attempt,
    )


CASES = {
    "unknown": (lambda a: None, "đang kiểm tra", "Ngân hàng chưa báo đã nhận tiền"),
    "just back": (lambda a: heard(a, EventKind.RETURN, Verdict.VALID), "đang kiểm tra", "thường có tin trong một phút"),
    "gateway down": (heard, "đang kiểm tra", "Cổng thanh toán đang không trả lời."),
    "cancelled": (
        lambda a: settlement.record_outcome(a.reference, AttemptState.CANCELLED, cause="ipn", code="24/02"),
        "không", "Lần trả này đã hủy, tiền chưa bị trừ.",
    ),
    "no money on it": (
        lambda a: settlement.record_outcome(a.reference, AttemptState.FAILED, cause="ipn", code="51/02"),
        "không", "Tài khoản không đủ tiền.",
    ),
    "wrong code": (
        lambda a: settlement.record_outcome(a.reference, AttemptState.FAILED, cause="ipn", code="13/02"),
        "không", "nhập mã mới nhất ngân hàng gửi",
    ),
    "time over": (
        lambda a: settlement.record_outcome(a.reference, AttemptState.EXPIRED, cause="querydr", code="91"),
        "không", "Đã hết giờ của lần trả này",
    ),
    "suspected": (
        lambda a: settlement.record_outcome(a.reference, AttemptState.REVIEW, cause="suspicion", code="07/00"),
        "đang kiểm tra", "Cán bộ đang kiểm tra lần trả này",
    ),
    "reversed": (
        lambda a: settlement.record_outcome(a.reference, AttemptState.REVIEW, cause="suspicion", code="00/04"),
        "đang kiểm tra", "Đừng trả thêm lần nữa.",
    ),
    "paid": (lambda a: settlement.settle(a.reference, cause="ipn"), "có", "Không phải trả gì thêm."),
    "going back": (lambda a: credit(a, 150_000, "returning"), "có", "Tiền này đang được trả lại."),
    "under": (lambda a: credit(a, 150_000, "under"), "có, một phần", "còn thiếu 50.000 đồng"),
    "over": (lambda a: credit(a, 250_000, "over"), "có", "thừa 50.000 đồng"),
    "too late": (lambda a: credit(a, 200_000, "late"), "có", "khi khoản phí này không chờ tiền nữa"),
}  # fmt: skip
WAYS = {"going back": "transfer", "under": "transfer", "over": "transfer", "too late": "transfer"}


@pytest.mark.parametrize("case", CASES)
def test_every_case_says_first_whether_money_was_taken_then_what_happens_and_whom_to_call(money_desk, client, waiting, case):
    attempt = money_desk.paying(WAYS.get(case, "vnpay"), waiting)
    happens, money_word, sentence = CASES[case]
    happens(attempt)
    page = client.get(address(waiting, "chua-xong/"))
    text = words(page)
    first = text.index(f"Đã trừ tiền: {money_word}")
    assert sentence in text and first < text.index("Gọi hỏi, đọc mã này") and first < text.index("Các lần đã trả")
    assert f'href="{phone_uri(waiting.receiving_agency.desk_phone)}"' in page.content.decode() and "Cổng: 1900 0000" in text
    code = attempt.reference
    assert f"{code[:3]} {code[3:7]} {code[7:11]} {code[11:13]} {code[13:]}" in text


@pytest.mark.parametrize("case", CASES)
def test_a_second_payment_is_offered_only_when_it_is_safe(money_desk, client, waiting, case):
    attempt = money_desk.paying(WAYS.get(case, "vnpay"), waiting)
    CASES[case][0](attempt)
    text = read(client, waiting, "chua-xong/")
    assert ("Chọn cách trả" in text) is (case in ("cancelled", "no money on it", "wrong code", "time over"))
    assert ("Đừng trả lần nữa." in text) is (case in ("unknown", "just back", "gateway down"))


def test_money_that_came_late_is_still_taken(money_desk, client, waiting):
    attempt = money_desk.paying(dossier=waiting)
    settlement.record_outcome(attempt.reference, AttemptState.EXPIRED, cause="querydr", code="91")
    settlement.settle(attempt.reference, cause="querydr")
    assert "Tiền về muộn" in read(client, waiting, "chua-xong/") and "Tiền về muộn" in read(client, waiting)


REFUNDS = {
    "proposed": (RefundState.REQUESTED, "Đang chờ duyệt hoàn 200.000 đồng"),
    "approved": (RefundState.APPROVED, "Đã duyệt hoàn 200.000 đồng"),
    "processing": (RefundState.PROCESSING, "Đang hoàn 200.000 đồng"),
    "unknown": (RefundState.UNKNOWN, "chưa có câu trả lời chắc chắn"),
    "done": (RefundState.DONE, "Đã hoàn 200.000 đồng"),
    "refused": (RefundState.REFUSED, "Tiền vẫn là của người trả"),
}


def paid_twice(money_desk, dossier):
    """Cancelled at the gateway, paid by transfer, then paid at the gateway too. Returns that attempt and its refund."""
    first = money_desk.paying(dossier=dossier)
    second = money_desk.paying("transfer", dossier)
    settlement.settle(second.reference, cause="statement")
    settlement.settle(first.reference, cause="ipn")
    return first, Refund.objects.get(attempt=first)


def bring(refund, state, desk):
    """Move a refund to this state along its graph."""
    if state == RefundState.REQUESTED:
        return
    refund = approval.approve(refund, desk.accountant)
    steps = {RefundState.APPROVED: [], RefundState.DONE: [RefundState.DONE]}.get(state, [state])
    if steps:
        refund.move(RefundState.SENT, cause="sending", job="payment")
    for step in steps:
        if step == RefundState.UNKNOWN:
            refund.move(step, cause="no_answer", job="payment")
        else:
            approval.record(refund, step, cause="answer")


@pytest.mark.parametrize("case", REFUNDS)
def test_money_that_came_twice_goes_back_by_itself_and_the_page_says_how_far_it_is(money_desk, client, waiting, case):
    first, refund = paid_twice(money_desk, waiting)
    state, sentence = REFUNDS[case]
    bring(refund, state, money_desk)
    text = read(client, waiting, "chua-xong/")
    assert sentence in text and "Đã trừ tiền: có" in text and sentence in read(client, waiting)
    assert ("Khoản này đã trả hai lần" in text) is (case != "done")  # done: the page speaks of the last payment again
    assert "Chọn cách trả" not in text and "Tôi đã trả tiền" not in text


def test_every_attempt_is_listed_with_its_own_answer(money_desk, client, waiting):
    paid_twice(money_desk, waiting)
    text = read(client, waiting, "chua-xong/")
    told = text[text.index("Các lần đã trả") :]
    assert "qua cổng thanh toán" in told and "chuyển khoản" in told and told.count("Đã trừ tiền: có.") == 2


# ---------------------------------------------------------------- «Tôi đã trả tiền»
def test_who_says_i_have_paid_gets_a_question_to_the_gateway_and_a_person(money_desk, client, waiting, gateway):
    attempt = money_desk.paying(dossier=waiting)
    answer = client.post(address(waiting, "da-tra/"), {"ma": attempt.reference})
    assert answer.status_code == 303 and answer["Location"] == address(waiting, "chua-xong/")
    ticket = PaymentComplaint.objects.get()
    assert (ticket.attempt, ticket.opened_by) == (attempt, waiting.submitter)
    text = read(client, waiting, "chua-xong/")
    assert "Đã ghi nhận" in text and ticket.owner.full_name in text
    client.post(address(waiting, "da-tra/"), {"ma": attempt.reference})
    assert PaymentComplaint.objects.count() == 1


def test_nobody_complains_about_anothers_attempt_or_about_cash(money_desk, client, waiting):
    other = money_desk.paying()
    workflow.advance(waiting, "paid", actor=money_desk.clerk, amount=200_000)
    cash = only_attempt(waiting)
    for reference in (other.reference, cash.reference, "", "P0", "\x00"):
        assert client.post(address(waiting, "da-tra/"), {"ma": reference}).status_code == 404
    assert not PaymentComplaint.objects.exists()


def test_money_that_is_here_needs_no_complaint(money_desk, client, waiting):
    attempt = money_desk.paying(dossier=waiting)
    settlement.settle(attempt.reference, cause="ipn")
    client.post(address(waiting, "da-tra/"), {"ma": attempt.reference})
    assert not PaymentComplaint.objects.exists() and "Đã nhận được tiền của lần trả này rồi." in read(client, waiting)


# ---------------------------------------------------------------- pages that wait
def test_a_waiting_page_hears_of_every_change_and_where_to_go(money_desk, client, waiting):
    attempt = money_desk.paying(dossier=waiting)
    page, said = client.get(address(waiting, "chua-xong/")).content.decode(), client.get(address(waiting, "tinh-trang/")).json()
    assert f'data-poll="{address(waiting, "tinh-trang/")}"' in page and f'data-seen="{said["seen"]}"' in page
    assert client.get(address(waiting, "tinh-trang/")).json() == said
    settlement.record_outcome(attempt.reference, AttemptState.FAILED, cause="ipn", code="51/02")
    failed = client.get(address(waiting, "tinh-trang/")).json()
    assert failed["seen"] != said["seen"] and failed["go"] == address(waiting, "chua-xong/")
    settlement.settle(attempt.reference, cause="querydr")
    paid = client.get(address(waiting, "tinh-trang/"))
    assert paid.json()["go"] == address(waiting) and paid.json()["seen"] != failed["seen"]
    assert "no-store" in paid["Cache-Control"]


def test_the_next_question_is_told(money_desk, client, waiting):
    attempt = money_desk.paying(dossier=waiting)
    GatewayQuestion.objects.filter(attempt=attempt).update(next_at=dt.datetime(2099, 1, 1, 3, 30, tzinfo=dt.UTC))
    assert "Lần hỏi tới lúc 10 giờ 30." in read(client, waiting, "chua-xong/")


# ---------------------------------------------------------------- whose it is
TAILS = ["", "chua-xong/", "chuyen-khoan/", "qr.png", "tinh-trang/", "da-tra/", "nho-tra/"]


@pytest.mark.slow
def test_for_staff_strangers_and_passers_by_there_is_no_such_page(money_desk, waiting):
    money_desk.paying("transfer", waiting)
    people = [money_desk.clerk, money_desk.officer, money_desk.accountant, money_desk.head, factories.citizen()]
    for person in people:
        for tail in TAILS:
            answers = {
                browse(person).get(address(waiting, tail)).status_code,
                browse(person).post(address(waiting, tail)).status_code,
            }
            assert answers <= {404, 405} and 404 in answers, (person, tail)
    assert browse().get(address(waiting)).url.startswith("/dang-nhap/")


def test_whoever_has_a_mandate_pays_for_the_person(money_desk):
    helper, parent = factories.citizen(), factories.person()
    mandate = Mandate.objects.create(agent=helper, person=parent, basis="written_authority")
    dossier = money_desk.waiting(submitter=helper, person=parent, mandate=mandate)
    client = browse(helper)
    assert begin(client, dossier)["Location"].startswith("http")
    Mandate.objects.filter(pk=mandate.pk).update(revoked_at=clock.now())
    assert client.get(address(dossier)).status_code == begin(client, dossier).status_code == 404


def test_every_form_of_paying_wants_its_token(waiting):
    client = Client(enforce_csrf_checks=True)
    client.force_login(waiting.submitter)
    for tail in ("", "da-tra/", "nho-tra/"):
        assert client.post(address(waiting, tail), {"cach": "ung-dung"}).status_code == 403
    assert not PaymentAttempt.objects.exists()


# ---------------------------------------------------------------- light and even
def queries(client, where):
    client.get(where)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(where).status_code == 200
    return len(seen)


@pytest.mark.slow
def test_pages_ask_as_often_for_many_attempts_as_for_one(money_desk, client, waiting):
    paid_twice(money_desk, waiting)
    other = money_desk.waiting(submitter=waiting.submitter)
    money_desk.paying("transfer", other)
    doors = [address(waiting), address(waiting, "chua-xong/"), address(other), address(other, "chuyen-khoan/"),
             address(other, "chua-xong/"), address(other, "tinh-trang/")]  # fmt: skip
    few = {door: queries(client, door) for door in doors}
    for _ in range(8):
        money_desk.paying("vnpay", other)
        money_desk.paying("transfer", other)
    many = {door: queries(client, door) for door in doors}
    assert many == few and max(many.values()) <= 30, many


def test_pages_are_light(money_desk, client, waiting):
    begin(client, waiting, "chuyen-khoan")
    for tail in ("", "chuyen-khoan/", "chua-xong/"):
        assert weight(client.get(address(waiting, tail)).content.decode()) < LIMIT, tail


def test_pages_speak_english(money_desk, client, waiting):
    begin(client, waiting, "chuyen-khoan")
    for tail in ("", "chuyen-khoan/", "chua-xong/"):
        text = words(client.get("/en" + address(waiting, tail)))
        for vietnamese in ("Trả phí", "Chuyển khoản", "ngân hàng", "Đã trừ tiền", "Đang"):
            assert vietnamese not in text, (tail, vietnamese)


PAY = {"way": "vnpay", "bank_choice": "VNPAYQR"}


def test_what_is_due_after_acceptance_cannot_be_paid_before_it_at_any_door(desk):
    world.place("68.X123")
    dossier = desk.submitted(code="1.004194", answers=world.sample_answers("ct01"), asked={"case": "ca_nhan"})
    client = browse(dossier.submitter)
    assert dossier.obligation.is_due and dossier.obligation.is_too_early and payable(dossier) is None
    client.post(address(dossier), {"cach": "ung-dung"})
    api = client.post(reverse("api_payment_attempts", args=[dossier.code]), PAY, content_type="application/json")
    assert api.status_code == 409 and not PaymentAttempt.objects.exists()

    dossier = workflow.advance(dossier, "accept", actor=desk.clerk)
    client.post(address(dossier), {"cach": "ung-dung"})
    assert PaymentAttempt.objects.get().amount == dossier.obligation.total
