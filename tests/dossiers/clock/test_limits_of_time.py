"""Midnight, the last day of a year, leap days, years 1 and 1899, a clock that is set back: no date is wrong by a day."""

import datetime as dt

import pytest
from django.db import connection

from accounts.models import PasswordLink, Person, User
from accounts.sessions import end_sessions_there
from accounts.staffing import links, requests
from dossiers import invariants, workflow
from dossiers.clock import rules
from dossiers.models import Dossier, DossierCounter
from dossiers.workflow import history
from payments.accounting import invariants as of_money
from payments.attempts import settlement
from payments.models import EReceipt
from portal.common import clock
from portal.common.dates import full_day, long_day
from portal.common.figures import UnclearDay, typed_day_in
from procedures.calendar import Term, due
from procedures.eforms.display import date_text
from procedures.workdays import OfficeHours, WorkCalendar
from tests import factories
from tests.dossiers.pages import browse, words

HOURS = OfficeHours(weekday=((dt.time(7, 30), dt.time(11, 30)), (dt.time(13, 30), dt.time(17))))
EVERY_YEAR = WorkCalendar(off={}, on={}, years=range(2020, 2040))
INSTANT = dt.timedelta(milliseconds=1)


def at(text):
    """A moment on the clocks of Viet Nam."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=clock.LOCAL)


# ---------------------------------------------------------------- days far away
FAR = {
    "0001-01-01": "01/01/1", "0001-12-31": "31/12/1", "1582-10-15": "15/10/1582", "1899-12-31": "31/12/1899",
    "1900-01-01": "01/01/1900", "1900-03-01": "01/03/1900", "1911-04-30": "30/04/1911", "1911-05-01": "01/05/1911",
    "1945-09-02": "02/09/1945", "1975-06-13": "13/06/1975", "2000-02-29": "29/02/2000", "2024-02-29": "29/02/2024",
    "9999-12-31": "31/12/9999",
}  # fmt: skip


@pytest.mark.parametrize("day", FAR)
def test_a_day_is_written_as_it_was_typed(day):
    """Viet Nam's clocks were 7:06:30 ahead until 1911 and changed six times until 1975: a day knows no zone."""
    date = dt.date.fromisoformat(day)
    assert typed_day_in(FAR[day] if date.year > 999 else day) == date
    assert full_day(date) == date_text(day) == FAR[day]
    assert long_day(date).endswith(f"năm\N{NO-BREAK SPACE}{date.year}")


@pytest.mark.parametrize(
    "typed", ["29/2/1900", "29/2/2100", "29/2/2026", "31/4/2026", "30/2/2000", "0/1/2000", "1/1/0", "1/1/0000"]
)
def test_a_day_that_does_not_exist_is_refused(typed):
    with pytest.raises((UnclearDay, ValueError)):
        typed_day_in(typed)


@pytest.mark.django_db
@pytest.mark.parametrize("zone", ["UTC", "Asia/Ho_Chi_Minh", "America/New_York"])
def test_a_birth_date_is_stored_and_found_as_it_is(zone):
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL TIME ZONE '{zone}'")
    for number, day in enumerate(FAR):
        born = dt.date.fromisoformat(day)
        person = factories.person(birth_date=born, id_number=f"0110990000{number:02d}")
        assert Person.objects.get(birth_date=born) == person
        assert Person.objects.filter(pk=person.pk).values_list("birth_date", flat=True).get() == born


