"""Letters between the citizen's side and the office, notes of staff: who reads and writes what, once, and what ends the wait."""

import datetime as dt
import io
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image
from rest_framework.test import APIClient

from accounts.messages.models import Message
from dossiers import conversation, invariants, workflow
from dossiers.models import InternalNote, Letter, ReadyAnswer
from portal.common import clock
from tests import factories
from tests.databases import past_the_triggers
from tests.dossiers.pages import browse, upload, words

pytestmark = pytest.mark.django_db
WEDNESDAY = dt.datetime(2026, 11, 25, 9, 0, tzinfo=clock.LOCAL)
SECRET = "Cần hỏi công an về người này"


@pytest.fixture
def dossier(desk):
    with clock.at(WEDNESDAY):
        yield desk.processing()


def own(dossier):
    return f"/ho-so/{dossier.code}/trao-doi/"


def at_desk(dossier, tail=""):
    return f"/can-bo/ho-so/{dossier.code}/trao-doi/{tail}"


def picture():
    bytes_ = io.BytesIO()
    Image.effect_noise((300, 200), 60).convert("RGB").save(bytes_, "JPEG")
    return upload("hộ khẩu.jpg", bytes_.getvalue())


def asked(dossier, text="Bao giờ xong ạ?"):
    return conversation.write(dossier, dossier.submitter, text, uuid.uuid4())


def test_a_citizen_asks_with_a_photo_and_the_office_answers(desk, dossier):
    citizen, officer = browse(dossier.submitter), browse(desk.officer)
    sent = citizen.post(own(dossier), {"text": "Nhà em ở  tổ 3, có cần nộp thêm không ạ?", "tep": picture()}, follow=True)
    letter = dossier.letters.get()
    assert "Đã gửi thư" in words(sent) and not letter.from_office and letter.author == dossier.submitter
    assert clock.local(letter.answer_by) == WEDNESDAY + dt.timedelta(days=1, minutes=30)  # 8 working hours
    told = Message.objects.filter(key=f"letter:{letter.pk}", channel="inbox")
    assert [message.recipient for message in told] == [dossier.holder or desk.clerk]
    assert "tổ 3" not in told.first().body + told.first().subject

    page = officer.get(at_desk(dossier))
    assert "có cần nộp thêm không" in words(page) and "Trả lời trước" in words(page)
    assert Letter.objects.get().opened_at
    assert officer.get(at_desk(dossier, f"{letter.pk}/tep/1/")).status_code == 200
    assert officer.get(at_desk(dossier, f"{letter.pk}/tep/2/")).status_code == 404
    officer.post(at_desk(dossier), {"text": "Không cần nộp thêm."})

    letter.refresh_from_db()
    assert letter.closed_by == desk.officer and not conversation.unanswered().exists()
    answer = dossier.letters.get(from_office=True)
    assert Message.objects.filter(key=f"letter:{answer.pk}", recipient=dossier.submitter, channel="inbox").exists()
    assert "(1 thư chưa đọc)" in words(citizen.get(f"/ho-so/{dossier.code}/"))
    read = words(citizen.get(own(dossier)))
    assert "Không cần nộp thêm." in read and desk.officer.full_name not in read
    assert "thư chưa đọc" not in words(citizen.get(f"/ho-so/{dossier.code}/"))
    assert Message.objects.get(key=f"letter:{answer.pk}", recipient=dossier.submitter, channel="inbox").read_at is not None
    assert not list(invariants.violations())


def test_what_is_not_stored_says_why_and_keeps_the_words(desk, dossier):
    citizen = browse(dossier.submitter)
    nothing = citizen.post(own(dossier), {"text": " \n "})
    assert nothing.status_code == 422 and "Viết điều cần hỏi" in words(nothing)
    long = citizen.post(own(dossier), {"text": "ắ" * 2001})
    assert long.status_code == 422 and "Viết ngắn lại" in words(long)
    bad = citizen.post(own(dossier), {"text": "Gửi kèm giấy", "tep": upload("giay.exe", b"MZ nothing")})
    assert bad.status_code == 422 and "Gửi kèm giấy" in words(bad) and "giay.exe" in words(bad) and "Chọn lại tệp" in words(bad)
    many = citizen.post(own(dossier), {"text": "Bốn tệp", "tep": [picture() for _ in range(4)]})
    assert many.status_code == 422 and "nhiều nhất 3 tệp" in words(many)
    assert not dossier.letters.exists()


