"""The register of obligations: what is in between, its age and owner, and who reads the page."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from accounts.messages.models import Channel, Message
from accounts.models import User
from dossiers import workflow
from dossiers.custody import keeping
from dossiers.models import Dossier, FollowUp, StepRun
from portal.common import clock, outbox
from portal.common.obligations import OPERATORS, Obligation
from portal.obligations import register
from tests import factories
from tests.dossiers.pages import browse, words

pytestmark = pytest.mark.django_db
MONDAY = dt.datetime(2026, 11, 30, 8, tzinfo=clock.LOCAL)
PAGE = "/can-bo/viec-dang-do/"


def system_administrator():
    return User.objects.create_superuser("ht", full_name="Hệ Thống", password=factories.PASSWORD)


def counted():
    """{key: (count, late)} of what is not 0."""
    found = register.standing(register.Hours())
    return {key: (row["count"], row["late"]) for key, row in found.items() if row["count"]}


def test_every_line_has_a_name_an_owner_and_one_limit_and_is_counted_by_one_query(db):
    assert len(register.BY_KEY) == len(register.OBLIGATIONS) > 25
    with CaptureQueriesContext(connection) as queries:
        found = register.standing(register.Hours())
    assert set(found) == set(register.BY_KEY) and not any(row["count"] for row in found.values())
    assert len(queries) == 3  # two of the calendar
    assert list(register.worst_first(register.Hours())) == []
    with pytest.raises(ValueError, match="one limit"):
        Obligation("x", "x", Dossier.objects.all, "updated_at", OPERATORS, "code")


def test_every_kind_of_outbox_row_is_joined():
    """Work of machines that fails must be seen: a new outbox model needs a line."""
    joined = {kind.owed().model for kind in register.OBLIGATIONS}
    followed = {"GatewayQuestion", "RefundCall"}  # tools of an attempt and of a refund, which are joined themselves
    assert {model for model in outbox.kinds() if model not in joined and model.__name__ not in followed} == set()


def test_a_filed_dossier_owes_its_acknowledgement_a_message_and_an_answer(desk, run_followups, signing_keys):
    with clock.at(MONDAY):
        dossier = desk.submitted()
        assert counted() == {"acknowledgement": (1, 0), "reception": (1, 0), "message": (2, 0)}
    with clock.at(MONDAY + dt.timedelta(minutes=16)):
        assert counted() == {"acknowledgement": (1, 1), "reception": (1, 0), "message": (2, 2)}
    FollowUp.objects.update(due_state="done")
    Message.objects.filter(channel=Channel.EMAIL).update(due_state="dead")
    with clock.at(dossier.reception_due_at):
        assert counted() == {"reception": (1, 0), "message": (2, 2)}
    with clock.at(dossier.reception_due_at + dt.timedelta(minutes=1)):
        assert counted() == {"reception": (1, 1), "message": (2, 2)}
        workflow.advance(dossier, "accept", actor=desk.clerk)
        assert "reception" not in counted() and counted()["transfer"] == (1, 0)


def test_working_hours_are_counted_not_nights(desk):
    friday = dt.datetime(2026, 12, 4, 15, tzinfo=clock.LOCAL)
    with clock.at(friday):
        desk.accepted()
    for moment, late in (("2026-12-05T15:00", 0), ("2026-12-07T15:00", 0), ("2026-12-07T15:29", 0), ("2026-12-07T15:31", 1)):
        with clock.at(dt.datetime.fromisoformat(moment).replace(tzinfo=clock.LOCAL)):
            assert counted()["transfer"] == (1, late), moment


def test_a_step_goes_from_handed_to_taken_to_done(desk):
    with clock.at(MONDAY):
        dossier = desk.processing()
        assert counted()["take"] == (1, 0) and "step" not in counted()
        row = register.worst_first(register.Hours(), [register.BY_KEY["take"]]).get()
        assert (row["owed_code"], row["owed_body"], row["owed_role"]) == (dossier.code, dossier.lead_agency_id, "officer")
        workflow.advance(dossier, "take", actor=desk.officer)
        assert counted()["step"] == (1, 0) and "take" not in counted()
        row = register.worst_first(register.Hours(), [register.BY_KEY["step"]]).get()
        assert row["owed_person"] == desk.officer.pk
    with clock.at(MONDAY + dt.timedelta(days=60)):
        assert counted()["step"] == (1, 1) and counted()["promise"] == (1, 1)


def test_a_question_to_the_citizen_is_owed_by_the_machine_only_after_the_deadline(desk):
    with clock.at(MONDAY):
        dossier = desk.asked_for_supplement()
        assert counted()["supplement"] == (1, 0)
    with clock.at(dossier.supplement_due_at + dt.timedelta(minutes=14)):
        assert counted()["supplement"] == (1, 0)
    with clock.at(dossier.supplement_due_at + dt.timedelta(minutes=16)):
        assert counted()["supplement"] == (1, 1)


def test_money_that_came_in_owes_a_receipt(money_desk):
    attempt = money_desk.paying()
    assert counted()["payment"] == (1, 0)
    with clock.at(attempt.expires_at + dt.timedelta(minutes=16)):
        assert counted()["payment"] == (1, 1)


def test_the_longest_overdue_comes_first(desk):
    with clock.at(MONDAY):
        first = desk.submitted()
    with clock.at(MONDAY + dt.timedelta(days=3)):
        desk.submitted()
        kinds = [register.BY_KEY["reception"]]
        assert [row["owed_code"] for row in register.worst_first(register.Hours(), kinds)][0] == first.code


# ---------------------------------------------------------------- the page
def test_only_system_administrators_heads_and_deputies_find_the_page(desk):
    allowed = (system_administrator(), desk.head, factories.user(deputy="H18.X004.CA"))
    refused = (
        desk.clerk, desk.officer, desk.signer, factories.user(accountant="H18.X004.CA"), factories.user(inspector="H18.X004.CA"),
        factories.user(agency_admin="H18.X004.CA"), factories.user(hotline="H18.X004.CA"), factories.user(), factories.citizen(),
    )  # fmt: skip
    assert [browse(user).get(PAGE).status_code for user in allowed] == [200] * 3
    assert [browse(user).get(PAGE).status_code for user in refused] == [404] * 9
    assert browse().get(PAGE).url.startswith("/dang-nhap/")
    assert browse(desk.head).post(PAGE).status_code == 404 and browse(desk.head).put(PAGE).status_code == 405
    left = factories.user(head="H18.X004.CA")
    left.memberships.update(valid_to="2026-01-01")
    assert browse(factories.fresh(left)).get(PAGE).status_code == 404


@pytest.mark.parametrize(
    "asked", ["?loai=khac", "?trang=0", "?trang=-1", "?trang=x", "?trang=99999999999", "?trang=²", "?loai=%00x"]
)
def test_what_is_not_there_is_not_found(desk, asked):
    assert browse(desk.head).get(PAGE + asked).status_code in (400, 404)


def test_a_head_reads_what_their_bodies_owe_and_an_operator_everything(desk):
    other = factories.Desk("H18.X005.CA")
    with clock.at(MONDAY):
        ours, theirs = desk.submitted(), other.submitted()
    with clock.at(MONDAY + dt.timedelta(days=2)):
        shown = words(browse(desk.head).get(PAGE))
        assert ours.code in shown and theirs.code not in shown and "Thư điện tử" not in shown
        assert "Bộ phận một cửa" not in shown and "Quá hạn" in shown
        page = browse(system_administrator()).get(PAGE).content.decode()
        assert ours.code in page and theirs.code in page and "Thư điện tử, tin nhắn SMS phải gửi đi" in page
        assert reverse("desk:dossier", args=[ours.code]) not in page  # an operator opens no dossier
        assert reverse("desk:dossier", args=[ours.code]) in browse(desk.head).get(PAGE).content.decode()
        one = words(browse(desk.head).get(PAGE + "?loai=take"))
        assert ours.code not in one and "Xem mọi loại việc" in one


def test_no_name_of_a_citizen_stands_on_it(desk):
    dossier = desk.processing()
    shown = browse(system_administrator()).get(PAGE).content.decode()
    for said in (dossier.subject_name, dossier.subject_id_number, dossier.submitter.email):
        assert said and said not in shown


def test_the_page_asks_as_often_for_many_rows_as_for_few(desk):
    head = browse(desk.head)
    desk.submitted()

    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert head.get(PAGE).status_code == 200
        return len(asked)

    queries()
    few = queries()
    for _ in range(3):
        workflow.advance(desk.processing(), "take", actor=desk.officer)
    assert queries() <= few + 1  # names of holders


@pytest.mark.slow
def test_more_than_a_page_is_turned(desk, monkeypatch):
    monkeypatch.setattr("portal.obligations.views.PAGE", 2)
    codes = {desk.submitted().code for _ in range(3)}
    head = browse(desk.head)
    first, second = head.get(PAGE + "?loai=reception"), head.get(PAGE + "?loai=reception&trang=2")
    shown = [{code for code in codes if code in words(answer)} for answer in (first, second)]
    assert len(shown[0]) == 2 and shown[0] | shown[1] == codes and not shown[0] & shown[1]
    assert "trang=2" in first.content.decode() and "Trang trước" in words(second)


def test_what_a_citizen_reads_of_it_is_there_in_english():
    for kind in register.OBLIGATIONS:
        with translation.override("en"):
            english = str(kind.to_citizen)
        with translation.override("vi"):
            assert not kind.to_citizen or english != str(kind.to_citizen), kind.key


def owed(key, moment):
    with clock.at(moment):
        return list(register.overdue(register.BY_KEY[key], register.Hours()).values_list("owed_code", flat=True))


def test_an_original_that_nobody_gave_back_after_the_end_is_owed(desk):
    with clock.at(MONDAY):
        dossier = desk.submitted()
        keeping.receive(dossier, [("Giấy chứng sinh", "", 1)], received_from="Lò Văn Páo", by=desk.clerk)
        dossier = workflow.advance(dossier, "refuse_receipt", actor=desk.clerk, note="Không thuộc nơi này, mời nộp ở phường.")
    assert owed("originals_back", MONDAY + dt.timedelta(days=4)) == []
    assert owed("originals_back", MONDAY + dt.timedelta(days=9)) == [dossier.code]


def test_a_visit_that_was_agreed_and_not_recorded_is_owed(desk):
    with clock.at(MONDAY):
        dossier = desk.processing()
        at = {"at": (MONDAY + dt.timedelta(days=1)).isoformat(), "place": "Số 5", "people": "Ông Ba"}
        StepRun.objects.filter(dossier=dossier, state="open").update(kind="site_check", visit=at)
    assert owed("visit", MONDAY + dt.timedelta(days=1, hours=20)) == []
    assert owed("visit", MONDAY + dt.timedelta(days=2, hours=1)) == [dossier.code]
    StepRun.objects.filter(dossier=dossier, state="open").update(visit=at | {"held_at": at["at"], "photos": []})
    assert owed("visit", MONDAY + dt.timedelta(days=3)) == []
