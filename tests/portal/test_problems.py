"""Errors of the API are problem details (RFC 9457) in the language the program asks for, whatever refuses."""

import json

import pytest
from django.test import Client
from django.urls import path
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.views import APIView

from portal.common import pace, problems, throttles
from portal.urls import *  # noqa: F403 - this module is the URLconf of one test
from portal.urls import urlpatterns as of_the_portal
from tests import factories
from tests.dossiers.pages import browse, refused

pytestmark = pytest.mark.django_db
JSON = {"content_type": "application/json"}


class Broken(APIView):
    permission_classes = [AllowAny]

    def get(self, request):
        raise RuntimeError("a fault of ours")

    def post(self, request):
        raise ValidationError({"a/b": [{"name": ["thiếu"]}, {}], "non_field_errors": ["sai cả hai"]})


urlpatterns = [*of_the_portal, path("api/v1/broken/", Broken.as_view())]


def is_problem(answer, status, title=None):
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json"), answer.content
    told = answer.json()
    assert told["type"] == "about:blank" and told["status"] == status and told["detail"]
    assert title is None or told["title"] == title
    assert "Accept-Language" in answer["Vary"]
    return told


def refusals(draft):
    """Each status that something of the API, the middleware or Django answers."""
    mine, anybody, own = browse(draft.submitter), Client(), f"/api/v1/drafts/{draft.pk}/"
    yield 400, anybody.get("/api/v1/procedures/", {"limit": "0"})
    yield 400, anybody.get("/api/v1/dossiers/%00/")
    yield 400, mine.patch(own, "{", **JSON)
    yield 403, anybody.get("/api/v1/dossiers/")
    yield 404, anybody.get("/api/v1/khong-co/")
    yield 404, anybody.get("/api/v1/procedures/9.999999/")
    yield 404, mine.get("/api/v1/dossiers/H18-1/")
    yield 405, anybody.delete("/api/v1/procedures/")
    yield 405, mine.delete("/api/v1/dossiers/")
    yield 405, anybody.options("/api/v1/provinces/")
    yield 406, anybody.get("/api/v1/provinces/", HTTP_ACCEPT="text/csv")
    yield 415, mine.patch(own, "x=1", content_type="text/plain")


def test_every_refusal_is_a_problem_in_vietnamese(desk):
    for status, answer in refusals(desk.draft()):
        told = is_problem(answer, status, str(problems.TITLES[status]))
        assert answer["Content-Language"] == "vi" and not told["detail"].isascii(), told


def test_and_in_english_for_who_asks_for_it():
    client = Client(headers={"accept-language": "fr, en-GB;q=0.8, vi;q=0.5"})
    for address, status, title in [
        ("/api/v1/khong-co/", 404, "Not Found"), ("/api/v1/procedures/?limit=x", 400, "Bad Request"),
        ("/api/v1/dossiers/", 403, "Forbidden"), ("/api/v1/procedures/9.999999/", 404, "Not Found"),
    ]:  # fmt: skip
        answer = client.get(address)
        told = is_problem(answer, status, title)
        assert answer["Content-Language"] == "en" and told["detail"].isascii(), told
    assert Client(headers={"accept-language": "km"}).get("/api/v1/x/")["Content-Language"] == "vi"


def test_a_page_keeps_the_language_of_its_path():
    answer = Client(headers={"accept-language": "en"}).get("/khong-co-trang-nay/")
    assert answer["Content-Language"] == "vi"


@pytest.mark.urls(__name__)
def test_a_fault_of_ours_is_a_problem_with_a_code_for_the_hotline():
    client = Client(raise_request_exception=False)
    told = is_problem(client.get("/api/v1/broken/"), 500, "Máy chủ đang bận")
    assert told["code"].startswith("L-") and "fault of ours" not in json.dumps(told)
    assert is_problem(client.get("/api/v1/broken/", headers={"accept-language": "en"}), 500)["title"] == "Internal Server Error"


@pytest.mark.urls(__name__)
def test_what_is_wrong_is_pointed_at():
    assert refused(Client().post("/api/v1/broken/", {}, **JSON)) == {"#/a~1b/name": "thiếu", "#": "sai cả hai"}


def test_a_missing_token_against_forged_requests_is_named():
    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.citizen())
    told = is_problem(client.post("/api/v1/drafts/1/submit/", {"declared": True}, **JSON), 403)
    assert "X-CSRFToken" in told["detail"]


def test_a_login_that_calls_too_fast_waits_and_others_do_not(monkeypatch):
    monkeypatch.setattr(throttles, "PACE", pace.Pace(1, 3, lambda: 1000.0))
    fast = browse(factories.citizen())
    assert [fast.get("/api/v1/dossiers/").status_code for _ in range(4)] == [200, 200, 200, 429]
    refusal = fast.get("/api/v1/dossiers/")
    is_problem(refusal, 429, "Hỏi quá nhanh")
    assert refusal["Retry-After"] == "2"
    assert browse(factories.citizen()).get("/api/v1/dossiers/").status_code == 200
    assert Client().get("/api/v1/provinces/").status_code == 200
