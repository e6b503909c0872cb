"""The filing wizard: pages rendered on the server; typed input is never lost."""

import unicodedata

import pytest

from dossiers.models import Dossier
from tests import factories
from tests.dossiers.pages import browse, step_url, title, words

FIRST, SECOND, LAST = "nguoi_de_nghi", "lien_he", "co_nguoi_cung_thay_doi"
GOOD = {
    "ap_full_name": "Nguyễn Hoàng Phượng Vỹ",
    "ap_birth_date-ngay": "27",
    "ap_birth_date-thang": "3",
    "ap_birth_date-nam": "1990",
    "ap_gender": "nu",
    "ap_id_number": "011999000001",
}


@pytest.fixture
def draft(desk):
    return desk.draft(answers={}, delivery_way="")


@pytest.fixture
def client(draft):
    return browse(draft.submitter)


def test_a_draft_opens_at_its_first_unfinished_page(draft, client):
    assert client.get(f"/nop/{draft.pk}/").url == step_url(draft, FIRST)
    Dossier.objects.filter(pk=draft.pk).update(answers=factories.ANSWERS)
    assert client.get(f"/nop/{draft.pk}/").url == step_url(draft, "cach-nhan")


def test_the_first_opening_is_filled_in_from_the_account_and_says_so(draft, client):
    page = client.get(step_url(draft, FIRST))

    assert "đã điền sẵn" in words(page)
    assert 'value="Nguyễn Hoàng Phượng Vỹ"' in page.content.decode()
    draft.refresh_from_db()
    assert draft.answers == {}, "looking saves nothing"


def test_a_page_says_where_one_is_and_leads_on(draft, client):
    assert "Bước 1 trên" in words(client.get(step_url(draft, FIRST)))

    answer = client.post(step_url(draft, FIRST), GOOD)

    assert answer.status_code == 302
    draft.refresh_from_db()
    assert draft.answers["ap_birth_date"] == "1990-03-27"
    assert draft.revision == 1


def test_bad_input_is_kept_and_named_in_the_title_the_summary_and_beside_the_field(draft, client):
    page = client.post(step_url(draft, FIRST), {**GOOD, "ap_birth_date-ngay": "31", "ap_birth_date-thang": "2"})

    assert title(page).startswith("Có lỗi:")
    assert 'href="#f-ap_birth_date"' in page.content.decode()
    assert 'value="31"' in page.content.decode()
    draft.refresh_from_db()
    assert draft.answers["ap_full_name"] == GOOD["ap_full_name"], "the good answers are saved all the same"


def test_text_in_parts_is_composed(draft, client):
    client.post(step_url(draft, FIRST), {**GOOD, "ap_full_name": unicodedata.normalize("NFD", "Nguyễn Thị Ưởng")})

    draft.refresh_from_db()
    assert draft.answers["ap_full_name"] == "Nguyễn Thị Ưởng"


def test_ten_thousand_letters_in_a_name_are_refused_kindly(draft, client):
    page = client.post(step_url(draft, FIRST), {**GOOD, "ap_full_name": "Ầ" * 10_000})

    assert page.status_code == 200
    assert title(page).startswith("Có lỗi:")


def test_what_is_typed_may_be_left_for_later(draft, client):
    answer = client.post(step_url(draft, FIRST), {"ap_full_name": "Lò Thị", "luu-va-thoat": "1"}, follow=True)

    assert answer.request["PATH_INFO"] == "/ho-so/"
    assert "Đã lưu bản nháp" in words(answer)
    draft.refresh_from_db()
    assert draft.answers["ap_full_name"] == "Lò Thị"


def test_rows_are_added_and_taken_out_without_scripts(desk):
    draft = desk.draft(answers={**factories.ANSWERS, "with_members": True})
    client = browse(draft.submitter)
    page = step_url(draft, "danh_sach_thanh_vien")

    added = client.post(page, {"members-open": "0", "members-0-full_name": "Lò Văn Minh", "add_row": "members"})

    assert added.status_code == 302 and "dong=members-1" in added.url
    draft.refresh_from_db()
    assert draft.answers["members"][0]["full_name"] == "Lò Văn Minh"
    client.post(page, {"members-open": "0", "members-0-full_name": "Lò Văn Minh", "remove_row": "members-0"})
    draft.refresh_from_db()
    assert not draft.answers["members"]


def test_a_page_that_these_answers_skip_leads_to_what_is_open(desk):
    draft = desk.draft()
    answer = browse(draft.submitter).get(step_url(draft, "danh_sach_thanh_vien"))
    assert answer.status_code == 302


def test_an_unknown_page_is_no_address(draft, client):
    assert client.get(step_url(draft, "khong-co")).status_code == 404
    assert client.post(step_url(draft, "khong-co") + "tu-luu/").status_code == 404


