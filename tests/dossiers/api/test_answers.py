"""Answers over the API: addresses of today and of before the mergers, abroad; the same rules as on the pages."""

import pytest

from accounts.models import AdministrativeUnit
from dossiers.models import Dossier
from tests import factories, snapshots, world
from tests.dossiers.pages import browse, refused
from tests.fixtures import desk_in_the_country

JSON = {"content_type": "application/json"}
TEMPORARY_STAY = "1.004194"
OLD_MUONG_THANH = "cu.03136"
HERE = {"province": "11", "commune": "11.X004"}


@pytest.fixture(scope="module")
def desk_and_country(django_db_setup, django_db_blocker):
    with snapshots.rows_of_a_file(django_db_blocker, desk_in_the_country) as desk:
        yield desk


@pytest.fixture
def desk(desk_and_country, db):
    return desk_and_country


@pytest.fixture
def draft(desk):
    answers = {key: value for key, value in world.sample_answers("ct01").items() if key != "new_address"}
    return desk.draft(code=TEMPORARY_STAY, answers=answers, asked={"case": "ca_nhan", "priority_group": ""})


@pytest.fixture
def client(draft):
    return browse(draft.submitter)


def url(draft):
    return f"/api/v1/drafts/{draft.pk}/"


def old_unit(name, district, province):
    return AdministrativeUnit.objects.get(name=name, parent__name=district, parent__parent__name=province).code


def patch(client, draft, **body):
    return client.patch(url(draft), body, **JSON)


def stored(draft):
    return Dossier.objects.get(pk=draft.pk).answers.get("new_address")


@pytest.mark.parametrize("place", [
    {"commune": "11.X004"},
    {"commune": "11.X004", "province": "11"},
    {"commune": OLD_MUONG_THANH},
    {"find": "phường Mường Thanh, thành phố Điện Biên Phủ"},
])  # fmt: skip
def test_a_commune_by_code_old_code_or_old_name_is_stored_as_the_unit_of_today(client, draft, place):
    answer = patch(client, draft, answers={"new_address": {**place, "detail": "Số 5, tổ 3"}})

    assert answer.status_code == 200, answer.json()
    assert stored(draft) == {**HERE, "detail": "Số 5, tổ 3"} == answer.json()["answers"]["new_address"]


def test_a_split_unit_is_refused_with_its_successors(client, draft):
    code = old_unit("Phường Điện Biên", "Quận Ba Đình", "Thành phố Hà Nội")
    for place in ({"commune": code}, {"find": "Phường Điện Biên, Quận Ba Đình"}):
        answer = patch(client, draft, answers={"new_address": {**place, "detail": "Số 1"}})
        assert answer.status_code == 400
        said = refused(answer)["#/answers/new_address"]
        assert "Phường Ba Đình, Thành phố Hà Nội" in said and said.count(";") >= 1
        assert AdministrativeUnit.objects.get(name="Phường Ba Đình", parent__name="Thành phố Hà Nội", valid_to=None).code in said
    assert stored(draft) is None


@pytest.mark.parametrize(("place", "said"), [
    ({"commune": "99999"}, "99999"),
    ({"commune": "11.X004", "province": "79"}, "mã 11"),
    ({"commune": "11.X004", "find": "Mường Thanh"}, "không gửi cả hai"),
    ({"commune": "11"}, ""),
    ({"commune": 4}, "chuỗi"),
    ({"find": "phường Không Có Đâu Cả"}, "Không tìm thấy"),
    ({"xa": "11.X004"}, "xa"),
    ({"country": "ZZZ"}, ""),
    ({"commune": "11.X004", "detail": "x" * 300}, "200"),
    ("Số 5, phường Mường Thanh", "đối tượng"),
    ([], "đối tượng"),
])  # fmt: skip
def test_a_wrong_address_is_refused_with_the_reason_and_nothing_is_written(client, draft, place, said):
    place = {"detail": "Số 5", **place} if isinstance(place, dict) else place

    answer = patch(client, draft, answers={"new_address": place, "ap_phone": "0912 345 678"})

    assert answer.status_code == 400 and said in refused(answer)["#/answers/new_address"]
    assert Dossier.objects.get().answers == draft.answers


