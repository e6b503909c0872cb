"""Numbers of papers: a series for each agency, kind and year; none twice, none left out, whatever happens in between."""

import datetime as dt
import importlib
import threading

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import InternalError, ProgrammingError

from dossiers import invariants, workflow
from dossiers.desk.views import bulk
from dossiers.models import Dossier, FollowUp
from dossiers.papers import making, numbering
from dossiers.papers.models import IssuedPaper, NumberCounter, PaperKind, PaperNumber
from dossiers.workflow.checks import all_lines
from portal.common import clock, outbox
from portal.common.pdf import PdfError
from tests import factories, world
from tests.databases import past_the_triggers

pytestmark = pytest.mark.django_db
SLIP = PaperKind.RECEIPT_SLIP


def slips():
    """(agency, year, number) of the receipt slips, in the order they were given."""
    return list(PaperNumber.objects.filter(kind=SLIP).order_by("pk").values_list("body__code", "year", "number"))


def printed(dossier, kind):
    return dossier.papers.get(kind=kind).number


def test_each_kind_of_paper_has_its_own_series(desk):
    first, second = desk.accepted(), desk.accepted()
    there = {(number.event.dossier.code, number.kind): str(number) for number in PaperNumber.objects.all()}
    body = first.receiving_agency.code
    assert there == {
        (first.code, "acknowledgement"): f"01/XN-{body}", (first.code, "receipt_slip"): f"01/TN-{body}",
        (second.code, "acknowledgement"): f"02/XN-{body}", (second.code, "receipt_slip"): f"02/TN-{body}",
    }  # fmt: skip


def test_each_agency_has_its_own_series(desk):
    dossier, other = desk.accepted(), world.agency("H18.X005.CA")
    event = dossier.events.get(step="accept")
    assert str(numbering.give(event, SLIP, body=other, item="a")) == "01/TN-H18.X005.CA"
    assert str(numbering.give(event, SLIP, body=other, item="b")) == "02/TN-H18.X005.CA"
    assert str(numbering.give(event, SLIP, item="c")) == f"02/TN-{dossier.receiving_agency.code}"


def test_a_series_begins_again_at_new_year_in_viet_nam(desk):
    with clock.at(dt.datetime(2026, 12, 31, 23, 59, tzinfo=clock.LOCAL)):
        desk.accepted()
    with clock.at(dt.datetime(2027, 1, 1, 0, 1, tzinfo=clock.LOCAL)):  # still 2026 in UTC
        desk.accepted()
    assert [row[1:] for row in slips()] == [(2026, 1), (2027, 1)]


def test_a_step_that_is_rolled_back_gives_its_number_back(desk):
    dossier = desk.submitted()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        workflow.advance(dossier, "accept", actor=desk.clerk)
        raise ZeroDivisionError
    workflow.advance(dossier, "accept", actor=desk.clerk)
    assert [row[2] for row in slips()] == [1] and not list(invariants._numbers())


def test_a_paper_whose_drawing_failed_keeps_its_number_and_the_next_one_has_the_next(desk, monkeypatch):
    first, second = desk.accepted(), desk.accepted()

    def fail(*args, **kwargs):
        raise PdfError("the child died")

    followup = FollowUp.objects.get(event__dossier=first, kind="paper:receipt_slip")
    monkeypatch.setattr(making.rendering, "render_paper", fail)
    with pytest.raises(PdfError):
        outbox.do(FollowUp, followup.pk)
    assert FollowUp.objects.get(pk=followup.pk).due_state == "waiting"
    monkeypatch.setattr(making.rendering, "render_paper", lambda *args, **kwargs: b"%PDF-1.7")
    making.make_paper(second.events.get(step="accept"), SLIP)
    making.make_paper(first.events.get(step="accept"), SLIP)
    body = first.receiving_agency.code
    assert (printed(first, SLIP), printed(second, SLIP)) == (f"01/TN-{body}", f"02/TN-{body}")


def test_a_decision_has_a_number_of_the_agency_that_decides(desk):
    approved = desk.approved().decisions.get()
    refused = workflow.advance(desk.to_sign(), "refuse_substance", actor=desk.signer, note="Thiếu.", content=factories.CONTENT)
    body = approved.agency.code
    assert approved.number == f"01/KQ-{body}" and refused.decisions.get().number == f"01/TB-{body}"


