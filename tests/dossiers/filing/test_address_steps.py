"""An address anywhere in the country, without scripts: province, then commune; or a name, also an old one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dossiers.filing import judging, rules
from tests import snapshots, world
from tests.dossiers.pages import browse, step_url, words
from tests.fixtures import desk_in_the_country
from tests.portal.test_weight import LIMIT, weight

TEMPORARY_STAY, PAGE = "1.004194", "noi_dang_ky"
HCMC, BEN_THANH = "79", "Phường Bến Thành"


@pytest.fixture(scope="module")
def desk_and_country(django_db_setup, django_db_blocker):
    with snapshots.rows_of_a_file(django_db_blocker, desk_in_the_country) as desk:
        yield desk


@pytest.fixture
def draft(desk_and_country, db):
    answers = {key: value for key, value in world.sample_answers("ct01").items() if key != "new_address"}
    return desk_and_country.draft(code=TEMPORARY_STAY, answers=answers)


def saved(draft):
    draft.refresh_from_db()
    return draft.answers["new_address"]


def commune_of(page, name):
    html = page.content.decode()
    return html[: html.index(f">{name}</option>")].rsplit('value="', 1)[1].split('"')[0]


def test_in_two_steps_province_then_commune(draft):
    client, url = browse(draft.submitter), step_url(draft, PAGE)
    with CaptureQueriesContext(connection) as few:
        before = client.get(url).content.decode()
    assert before.count("<option") < 40, "34 provinces, no commune"

    typed = {"new_address-province": HCMC, "new_address-detail": "12 Lê Lai"}
    answer = client.post(url, {**typed, "new_address-commune": "11.X004", "address": "new_address"})
    assert answer.status_code == 302 and answer.url.endswith("#f-new_address")
    assert saved(draft) == {"province": HCMC, "detail": "12 Lê Lai"}

    with CaptureQueriesContext(connection) as many:
        page = client.get(url)
    assert len(many) <= len(few) + 1, "168 communes in one query"
    assert "fgroup--err" not in page.content.decode(), "asking for the list is no mistake"
    assert weight(page.content.decode()) < LIMIT
    commune = commune_of(page, BEN_THANH)
    client.post(url, {**typed, "new_address-commune": commune})
    assert saved(draft) == {"province": HCMC, "commune": commune, "detail": "12 Lê Lai"}
    assert "new_address" not in judging.parts_of(draft)[0].errors


def test_an_old_name_and_a_split_unit_asks_which_one(draft):
    client, url = browse(draft.submitter), step_url(draft, PAGE)
    typed = {"new_address-find": "Phường Điện Biên, Quận Ba Đình", "new_address-detail": "Số 1"}

    client.post(url, {**typed, "address": "new_address"})
    assert saved(draft) == {"find": "Phường Điện Biên, Quận Ba Đình", "detail": "Số 1"}
    page = client.get(url)
    assert "trước là Phường Điện Biên, Quận Ba Đình, Thành phố Hà Nội" in words(page)
    picks = page.content.decode().split('name="new_address-pick" value="')[1:]
    assert len(picks) > 1
    assert judging.parts_of(draft)[0].errors["new_address"] == "address", "a name without a choice is not filed"

    page = client.post(url, typed)
    assert "Chọn một nơi trong danh sách tìm được cho “Phường Điện Biên, Quận Ba Đình”." in words(page)

    client.post(url, {**typed, "new_address-pick": picks[1].split('"')[0]})
    assert saved(draft) == {"province": "01", "commune": picks[1].split('"')[0], "detail": "Số 1"}


def test_an_address_elsewhere_changes_neither_fee_nor_desk(draft):
    before = rules.fees(draft), rules.delivery_ways(draft), draft.offering_id
    person = draft.submitter.person
    person.permanent_address = person.current_address = {"province": HCMC, "commune": "26743", "detail": "12 Lê Lai"}
    person.save()
    client = browse(draft.submitter)

    client.post(
        step_url(draft, PAGE), {"new_address-province": "01", "new_address-commune": "00004", "new_address-detail": "Số 1"}
    )
    assert saved(draft) == {"province": "01", "commune": "00004", "detail": "Số 1"}
    assert (rules.fees(draft), rules.delivery_ways(draft), draft.offering_id) == before
    assert client.get(f"/nop/bat-dau/{draft.version.procedure.code}/").status_code == 200
    assert "Thành phố Hồ Chí Minh" in words(client.get("/tai-khoan/"))
    for abroad in ({"country": "LA", "detail": "Viêng Chăn"}, {"province": "99", "commune": "x", "detail": "y"}):
        person.permanent_address = person.current_address = abroad
        person.save()
        assert client.get(f"/nop/bat-dau/{draft.version.procedure.code}/").status_code == 200
        assert abroad["detail"] in words(client.get("/tai-khoan/"))
