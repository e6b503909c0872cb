"""The catalogue's API: public, with limits, cacheable, with a schema."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from procedures.models import Procedure
from procedures.search.text import search_columns
from tests import reference
from tests.dossiers.pages import refused
from tests.world import load_sample

pytestmark = pytest.mark.django_db
LIST = "/api/v1/procedures/"


@pytest.fixture
def catalogue():
    load_sample(codes=["1.010041", "1.004873", "2.000815", "1.004194", "1.015002"])


def queries(client, path):
    with CaptureQueriesContext(connection) as found:
        assert client.get(path).status_code == 200
    return len([query for query in found if "SAVEPOINT" not in query["sql"]])


def test_a_search_answers_with_level_price_and_address(client, catalogue):
    row = client.get(LIST, {"q": "xac nhan cu tru"}).json()["results"][0]
    assert row["code"] == "1.010041" and not row["listed_only"]
    assert row["level"] == {"declared": 4, "offered": 4, "scope": "toan_trinh", "label": "Mức 4: Làm hết trên mạng", "reason": ""}
    assert row["price"] == {"lowest": 0, "highest": 0, "text": "Không mất phí"}
    assert row["url"].endswith("/thu-tuc/1.010041/xac-nhan-thong-tin-ve-cu-tru/")


def test_guesses_are_marked(client, catalogue, monkeypatch):
    assert client.get(LIST, {"q": "xac nhan cu tru"}).json()["sure"] and client.get(LIST).json()["sure"]
    monkeypatch.setattr("procedures.search.index.SURE", 99)
    page = client.get(LIST, {"q": "xac nhan cu tru"}).json()
    assert page["count"] and not page["sure"]


@pytest.mark.slow
def test_the_whole_catalogue_can_be_read_page_by_page(client, catalogue):
    seen, address = [], LIST + "?limit=2"
    while address:
        page = client.get(address).json()
        seen += [row["code"] for row in page["results"]]
        address = page["next"]
    assert sorted(seen) == sorted(Procedure.objects.values_list("code", flat=True)) and page["count"] == 5


@pytest.mark.parametrize(
    "asked", [{"limit": "0"}, {"limit": "51"}, {"limit": "x"}, {"limit": "-1"}, {"after": "khong-co"}, {"q": "a" * 301}]
)
def test_nonsense_is_refused_with_the_parameter_named(client, catalogue, asked):
    response = client.get(LIST, asked)
    assert response.status_code == 400 and set(asked) == set(refused(response))


def test_one_procedure_carries_its_version(client, catalogue):
    found = client.get(LIST + "1.004873/").json()
    assert found["document"] == reference.procedures()["1.004873"]
    assert (found["version"], found["facts"], found["level"]["offered"]) == (1, None, 3)
    assert client.get(LIST + "9.999999/").status_code == 404


def test_an_entry_of_the_index_carries_its_facts(client):
    Procedure.objects.create(
        code="1.000010", name="Thủ tục lạ", declared_level=3, facts={"cases": 1}, **search_columns("1.000010", "Thủ tục lạ")
    )
    found = client.get(LIST + "1.000010/").json()
    assert found["listed_only"] and found["document"] is None and found["facts"] == {"cases": 1}
    assert found["level"]["declared"] == 3 and found["level"]["offered"] == 1 and found["price"] is None


def test_answers_may_be_kept_and_are_not_sent_twice(client, catalogue):
    for path in (LIST, LIST + "1.010041/"):
        first = client.get(path)
        assert first["Cache-Control"] == "public, max-age=60"
        assert client.get(path, headers={"if-none-match": first["ETag"]}).status_code == 304
    assert client.post(LIST).status_code == 405


@pytest.mark.slow
def test_the_number_of_queries_is_fixed(client, catalogue):
    client.get(LIST)
    few = queries(client, LIST), queries(client, LIST + "?q=tam+tru"), queries(client, LIST + "1.010041/")
    load_sample(codes=list(reference.procedures())[:30])
    client.get(LIST)
    assert (queries(client, LIST), queries(client, LIST + "?q=tam+tru"), queries(client, LIST + "1.010041/")) == few
    assert few <= (5, 5, 4)


def test_the_schema_describes_it(client):
    response = client.get("/api/v1/schema/")
    assert response.status_code == 200
    said = response.content.decode()
    assert "/api/v1/procedures/" in said and "operationId: list_procedures" in said
