"""The API of dossiers: same visibility and same steps as the pages; refusals are HTTP statuses."""

import html
import re

import pytest

from accounts.models import AccessLog
from dossiers.models import Dossier
from tests import factories, world
from tests.dossiers.pages import browse, step_url

JSON = {"content_type": "application/json"}


@pytest.fixture
def dossier(desk):
    return desk.submitted()


def test_the_list_holds_what_one_may_see_and_no_drafts(desk, dossier):
    desk.draft(submitter=dossier.submitter)
    desk.submitted()
    rows = browse(dossier.submitter).get("/api/v1/dossiers/").json()["results"]
    assert [row["code"] for row in rows] == [dossier.code]
    assert rows[0]["state_number"] == 1 and rows[0]["procedure"] == factories.RESIDENCE


def test_one_dossier_tells_its_steps_without_names(dossier):
    answer = browse(dossier.submitter).get(f"/api/v1/dossiers/{dossier.code}/")
    assert [event["step"] for event in answer.json()["events"]] == ["submit"]
    assert dossier.subject_name not in answer.content.decode()


def test_a_look_by_staff_is_written_down_and_ones_own_is_not(desk, dossier):
    for user in (dossier.submitter, desk.clerk):
        browse(user).get(f"/api/v1/dossiers/{dossier.code}/")
    look = AccessLog.objects.get()
    assert (look.actor, look.person, look.target) == (desk.clerk, dossier.person, f"dossier:{dossier.pk}")
    assert look.page.startswith("/api/")


def test_without_a_login_nothing_is_told(dossier):
    assert browse().get("/api/v1/dossiers/").status_code in (401, 403)
    assert browse().get(f"/api/v1/dossiers/{dossier.code}/").status_code in (401, 403)


def test_what_one_may_not_see_is_not_there(dossier):
    stranger = browse(factories.citizen())
    assert stranger.get(f"/api/v1/dossiers/{dossier.code}/").status_code == 404
    assert stranger.post(f"/api/v1/dossiers/{dossier.code}/withdraw/", {}, **JSON).status_code == 404


def test_withdrawing_goes_through_the_door(desk, dossier):
    client = browse(dossier.submitter)
    assert client.post(f"/api/v1/dossiers/{dossier.code}/withdraw/", {"note": "x" * 3000}, **JSON).status_code == 400
    answer = client.post(f"/api/v1/dossiers/{dossier.code}/withdraw/", {"note": "Không cần nữa."}, **JSON)
    assert (answer.status_code, answer.json()["state"]) == (200, "STOPPED")
    again = client.post(f"/api/v1/dossiers/{dossier.code}/withdraw/", {}, **JSON)
    assert again.status_code == 409 and "đã làm trước" in again.json()["detail"]


def test_a_clerk_may_see_but_not_withdraw(desk, dossier):
    assert browse(desk.clerk).post(f"/api/v1/dossiers/{dossier.code}/withdraw/", {}, **JSON).status_code == 403


def test_a_draft_is_handed_in_once_with_the_declaration(desk):
    draft = desk.draft()
    client = browse(draft.submitter)
    assert client.post(f"/api/v1/drafts/{draft.pk}/submit/", {"declared": False}, **JSON).status_code == 400
    first = client.post(f"/api/v1/drafts/{draft.pk}/submit/", {"declared": True}, **JSON)
    second = client.post(f"/api/v1/drafts/{draft.pk}/submit/", {"declared": True}, **JSON)
    assert first.status_code == second.status_code == 200
    assert first.json()["code"] == second.json()["code"]
    draft.refresh_from_db()
    assert draft.declared_at


def test_a_second_submit_with_another_body_is_told_so(desk):
    draft = desk.draft()
    client, address = browse(draft.submitter), f"/api/v1/drafts/{draft.pk}/submit/"
    assert client.post(address, {"declared": True, "answers": {"ap_email": "a@example.vn"}}, **JSON).status_code == 400
    assert client.post(address, {"declared": True}, **JSON).status_code == 200
    for changed in ({"declared": True, "answers": {}}, {"declared": False}, {}):
        again = client.post(address, changed, **JSON)
        assert again.status_code == 409 and "đã nộp lúc" in again.json()["detail"]


@pytest.mark.parametrize("wrong", [
    {"asked": {"case": "danh_sach", "priority_group": "", "quantities": {"Số người trong danh sách": 0}}},
    {"asked": {"case": "ca_nhan", "priority_group": "dien-khong-co"}},
    {"asked": {"case": "ca_nhan"}},
    {"asked": {"priority_group": ""}},
    {"delivery_way": "post", "delivery_address": {"province": "11"}},
    {"delivery_way": "bay"},
    {"answers": {}},
])  # fmt: skip
def test_what_the_review_refuses_the_api_refuses_with_the_same_words(desk, wrong):
    right = {"answers": world.sample_answers("ct01"), "asked": {"case": "ca_nhan", "priority_group": ""}}
    draft = desk.draft(code="1.004194", **right)
    Dossier.objects.filter(pk=draft.pk).update(**wrong)
    client = browse(draft.submitter)
    page = client.post(step_url(draft, "xem-lai"), {"cam-doan": "1"})
    said = [
        html.unescape(text) for text in re.findall(r"<li>\s*<a href=.*?>(.*?)</a>", page.content.decode().partition("errsum")[2])
    ]
    answer = client.post(f"/api/v1/drafts/{draft.pk}/submit/", {"declared": True}, **JSON)

    assert answer.status_code == 409 and answer.json()["errors"]
    assert {wrong["detail"] for wrong in answer.json()["errors"]} <= set(said)
    assert Dossier.objects.get().state == "DRAFT"


def test_a_draft_that_is_not_ready_is_refused_with_the_sentence(desk):
    draft = desk.draft(answers={})
    answer = browse(draft.submitter).post(f"/api/v1/drafts/{draft.pk}/submit/", {"declared": True}, **JSON)
    assert answer.status_code == 409 and "chưa điền" in answer.json()["detail"]


def test_somebody_elses_draft_is_not_there_and_a_filed_one_is_not_anybodys(desk, dossier):
    draft = desk.draft()
    assert browse(factories.citizen()).post(f"/api/v1/drafts/{draft.pk}/submit/", {"declared": True}, **JSON).status_code == 404
    assert browse(desk.clerk).post(f"/api/v1/drafts/{dossier.pk}/submit/", {"declared": True}, **JSON).status_code == 403