# ---------------------------------------------------------------- terms
@pytest.mark.parametrize(
    ("accepted", "months", "expected"),
    [
        ("2028-02-29T09:00", 12, "2029-02-28T17:00"),  # a year from a leap day
        ("2028-02-29T09:00", 48, "2032-03-01T17:00"),  # 29 February 2032 is a Sunday
        ("2027-02-26T09:00", 12, "2028-02-28T17:00"),  # 26 February 2028 is a Saturday
        ("2026-08-31T09:00", 6, "2027-03-01T17:00"),  # 31 → 28 February, a Sunday
        ("2027-08-31T09:00", 6, "2028-02-29T17:00"),
        ("2026-10-30T09:00", 1, "2026-11-30T17:00"),
        ("2026-12-31T09:00", 2, "2027-03-01T17:00"),
        ("2026-12-31T14:59", 1, "2027-02-01T17:00"),  # 31 January 2027 is a Sunday
    ],
)
def test_terms_of_months_and_years_end_on_a_day_that_exists(accepted, months, expected):
    assert due(EVERY_YEAR, HOURS, at(accepted), Term(months, "month")).at == at(expected)


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("2028-02-28T14:59:59.999", "2028-02-29T17:00"),
        ("2028-02-28T15:00:00", "2028-02-29T17:00"),  # exactly 15:00 is in time
        ("2028-02-28T15:01:00", "2028-03-01T17:00"),
        ("2028-02-28T23:59:59.999", "2028-03-01T17:00"),
        ("2028-02-29T00:00:00", "2028-03-01T17:00"),
        ("2026-12-31T15:01:00", "2027-01-04T17:00"),
        ("2027-01-01T00:00:00", "2027-01-04T17:00"),
    ],
)
def test_one_working_day_around_15_and_midnight(accepted, expected):
    for zone in (dt.UTC, clock.LOCAL):
        assert due(EVERY_YEAR, HOURS, at(accepted).astimezone(zone), Term(1, "working_day")).at == at(expected)


def test_the_due_moment_is_in_time_and_the_next_instant_late():
    day = at("2028-02-29T17:00")
    assert not rules.is_late(day, day) and rules.is_late(day + INSTANT, day)


# ---------------------------------------------------------------- midnight
@pytest.mark.django_db
def test_a_code_bears_the_local_day_also_while_it_is_yesterday_in_utc(desk):
    for moment_, day in (
        ("2026-11-24T23:59:59.999", "261124"), ("2026-11-25T00:00:00", "261125"), ("2026-11-25T06:59:59.999", "261125"),
        ("2026-11-25T07:00:00", "261125"), ("2026-12-31T23:59:59.999", "261231"), ("2027-01-01T00:00:00", "270101"),
        ("2028-02-29T23:59:59.999", "280229"),
    ):  # fmt: skip
        with clock.at(at(moment_)):
            dossier = desk.submitted()
            assert f"-{day}-" in dossier.code, moment_
            written = long_day(dossier.submitted_at).replace("\N{NO-BREAK SPACE}", " ")
            assert written in words(browse(desk.clerk).get(f"/can-bo/ho-so/{dossier.code}/"))
    assert [counter.last for counter in DossierCounter.objects.order_by("day")] == [1, 3, 1, 1, 1]


@pytest.mark.django_db
def test_a_clock_set_back_over_midnight_gives_no_code_twice(desk):
    codes = []
    for moment_ in ("2027-01-01T00:20", "2026-12-31T23:30", "2026-12-31T23:59:59.999", "2027-01-01T00:00"):
        with clock.at(at(moment_)):
            codes.append(desk.submitted().code.partition("-")[2])
    assert codes == ["270101-0001", "261231-0001", "261231-0002", "270101-0002"]