def test_a_form_sent_twice_is_one_letter_and_a_flood_ends(desk, dossier):
    citizen, key = browse(dossier.submitter), str(uuid.uuid4())
    for _ in range(2):
        assert citizen.post(own(dossier), {"text": "Xin hỏi", "sent_key": key}).status_code == 302
    assert dossier.letters.count() == 1 and Message.objects.filter(key__startswith="letter:", channel="inbox").count() == 1
    for number in range(conversation.MAX_A_DAY - 1):
        asked(dossier, f"Hỏi lần {number}")
    assert citizen.post(own(dossier), {"text": "Lần nữa"}).status_code == 422
    with clock.at(WEDNESDAY + dt.timedelta(days=2)):
        assert citizen.post(own(dossier), {"text": "Hôm sau"}).status_code == 302


def test_thanks_need_no_answer(desk, dossier):
    letter = asked(dossier, "Cảm ơn cán bộ")
    clerk = browse(desk.clerk)
    assert clerk.post(at_desk(dossier, f"{letter.pk}/khong-can-tra-loi/")).status_code == 302
    letter.refresh_from_db()
    assert letter.closed_by == desk.clerk
    own_letter = conversation.write(dossier, desk.clerk, "Chào", uuid.uuid4())
    assert clerk.post(at_desk(dossier, f"{own_letter.pk}/khong-can-tra-loi/")).status_code == 404


def test_notes_reach_no_door_of_the_citizen(desk, dossier, run_followups):
    officer = browse(desk.officer)
    assert officer.post(at_desk(dossier, "ghi-chu/"), {"text": ""}).status_code == 422
    key = str(uuid.uuid4())
    for _ in range(2):
        officer.post(at_desk(dossier, "ghi-chu/"), {"text": SECRET, "sent_key": key})
    assert InternalNote.objects.count() == 1 and SECRET in words(browse(desk.clerk).get(at_desk(dossier)))
    citizen, api = browse(dossier.submitter), APIClient()
    api.force_login(dossier.submitter)
    code = dossier.code
    pages = [f"/ho-so/{code}/", own(dossier), f"/ho-so/{code}/da-nop/", "/ho-so/", "/tin-nhan/", f"/tra-cuu/{dossier.secret}/"]
    for address in pages:
        assert SECRET not in citizen.get(address).content.decode(), address
    for tail in ("", "letters/", "proof/"):
        assert SECRET not in api.get(f"/api/v1/dossiers/{code}/{tail}").content.decode(), tail
    assert not Message.objects.filter(body__contains=SECRET).exists()
    assert not any(SECRET in str(event.text.details) + event.text.note for event in dossier.events.select_related("text"))


def test_each_door_admits_its_own_people_only(desk, dossier):
    letter = asked(dossier)
    stranger, other = factories.citizen(), factories.user(receiving_clerk="H18.X002.CA", head="H18.X002.CA")
    inspector = factories.user(inspector="H18")
    for user in (stranger, other, desk.officer, inspector):
        for address in (own(dossier), f"{own(dossier)}{letter.pk}/tep/1/"):
            assert browse(user).get(address).status_code == 404, (user, address)
        assert browse(user).post(own(dossier), {"text": "x"}).status_code == 404
    for user in (dossier.submitter, stranger, other, inspector):
        for tail in ("", f"{letter.pk}/tep/1/"):
            assert browse(user).get(at_desk(dossier, tail)).status_code == 404, (user, tail)
        for tail in ("", "ghi-chu/", f"{letter.pk}/khong-can-tra-loi/"):
            assert browse(user).post(at_desk(dossier, tail), {"text": "x"}).status_code == 404, (user, tail)
        assert browse(user).get("/can-bo/cau-tra-loi-mau/").status_code == (200 if user == other else 404)
    assert "Bao giờ xong" not in words(browse(other).get("/can-bo/thu-cho-tra-loi/"))
    assert Letter.objects.count() == 1 and not InternalNote.objects.exists()


def test_a_consulted_body_notes_and_does_not_write_to_the_citizen(desk, dossier):
    police = factories.user(officer="H18.X002.CA")
    body = police.memberships.get().agency
    workflow.advance(dossier, "consult", actor=desk.officer, question="Có cư trú không?", hours=4, agency=body)
    client = browse(police)
    assert client.get(at_desk(dossier)).status_code == 200
    assert client.post(at_desk(dossier), {"text": "Chào ông bà"}).status_code == 403
    assert client.post(at_desk(dossier, "ghi-chu/"), {"text": "Đã xem"}).status_code == 302


