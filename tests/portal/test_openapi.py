"""The OpenAPI description: every operation is described, and the kept file is the one the code gives."""

import re

import pytest
import yaml
from django.conf import settings
from django.urls import get_resolver

from portal.management.commands import openapi
from tests import factories
from tests.dossiers.pages import browse

KEPT = settings.BASE_DIR / "docs/openapi.yaml"
METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def kept():
    return yaml.safe_load(KEPT.read_text("utf-8"))


def operations(document):
    for path, item in document["paths"].items():
        for method in METHODS & set(item):
            yield path, method, item[method]


@pytest.mark.slow
def test_the_kept_file_is_what_the_code_gives():
    """After a change of the API: `manage.py openapi`, then read the difference."""
    assert openapi.described() == KEPT.read_text("utf-8")


def test_every_operation_says_what_it_does_what_it_takes_and_how_it_refuses(kept):
    seen = set()
    for path, method, told in operations(kept):
        where = f"{method} {path}"
        assert re.fullmatch("[a-z]+(_[a-z]+)+", told["operationId"]) and told["operationId"] not in seen, where
        seen.add(told["operationId"])
        assert told["summary"] and told["description"], where
        assert all(parameter.get("description") for parameter in told.get("parameters", [])), where
        assert ("requestBody" in told) == (method in ("post", "put", "patch")), where
        answers = told["responses"]
        assert {"406", "429", "500"} <= set(answers) or path.endswith(("/provinces/", "/procedures/{code}/")), where
        assert ("404" in answers) >= ("{" in path) and ("403" in answers) == bool(told["security"][0]), where
        for status, answer in answers.items():
            kind = "application/json" if status < "400" else "application/problem+json"
            assert answer["description"] and set(answer["content"]) == {kind}, (where, status)


def test_every_address_of_the_api_is_described(kept):
    named = {re.sub(r"\{\w+\}", "{}", path) for path in kept["paths"]}
    routes = [
        str(inner.pattern) for one in get_resolver().url_patterns if str(one.pattern) == "api/v1/" for inner in one.url_patterns
    ]
    ours = {"/api/v1/" + re.sub(r"<[^>]+>", "{}", route) for route in routes}
    assert named == ours and len(ours) > 15


@pytest.mark.django_db
def test_the_page_shows_it_to_everybody_without_a_line_of_script_in_it():
    for client in (browse(), browse(factories.citizen())):
        page = client.get("/tai-lieu-api/")
        text = page.content.decode()
        assert (
            page.status_code == 200 and 'data-schema="/api/v1/schema/?format=json"' in text and 'href="/api/v1/schema/"' in text
        )
        assert not re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", text) and "<style" not in text
    assert browse().get("/en/tai-lieu-api/").status_code == 200 and browse().post("/tai-lieu-api/").status_code in (403, 405)
