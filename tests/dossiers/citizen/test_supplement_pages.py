"""Pages of supplements: only requested items can be edited; edits are stored in the request until sent."""

import pytest

from dossiers import workflow
from dossiers.papers import contexts
from portal.common.dates import moment
from tests import factories
from tests.dossiers.files.makers import pdf
from tests.dossiers.pages import browse, refused, title, upload, words


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


def test_the_new_date_is_told_at_once_when_the_dossier_was_accepted(desk):
    items = [{"target": "field", "key": "request_detail", "label": "Nội dung", "reason": "Ghi rõ nơi nộp."}]
    waiting = workflow.advance(desk.accepted(), "ask_supplement", actor=desk.clerk, items=items)
    factories.edit_supplement(waiting, "Để vay vốn ở Ngân hàng Nông nghiệp.")

    dossier = workflow.advance(waiting, "resubmit", actor=waiting.submitter)

    told = dossier.submitter.inbox.filter(channel="inbox").order_by("pk").last()
    assert f"Hẹn trả kết quả {moment(dossier.due_at)}." in told.body


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

    assert "Thay hoặc thêm ít nhất một tệp" in words(client.post(address))
    client.post(address, {f"thay-{old.pk}": upload("hong.txt", b"x"), "gui": old.pk})
    client.post(address, {f"thay-{old.pk}": upload("mới.pdf", pdf()), "gui": old.pk})
    assert "Trang 1 Thay bằng tệp mới mới.pdf" in words(client.get(address))
    assert dossier.attachments.current().get() == old
    assert client.post(address).url == f"{address}xem-lai/"
    client.post(f"{address}xem-lai/")

    old.refresh_from_db()
    assert old.replaced_at and dossier.attachments.current().get().name == "mới.pdf"


class Pages:
    """A paper of three pages that the desk asks for again, and the citizen's answer to it."""

    def __init__(self, desk):
        dossier = desk.submitted()
        self.old = [factories.attachment(dossier, "khac", page=n, name=f"cũ {n}.pdf") for n in (1, 2, 3)]
        items = [{"target": "document", "key": "khac", "label": "Giấy tờ khác", "reason": "Trang 1 mờ."}]
        self.dossier = workflow.advance(dossier, "ask_supplement", actor=desk.clerk, items=items)
        self.client, self.address = browse(dossier.submitter), f"/ho-so/{dossier.code}/bo-sung/"
        self.api = f"/api/v1/dossiers/{dossier.code}/supplement/"

    def post(self, **data):
        return self.client.post(self.address, {name.replace("_", "-"): value for name, value in data.items()})

    def replace(self, n, name):
        return self.post(**{f"thay_{self.old[n - 1].pk}": upload(name, pdf()), "gui": self.old[n - 1].pk})

    def in_force(self):
        return [(file.page, file.name) for file in self.dossier.attachments.current()]


@pytest.fixture
def pages(desk):
    return Pages(desk)


def test_a_new_photo_of_one_page_keeps_the_others_and_says_so_before_sending(pages):
    pages.replace(1, "mới 1.pdf")
    review = pages.client.get(f"{pages.address}xem-lai/")
    assert "Trang 1: Thay bằng tệp mới (mới 1.pdf) Trang 2: Giữ nguyên Trang 3: Giữ nguyên" in words(review)
    assert pages.in_force() == [(1, "cũ 1.pdf"), (2, "cũ 2.pdf"), (3, "cũ 3.pdf")], "nothing changes before it is sent"

    pages.client.post(review.request["PATH_INFO"])
    assert pages.in_force() == [(1, "mới 1.pdf"), (2, "cũ 2.pdf"), (3, "cũ 3.pdf")]
    assert pages.dossier.attachments.count() == 4, "the old page stays stored"
    event = pages.dossier.events.get(step="resubmit")
    note = contexts.context("supplement_note", pages.dossier, event, number="1", verification_code="A" * 16)
    assert note["items"][0]["sent"] == "thay trang 1 bằng mới 1.pdf; giữ trang 2; giữ trang 3"


def test_pages_are_left_out_and_added_by_name_only(pages):
    pages.post(tep_khac=[upload("thêm.pdf", pdf())], gui="khac")
    pages.post(bo=pages.old[1].pk)
    text = words(pages.client.get(pages.address))
    assert "Trang 2 Bỏ trang này cũ 2.pdf" in text and "Trang 4 Trang thêm thêm.pdf" in text
    pages.client.post(f"{pages.address}xem-lai/")
    assert pages.in_force() == [(1, "cũ 1.pdf"), (3, "cũ 3.pdf"), (4, "thêm.pdf")]


def test_a_choice_can_be_taken_back(pages):
    pages.replace(1, "mới.pdf")
    pages.replace(1, "mới hơn.pdf")
    pages.post(bo=pages.old[2].pk)
    assert [file.name for file in pages.dossier.supplements.get().staged.all()] == ["mới hơn.pdf"], "the last photo counts"
    pages.post(giu=pages.old[0].pk)
    pages.post(giu=pages.old[2].pk)
    assert not pages.dossier.supplements.get().staged.exists()
    assert pages.client.get(f"{pages.address}xem-lai/").url == f"{pages.address}?sua=1", "nothing is changed, so nothing to send"


