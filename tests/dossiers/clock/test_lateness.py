"""Lateness: rule, query and pages agree in every state, before, at and after the due time."""

import datetime as dt
import itertools

import pytest

from dossiers.citizen import dashboard, timeline
from dossiers.clock import lateness
from dossiers.desk import queues
from dossiers.models import Dossier
from dossiers.states import DossierState as S
from portal.common import clock
from procedures.models import working_calendar
from tests.databases import past_the_triggers
from tests.dossiers.pages import browse, words

NOW = dt.datetime(2026, 11, 25, 10, tzinfo=clock.LOCAL)
BEFORE, AFTER = NOW - dt.timedelta(hours=1), NOW + dt.timedelta(hours=1)


def situations():
    """Column values: every combination of state (but DRAFT), due time, decision and `waiting_on`."""
    moments = (None, BEFORE, NOW, AFTER)
    for state, work, promise, decided, waiting in itertools.product(
        [state for state in S if state is not S.DRAFT], moments, (None, BEFORE, AFTER), (None, BEFORE), ("officer", "submitter")
    ):
        came_from = S.PROCESSING if state in (S.SUPPLEMENT_REQUIRED, S.PAYMENT_REQUIRED) else ""
        accepted = None if state is S.SUBMITTED else BEFORE
        yield {
            "state": state, "came_from": came_from, "came_from_withdrawn": S.ACCEPTED if state == S.WITHDRAWN else "",
            "accepted_at": accepted, "decided_at": decided, "completed_at": BEFORE, "closed_at": BEFORE,
            "step_due_at": work, "due_at": promise, "first_promised_due_at": promise, "waiting_on": waiting,
        }  # fmt: skip


@pytest.mark.slow
def test_the_rule_and_its_query_choose_the_same_dossiers_and_the_desk_shows_just_these(desk):
    row, calendar, seen = Dossier.objects.filter(pk=desk.submitted().pk), working_calendar(), {}
    with clock.at(NOW):
        for columns in situations():
            with past_the_triggers():
                row.update(**columns)
            dossier = row.get()
            late = lateness.is_late(dossier, NOW)
            assert row.filter(lateness.late(NOW)).exists() == late, columns
            assert row.filter(lateness.late(NOW, lateness.PROMISED_DUE)).exists() == lateness.is_late(
                dossier, NOW, lateness.PROMISED_DUE
            )
            assert row.filter(lateness.running()).exists() == lateness.is_running(dossier), columns
            assert row.filter(queues.group_condition(queues.LATE, desk.clerk)).exists() == late, columns
            assert (queues.deadline_tag(dossier, calendar).tone == "late") == late, columns
            seen.setdefault(dossier.state, set()).add(late)
    both = {state for state, found in seen.items() if found == {True, False}}
    assert both == {S.SUBMITTED, S.ACCEPTED, S.PROCESSING} and set(seen) == set(S) - {S.DRAFT}


@pytest.mark.parametrize(("state", "waiting"), [(S.SUPPLEMENT_REQUIRED, "submitter"), (S.WITHDRAWN, "receiving_clerk")])
def test_while_the_clock_stands_still_no_page_says_that_the_promise_is_broken(desk, state, waiting):
    dossier = desk.processing()
    row = Dossier.objects.filter(pk=dossier.pk)
    with past_the_triggers():
        row.update(due_at=BEFORE, first_promised_due_at=BEFORE, step_due_at=BEFORE)
    client, own, public = browse(dossier.submitter), f"/ho-so/{dossier.code}/", f"/tra-cuu/{dossier.secret}/"

    def pages_say_late():
        with clock.at(NOW):
            shown = words(client.get("/ho-so/")), words(client.get(own)), words(browse().get(public))
        return ["trễ hẹn" in text.lower() or "quá ngày hẹn" in text.lower() or "quá hạn" in text.lower() for text in shown]

    assert pages_say_late() == [True, True, True]
    before = {"came_from_withdrawn" if state is S.WITHDRAWN else "came_from": S.PROCESSING}
    with past_the_triggers():
        row.update(state=state, waiting_on=waiting, **before)
    assert pages_say_late() == [False, False, False]
    with clock.at(NOW):
        assert timeline.countdown(row.get()) is None and dashboard._promise(row.get()) == ""