# ---------------------------------------------------------------- a clock set back by an hour
@pytest.mark.django_db
def test_a_dossier_goes_its_way_while_the_clock_is_set_back(desk, run_followups):
    """The order of its history is the order of its sequence. No promise moves earlier."""
    item = {"target": "field", "key": "request_detail", "label": "Nội dung", "reason": "Ghi rõ nơi nhận."}
    with clock.at(at("2026-11-24T10:30")):
        dossier = desk.submitted()
    with clock.at(at("2026-11-24T10:31")):
        dossier = workflow.advance(dossier, "accept", actor=desk.clerk)
        promised = dossier.due_at
    with clock.at(at("2026-11-24T09:40")):  # set back
        dossier = workflow.advance(dossier, "transfer", actor=desk.clerk)
        dossier = workflow.advance(dossier, "ask_supplement", actor=desk.officer, items=[item], note="Thiếu nội dung.")
        assert dossier.due_at in (promised, None) or dossier.due_at >= promised
    with clock.at(at("2026-11-24T09:50")):
        request = dossier.supplements.last()
        request.edits = {"answers": {"request_detail": "Vay vốn"}}
        request.save()
        dossier = workflow.advance(dossier, "resubmit", actor=dossier.submitter)
        assert dossier.due_at >= promised and dossier.first_promised_due_at == promised
        for user, page in ((desk.officer, f"/can-bo/ho-so/{dossier.code}/"), (dossier.submitter, f"/ho-so/{dossier.code}/"),
                           (dossier.submitter, f"/ho-so/{dossier.code}/vi-sao-ngay-nay/")):  # fmt: skip
            assert browse(user).get(page).status_code in (200, 404), page
    with clock.at(at("2026-11-24T10:05")):
        factories.drafted(dossier, desk.officer)
        dossier = workflow.advance(dossier, "hand_over", actor=desk.officer)
        factories.approve(dossier, desk.signer)
    dossier = Dossier.objects.get(pk=dossier.pk)
    assert history.problems(dossier) == []
    steps = list(dossier.events.order_by("sequence").values_list("step", flat=True))
    assert steps[:5] == ["submit", "accept", "transfer", "ask_supplement", "resubmit"]
    assert [sentence for sentence in invariants.violations() if "paper" not in sentence] == []


@pytest.mark.django_db
def test_a_password_link_that_was_ended_stays_ended(mailoutbox):
    first, second = (User.objects.create_superuser(name, full_name=name, email=f"{name}@example.vn") for name in ("ht1", "ht2"))
    owner = factories.user()
    with clock.at(at("2026-11-24T10:00")):
        link = PasswordLink.objects.get(
            request=requests.approve(requests.ask("password", owner, by=first, reason="x"), by=second)
        )
        links.send_link(link)
        token = mailoutbox[-1].body.partition("/dat-mat-khau/")[2].partition("/")[0]
        assert links.find(token) == link
        requests.void_links(owner)
    with clock.at(at("2026-11-24T09:05")):
        assert links.find(token) is None and links.find_again(link.pk) is None
        assert not links.set_password(link, "Mat-khau-rieng-9")


@pytest.mark.django_db
def test_a_lock_ends_the_sessions_that_were_opened_on_a_clock_set_back_since():
    staff = factories.user()
    with clock.at(at("2026-11-24T10:00")):
        client = browse()
        client.post("/dang-nhap/", {"username": staff.username, "password": factories.PASSWORD})
        assert client.get("/tai-khoan/").status_code == 200
    with clock.at(at("2026-11-24T09:05")):
        assert client.get("/tai-khoan/").status_code == 200
        end_sessions_there(None, staff.username, "127.0.0.1")
        assert client.get("/tai-khoan/").status_code == 302


# ---------------------------------------------------------------- money at the end of a year
@pytest.mark.django_db
def test_receipts_are_numbered_by_the_local_year_without_gaps_whatever_the_clock(money_desk):
    numbers = []
    for moment_ in ("2026-12-31T23:59:59.999", "2027-01-01T00:00", "2026-12-31T23:20", "2027-01-01T00:20"):
        with clock.at(at(moment_)):
            attempt = settlement.settle(money_desk.paying().reference, cause="ipn")
        receipt = EReceipt.objects.get(attempt=attempt)
        numbers.append((receipt.year, receipt.number, receipt.series_symbol[-3:]))
    assert numbers == [(2026, 1, "26E"), (2027, 1, "27E"), (2026, 2, "26E"), (2027, 2, "27E")]
    assert [text for text in of_money.violations() if "paper" not in text] == []