def test_several_results_of_one_decision_have_numbers_of_their_own(desk):
    event = desk.approved().decisions.get().event
    numbers = [numbering.number_of(event, PaperKind.RESULT, item) for item in ("giay", "the", "giay")]
    assert [number.number for number in numbers] == [2, 3, 2]
    with pytest.raises(IntegrityError), transaction.atomic():
        numbering.give(event, PaperKind.RESULT, item="giay")


def test_the_filled_form_carries_the_code_of_the_dossier(desk, monkeypatch):
    monkeypatch.setattr(making.rendering, "render_paper", lambda *args, **kwargs: b"%PDF-1.7")
    dossier = desk.submitted()
    making.make_paper(dossier.events.get(step="submit"), PaperKind.APPLICATION_FORM)
    assert printed(dossier, "application_form") == dossier.code


def test_every_paper_that_a_step_owes_has_a_series():
    owed = {line.custom["paper"] for line in all_lines()} - {None}
    assert owed <= set(numbering.SERIES)
    assert len(set(numbering.SERIES.values())) == len(numbering.SERIES)


def test_the_receipt_slip_prints_its_place_in_the_register_of_the_year(desk):
    dossier = desk.accepted()
    event = dossier.events.get(step="accept")
    number = numbering.number_of(event, SLIP)
    context = making.contexts.context(SLIP, dossier, event, number=str(number), verification_code="A" * 16)
    assert (context["place_in_series"], context["register_book"]) == ("0001", clock.local(event.at).year)


def test_a_copy_of_an_old_slip_prints_what_the_slip_printed(desk):
    dossier = desk.accepted()
    event = dossier.events.get(step="accept")
    context = making.contexts.context(SLIP, dossier, event, number=f"{event.pk}/TN", verification_code="A" * 16)
    assert (context["place_in_series"], context["register_no_before_series"]) == ("", dossier.code[-4:])


def test_dossiers_accepted_before_there_were_series_get_their_places_in_the_order_of_acceptance(desk):
    dossiers = [desk.accepted() for _ in range(3)]
    year = clock.local(dossiers[0].accepted_at).year
    migration = importlib.import_module("dossiers.papers.migrations.0003_rules_of_0_3")
    with past_the_triggers():
        PaperNumber.objects.all().delete()
        NumberCounter.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(migration.ENTER_THE_REGISTER)
    assert [row[1:] for row in slips()] == [(year, 1), (year, 2), (year, 3)]
    assert PaperNumber.objects.order_by("number").first().event.dossier == dossiers[0]
    desk.accepted()
    assert slips()[-1][2] == 4 and not list(invariants._numbers())


def test_a_number_is_never_changed_and_never_deleted(desk):
    desk.accepted()
    for change in (lambda: PaperNumber.objects.update(number=7), lambda: PaperNumber.objects.all().delete()):
        with pytest.raises((IntegrityError, InternalError, ProgrammingError), match="once and for ever"), transaction.atomic():
            change()


def test_a_gap_is_found(desk):
    desk.accepted()
    NumberCounter.objects.filter(series="TN").update(last=2)
    assert [line.endswith("2 were given, 1 are there") for line in invariants._numbers()] == [True]


def test_the_page_for_several_dossiers_commits_each_step():
    """Else two clerks could wait for each other's dossier and number."""
    assert "default" in bulk.confirm._non_atomic_requests


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_with_every_third_failing_leave_no_gap_and_no_double():
    world.holidays()
    desk = factories.Desk()
    dossiers = [desk.submitted() for _ in range(20)]
    start, failed, errors = threading.Barrier(4), [], []

    def accept(mine):
        try:
            start.wait(timeout=20)
            for place, dossier in mine:
                try:
                    with transaction.atomic():
                        workflow.advance(dossier, "accept", actor=desk.clerk)
                        if place % 3 == 0:
                            raise ZeroDivisionError
                except ZeroDivisionError:
                    failed.append(dossier)
        except Exception as error:  # noqa: BLE001 - a thread tells its test
            errors.append(error)
        finally:
            connection.close()

    numbered = list(enumerate(dossiers))
    threads = [threading.Thread(target=accept, args=(numbered[at::4],)) for at in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not errors
    assert len(failed) == 7 and [row[2] for row in slips()] == list(range(1, 14))
    assert Dossier.objects.filter(state="ACCEPTED").count() == 13
    assert not IssuedPaper.objects.exists() and not list(invariants._numbers())
