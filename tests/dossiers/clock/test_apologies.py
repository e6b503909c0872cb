"""New dates: an extension in time is bounded; late without one is an apology, and stays late by every count."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.messages.models import HeldMessage, Message
from dossiers import workflow
from dossiers.citizen import dashboard, timeline
from dossiers.clock import lateness, rules
from dossiers.clock.timekeeper import Timekeeper
from dossiers.desk import queues
from dossiers.models import Dossier
from dossiers.papers import contexts
from dossiers.transitions.inputs import DetailsMissing
from portal.common import clock
from procedures.models import working_calendar
from tests import factories
from tests.dossiers.desk.test_steps import client_of, page
from tests.dossiers.pages import browse, words

pytestmark = pytest.mark.django_db
NOTE = "Kho lưu trữ chưa trả lời."
TUESDAY = dt.datetime(2026, 11, 17, 9, 30, tzinfo=clock.LOCAL)


def at(day, hour=9):
    return dt.datetime(2026, 11, day, hour, tzinfo=clock.LOCAL)


@pytest.fixture
def dossier(desk):
    """Accepted on Tuesday 17 November with one working day: due on Wednesday at closing time."""
    with clock.at(TUESDAY):
        found = desk.processing()
    assert clock.local(found.due_at).date() == dt.date(2026, 11, 18)
    return found


def apologise(dossier, head, day, **details):
    new = dt.datetime(2026, 11, day, 17, tzinfo=clock.LOCAL) if isinstance(day, int) else day
    return workflow.advance(Dossier.objects.get(pk=dossier.pk), "apologise", actor=head, note=NOTE, new_due_at=new, **details)


def test_late_without_an_extension_is_an_apology_with_a_new_date(desk, dossier):
    deputy = factories.user(deputy=desk.receiving_agency)
    with clock.at(at(20)):
        late = apologise(dossier, desk.head, 23)
        assert late.due_at == dt.datetime(2026, 11, 23, 17, tzinfo=clock.LOCAL)
        assert late.missed_due_at == late.first_promised_due_at == dossier.due_at
        told = Message.objects.filter(recipient=late.submitter, subject__startswith="Xin lỗi, hẹn lại").first()
        assert "23\N{NO-BREAK SPACE}tháng\N{NO-BREAK SPACE}11" in told.body and NOTE in told.body
        assert HeldMessage.objects.filter(recipient=deputy, subject__contains="Xin lỗi vì trễ").exists()  # told in the morning
    with clock.at(at(24)):  # and once more
        again = apologise(late, desk.head, 25)
        assert again.missed_due_at == dossier.due_at and again.events.filter(step="apologise").count() == 2


def test_it_stays_late_by_every_count(desk, dossier):
    with clock.at(at(20)):
        late = apologise(dossier, desk.head, 23)
        for due in (lateness.STEP_DUE, lateness.PROMISED_DUE):
            assert lateness.is_late(late, clock.now(), due)
            assert Dossier.objects.filter(lateness.late(clock.now(), due)).get() == late
        Dossier.objects.filter(pk=late.pk).update(step_due_at=late.due_at)  # a step opened after the apology
        late.refresh_from_db()
        assert lateness.is_late(late, clock.now()) and Dossier.objects.filter(lateness.late(clock.now())).exists()
        assert queues.counts(desk.clerk)[queues.LATE] == 1
        assert queues.deadline_tag(late, working_calendar()).tone == "late"
        assert timeline.countdown(late)["late"] and timeline.countdown(late)["number"] == 2
        assert dashboard._promise(late).startswith("Trễ hẹn")
        assert "lỡ hẹn" in timeline.moved_promise(late)
        intervals = list(late.intervals.all())
        keeper = Timekeeper(late)
        facts = {"accepted_at": late.accepted_at, "term": keeper.standing().due.term, "intervals": intervals}
        assert not rules.indicator(keeper.calendar, keeper.hours, ended_at=clock.now(), **facts).on_time
        shown = words(browse().post(reverse("dossiers:track"), {"ma": late.code, "ma-rieng": late.secret}, follow=True))
        assert "Đã quá ngày hẹn" in shown or "rễ hẹn" in shown


def test_before_it_is_late_only_what_comes_after_the_missed_date_is_late(desk, dossier):
    with clock.at(at(18)):  # the last day: too late to extend
        apologised = apologise(dossier, desk.head, 19)
        assert not lateness.is_late(apologised, clock.now(), lateness.PROMISED_DUE)
    with clock.at(at(19)):
        assert lateness.is_late(apologised, clock.now(), lateness.PROMISED_DUE)


def test_who_may_and_when(desk, dossier):
    with clock.at(TUESDAY), pytest.raises(workflow.StepNotPossible, match="Còn gia hạn được"):
        apologise(dossier, desk.head, 20)
    with clock.at(at(20)):
        for other in (desk.officer, desk.signer, factories.user(head="H18.X005.CA")):
            with pytest.raises(PermissionDenied):
                apologise(dossier, other, 23)
        with pytest.raises(DetailsMissing):
            workflow.advance(dossier, "apologise", actor=desk.head, new_due_at=at(23, 17))


@pytest.mark.parametrize(
    "day", [18, 20, dt.datetime(2036, 11, 20, 17, tzinfo=clock.LOCAL), dt.datetime(1, 1, 2, tzinfo=dt.UTC), None, "2026-11-23"]
)
def test_a_date_in_the_past_or_beyond_the_original_term_once_more_is_refused(desk, dossier, day):
    """One working day was the term: from Friday the 20th the furthest is Monday the 23rd."""
    with clock.at(at(20, 18)), pytest.raises(DetailsMissing) as refused:
        apologise(dossier, desk.head, day)
    assert refused.value.field == "new_due_at"


def test_the_furthest_date_is_named_with_its_year(desk):
    with clock.at(dt.datetime(2026, 12, 29, 9, 30, tzinfo=clock.LOCAL)):
        dossier = desk.processing()
        far = dt.datetime(2036, 1, 8, 17, tzinfo=clock.LOCAL)
        with pytest.raises(DetailsMissing, match="năm 202"):
            workflow.advance(dossier, "extend", actor=desk.head, note=NOTE, new_due_at=far)


def test_the_page_drafts_the_date_and_the_words_and_keeps_what_is_typed(desk, dossier):
    with clock.at(at(20)):
        client = client_of(desk.head)
        shown = client.get(page("apologise", dossier))
        form = shown.context["form"]
        assert form.typed == {"ngay": 23, "thang": 11, "nam": 2026} and "Thẩm tra" in form["note"].value()
        body = {"seen": shown.context["seen"], "moi-ngay": "20", "moi-thang": "11", "moi-nam": "2036", "note": NOTE}
        answer = client.post(page("apologise", dossier), body)
        assert answer.status_code == 422 and "Hẹn lại xa nhất" in answer.content.decode() and NOTE in answer.content.decode()
        assert client.post(page("apologise", dossier), body | {"moi-ngay": "23", "moi-nam": "2026"}).status_code == 302
        assert Dossier.objects.get(pk=dossier.pk).apologised_to


def test_the_paper_says_what_is_true(desk, dossier):
    with clock.at(at(20)):
        late = contexts.office.apology(apologise(dossier, desk.head, 23), dossier.events.last())
        assert late["late"] and not late["once"]
    with clock.at(TUESDAY):
        early = desk.processing(code="1.010041")
        Dossier.objects.filter(pk=early.pk).update(due_at=at(24, 17))
        early = workflow.advance(early, "extend", actor=desk.head, note=NOTE, new_due_at=at(25, 17))
        said = contexts.office.apology(early, early.events.last())
        assert not said["late"] and said["once"]


def test_a_wait_after_the_apology_moves_its_date_and_not_what_was_missed(desk, dossier):
    with clock.at(at(20)):
        late = apologise(dossier, desk.head, 23)
    with clock.at(at(20, 10)):
        withdrawn = workflow.advance(late, "withdraw", actor=late.submitter)
    with clock.at(at(24)):
        back = workflow.advance(withdrawn, "refuse_withdrawal", actor=desk.clerk, note=NOTE)
        assert back.due_at > late.due_at and back.missed_due_at == dossier.due_at
        assert lateness.is_late(back, clock.now(), lateness.PROMISED_DUE)


# ---------------------------------------------------------------- the explanation
def test_long_runs_of_days_are_folded():
    from procedures.calendar import OfficeHours, Term, due

    long = due(working_calendar(), OfficeHours.default(), TUESDAY, Term(30, "working_day")).days
    rows = rules.folded(long)
    assert len(rows) <= 9 < len(long)
    stretch = next(row for row in rows if isinstance(row, rules.Stretch))
    shown = sum(row.counted for row in rows if not isinstance(row, rules.Stretch))
    assert shown + stretch.counted_days == 30 and rows[-1].is_due and "ngày làm việc" in stretch.why
    short = due(working_calendar(), OfficeHours.default(), TUESDAY, Term(5, "working_day")).days
    assert rules.folded(short) == list(short)
