"""Pages of supplements: only requested items can be edited; edits are stored in the request until sent."""

import pytest

from dossiers import workflow
from tests import factories
from tests.dossiers.files.makers import pdf
from tests.dossiers.pages import browse, title, upload, words


@pytest.fixture
def dossier(desk):
    return desk.asked_for_supplement()


@pytest.fixture
def client(dossier):
    return browse(dossier.submitter)


@pytest.fixture
def address(dossier):
    return f"/ho-so/{dossier.code}/bo-sung/"


def test_only_what_was_asked_is_open_with_the_clerks_words_beside_it(client, address):
    page = client.get(address)
    text = words(page)
    assert "Chỉ cần sửa 1 chỗ" in text and "Lò Thị Hoa" in text and "Ghi rõ nơi cần nộp giấy." in text
    assert 'name="request_detail"' in page.content.decode()
    assert 'name="ap_full_name"' not in page.content.decode()
    assert "Xem những phần đã đạt" in text and "Nguyễn Hoàng Phượng Vỹ" in text


def test_edits_stay_apart_until_they_are_sent(client, address, dossier):
    answer = client.post(address, {"request_detail": "Để vay vốn ở Ngân hàng Nông nghiệp.", "ap_full_name": "Người Khác"})

    assert answer.url == f"{address}xem-lai/"
    dossier.refresh_from_db()
    assert dossier.answers["request_detail"] == factories.ANSWERS["request_detail"]
    review = words(client.get(answer.url))
    assert "Ngân hàng Nông nghiệp" in review and "Trước đây: Xin xác nhận nơi cư trú" in review

    client.post(answer.url, {"nhan": "Đã ghi rõ."})
    dossier.refresh_from_db()
    assert dossier.state == "SUBMITTED"
    assert dossier.answers["request_detail"] == "Để vay vốn ở Ngân hàng Nông nghiệp."
    assert dossier.answers["ap_full_name"] == factories.ANSWERS["ap_full_name"], "what was not asked is locked"


def test_a_wrong_answer_comes_back_with_what_to_mend(client, address):
    page = client.post(address, {"request_detail": ""})
    assert title(page).startswith("Có lỗi:")
    assert client.get(f"{address}xem-lai/").url == f"{address}?sua=1"
    assert client.post(f"{address}xem-lai/").status_code == 302


def test_an_unchanged_answer_is_pointed_out_before_sending(client, address):
    client.post(address, {"request_detail": factories.ANSWERS["request_detail"]})
    assert "Chưa đổi gì so với lần trước" in words(client.get(f"{address}xem-lai/"))


def test_it_may_be_left_for_later(client, address, dossier):
    answer = client.post(address, {"request_detail": "Đang viết dở", "luu-va-thoat": "1"}, follow=True)
    assert "Đã lưu, chưa gửi" in words(answer)
    assert "Đang viết dở" in client.get(address).content.decode()


def test_a_paper_is_sent_anew_and_the_old_one_is_kept(desk):
    dossier = desk.submitted()
    old = factories.attachment(dossier, "khac")
    items = [{"target": "document", "key": "khac", "label": "Giấy tờ khác", "reason": "Ảnh mờ, chụp lại."}]
    dossier = workflow.advance(dossier, "ask_supplement", actor=desk.clerk, items=items)
    client, address = browse(dossier.submitter), f"/ho-so/{dossier.code}/bo-sung/"

    assert "Gửi ít nhất một tệp mới" in words(client.post(address))
    client.post(address, {"tep-khac": upload("hong.txt", b"x"), "gui": "khac"})
    client.post(address, {"tep-khac": upload("mới.pdf", pdf()), "gui": "khac"})
    assert "Đã gửi trước đây" in words(client.get(address)) and "Gửi thay" in words(client.get(address))
    assert dossier.attachments.current().get() == old
    assert client.post(address).url == f"{address}xem-lai/"
    client.post(f"{address}xem-lai/")

    old.refresh_from_db()
    assert old.replaced_at and dossier.attachments.current().get().name == "mới.pdf"


def test_a_new_file_may_be_taken_out_again_but_not_an_old_one(desk):
    dossier = desk.submitted()
    old = factories.attachment(dossier, "khac")
    items = [{"target": "document", "key": "khac", "label": "Giấy tờ khác", "reason": "Ảnh mờ, chụp lại."}]
    dossier = workflow.advance(dossier, "ask_supplement", actor=desk.clerk, items=items)
    client, address = browse(dossier.submitter), f"/ho-so/{dossier.code}/bo-sung/"
    client.post(address, {"tep-khac": upload("moi.pdf", pdf()), "gui": "khac"})
    new = dossier.attachments.exclude(pk=old.pk).get()

    client.post(address, {"xoa": old.pk})
    client.post(address, {"xoa": new.pk})
    assert list(dossier.attachments.all()) == [old]


def test_a_request_that_is_over_leads_to_the_dossier(desk, client, address, dossier):
    workflow.withdraw(dossier, actor=dossier.submitter)
    assert "không còn chờ bổ sung" in words(client.get(address, follow=True))
    assert "không còn chờ bổ sung" in words(client.post(address, {"request_detail": "Muộn"}, follow=True))
