"""Outages: who records them, what is refused, and what they do to running terms; and missed promises are told once."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from accounts.messages.models import Message
from dossiers import workflow
from dossiers.citizen import timeline
from dossiers.clock import lateness, rules
from dossiers.models import Dossier, Outage
from dossiers.workflow import deadlines, outages, recount
from portal.common import clock
from portal.common.dates import GLUE
from portal.obligations import alarms
from procedures.calendar import OfficeHours, Term
from procedures.models import working_calendar
from tests import factories
from tests.dossiers.pages import browse, words

MONDAY = dt.datetime(2026, 8, 24, 10, 8, tzinfo=clock.LOCAL)
REASON = "Bảo trì máy chủ của tỉnh."
PAGE = "/can-bo/su-co/"


def at(day, hour=17, minute=0, month=8, year=2026):
    return dt.datetime(year, month, day, hour, minute, tzinfo=clock.LOCAL)


@pytest.fixture
def running(desk):
    """A dossier promised for Tuesday 25 August 17:00, at Monday 10:08."""
    with clock.at(MONDAY):
        dossier = desk.processing()
        recount.run()
        Message.objects.all().delete()
        yield dossier


def fresh(dossier):
    return Dossier.objects.get(pk=dossier.pk)


def told(dossier, key="recount:"):
    rows = Message.objects.filter(key__startswith=key, recipient=dossier.submitter, channel="inbox")
    return [row.body.replace(GLUE, " ") for row in rows]


def test_an_outage_lengthens_the_term_once_and_is_told_once(desk, running):
    outages.record(desk.head, running.receiving_agency, at(25, 8), at(26, 9), REASON)
    for _again in range(3):
        recount.run()
    dossier = fresh(running)
    assert dossier.due_at == at(26) and dossier.first_promised_due_at == at(25)
    (body,) = told(dossier)
    assert "26 tháng 8" in body and "sự cố đã ghi nhận" in body
    assert "sự cố đã ghi nhận" in timeline.moved_promise(dossier)
    assert any("sự cố" in reason for reason in timeline.why_this_date(dossier)["reasons"])
    with clock.at(at(26, 12)):
        assert not lateness.is_late(dossier, clock.now(), lateness.PROMISED_DUE)
        recount.run()
        assert Outage.objects.get().settled


def test_a_cancelled_outage_takes_nothing_back_and_no_longer_counts(desk, running):
    row = outages.record(desk.head, running.receiving_agency, at(25, 8), at(26, 9), REASON)
    recount.run()
    with pytest.raises(outages.OutageRefused):
        outages.cancel(desk.head, row, " ")
    outages.cancel(desk.head, row, "Ghi nhầm ngày.")
    outages.cancel(desk.head, row, "Hủy hai lần.")
    recount.run()
    dossier = fresh(running)
    assert dossier.due_at == at(26) and not dossier.intervals.filter(kind="outage").exists() and len(told(dossier)) == 1
    assert "ngày đã hẹn được giữ" in timeline.why_this_date(dossier)["reasons"][-1]
    row.refresh_from_db()
    assert (row.cancelled_by, row.cancel_reason) == (desk.head, "Ghi nhầm ngày.")
    outages.record(desk.head, running.receiving_agency, at(26, 8), at(27, 9), REASON)  # the corrected one
    recount.run()
    assert fresh(running).due_at == at(26) and fresh(running).intervals.filter(kind="outage").count() == 1


def test_reception_and_the_citizens_own_term_are_lengthened_too(desk):
    with clock.at(MONDAY):
        waiting, asked = desk.submitted(), desk.asked_for_supplement()
        recount.run()
        before = fresh(waiting).reception_due_at, fresh(asked).supplement_due_at
        outages.record(desk.head, waiting.receiving_agency, at(24, 11), at(28, 11), REASON)
        recount.run()
        assert fresh(waiting).reception_due_at > before[0] and fresh(asked).supplement_due_at > before[1]


@pytest.mark.parametrize(
    ("start", "end", "reason", "field"),
    [
        (at(25, 9), at(25, 8), REASON, "ended"),
        (at(25, 9), at(25, 9), REASON, "ended"),
        (at(25, 9), at(25, 9, month=12), REASON, "ended"),
        (at(1, month=7), at(2, month=7), REASON, "started"),
        (at(25, 9, year=2036), at(26, 9, year=2036), REASON, "started"),
        (at(25, 9), at(26, 9), "  ", "reason"),
        (at(25, 9), at(26, 9), "x" * 10_000_000, "reason"),
        (at(29, 9), at(30, 9), REASON, "started"),  # overlaps the one of all bodies
        (at(28, 8), at(29, 8, 1), REASON, "started"),
    ],
)  # fmt: skip
def test_what_is_refused(desk, running, start, end, reason, field):
    Outage.objects.create(started_at=at(29, 8), ended_at=at(30, 10), reason=REASON, entered_by=desk.head)
    with pytest.raises(outages.OutageRefused) as refusal:
        outages.record(desk.head, running.receiving_agency, start, end, reason)
    assert refusal.value.field == field and Outage.objects.count() == 1


def test_only_heads_of_the_body_record_its_outages(desk, running):
    for who in (desk.clerk, desk.officer, desk.signer, running.submitter):
        with pytest.raises(PermissionDenied):
            outages.record(who, running.receiving_agency, at(25, 8), at(26, 9), REASON)
        assert browse(who).get(PAGE).status_code == 404 and browse(who).post(PAGE, {}).status_code == 404
    with pytest.raises(PermissionDenied):  # for all bodies at once: a system administrator
        outages.record(desk.head, None, at(25, 8), at(26, 9), REASON)
    with pytest.raises(PermissionDenied):
        outages.record(factories.user(head="H18.X005.CA"), running.receiving_agency, at(25, 8), at(26, 9), REASON)


def test_the_page_records_keeps_what_was_typed_and_cancels(desk, running):
    client, body = browse(desk.head), running.receiving_agency
    typed = {"agency": body.pk, "started": "2026-08-25T08:00", "ended": "", "reason": REASON}
    answer = client.post(PAGE, typed)
    assert answer.status_code == 422 and REASON in answer.content.decode() and "2026-08-25T08:00" in answer.content.decode()
    for wrong in ({"ended": "2026-08-24T08:00"}, {"ended": "99999-08-24T08:00"}, {"ended": "hôm qua"}, {"agency": "999999"}):
        assert client.post(PAGE, typed | {"ended": "2026-08-26T09:00"} | wrong).status_code == 422
    assert client.post(PAGE, typed | {"ended": "2026-08-26T09:00"}).status_code == 302
    row = Outage.objects.get()
    assert (row.started_at, row.ended_at, row.entered_by) == (at(25, 8), at(26, 9), desk.head)
    assert client.post(PAGE, typed | {"ended": "2026-08-26T09:00"}).status_code == 422, "twice is an overlap"
    assert REASON in words(client.get(PAGE))
    assert browse(desk.clerk).post(f"{PAGE}{row.pk}/huy/", {"reason": "Tôi không được hủy."}).status_code == 404
    client.post(f"{PAGE}{row.pk}/huy/", {"reason": "Ghi nhầm ngày."})
    assert "hủy lúc" in words(client.get(PAGE)) and "Ghi nhầm ngày." in words(client.get(PAGE))


# ---------------------------------------------------------------- missed promises
def test_a_missed_promise_is_told_once_to_the_citizen_and_to_the_head_as_an_alarm(desk, running):
    with clock.at(at(25)):
        deadlines.run()
    assert not told(running, "missed:")
    with clock.at(at(26, 9)):
        deadlines.run()
        deadlines.run()
    (body,) = told(running, "missed:")
    assert "25 tháng 8" in body
    people = {row.recipient for row in Message.objects.filter(key__startswith="missed:", channel="inbox")}
    assert people == {running.submitter}
    with clock.at(at(26, 9) + dt.timedelta(minutes=15)):
        alarms.run()
    alarm = Message.objects.get(recipient=desk.head, key__startswith="alarms:", channel="inbox")
    assert "phải có quyết định hoặc xin lỗi" in alarm.body
    with clock.at(at(26, 9)):
        workflow.advance(fresh(running), "apologise", actor=desk.head, note=REASON, new_due_at=at(27))
    with clock.at(at(28, 9)):
        deadlines.run()
    assert len(told(running, "missed:")) == 2, "the new promise was missed as well"


def test_decided_after_an_apology_it_was_late_all_the_same(desk, running):
    with clock.at(at(26, 9)):
        workflow.advance(fresh(running), "apologise", actor=desk.head, note=REASON, new_due_at=at(27))
        assert browse(running.submitter).get(f"/api/v1/dossiers/{running.code}/").json()["late"] is True
        assert rules.days_left(working_calendar(), clock.now(), lateness.counted_due(fresh(running), "due_at")) == -1
    with clock.at(at(26, 14)):
        factories.drafted(fresh(running), desk.officer)
        workflow.advance(fresh(running), "hand_over", actor=desk.officer)
        dossier = factories.approve(fresh(running), desk.signer)
        assert dossier.decided_at < dossier.due_at
        assert lateness.was_decided_late(dossier) and lateness.missed_its_promise(dossier, clock.now())
        assert Dossier.objects.filter(lateness.missed_their_promise(clock.now()), pk=dossier.pk).exists()
    found = rules.indicator(
        working_calendar(), OfficeHours.default(), accepted_at=dossier.accepted_at, term=Term.from_data(dossier.term),
        ended_at=dossier.decided_at, intervals=list(dossier.intervals.all()),
    )  # fmt: skip
    assert not found.on_time
