"""Login, and its redirects, which stay on this site."""

import pytest

from tests import factories
from tests.dossiers.pages import browse, title, words

pytestmark = pytest.mark.django_db


def log_in(user, client=None, **more):
    return (client or browse()).post("/dang-nhap/", {"username": user.username, "password": factories.PASSWORD, **more})


def test_a_citizen_comes_to_their_dossiers_and_staff_to_their_queue(desk):
    client = browse()
    assert log_in(factories.citizen(), client).url == "/sau-dang-nhap/"
    assert client.get("/sau-dang-nhap/").url == "/ho-so/"
    assert browse(desk.clerk).get("/sau-dang-nhap/").url == "/can-bo/"


def test_one_comes_back_to_where_one_was(desk):
    draft = desk.draft()
    client = browse()
    address = client.get(f"/nop/{draft.pk}/xem-lai/").url
    assert f'value="/nop/{draft.pk}/xem-lai/"' in client.get(address).content.decode()
    assert log_in(draft.submitter, client, next=f"/nop/{draft.pk}/xem-lai/").url == f"/nop/{draft.pk}/xem-lai/"


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"])
def test_it_never_leads_to_another_site(away):
    assert log_in(factories.citizen(), next=away).url == "/sau-dang-nhap/"


def test_a_wrong_password_does_not_tell_which_of_the_two_was_wrong():
    user = factories.citizen()
    wrong = browse().post("/dang-nhap/", {"username": user.username, "password": "sai"})
    unknown = browse().post("/dang-nhap/", {"username": "khong-co-ai", "password": "sai"})
    assert title(wrong).startswith("Có lỗi:")
    for page in (wrong, unknown):
        assert "Tên đăng nhập hoặc mật khẩu chưa đúng" in words(page)


def test_many_wrong_passwords_lock_for_a_while(settings):
    settings.AXES_ENABLED = True
    user = factories.citizen()
    for _ in range(settings.AXES_FAILURE_LIMIT):
        answer = browse().post("/dang-nhap/", {"username": user.username, "password": "sai"})
    assert answer.status_code == 429 and "tạm khóa đăng nhập" in words(answer)


def test_logging_out_takes_a_post():
    client = browse(factories.citizen())
    assert client.get("/dang-xuat/").status_code == 405
    client.post("/dang-xuat/")
    assert client.get("/ho-so/").status_code == 302


def test_pages_about_oneself_need_a_login():
    for address in ("/tai-khoan/", "/tin-nhan/", "/tin-nhan/1/", "/ho-so/"):
        assert browse().get(address).url.startswith("/dang-nhap/?next=")


def test_staff_who_do_not_work_on_dossiers_are_sent_to_the_catalogue():
    visitor = browse(factories.user(catalogue_admin="H18.Y14"))
    assert visitor.get("/sau-dang-nhap/").url == "/thu-tuc/"
    assert visitor.get("/can-bo/").status_code == 404