# ---------------------------------------------------------------- autosave
def test_typing_saves_itself_unchecked_and_says_when(draft, client):
    answer = client.post(step_url(draft, FIRST) + "tu-luu/", {"ap_full_name": "Lò", "ap_birth_date-ngay": "31", "revision": "0"})

    assert answer.status_code == 200
    assert answer.json()["revision"] == "1" and "giờ" in answer.json()["saved_at_text"]
    draft.refresh_from_db()
    assert draft.answers["ap_full_name"] == "Lò"
    assert "31" in str(draft.answers["ap_birth_date"]), "an unreadable date stays as typed"


def test_what_another_device_saved_is_not_written_over_by_itself(draft, client):
    client.post(step_url(draft, FIRST) + "tu-luu/", {"ap_full_name": "Máy một", "revision": "0"})

    answer = client.post(step_url(draft, FIRST) + "tu-luu/", {"ap_full_name": "Máy hai", "revision": "0"})

    assert answer.status_code == 409 and answer.json()["url"] == step_url(draft, FIRST)
    draft.refresh_from_db()
    assert draft.answers["ap_full_name"] == "Máy một"


def test_a_page_sent_after_another_device_saved_comes_back_with_what_was_typed(draft, client):
    client.post(step_url(draft, FIRST), {**GOOD, "revision": "0"})

    page = client.post(step_url(draft, FIRST), {**GOOD, "ap_full_name": "Máy Hai", "revision": "0"})

    assert page.status_code == 409
    assert "Máy khác vừa sửa" in words(page) and 'value="Máy Hai"' in page.content.decode()
    answer = client.post(step_url(draft, FIRST), {**GOOD, "ap_full_name": "Máy Hai", "revision": "1"})
    assert answer.status_code == 302


def test_a_session_that_ended_is_told_to_the_script_and_the_page(draft):
    answer = browse().post(step_url(draft, FIRST) + "tu-luu/", {"ap_full_name": "Lò"}, headers={"X-Requested-With": "fetch"})
    assert answer.status_code == 401
    answer = browse().get(step_url(draft, FIRST))
    assert answer.status_code == 302 and answer.url.startswith("/dang-nhap/?next=/nop/")


# ---------------------------------------------------------------- the portal's own questions
def test_the_questions_of_the_procedure_are_asked_after_the_form(desk):
    draft = desk.draft(code="1.004194", answers={}, delivery_way="")
    client = browse(draft.submitter)
    assert "Đăng ký theo hình thức nào?" in words(client.get(step_url(draft, "cau-hoi")))

    client.post(step_url(draft, "cau-hoi"), {"case": "danh_sach"})
    draft.refresh_from_db()
    assert draft.asked["case"] == "danh_sach"
    assert "Số người trong danh sách" in words(client.get(step_url(draft, "so-luong")))
    client.post(step_url(draft, "so-luong"), {"quantity_0": "12", "priority_group": "khong"})
    draft.refresh_from_db()
    assert draft.asked["quantities"] == {"Số người trong danh sách": 12} and draft.asked["priority_group"] == ""


def test_the_address_is_asked_only_when_the_result_comes_by_post(desk):
    draft = desk.draft(delivery_way="")
    client = browse(draft.submitter)
    assert "không mất thêm tiền" in words(client.get(step_url(draft, "cach-nhan")))

    client.post(step_url(draft, "cach-nhan"), {"delivery_way": "account"})
    assert client.get(step_url(draft, "noi-nhan")).status_code == 302
    assert client.post(step_url(draft, "cach-nhan"), {"delivery_way": "post"}).url == step_url(draft, "noi-nhan")
    place = {"delivery_address-province": "11", "delivery_address-commune": "11.X004", "delivery_address-detail": "Số 5"}
    client.post(step_url(draft, "noi-nhan"), place)
    draft.refresh_from_db()
    assert draft.delivery_address == {"province": "11", "commune": "11.X004", "detail": "Số 5"}


def test_a_page_opened_from_the_review_leads_back_there(desk):
    draft = desk.draft(answers={**factories.ANSWERS, "request_detail": ""})
    client = browse(draft.submitter)
    page = client.get(step_url(draft, "noi_dung_va_cho_o") + "?ve=xem-lai")
    assert title(page).startswith("Có lỗi:")

    filled = {"request_detail": "Xin xác nhận để vay vốn.", "accommodation": "so_huu"}
    answer = client.post(step_url(draft, "noi_dung_va_cho_o") + "?ve=xem-lai", filled)
    assert answer.url == step_url(draft, "xem-lai")


@pytest.mark.parametrize("key", [FIRST, "cach-nhan", "giay-to", "xem-lai"])
def test_somebody_elses_draft_is_not_there(desk, key):
    draft = desk.draft()
    stranger = browse(factories.citizen())
    assert stranger.get(step_url(draft, key)).status_code == 404
    assert stranger.post(step_url(draft, key)).status_code == 404
    assert browse(desk.clerk).get(step_url(draft, key)).status_code == 404
