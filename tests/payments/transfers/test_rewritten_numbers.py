"""Numbers of a bank that a spreadsheet rewrote, and credits that may have been read before under another number."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from accounts.messages.models import Message
from payments import differences
from payments.accounting import invariants
from payments.models import BankCredit, Difference, GatewayEvent, Refund
from payments.refunds import approval
from payments.transfers import doubles, matching, rewritten, statements
from payments.transfers.matching import Credit
from payments.transfers.statement_files import UnreadableStatement
from portal.common import clock
from tests import factories, world
from tests.dossiers.pages import browse
from tests.money import FEE

pytestmark = pytest.mark.django_db
HEAD = "Ngày giao dịch,Số tham chiếu,Ghi có,Nội dung\n"


@pytest.fixture
def point(db):
    return world.collection_point("DMH18CAN")


def line(ref, words="nop phi", amount="200000", day="25/11/2026 08:30:15"):
    return f"{day},{ref},{amount},{words}\n"


def read(point, text, reader=None):
    with clock.at(max(clock.now(), dt.datetime(2026, 11, 27, tzinfo=dt.UTC))):
        return statements.read_file(point, text.encode(), reader=reader)


# ---------------------------------------------------------------- refused, with the line
@pytest.mark.parametrize(
    "ref",
    [
        "9.87654E+14", '"9,87654E+14"', "9E+14", "1.2E15", "#####", "#NAME?", '"987,654,321,012,345"', "987.654.321.012.345",
        "987654321012345.00", "12-Jan", "03/12/2026", "3-12-26", "Thg3-26", "FT26329...",
    ],
)  # fmt: skip
def test_a_number_that_a_spreadsheet_rewrote_is_refused_with_its_line(point, ref):
    with pytest.raises(UnreadableStatement, match=r"dòng 3: (bảng tính|số tham chiếu)") as refusal:
        read(point, HEAD + line("FT1") + line(ref, "khac"))
    assert "Nạp tệp gốc" in str(refusal.value) and not BankCredit.objects.exists()


@pytest.mark.parametrize("ref", ["FT26329E14", "987654321012345", "12E45", "1234.5678", "5245-17623", "MAR26-001", "D1.2E3"])
def test_a_banks_own_number_is_not_taken_for_a_rewritten_one(point, ref):
    assert read(point, HEAD + line(ref)).new == 1


def test_digits_that_all_became_zeros_are_refused(point):
    lost = HEAD + line("987654321012345000") + line("987654321012346000", "khac")
    with pytest.raises(UnreadableStatement, match="dòng 2: .*mất các chữ số cuối.*dòng 3"):
        read(point, lost)
    assert read(point, HEAD + line("987654321012345000") + line("987654321012346007", "khac")).new == 2


def test_zeros_lost_in_front_are_refused_by_the_numbers_read_before_or_beside_them(point):
    with pytest.raises(UnreadableStatement, match="dòng 3: .*123457 đã mất số 0"):
        read(point, HEAD + line("000123456") + line("123457", "khac"))
    assert read(point, HEAD + line("000123456")).new == 1
    with pytest.raises(UnreadableStatement, match="dòng 2: .*123456 đã mất số 0"):
        read(point, HEAD + line("123456"))
    assert BankCredit.objects.count() == 1


def test_numbers_of_growing_length_are_numbers(point):
    assert read(point, HEAD + line("998", "a") + line("999", "b") + line("1000", "c")).new == 3


def test_a_rewritten_account_number_is_not_called_another_account(point):
    head = "Số tài khoản,Ngày,Số tham chiếu,Ghi có,Nội dung\n"
    for account in (point.account_number.lstrip("0"), "1.00003E+05"):
        with pytest.raises(UnreadableStatement, match="dòng 2: bảng tính đã viết lại số tài khoản"):
            read(point, head + f"{account},25/11/2026,FT1,200000,x\n")


def test_semicolons_between_columns_and_commas_in_sums_and_words_are_read(point):
    text = "Sao kê, tài khoản, chi tiết, tháng 11,,,,,,,\nNgày;Số tham chiếu;Ghi có;Nội dung\n"
    text += "".join(f"25/11/2026;FT{n};1,200,000;nop, phi, lan, {n}\n" for n in range(9))
    assert read(point, text).new == 9
    assert set(BankCredit.objects.values_list("amount", flat=True)) == {1_200_000}


# ---------------------------------------------------------------- the same money under another number
@pytest.fixture
def attempt(money_desk):
    """A transfer attempt whose credit has been read and counted."""
    attempt = money_desk.paying(way="transfer")
    matching.receive(attempt.point, "987654321012345", FEE, f"DVC {attempt.reference}", clock.now())
    Message.objects.all().delete()
    return attempt


def comes_again(attempt, ref="F9", words=None, at=None, amount=FEE):
    first = BankCredit.objects.get(bank_ref="987654321012345")
    words = words or f"DVC {attempt.reference}"
    return matching.receive(attempt.point, ref, amount, words, at or first.received_at)


def test_the_same_money_under_another_number_counts_nowhere_and_waits_for_a_person(attempt, money_desk):
    credit = comes_again(attempt)
    difference = Difference.objects.get()
    assert (credit.state, credit.attempt, credit.double_of.bank_ref) == ("double", None, "987654321012345")
    assert (difference.kind, difference.credit, difference.closed_at) == ("double", credit, None)
    assert difference.owner in (money_desk.accountant, money_desk.second_accountant)
    assert not Refund.objects.exists() and attempt.obligation.attempts.count() == 1
    assert not Message.objects.filter(recipient=attempt.dossier.submitter).exists()
    comes_again(attempt)
    assert Difference.objects.count() == 1 and not list(invariants.violations())


@pytest.mark.parametrize(
    "change",
    [
        lambda first: {"words": first.content.lower().replace(" ", "-")},
        lambda first: {"at": first.received_at.replace(microsecond=0)},
        lambda first: {"at": first.received_at.replace(second=0, microsecond=0)},
        lambda first: {"at": clock.local(first.received_at).replace(hour=0, minute=0, second=0, microsecond=0)},
    ],
    ids=["words with other signs", "no fractions", "no seconds", "the day only"],
)
def test_what_a_file_leaves_out_does_not_make_it_other_money(attempt, change):
    first = BankCredit.objects.get()
    assert comes_again(attempt, **change(first)).state == "double"


def test_another_sum_moment_account_or_text_is_other_money(attempt):
    first = BankCredit.objects.get()
    assert comes_again(attempt, "F1", amount=FEE + 1).state != "double"
    assert comes_again(attempt, "F2", words="khac").state != "double"
    assert comes_again(attempt, "F3", at=first.received_at - dt.timedelta(days=1)).state != "double"
    elsewhere = world.collection_point("DMH18CAN")
    credit = matching.receive(elsewhere, "F4", FEE, first.content, first.received_at)
    assert credit.state != "double"


def test_the_same_money_is_settled_once_and_the_difference_is_explained(attempt, money_desk):
    credit = comes_again(attempt)
    difference = Difference.objects.get()
    matching.decide_double(difference, money_desk.accountant, is_same=True, note="sao kê có một dòng")
    credit.refresh_from_db()
    difference.refresh_from_db()
    assert (credit.state, credit.double_decided_by, credit.attempt) == ("same", money_desk.accountant, None)
    assert (difference.closed_by, difference.resolution) == (money_desk.accountant, "sao kê có một dòng")
    assert not Refund.objects.exists() and not list(invariants.violations())
    with pytest.raises(matching.CannotResolve):
        matching.decide_double(difference, money_desk.accountant, is_same=False, note="x")


def test_other_money_is_matched_and_who_said_so_approves_no_refund_of_it(attempt, money_desk):
    comes_again(attempt)
    credit = matching.decide_double(Difference.objects.get(), money_desk.accountant, is_same=False, note="hai dòng")
    refund = Refund.objects.get()
    assert (credit.state, refund.reason, refund.attempt) == ("matched", "paid_twice", credit.attempt)
    assert not approval.may_decide(refund, money_desk.accountant)
    assert approval.may_decide(refund, money_desk.second_accountant)
    assert list(approval.deciders(refund)) == [money_desk.second_accountant]
    assert not list(invariants.violations())


def test_only_an_accountant_of_the_account_decides_and_never_in_an_own_matter(attempt, money_desk, monkeypatch):
    comes_again(attempt)
    difference = Difference.objects.get()
    stranger = factories.user(accountant="H18.X004.CA")
    for person in (stranger, attempt.dossier.submitter):
        with pytest.raises(PermissionDenied):
            matching.decide_double(difference, person, is_same=True, note="x")
    monkeypatch.setattr(matching, "is_own_dossier", lambda dossier, user: dossier == attempt.dossier)
    with pytest.raises(PermissionDenied):
        matching.decide_double(difference, money_desk.accountant, is_same=False, note="x")


def test_a_possible_double_is_not_closed_by_a_note_alone(attempt, money_desk):
    comes_again(attempt)
    with pytest.raises(PermissionDenied):
        differences.close(Difference.objects.get(), money_desk.accountant, "da xem")


def test_the_page_asks_once_or_twice_and_takes_the_answer(attempt, money_desk):
    comes_again(attempt)
    difference = Difference.objects.get()
    page = browse(money_desk.accountant)
    shown = page.get(reverse("accounting:difference", args=[difference.pk])).content.decode()
    assert "Một khoản hay hai khoản" in shown and "987654321012345" in shown and "Khép lại" not in shown
    assert "987654321012345" in page.get(reverse("accounting:credit", args=[difference.credit_id])).content.decode()
    url = reverse("accounting:difference_step", args=[difference.pk, "mot-hay-hai"])
    assert page.post(url, {"what": "same", "note": ""}).status_code == 422
    page.post(url, {"what": "same", "note": "một dòng"})
    difference.refresh_from_db()
    assert difference.closed_at and difference.credit.state == "same"
    assert page.post(url, {"what": "another", "note": "x"}).status_code == 302
    other = differences.open_difference(attempt.point, clock.today(), "amount", "X")
    assert page.post(reverse("accounting:difference_step", args=[other.pk, "mot-hay-hai"])).status_code == 404


def test_uploading_says_how_many_wait(attempt, money_desk, tmp_path, capsys):
    first = BankCredit.objects.get()
    at = clock.local(first.received_at)
    text = HEAD + line("FT7", first.content, str(FEE), f"{at:%d/%m/%Y %H:%M:%S}")
    page = browse(money_desk.second_accountant)
    file = SimpleUploadedFile("sao-ke.csv", text.encode(), "text/csv")
    shown = page.post(reverse("accounting:credits"), {"point": attempt.point.pk, "file": file}, follow=True).content.decode()
    assert "1 khoản giống khoản đã có" in shown and BankCredit.objects.filter(state="double").count() == 1
    path = tmp_path / "sao-ke.csv"
    path.write_text(text.replace("FT7", "FT8"), "utf-8")
    call_command("import_statement", attempt.point.code, str(path))
    assert "1 khoản giống khoản đã có" in capsys.readouterr().out


# ---------------------------------------------------------------- what else is not silent any more
def test_a_known_number_with_another_sum_reaches_the_accountants(attempt):
    for _again in range(2):
        matching.receive(attempt.point, "987654321012345", FEE * 2, "x", clock.now(), raw="x")
    difference = Difference.objects.get()
    assert (difference.kind, difference.our_amount, difference.their_amount) == ("amount", FEE, FEE * 2)
    assert difference.credit.bank_ref == difference.reference == "987654321012345"


def test_a_line_of_the_bank_that_cannot_be_read_reaches_the_accountants(point):
    for _again in range(2):
        statements._recorded(point, {"id": 9.87654e14, "account": point.account_number, "amount": 5}, point.account_number)
        statements._recorded(point, {"id": "7", "account": point.account_number, "amount": "5"}, point.account_number)
    event = GatewayEvent.objects.order_by("pk").first()
    assert set(Difference.objects.values_list("kind", "reference")) == {("unreadable", f"SK{event.pk}"), ("unreadable", "7")}


# ---------------------------------------------------------------- the checker
def test_credits_counted_twice_before_are_found(attempt):
    first = BankCredit.objects.get()
    facts = {"point": first.point, "amount": FEE, "content": first.content, "received_at": first.received_at}
    BankCredit.objects.create(bank_ref="9.87654E+14", state="unmatched", **facts)
    found = list(doubles.problems())
    assert any("2 credits of 200000" in words for words in found) and any("spreadsheet" in words for words in found)
    assert set(found) <= set(invariants.violations())


def test_a_possible_double_without_a_question_is_found(attempt):
    comes_again(attempt)
    Difference.objects.update(closed_at=clock.now(), resolution="x")
    assert ["may be a double" in words for words in invariants.violations()] == [True]


def test_the_expression_means_the_same_to_postgresql(attempt):
    for ref, is_one in [("9.87654E+14", True), ("9E+14", True), ("1,2e15", True), ("12E45", False), ("FT1E+14", False)]:
        BankCredit.objects.filter(bank_ref="X").delete()
        facts = {"point": attempt.point, "amount": 1, "received_at": clock.now()}
        row = BankCredit.objects.create(bank_ref=ref, content=ref, **facts)
        found = BankCredit.objects.filter(pk=row.pk, bank_ref__regex=rewritten.EXPONENT).exists()
        assert found == is_one == rewritten.is_exponent(ref)


def test_credits_of_other_people_on_one_day_are_not_doubles(point):
    credits = [Credit(f"FT{n}", FEE, f"DVC {n} nop phi", clock.now(), f"{n}") for n in range(3)]
    assert [matching.record(point, credit)[0].state for credit in credits] == ["new"] * 3
