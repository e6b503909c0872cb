"""The account page, its access log, the inbox, and the profile that prefills forms."""

import pytest

from accounts.messages.models import Message, queue_messages
from accounts.models import AccessLog, Organisation
from accounts.profiles import profile_of
from tests import factories
from tests.dossiers.pages import browse, words

pytestmark = pytest.mark.django_db


def test_the_account_shows_what_forms_are_filled_in_from():
    text = words(browse(factories.citizen()).get("/tai-khoan/"))
    assert "Nguyễn Hoàng Phượng Vỹ" in text and "27/03/1990" in text and "0900 000 012" in text


def test_every_look_by_others_stands_there_with_name_body_and_dossier(desk):
    dossier = desk.submitted()
    browse(desk.clerk).get(f"/ho-so/{dossier.code}/")
    browse(dossier.submitter).get(f"/ho-so/{dossier.code}/")
    text = words(browse(dossier.submitter).get("/tai-khoan/"))
    assert "Lò Thị Hoa" in text and "Công an" in text and f"xem hồ sơ {dossier.code}" in text
    assert AccessLog.objects.count() == 1


def test_a_login_without_a_person_has_an_account_page_too(desk):
    assert "chưa gắn với thông tin của một người" in words(browse(desk.clerk).get("/tai-khoan/"))


def test_opening_a_message_is_reading_it():
    user = factories.citizen()
    queue_messages("event:1", [user], subject="Đã nộp", body="Giữ mã để theo dõi.", link="/ho-so/")
    row = Message.objects.get(channel="inbox")
    client = browse(user)
    assert "Chưa đọc" in words(client.get("/tin-nhan/"))
    assert "Giữ mã để theo dõi." in words(client.get(f"/tin-nhan/{row.pk}/"))
    assert "Chưa đọc" not in words(client.get("/tin-nhan/"))


def test_somebody_elses_message_is_not_there():
    queue_messages("event:1", [factories.citizen()], subject="Đã nộp", body="x")
    row = Message.objects.get(channel="inbox")
    assert browse(factories.citizen()).get(f"/tin-nhan/{row.pk}/").status_code == 404
    row.refresh_from_db()
    assert row.read_at is None


def test_many_messages_come_page_by_page():
    user = factories.citizen()
    for n in range(25):
        queue_messages(f"event:{n}", [user], subject=f"Tin {n}", body="x")
    client = browse(user)
    first = client.get("/tin-nhan/").content.decode()
    oldest_shown = Message.objects.filter(recipient=user, channel="inbox").order_by("-pk")[19].pk
    assert f"?truoc={oldest_shown}" in first and "Tin 24" in first and "Tin 4<" not in first
    assert "Tin 4" in words(client.get(f"/tin-nhan/?truoc={oldest_shown}"))
    assert client.get("/tin-nhan/?truoc=abc").status_code == 200


def test_a_profile_holds_what_is_known_in_the_words_of_the_forms():
    person = factories.person(email="")
    shop = Organisation.objects.create(name="Hợp tác xã Mường Thanh", tax_code="5600123456", phone="+842153000000")
    profile = profile_of(person, shop)
    assert profile["birth_date"] == "1990-03-27" and profile["phone"] == "0900000012"
    assert "email" not in profile, "what is not known is left out"
    assert profile["org"]["tax_code"] == "5600123456"
    assert profile_of(None) == {}
