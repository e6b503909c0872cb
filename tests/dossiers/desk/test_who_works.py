"""Who works on a dossier: colleagues who have it open, staff who are away, and the keys of each person."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Absence
from dossiers import workflow
from dossiers.desk import presence, queues
from dossiers.models import DeskVisit
from dossiers.transitions import inputs
from portal.common import clock
from tests import factories
from tests.dossiers.desk.test_queue import codes
from tests.dossiers.pages import browse, words


@pytest.fixture
def colleague(desk):
    return factories.user(receiving_clerk=desk.receiving_agency)


def page(user, dossier):
    return words(browse(user).get(reverse("desk:dossier", args=[dossier.code])))


def test_a_page_says_who_else_has_the_dossier_open(desk, colleague):
    dossier = desk.submitted()
    page(colleague, dossier)
    assert f"Đang cùng mở hồ sơ này: {colleague}" in page(desk.clerk, dossier)
    assert presence.names_of_others(desk.clerk, dossier) == [str(colleague)]
    beat = browse(desk.clerk).post(reverse("desk:presence", args=[dossier.code]))
    assert beat.json() == {"others": [str(colleague)]}
    DeskVisit.objects.update(present_at=clock.now() - presence.PRESENT - dt.timedelta(seconds=1))
    assert presence.names_of_others(desk.clerk, dossier) == []
    stranger = factories.user(receiving_clerk="H36.X001.CA")
    assert browse(stranger).post(reverse("desk:presence", args=[dossier.code])).status_code == 404


def test_a_beat_does_not_count_as_reading_what_happened_meanwhile(desk):
    dossier = desk.submitted()
    browse(desk.clerk).post(reverse("desk:presence", args=[dossier.code]))
    rows = browse(desk.clerk).get(reverse("desk:queue")).context["rows"]
    assert [row["unread"] for row in rows] == [True]


def test_what_a_colleague_has_on_screen_is_offered_last(desk, colleague):
    first, second = desk.submitted(), desk.submitted()
    assert queues.next_for(desk.clerk) == first.code
    page(colleague, first)
    assert queues.next_for(desk.clerk) == second.code
    assert queues.next_for(desk.clerk, after=second) == first.code


def test_keys_are_switched_off_for_one_person_everywhere(desk, colleague):
    off = {"phim": "tat", "next": "/can-bo/"}
    assert browse(desk.clerk).post(reverse("desk:keys"), off).url == "/can-bo/"
    assert 'data-keys="off"' in browse(desk.clerk).get("/can-bo/").content.decode()
    assert 'data-keys=""' in browse(colleague).get("/can-bo/").content.decode()
    browse(desk.clerk).post(reverse("desk:keys"), {"phim": "khac", "next": "https://example.com/"})
    assert 'data-keys="off"' in browse(desk.clerk).get("/can-bo/").content.decode()


# ---------------------------------------------------------------- taken, given back, passed on
NOTE = "Đi họp cả ngày hôm nay."


def mine(user):
    return codes(browse(factories.fresh(user)).get(reverse("desk:queue")))


def test_what_a_clerk_took_is_not_offered_to_colleagues_until_given_back(desk, colleague):
    dossier = workflow.advance(desk.submitted(), "claim", actor=desk.clerk)
    assert (mine(desk.clerk), mine(colleague)) == ([dossier.code], [])
    assert not workflow.may_take(colleague, dossier, "claim") and not workflow.may_take(colleague, dossier, "give_back")
    dossier = workflow.advance(dossier, "give_back", actor=desk.clerk)
    assert dossier.holder is None and mine(colleague) == [dossier.code]
    assert [event.step for event in dossier.events.order_by("sequence")] == ["submit", "claim", "give_back"]


def test_what_one_holds_goes_to_a_colleague_with_a_reason_and_they_are_told(desk, colleague):
    dossier = workflow.advance(desk.submitted(), "claim", actor=desk.clerk)
    for note, holder in (("", colleague), (NOTE, desk.officer), (NOTE, desk.clerk), (NOTE, None)):
        with pytest.raises(inputs.DetailsMissing):
            workflow.advance(dossier, "pass_on", actor=desk.clerk, note=note, holder=holder)
    address = reverse("desk:step", args=[dossier.code, "giao-dong-nghiep"])
    typed = {"seen": dossier.events.count(), "note": NOTE, "holder": colleague.pk}
    browse(desk.clerk).post(address, typed)
    dossier.refresh_from_db()
    assert dossier.holder == colleague and mine(desk.clerk) == []
    assert colleague.inbox.filter(body__contains=dossier.code).exists() or colleague.inbox.exists()


def test_a_step_that_is_given_back_must_be_taken_anew(desk):
    dossier = workflow.advance(desk.processing(), "assign", actor=desk.head, holder=desk.officer)
    other = factories.user(officer=desk.lead)
    assert mine(other) == []
    dossier = workflow.advance(dossier, "give_back", actor=desk.officer)
    run = dossier.step_runs.get(state="open")
    assert run.holder is None and run.taken_at is None and run.take_by and mine(other) == [dossier.code]


# ---------------------------------------------------------------- away
def enter(user, person, first, last, stand_in=""):
    typed = {"person": person.pk, "first": first, "last": last, "stand_in": stand_in and stand_in.pk}
    return browse(user).post(reverse("desk:absences"), typed)


def test_the_stand_in_finds_the_work_held_by_who_is_away_for_these_days_only(desk, colleague):
    held = workflow.advance(desk.submitted(), "assign", actor=desk.head, holder=desk.clerk)
    assert mine(colleague) == []
    today = clock.today()
    assert enter(desk.clerk, desk.clerk, today, today + dt.timedelta(days=2), colleague).status_code == 302
    assert mine(colleague) == [held.code]
    with clock.at(clock.now() + dt.timedelta(days=4)):
        assert mine(colleague) == []
    row = Absence.objects.get()
    assert browse(colleague).post(reverse("desk:cancel_absence", args=[row.pk])).status_code == 404
    browse(desk.clerk).post(reverse("desk:cancel_absence", args=[row.pk]))
    assert mine(colleague) == []


def test_an_absence_without_a_stand_in_frees_the_work_for_the_role_and_for_nobody_else(desk):
    other = factories.user(officer=desk.lead)
    dossier = workflow.advance(desk.processing(), "assign", actor=desk.head, holder=desk.officer)
    assert not workflow.may_take(other, dossier, "hand_over")
    enter(desk.head, desk.officer, clock.today(), clock.today())
    assert workflow.may_take(factories.fresh(other), dossier, "hand_over")
    assert not workflow.may_take(factories.fresh(desk.clerk), dossier, "hand_over")
    assert dossier.code in codes(browse(factories.fresh(other)).get(reverse("desk:queue")))


def test_bad_absences_are_refused(desk, colleague):
    today, tomorrow = clock.today(), clock.today() + dt.timedelta(days=1)
    for first, last, stand_in in (
        (tomorrow, today, ""),
        ("x", tomorrow, ""),
        (today, "31/02/2026", ""),
        (today - dt.timedelta(days=9), today - dt.timedelta(days=8), ""),
        (today, tomorrow, desk.clerk),
        (today, tomorrow, desk.signer),
        (today, today + dt.timedelta(days=999), ""),
    ):
        assert enter(desk.clerk, desk.clerk, first, last, stand_in).status_code == 422, (first, last)
    assert enter(desk.clerk, colleague, today, tomorrow).status_code == 422  # not one's own
    enter(desk.clerk, desk.clerk, today, tomorrow)
    assert enter(desk.clerk, desk.clerk, tomorrow, tomorrow).status_code == 422  # twice
    assert enter(colleague, colleague, today, tomorrow, desk.clerk).status_code == 422  # the stand-in is away, too
    assert Absence.objects.count() == 1
