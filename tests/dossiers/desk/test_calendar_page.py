"""The working calendar of a year on its page: nothing half taken over, no date that is over changed, the preview true."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from dossiers.models import Dossier
from dossiers.workflow import recount
from portal.common import clock
from procedures import year_calendar
from procedures.models import CalendarChange, Holiday, UndecidedHoliday
from tests import factories, world
from tests.dossiers.pages import browse, words
from tests.portal.test_workbooks import book
from tests.procedures.office.test_drafts import shown_values

MONDAY = dt.datetime(2026, 8, 24, 10, 8, tzinfo=clock.LOCAL)
PAGE = "/can-bo/lich-lam-viec/"
NEW = "25/08/2026; nghỉ hoán đổi; Nghỉ theo thông báo"


@pytest.fixture
def now(db):
    with clock.at(MONDAY):
        yield


@pytest.fixture
def admin(now):
    world.holidays()
    return factories.user(catalogue_admin="H18.X004")


@pytest.fixture
def running(now, desk):
    """A dossier promised for Tuesday 25 August 17:00."""
    dossier = desk.processing()
    recount.run()
    return Dossier.objects.get(pk=dossier.pk)


def text(year=2026):
    return year_calendar.text_of(year_calendar.rows_of(year))


def sent(pages, lines, act, address=PAGE, **facts):
    shown = shown_values(pages.get(address).content.decode())
    return {**shown, "lich": lines, "viec": act, **facts}


def take_over(pages, lines, address=PAGE, **facts):
    """Preview, then take over what the preview page sends."""
    answer = pages.post(address, sent(pages, lines, "xem", address, **facts))
    assert answer.status_code == 200, words(answer)
    return pages.post(address, {**shown_values(answer.content.decode()), "viec": "ghi"})


def test_the_preview_says_which_dates_move_and_the_job_moves_these(running, admin):
    pages, before = browse(admin), Holiday.objects.count()
    answer = pages.post(PAGE, sent(pages, f"{text()}\n{NEW}", "xem"))
    assert "Ngày hẹn của 1 hồ sơ đang chạy sẽ lùi" in words(answer) and Holiday.objects.count() == before
    calendar = year_calendar.calendar_with(year_calendar.read(f"{text()}\n{NEW}", 2026), 2026)
    [move] = recount.preview(calendar, dt.date(2026, 8, 25))
    assert move.before == running.due_at and Dossier.objects.get(pk=running.pk).due_at == running.due_at
    assert take_over(pages, f"{text()}\n{NEW}").status_code == 302
    recount.run()
    assert Dossier.objects.get(pk=running.pk).due_at == move.after > move.before
    record = CalendarChange.objects.get()
    assert record.by == admin and record.places[0]["new"] == "nghỉ hoán đổi: Nghỉ theo thông báo"
    assert "Nghỉ theo thông báo" in words(pages.get(PAGE))
    without = "\n".join(line for line in text().splitlines() if line != NEW)
    assert "Ngày hẹn của 0 hồ sơ" in words(pages.post(PAGE, sent(pages, without, "xem")))  # never earlier than told


def test_what_is_due_before_the_first_changed_day_stays(running, admin):
    pages = browse(admin)
    answer = pages.post(PAGE, sent(pages, f"{text()}\n28/08/2026; nghỉ bù; Sau hạn", "xem"))
    assert "Ngày hẹn của 0 hồ sơ" in words(answer)


def test_a_year_goes_through_the_page_unchanged(admin):
    pages, before = browse(admin), list(Holiday.objects.values())
    answer = pages.post(PAGE, sent(pages, text(), "xem"))
    assert "Không có gì đổi" in words(answer) and before and list(Holiday.objects.values()) == before


def test_a_file_is_read_and_shown_before_it_is_taken_over(admin):
    pages = browse(admin)
    lines = '\ufeffNgày,Loại,Tên\r\n01/01/2028,Nghỉ lễ,Tết Dương lịch\r\n"08/01/2028",làm bù,"Làm bù, cả ngày"\r\n'
    upload = SimpleUploadedFile("lich.csv", lines.encode())
    answer = pages.post(f"{PAGE}?nam=2028", sent(pages, "", "ghi", f"{PAGE}?nam=2028", tep=upload))
    assert answer.status_code == 200 and "01/01/2028; nghỉ lễ" not in text(2028) and "Tết Dương lịch" in words(answer)
    done = pages.post(f"{PAGE}?nam=2028", {**shown_values(answer.content.decode()), "viec": "ghi"})
    assert done.status_code == 302
    assert text(2028) == "01/01/2028; nghỉ lễ; Tết Dương lịch\n08/01/2028; làm bù; Làm bù, cả ngày"


def test_lines_changed_after_the_preview_are_shown_first(admin):
    pages = browse(admin)
    answer = pages.post(PAGE, sent(pages, f"{text()}\n{NEW}", "xem"))
    changed = {**shown_values(answer.content.decode()), "lich": f"{text()}\n26/08/2026; nghỉ bù; Khác", "viec": "ghi"}
    assert pages.post(PAGE, changed).status_code == 200 and not CalendarChange.objects.exists()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("25/08/2027; nghỉ lễ; X", "không thuộc năm 2026"),
        ("31/09/2026; nghỉ lễ; X", "Không có ngày này"),
        ("mai; nghỉ lễ; X", "ngày, tháng, năm"),
        ("25/08/2026; nghỉ mát; X", "loại là một trong"),
        ("25/08/2026; nghỉ lễ", "ghi đủ"),
        ("25/08/2026; nghỉ lễ; =1+1", "không phải công thức"),
        ("25/08/2026; nghỉ lễ; " + "x" * 121, "từ 1 đến 120"),
        ("25/08/2026; làm bù; X", "vốn là ngày làm việc"),
        ("02/09/2026; nghỉ bù; X", "đã có ở dòng trên"),
        ("23/08/2026; nghỉ bù; X", "ngày đã qua"),
        ("24/08/2026; nghỉ bù; X", "ngày đã qua"),
        ("\n".join(f"x{n}" for n in range(400)), "Nhiều quá"),
    ],
)
def test_a_wrong_line_is_named_and_nothing_is_taken_over(admin, line, said):
    pages, before = browse(admin), text()
    lines = f"{text()}\n{line}\n28/08/2026; nghỉ bù; Dòng đúng"
    answer = pages.post(PAGE, sent(pages, lines, "xem"))
    assert answer.status_code == 422 and said in words(answer) and "Dòng đúng" in words(answer)
    with pytest.raises(year_calendar.NotReadable):
        year_calendar.save(lines, 2026, year_calendar.fingerprint(2026), by=admin)
    assert text() == before


def test_the_excel_file_of_an_office_is_read_below_its_title_with_spans_of_days(admin):
    """Columns in the order of the office; a row with first and last day is each day between them."""
    first, last, swapped = dt.date(2028, 1, 24), dt.date(2028, 1, 26), dt.date(2028, 2, 5)
    rows = [
        ["LỊCH NGHỈ NĂM 2028"],
        ["STT", "Nội dung", "Từ ngày", "Đến ngày", "Loại"],
        [1, "Tết Nguyên đán", first, last, "Nghỉ lễ"],
        [2, "Làm bù", swapped, "", "Làm bù"],
    ]
    pages, address = browse(admin), f"{PAGE}?nam=2028"
    answer = pages.post(address, sent(pages, "", "xem", address, tep=SimpleUploadedFile("lich.xlsx", book(rows))))
    assert answer.status_code == 200, words(answer)
    assert pages.post(address, {**shown_values(answer.content.decode()), "viec": "ghi"}).status_code == 302
    days = [f"{day}/01/2028; nghỉ lễ; Tết Nguyên đán" for day in (24, 25, 26)]
    assert text(2028) == "\n".join([*days, "05/02/2028; làm bù; Làm bù"])
    backwards = [["Ngày", "Đến ngày", "Loại", "Tên"], [last, first, "nghỉ lễ", "x"], [first, "", "ngày hội", "x"]]
    answer = pages.post(address, sent(pages, "", "xem", address, tep=SimpleUploadedFile("lich.xlsx", book(backwards))))
    assert answer.status_code == 422 and "Dòng 1" in words(answer) and "Dòng 2: loại là một trong" in words(answer)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00x", b"PK\x03\x04\x00", b"x" * 600_000, b""])
def test_a_file_that_is_no_text_or_too_large_is_refused(admin, content):
    pages, before = browse(admin), text()
    answer = pages.post(PAGE, sent(pages, text(), "xem", tep=SimpleUploadedFile("lich.xlsx", content)))
    assert answer.status_code == 422 and ("Không đọc được tệp" in words(answer) or "lớn quá" in words(answer) or content == b"")
    assert text() == before


def test_days_that_are_over_cannot_be_left_out(admin):
    pages = browse(admin)
    assert pages.post(PAGE, sent(pages, NEW, "xem")).status_code == 422 and Holiday.objects.filter(date__year=2026).count() > 1


def test_undecided_days_are_closed_with_their_lines(admin):
    span = UndecidedHoliday.objects.filter(first_on__year=2027).first()
    pages, address = browse(admin), f"{PAGE}?nam=2027"
    lines = f"{text(2027)}\n{span.first_on:%d/%m/%Y}; nghỉ lễ; {span.name[:100]}"
    lines = "\n".join(dict.fromkeys(lines.strip().splitlines()))
    assert take_over(pages, lines, address, chot=[span.name]).status_code == 302
    assert not UndecidedHoliday.objects.filter(name=span.name).exists()
    assert any(row["new"] == "đã chốt" for row in CalendarChange.objects.get().places)


def test_of_two_at_once_the_second_is_told_and_keeps_the_lines(admin):
    pages, second = browse(admin), browse(factories.user(catalogue_admin="H18"))
    theirs = second.post(PAGE, sent(second, f"{text()}\n26/08/2026; nghỉ bù; Của người thứ hai", "xem"))
    assert take_over(pages, f"{text()}\n{NEW}").status_code == 302
    answer = second.post(PAGE, {**shown_values(theirs.content.decode()), "viec": "ghi"})
    [kept] = shown_values(answer.content.decode())["lich"]
    assert answer.status_code == 409 and "Của người thứ hai" in kept and NEW not in kept and NEW in text()


@pytest.mark.parametrize("facts", [{"agency_admin": "H18"}, {"head": "H18.X004.CA"}, {"inspector": "H18"}])
def test_others_find_nothing_there(admin, facts):
    for person in (factories.user(**facts), factories.citizen()):
        pages = browse(person)
        assert pages.get(PAGE).status_code == 404 and pages.post(PAGE, {"viec": "ghi", "lich": NEW}).status_code == 404
        with pytest.raises(PermissionDenied):
            year_calendar.save(NEW, 2026, year_calendar.fingerprint(2026), by=person)
    assert browse(admin).get(f"{PAGE}?nam=2020").status_code == 404


def test_the_record_is_never_changed(admin):
    year_calendar.save(f"{text()}\n{NEW}", 2026, year_calendar.fingerprint(2026), by=admin)
    for act in (lambda: CalendarChange.objects.update(places=[]), lambda: CalendarChange.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_the_preview_takes_the_same_queries_for_one_dossier_or_several(running, admin, desk):
    calendar = year_calendar.calendar_with(year_calendar.read(f"{text()}\n{NEW}", 2026), 2026)
    counts = []
    for _more in range(2):
        with CaptureQueriesContext(connection) as queries:
            moves = list(recount.preview(calendar, dt.date(2026, 8, 25)))
        counts.append((len(moves), len(queries)))
        desk.processing()
    assert counts[0][0] < counts[1][0] and counts[0][1] == counts[1][1]


def test_the_lines_of_before_a_change_fill_the_page_and_are_taken_over_like_any_others(admin):
    pages, before = browse(admin), text()
    take_over(pages, f"{before}\n{NEW}")
    change = CalendarChange.objects.get()
    assert change.before == before and "chưa ghi gì" in words(pages.get(PAGE, {"lay-lai": change.pk}))
    back = shown_values(pages.get(PAGE, {"lay-lai": change.pk}).content.decode())
    take_over(pages, back["lich"])
    assert text() == before and CalendarChange.objects.count() == 2
    assert pages.get(PAGE, {"lay-lai": change.pk, "nam": 2027}).status_code == 404
