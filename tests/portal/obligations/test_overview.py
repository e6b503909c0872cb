"""The head's overview: numbers of the own bodies, for heads alone, by a fixed number of queries."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from dossiers import workflow
from portal.common import clock
from portal.obligations import overview, register
from tests import factories
from tests.dossiers.pages import browse, words

pytestmark = pytest.mark.django_db
MONDAY = dt.datetime(2026, 11, 30, 8, tzinfo=clock.LOCAL)
PAGE = "/can-bo/viec-dang-do/tong-quan/"


def test_only_heads_and_deputies_find_it(desk):
    operator = User.objects.create_superuser("ht", full_name="Hệ Thống", password=factories.PASSWORD)
    for user in (desk.head, factories.user(deputy="H18.X004.CA")):
        assert browse(user).get(PAGE).status_code == 200
    for user in (desk.clerk, desk.officer, operator, factories.user(inspector="H18.X004.CA"), factories.citizen()):
        assert browse(user).get(PAGE).status_code == 404
    assert browse().get(PAGE).url.startswith("/dang-nhap/") and browse(desk.head).post(PAGE).status_code == 405


def test_it_counts_what_is_due_and_late_by_person_step_and_procedure(desk):
    other = factories.Desk("H18.X005.CA")
    with clock.at(MONDAY):
        held = workflow.advance(desk.processing(), "take", actor=desk.officer)
        desk.processing()
        desk.submitted()
        other.processing()
    bodies = {held.lead_agency_id}
    due = clock.local(held.due_at)
    with clock.at(due.replace(hour=8)):
        load = overview.load(bodies, register.Hours())
        assert (load["open"], load["today"], load["late"]) == (3, 2, 0)
        people = {row["who"]: (row["count"], row["late"]) for row in overview.by_person(bodies, clock.now())}
        assert set(people) == {None, desk.officer.full_name} and people[desk.officer.full_name][0] == 1
        assert sum(row["count"] for row in overview.by_step(bodies, clock.now())) == 2
        (procedure,) = overview.by_procedure(bodies, clock.now())
        assert procedure["count"] == 3 and procedure["name"] == held.version.short_name
    with clock.at(due + dt.timedelta(days=1)):
        assert overview.load(bodies, register.Hours())["late"] == 2
        shown = words(browse(desk.head).get(PAGE))
        assert "Đã trễ hẹn 2" in shown and desk.officer.full_name in shown and "chưa ai nhận" in shown
        assert "Đã hẹn ngày trả, phải có quyết định hoặc xin lỗi" in shown


def test_the_weeks_show_what_came_and_what_was_decided(desk):
    with clock.at(MONDAY - dt.timedelta(weeks=2)):
        desk.submitted()
    with clock.at(MONDAY):
        approved = desk.approved()
        found = overview.weeks({approved.lead_agency_id})
    assert [row["filed"] for row in found] == [0, 0, 1, 0, 1]
    assert [row["decided"] for row in found] == [0, 0, 0, 0, 1] and found[-1]["late"] == 0


def test_it_asks_as_often_for_many_as_for_few(desk):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert browse(desk.head).get(PAGE).status_code == 200
        return len(asked)

    desk.processing()
    queries()
    few = queries()
    for _ in range(3):
        workflow.advance(desk.processing(), "take", actor=desk.officer)
    assert queries() == few