def test_the_api_writes_and_reads_as_the_page(desk, dossier):
    api = APIClient()
    api.force_login(dossier.submitter)
    address, key = f"/api/v1/dossiers/{dossier.code}/letters/", str(uuid.uuid4())
    assert api.post(address, {"text": "  "}, format="json").status_code == 400
    first = api.post(address, {"text": "Xin hỏi", "sent_key": key, "file": picture()}, format="multipart")
    assert first.status_code == 201 and first.json()["files"][0]["name"] == "hộ khẩu.jpg" and first.json()["from_office"] is False
    assert api.post(address, {"text": "Xin hỏi", "sent_key": key}, format="json").json()["id"] == first.json()["id"]
    conversation.write(dossier, desk.officer, "Đang làm", uuid.uuid4())
    assert [letter["agency"] for letter in api.get(address).json()] == [None, "H18.X004.CA"]
    api.force_login(factories.citizen())
    assert api.get(address).status_code == 404
    api.force_login(desk.officer)
    assert api.post(address, {"text": "x"}, format="json").status_code == 404


def test_heads_keep_ready_answers_and_staff_start_from_one(desk, dossier):
    head = browse(desk.head)
    body = {"text": "Mời mang bản gốc khi đến nhận.", "co-quan": "H18.X004.CA"}
    assert head.post("/can-bo/cau-tra-loi-mau/", {**body, "text": ""}).status_code == 422
    assert head.post("/can-bo/cau-tra-loi-mau/", {**body, "co-quan": "H18.X002.CA"}).status_code == 404
    assert head.post("/can-bo/cau-tra-loi-mau/", body).status_code == 302
    kept = ReadyAnswer.objects.get()
    assert browse(desk.clerk).get("/can-bo/cau-tra-loi-mau/").status_code == 404
    page = browse(desk.clerk).get(at_desk(dossier), {"mau": kept.pk})
    assert page.content.decode().count(kept.text) == 2  # in the list and in the field
    assert head.post("/can-bo/cau-tra-loi-mau/", {"bo": "x"}).status_code == 404
    head.post("/can-bo/cau-tra-loi-mau/", {"bo": kept.pk})
    assert kept.text not in browse(desk.clerk).get(at_desk(dossier), {"mau": kept.pk}).content.decode()


def test_the_list_of_waiting_letters_asks_no_more_for_more(desk, dossier):
    clerk = browse(desk.clerk)

    def queries():
        with CaptureQueriesContext(connection) as found:
            page = clerk.get("/can-bo/thu-cho-tra-loi/")
        return len(found), words(page)

    asked(dossier)
    few, _page = queries()
    for number in range(4):
        asked(desk.submitted(), f"Câu {number}")
    many, page = queries()
    assert many == few and "Câu 3" in page and "Bao giờ xong" in page
    with clock.at(WEDNESDAY + dt.timedelta(days=3)):
        assert "Quá hạn" in queries()[1]


def test_the_usual_time_is_shown_when_enough_letters_were_answered(desk, dossier):
    for number in range(conversation.ENOUGH):
        assert conversation.usual_hours(dossier.receiving_agency) is None
        with clock.at(WEDNESDAY + dt.timedelta(days=number)):
            asked(dossier)
        with clock.at(WEDNESDAY + dt.timedelta(days=number, hours=2 + number)):
            conversation.write(dossier, desk.officer, "Trả lời", uuid.uuid4())
    with clock.at(WEDNESDAY + dt.timedelta(days=9)):
        assert conversation.usual_hours(dossier.receiving_agency) == 4
        assert "một nửa được trả lời trong 4 giờ" in words(browse(dossier.submitter).get(own(dossier)))


def test_nobody_writes_to_a_visitor_without_an_account(desk, dossier):
    with past_the_triggers():
        type(dossier).objects.filter(pk=dossier.pk).update(submitter=None, person=factories.person())
    officer = browse(desk.officer)
    assert "không có tài khoản trên cổng" in words(officer.get(at_desk(dossier)))
    assert officer.post(at_desk(dossier), {"text": "Chào ông bà"}).status_code == 422
    assert not dossier.letters.exists()


def test_the_copy_on_the_device_is_of_one_letter(desk, dossier):
    """A copy of typed words goes when the page after it has another key (portal.js): each letter has its own."""
    citizen = browse(dossier.submitter)
    first = citizen.get(own(dossier)).content.decode()
    asked(dossier)
    second = citizen.get(own(dossier)).content.decode()
    key = f"{dossier.code}-thu-"
    assert f"{key}0" in first and f"{key}1" in second
    refused = citizen.post(own(dossier), {"text": ""}).content.decode()
    assert f"{key}1" in refused
