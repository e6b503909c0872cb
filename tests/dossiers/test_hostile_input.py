"""Hostile URLs and bytes never cause a server error."""

import base64

import pytest

from tests import factories
from tests.dossiers.pages import browse, step_url

NUL = "a\x00b"


BIG = "9" * 20
START = f"/nop/bat-dau/{factories.RESIDENCE}/"


@pytest.mark.parametrize("address", [
    "/ho-so/%00/", "/ho-so/%00/ket-qua/", "/tra-cuu/%00/", "/nop/bat-dau/%00/", "/thu-tuc/%00/to-khai.pdf",
    "/ho-so/?truoc=%00_1", "/ho-so/?truoc=99999999999999999_1", "/ho-so/?trang-thai=%00", f"/tin-nhan/?truoc={BIG}",
    f"{START}?tinh=%00", f"{START}?noi=%00", f"{START}?noi={BIG}", f"/giay-to/{BIG}/", f"/nop/{BIG}/",
    f"/ho-so/nhap/{BIG}/xoa/", "/api/v1/dossiers/%00/", "/api/v1/dossiers/?cursor=%00",
])  # fmt: skip
def test_odd_addresses_lead_nowhere_quietly(desk, address):
    desk.submitted()
    assert browse(factories.citizen()).get(address).status_code in (200, 302, 400, 404)


@pytest.mark.parametrize("tokens", [
    "p=abc", "p=", "p=-1", f"p={BIG}", "p=1e3", "p=\x00", "p=٣", "o=-1", f"o={BIG}", "r=2", f"r={BIG}", "r=abc", "p=1&r=1&o=7",
])  # fmt: skip
def test_a_cursor_that_decodes_to_anything_is_answered(desk, tokens):
    desk.submitted()
    cursor = base64.b64encode(tokens.encode()).decode()
    assert browse(factories.citizen()).get("/api/v1/dossiers/", {"cursor": cursor}).status_code in (200, 404)


def test_bytes_no_text_may_hold_are_left_out_of_answers(desk):
    draft = desk.draft(answers={}, delivery_way="")
    client = browse(draft.submitter)
    for key, names in [("nguoi_de_nghi", ["ap_full_name", "ap_id_number", "ap_gender"]), ("cach-nhan", ["delivery_way"])]:
        assert client.post(step_url(draft, key), dict.fromkeys(names, NUL)).status_code in (200, 302)
        assert client.post(step_url(draft, key) + "tu-luu/", dict.fromkeys(names, NUL)).status_code in (200, 409)
    assert client.post(step_url(draft, "nguoi_de_nghi"), {"revision": "9" * 40}).status_code in (200, 302, 409)
    assert client.post(step_url(draft, "giay-to"), {"gui": NUL, "xoa": "9" * 30}).status_code in (200, 302)


def test_odd_words_in_steps_and_lookups_are_answered(desk):
    dossier = desk.submitted()
    client = browse(dossier.submitter)
    assert browse().post("/tra-cuu/", {"ma": NUL, "ma-rieng": NUL}).status_code == 200
    assert browse().post("/dang-nhap/", {"username": NUL, "password": NUL}).status_code == 200
    assert client.post(f"/ho-so/{dossier.code}/xac-nhan/", {"choice": NUL, "note": NUL}).status_code == 302
    assert client.post(f"/ho-so/{dossier.code}/rut/", {"note": NUL}).status_code in (200, 302)


def test_odd_words_in_a_supplement_are_answered(desk):
    dossier = desk.asked_for_supplement()
    client, address = browse(dossier.submitter), f"/ho-so/{dossier.code}/bo-sung/"
    assert client.post(address, {"request_detail": NUL, "xoa": "9" * 30}).status_code in (200, 302)
    client.post(address, {"request_detail": "Để vay vốn ngân hàng."})
    assert client.post(f"{address}xem-lai/", {"nhan": NUL}).status_code == 302
    dossier.refresh_from_db()
    assert dossier.state == "SUBMITTED"
