"""The desk's worklists: contents for each user, order, and number of queries."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dossiers import workflow
from dossiers.desk import ordering, queues
from dossiers.models import Dossier
from portal.common import clock
from portal.common.identity import mask_number
from procedures.models import working_calendar
from tests import factories
from tests.databases import past_the_triggers

WEDNESDAY = dt.datetime(2026, 11, 25, 9, 0, tzinfo=clock.LOCAL)


@pytest.fixture
def as_user(client):
    """Factory: a client logged in as this user."""

    def login(user):
        client.force_login(user)
        return client

    return login


def codes(response):
    return [row["dossier"].code for row in response.context["rows"]]


def group_count(response, key):
    """The count of one list in the side bar."""
    labels = {str(group.label): group.key for group in queues.GROUPS}
    return next(group["count"] for group in response.context["groups"] if labels[str(group["label"])] == key)


def test_people_without_a_staff_role_find_no_desk(as_user, desk):
    assert as_user(factories.citizen()).get(reverse("desk:queue")).status_code == 404


def test_each_person_finds_what_they_can_do_next(as_user, desk):
    with clock.at(WEDNESDAY):
        submitted, accepted, at_work, to_sign = desk.submitted(), desk.accepted(), desk.processing(), desk.to_sign()
        desk.asked_for_supplement()
        expected = {
            desk.clerk: {submitted.code, accepted.code},
            desk.officer: {at_work.code},
            desk.signer: {to_sign.code},
            desk.head: set(),
        }
        for person, found in expected.items():
            response = as_user(person).get(reverse("desk:queue"))
            assert set(codes(response)) == found
            assert group_count(response, "viec-cua-toi") == len(found)
            assert group_count(response, "tat-ca") == 5
            assert group_count(response, "cho-nguoi-nop") == 1


def test_what_somebody_else_holds_is_not_my_work(as_user, desk):
    other = factories.user(officer=desk.lead)
    dossier = workflow.advance(desk.processing(), "assign", actor=desk.head, holder=other)

    assert codes(as_user(desk.officer).get(reverse("desk:queue"))) == []
    assert codes(as_user(factories.fresh(other)).get(reverse("desk:queue"))) == [dossier.code]


def test_another_body_sees_nothing(as_user, desk):
    desk.submitted()
    stranger = factories.user(receiving_clerk="H18.X005.CA")

    assert codes(as_user(stranger).get(reverse("desk:queue"), {"nhom": "tat-ca"})) == []


def test_a_clerks_own_matter_is_not_their_work(as_user, desk):
    clerk_elsewhere = factories.user(receiving_clerk="H18.X005.CA")
    desk.submitted(submitter=factories.as_citizen(clerk_elsewhere))

    assert codes(as_user(clerk_elsewhere).get(reverse("desk:queue"), {"nhom": "tat-ca"})) == []


def test_the_most_urgent_stands_on_top_and_late_ones_are_counted(as_user, desk):
    with clock.at(WEDNESDAY - dt.timedelta(days=5)):
        old = desk.submitted()
    with clock.at(WEDNESDAY):
        new = desk.submitted()
        response = as_user(desk.clerk).get(reverse("desk:queue"))
        assert codes(response) == [old.code, new.code]
        assert [row["sla"].tone for row in response.context["rows"]] == ["late", "soon"]
        assert group_count(response, "qua-han") == 1
        assert response.context["urgent"] == old.code


def test_the_tag_says_how_the_dossier_stands_with_time(desk):
    with clock.at(WEDNESDAY):
        dossier = desk.processing()
    calendar = working_calendar()

    def tag(hours):
        with clock.at(dossier.step_due_at + dt.timedelta(hours=hours)):
            return queues.deadline_tag(dossier, calendar)

    assert tag(-1).tone == "today"
    assert tag(1) == ("late", "Quá hạn từ " + queues.clock_time(dossier.step_due_at))
    assert tag(50).label.startswith("Quá hạn 2")
    dossier.waiting_on = "submitter"
    assert tag(50).tone == "hold"


@pytest.mark.parametrize("words", ["phuong vy", "PHƯỢNG VỸ", "Phượng  Vỹ", "0777", "{start}", "{number}"])
def test_search_finds_by_code_name_without_accents_and_number(as_user, desk, words):
    dossier = desk.submitted(submitter=factories.citizen(person_facts={"id_number": "011999000777"}))
    words = words.format(start=dossier.code[:9].lower(), number="011 999 000 777")

    response = as_user(desk.clerk).post(reverse("desk:queue"), {"tu-khoa": words, "nhom": "cho-ky"}, follow=True)

    assert codes(response) == [dossier.code]


def test_search_does_not_invent(as_user, desk):
    desk.submitted()
    for words in ("Hoa Sen", "%", "_", "'; --", "99999"):
        assert codes(as_user(desk.clerk).post(reverse("desk:queue"), {"tu-khoa": words}, follow=True)) == []


def test_lists_show_no_full_identity_number(as_user, desk):
    dossier = desk.submitted()
    page = as_user(desk.clerk).get(reverse("desk:queue")).content.decode()
    assert dossier.subject_id_number not in page and mask_number(dossier.subject_id_number) in page


def test_every_page_that_hides_a_number_hides_it_in_the_same_way(as_user, desk):
    """The list, the dossier's head and its answers, for somebody who may not see the papers; a short number is hidden whole."""
    dossier = desk.submitted()
    inspector = as_user(factories.user(inspector="H18"))
    for number in (dossier.subject_id_number, "12"):
        with past_the_triggers():
            Dossier.objects.filter(pk=dossier.pk).update(subject_id_number=number)
        for page in (reverse("desk:queue"), reverse("desk:dossier", args=[dossier.code])):
            assert mask_number(number) in inspector.get(page).content.decode(), page
    own = next(value for key, value in dossier.answers.items() if key == "ap_id_number")
    shown = inspector.get(reverse("desk:dossier", args=[dossier.code])).content.decode()
    assert own not in shown and mask_number(own) in shown