def test_the_delivery_address_is_an_address_too(client, draft):
    sent = {"delivery_way": "post", "delivery_address": {"find": "phường Mường Thanh, Điện Biên Phủ", "detail": "Số 5"}}
    answer = patch(client, draft, asked=sent)
    assert answer.status_code == 200, answer.json()
    assert Dossier.objects.get().delivery_address == {**HERE, "detail": "Số 5"}


def test_what_is_written_over_the_api_can_be_filed(client, draft):
    assert client.post(f"{url(draft)}submit/", {"declared": True}, **JSON).status_code == 409
    before = client.get(url(draft)).json()
    assert "new_address" in before["errors"]

    after = patch(client, draft, answers={"new_address": {**HERE, "detail": "Số 5"}}, revision=before["revision"])

    assert "new_address" not in after.json()["errors"] and after.json()["revision"] == before["revision"] + 1
    stale = patch(client, draft, answers={"new_address": None}, revision=before["revision"])
    assert stale.status_code == 409 and stored(draft)
    assert patch(client, draft, answers={"new_address": None}).status_code == 200 and stored(draft) is None


@pytest.mark.parametrize("body", [
    {"other": 1},
    {"answers": []},
    {"answers": {"khong_co": "x"}},
    {"answers": {"ap_full_name": {"a": 1}}},
    {"answers": {"ap_full_name": "half a pair: \ud800"}},
    {"answers": {"\ud800": 1}},
    {"answers": {"ap_birth_date": "31/1/1990"}},
    {"answers": {"ap_email": "khong phai"}},
    {"asked": {"case": "x"}},
    {"asked": {"delivery_way": "post", "delivery_address": {"country": "LA", "detail": "Viêng Chăn"}}},
])  # fmt: skip
def test_what_cannot_be_stored_as_it_was_meant_is_refused(client, draft, body):
    assert patch(client, draft, **body).status_code == 400
    assert Dossier.objects.get().answers == draft.answers


def test_only_the_owner_writes_a_draft_and_nobody_a_filed_one(desk, draft, client):
    for other in (factories.citizen(), desk.clerk):
        assert browse(other).get(url(draft)).status_code == 404
        assert patch(browse(other), draft, answers={}).status_code == 404
    assert browse().patch(url(draft), {}, **JSON).status_code in (401, 403)
    patch(client, draft, answers={"new_address": {**HERE, "detail": "Số 5"}})
    filed = desk.submitted()
    for answer in (browse(filed.submitter).get(url(filed)), patch(browse(filed.submitter), filed, answers={})):
        assert answer.status_code == 409 and "đã nộp lúc" in answer.json()["detail"]


def test_requested_fields_of_a_supplement_are_answered_over_the_api(desk):
    dossier = desk.asked_for_supplement()
    client, api = browse(dossier.submitter), f"/api/v1/dossiers/{dossier.code}/supplement/"

    def write(**answers):
        return client.patch(f"{api}answers/", {"answers": answers}, **JSON)

    asked = client.get(api).json()
    assert asked["note"] == "" and asked["asked_at"]
    assert write(ap_full_name="Người Khác").status_code == 400
    assert write(request_detail={"a": 1}).status_code == 400
    shown = write(request_detail="Để vay vốn ở ngân hàng.").json()["items"][0]
    assert shown["answered"] and shown["answer"] == "Để vay vốn ở ngân hàng."
    assert client.post(f"{api}send/", {}, **JSON).json()["state"] == "SUBMITTED"
    dossier.refresh_from_db()
    assert dossier.answers["request_detail"] == "Để vay vốn ở ngân hàng."
    assert write(request_detail="Lần nữa.").status_code == 409


def test_openapi_says_what_an_address_is(desk):
    schema = browse(factories.citizen()).get("/api/v1/schema/?format=json").content.decode()
    assert "/api/v1/drafts/{id}/" in schema and "/supplement/answers/" in schema and "cả tên trước sáp nhập" in schema