def test_a_paper_cannot_be_emptied(pages):
    for old in pages.old:
        pages.post(bo=old.pk)
    assert pages.client.get(f"{pages.address}xem-lai/").url == f"{pages.address}?sua=1"
    pages.replace(2, "tất cả.pdf")
    pages.client.post(f"{pages.address}xem-lai/")
    assert pages.in_force() == [(2, "tất cả.pdf")]


def test_pages_of_other_papers_and_other_dossiers_stay(pages, desk):
    other, own = factories.attachment(desk.submitted(), "khac"), factories.attachment(pages.dossier, "1.3")
    for file in (other, own):
        pages.post(bo=file.pk)
        pages.post(**{f"thay_{file.pk}": upload("a.pdf", pdf()), "gui": file.pk})
        answer = pages.client.patch(f"{pages.api}files/{file.pk}/", {"action": "leave_out"}, content_type="application/json")
        assert answer.status_code == 404
        sent = pages.client.post(f"{pages.api}files/", {"item": "khac", "file": upload("a.pdf", pdf()), "replaces": file.pk})
        assert sent.status_code == 400 and "#/replaces" in refused(sent)
    request = pages.dossier.supplements.get()
    assert not request.staged.exists() and not request.edits


def test_the_api_answers_page_by_page_with_the_same_rules(pages):
    shown = pages.client.get(pages.api).json()["items"][0]
    assert [page["action"] for page in shown["pages"]] == ["keep"] * 3 and shown["answered"] is False
    assert pages.client.post(f"{pages.api}send/", {}, content_type="application/json").status_code == 409

    sent = {"item": "khac", "file": upload("mới.pdf", pdf()), "replaces": pages.old[0].pk}
    answer = pages.client.post(f"{pages.api}files/", sent)
    assert answer.status_code == 201 and answer.json()["items"][0]["answered"] is True
    pages.client.post(f"{pages.api}files/", {"item": "khac", "file": upload("thêm.pdf", pdf())})
    pages.client.patch(f"{pages.api}files/{pages.old[1].pk}/", {"action": "leave_out"}, content_type="application/json")
    now = pages.client.get(pages.api).json()["items"][0]["pages"]
    assert [page["action"] for page in now] == ["replace", "leave_out", "keep", "add"]
    assert now[0]["new"]["received_sha256"] == pages.dossier.attachments.get(name="mới.pdf").original_sha256

    assert pages.client.get(f"{pages.api}files/{pages.old[1].pk}/").json() == now[1]
    pages.client.delete(f"{pages.api}files/{now[3]['new']['id']}/")
    filed = pages.client.post(f"{pages.api}send/", {"note": "Đã chụp lại."}, content_type="application/json")
    assert filed.json()["state"] == "SUBMITTED"
    assert pages.in_force() == [(1, "mới.pdf"), (3, "cũ 3.pdf")]
    for method, address in [("get", pages.api), ("post", f"{pages.api}send/")]:
        assert getattr(pages.client, method)(address, content_type="application/json").status_code == 409


@pytest.mark.parametrize(("who", "status"), [("clerk", 403), ("stranger", 404), ("nobody", 403)])
def test_the_api_is_for_the_submitter_alone(pages, desk, who, status):
    user = {"clerk": desk.clerk, "stranger": factories.citizen(), "nobody": None}[who]
    for method, address in [("get", ""), ("post", "files/"), ("patch", f"files/{pages.old[0].pk}/"), ("post", "send/")]:
        assert getattr(browse(user), method)(pages.api + address).status_code == status


def test_the_api_refuses_what_the_page_refuses(pages):
    bad = pages.client.post(f"{pages.api}files/", {"item": "khac", "file": upload("x.exe", b"MZ")})
    assert bad.status_code == 400 and "Cổng nhận tệp PDF" in refused(bad)["#/file"]
    assert pages.client.post(f"{pages.api}files/", {"item": "1.3", "file": upload("a.pdf", pdf())}).status_code == 400


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


def test_the_general_note_reaches_the_citizen_on_the_page_in_the_message_and_on_the_paper(desk):
    items = [{"target": "field", "key": "request_detail", "label": "Nội dung", "reason": "Ghi rõ nơi nộp."}]
    note = "Chụp ở chỗ sáng 100%.\nCần thì gọi tổ một cửa."

    dossier = workflow.advance(desk.submitted(), "ask_supplement", actor=desk.clerk, items=items, note=note)

    client = browse(dossier.submitter)
    page = client.get(f"/ho-so/{dossier.code}/bo-sung/")
    assert "Lời nhắn chung Chụp ở chỗ sáng 100%. Cần thì gọi tổ một cửa." in words(page)
    assert "Chụp ở chỗ sáng 100%." in words(client.get(f"/ho-so/{dossier.code}/"))
    assert note in dossier.submitter.inbox.filter(channel="inbox").order_by("pk").last().body
    event = dossier.events.order_by("sequence").last()
    assert contexts.context("supplement_request", dossier, event, number="1", verification_code="A" * 16)["note"] == note


def test_a_request_without_a_general_note_has_no_empty_words_of_one(desk, client, address, dossier):
    assert "Lời nhắn chung" not in words(client.get(address))
    assert "nhắn" not in dossier.submitter.inbox.filter(channel="inbox").order_by("pk").last().body
