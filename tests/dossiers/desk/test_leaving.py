"""Somebody leaving hands over first: what they hold is listed and given to others at once; what stays is the head's."""

import datetime as dt

import pytest

from accounts.models import Membership, User
from accounts.staffing import ending
from dossiers import workflow
from dossiers.models import BulkRun, Dossier
from portal.common import clock
from portal.obligations import register
from tests import factories
from tests.dossiers.pages import browse, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def leaving(desk):
    """A clerk who holds a dossier at the desk, an officer who holds a step."""
    desk.at_desk = workflow.advance(desk.submitted(), "claim", actor=desk.clerk)
    desk.in_office = workflow.advance(desk.processing(), "take", actor=desk.officer)
    return desk


def page_of(person):
    return f"/can-bo/dang-giu/{person.pk}/"


def test_the_head_gives_all_of_it_to_a_colleague_in_two_presses(leaving):
    colleague, client = factories.user(receiving_clerk="H18.X004.CA"), browse(leaving.head)
    assert leaving.at_desk.code in words(client.get(page_of(leaving.clerk)))
    chosen = client.post(page_of(leaving.clerk), {"hs": [leaving.at_desk.code, "H18-khong-co"]}, follow=True)
    assert leaving.at_desk.code in words(chosen)
    run = BulkRun.objects.get()
    client.post(f"/can-bo/cung-luc/{run.pk}/lam/", {"nguoi": colleague.pk, "ghi-chu": "Chị Hoa chuyển công tác."})
    dossier = Dossier.objects.get(pk=leaving.at_desk.pk)
    assert dossier.holder == colleague and dossier.events.last().text.note == "Chị Hoa chuyển công tác."
    assert "Không giữ hồ sơ nào" in words(client.get(page_of(leaving.clerk)))


def test_the_overview_leads_there(leaving):
    assert page_of(leaving.officer) in browse(leaving.head).get("/can-bo/viec-dang-do/tong-quan/").content.decode()


def test_only_heads_of_the_body_find_it(leaving):
    for user in (leaving.clerk, leaving.officer, factories.user(head="H18.X005.CA"), factories.user(inspector="H18")):
        assert browse(user).get(page_of(leaving.clerk)).status_code == 404
    assert browse(leaving.head).get(page_of(factories.user(officer="H18.X005.CA"))).status_code == 404
    assert browse(leaving.head).get(page_of(leaving.head)).status_code == 404


@pytest.mark.parametrize("who", ["clerk", "officer"])
def test_a_role_does_not_end_at_once_while_something_is_held_in_it(leaving, who):
    seat = Membership.objects.get(user=getattr(leaving, who))
    yesterday = clock.today() - dt.timedelta(days=1)
    held = leaving.at_desk if who == "clerk" else leaving.in_office
    assert held.code in ending.fault_of(seat, yesterday)
    assert ending.fault_of(seat, clock.today() + dt.timedelta(days=30)) == ""
    other = Membership.objects.create(user=seat.user, agency=seat.agency, role="signer", valid_from=seat.valid_from)
    assert ending.fault_of(other, yesterday) == "", "nothing is held in that role"


def test_what_stays_behind_is_the_heads_to_give(leaving):
    def left():
        hours = register.Hours()
        return {key: register.rows(register.BY_KEY[key], hours).count() for key in ("left_desk", "left_steps")}

    assert left() == {"left_desk": 0, "left_steps": 0}
    User.objects.filter(pk=leaving.clerk.pk).update(is_active=False)
    Membership.objects.filter(user=leaving.officer).update(valid_to=clock.today() - dt.timedelta(days=1))
    assert left() == {"left_desk": 1, "left_steps": 1}
    row = register.rows(register.BY_KEY["left_steps"], register.Hours()).get()
    assert (row.owed_code, row.owed_role) == (leaving.in_office.code, "head")
