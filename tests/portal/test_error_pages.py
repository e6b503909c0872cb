"""Error pages say what is safe and what to do; API clients get one sentence as JSON."""

import pytest
from django.core.exceptions import BadRequest, PermissionDenied
from django.test import Client, RequestFactory

from portal import views

pytestmark = pytest.mark.django_db


def request(path="/x/"):
    made = RequestFactory().get(path)
    made.text_size, made.theme = "to", "sang"
    return made


def test_a_page_that_is_not_there_keeps_the_frame_and_the_phone_number(client, settings):
    answer = client.get("/khong-co-trang-nay/")
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "Không có trang này" in page
    assert settings.HOTLINE.replace(" ", "\N{NO-BREAK SPACE}") in page
    assert "Traceback" not in page


@pytest.mark.parametrize(
    ("view", "status", "argument"),
    [(views.bad_request, 400, BadRequest()), (views.permission_denied, 403, PermissionDenied()), (views.not_found, 404, None)],
)
def test_programs_get_one_sentence(view, status, argument):
    answer = view(request("/api/v1/x"), argument)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"


def test_a_form_that_lay_open_too_long_says_how_to_send_it_again():
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/kho-thanh-phan/", {"name": "x"})
    assert answer.status_code == 403
    assert "chưa gửi được" in answer.content.decode()


def test_a_crash_is_told_with_a_code_to_read_out_and_asks_no_database(django_assert_num_queries, caplog):
    with django_assert_num_queries(0):
        answer = views.server_error(request())
    page = answer.content.decode()
    code = next(record.code for record in caplog.records if hasattr(record, "code"))
    assert answer.status_code == 500
    assert code in page and "vẫn còn nguyên" in page and 'data-text="to"' in page


def test_a_crash_in_the_api_is_told_in_json():
    answer = views.server_error(request("/api/v1/x"))
    assert answer.status_code == 500 and b'"code"' in answer.content