def test_an_inspector_reads_lists_of_the_province_and_nothing_to_pick(as_user, desk):
    dossier = desk.submitted()
    response = as_user(factories.user(inspector="H18")).get(reverse("desk:queue"))
    assert codes(response) == [dossier.code]
    assert response.context["bulk"] == [] and not response.context["list"].reads_papers


def test_filters_keep_to_a_procedure_and_a_channel(as_user, desk):
    dossier = desk.submitted()
    page = as_user(desk.clerk)
    assert codes(page.get(reverse("desk:queue"), {"thu-tuc": factories.RESIDENCE, "cach-nop": "online"})) == [dossier.code]
    assert codes(page.get(reverse("desk:queue"), {"thu-tuc": "1.004873"})) == []
    assert codes(page.get(reverse("desk:queue"), {"cach-nop": "postal"})) == []


# ---------------------------------------------------------------- pages by key
def many_dossiers(desk, count):
    """Copies of one filed dossier, inserted directly: enough rows for several pages."""
    first = desk.submitted()
    rows = []
    for n in range(count - 1):
        copy = Dossier.objects.get(pk=first.pk)
        copy.pk, copy.code, copy.secret = None, f"{first.code}-{n}", f"{first.secret[:8]}-{n}"
        copy.step_due_at = None if n % 7 == 0 else first.step_due_at + dt.timedelta(minutes=n % 5)
        rows.append(copy)
    Dossier.objects.bulk_create(rows)
    return first


def test_pages_go_forth_and_back_without_losing_or_doubling_a_row(desk):
    many_dossiers(desk, 23)
    dossiers = queues.dossiers_at_work(desk.clerk)
    pages, after = [], ""
    while True:
        page = ordering.keyset_page(dossiers, after=after, size=5)
        pages.append([d.pk for d in page.rows])
        if not page.after:
            break
        after = page.after
    assert [len(page) for page in pages] == [5, 5, 5, 5, 3]
    assert len({pk for page in pages for pk in page}) == 23

    back = ordering.keyset_page(dossiers, before=page.before, size=5)
    assert [d.pk for d in back.rows] == pages[-2]
    while back.before:
        back = ordering.keyset_page(dossiers, before=back.before, size=5)
    assert [d.pk for d in back.rows] == pages[0]


def test_a_key_that_means_nothing_shows_the_first_page(as_user, desk):
    dossier = desk.submitted()
    for key in ("x", "_", "2026_", "hôm qua_3", "2026-11-25T00:00:00+00:00_x"):
        assert codes(as_user(desk.clerk).get(reverse("desk:queue"), {"sau": key})) == [dossier.code]


def test_closed_dossiers_come_newest_first(as_user, desk):
    closed = []
    for day in (1, 2):
        with clock.at(WEDNESDAY + dt.timedelta(days=day)):
            closed.append(workflow.advance(desk.submitted(), "refuse_receipt", actor=desk.clerk, note="Không đúng nơi nhận."))
    assert codes(as_user(desk.clerk).get(reverse("desk:queue"), {"nhom": "da-xong"})) == [closed[1].code, closed[0].code]


def test_fifty_rows_cost_as_many_queries_as_five(as_user, desk):
    many_dossiers(desk, 5)
    client = as_user(desk.clerk)
    address = reverse("desk:queue") + "?nhom=tat-ca"
    client.get(address)
    with CaptureQueriesContext(connection) as five:
        assert len(codes(client.get(address))) == 5
    many_dossiers(desk, 60)
    with CaptureQueriesContext(connection) as fifty:
        assert len(codes(client.get(address))) == ordering.PAGE
    assert len(fifty) == len(five) <= 21


def test_the_list_of_a_desk_is_read_by_an_index(desk):
    many_dossiers(desk, 40)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = queues.for_list(
            queues.dossiers_at_work(desk.clerk).filter(queues.group_condition("cho-tiep-nhan", desk.clerk))
        ).explain()
    assert "Seq Scan on dossiers_dossier" not in plan
    assert "Index" in plan
