"""/api/v1/provinces/ and /api/v1/communes/: public, cacheable, small; what address.js reads."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import snapshots, world

pytestmark = pytest.mark.django_db
COMMUNES = "/api/v1/communes/"


@pytest.fixture(scope="module", autouse=True)
def country(django_db_setup, django_db_blocker):
    with snapshots.rows_of_a_file(django_db_blocker, world.country):
        yield


def test_provinces(client):
    rows = client.get("/api/v1/provinces/").json()["results"]

    assert len(rows) == 34 and {"code": "11", "name": "Tỉnh Điện Biên"} in rows


def test_the_communes_of_a_province(client):
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(COMMUNES, {"province": "11"})

    assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) == 1
    rows = answer.json()["results"]
    assert len(rows) == 45 and "public" in answer["Cache-Control"]
    row = next(row for row in rows if row["code"] == "11.X004")
    assert row == {
        "code": "11.X004", "official_code": "03127", "name": "Phường Điện Biên Phủ", "province": "11",
        "province_name": "Tỉnh Điện Biên", "was": [],
    }  # fmt: skip
    again = client.get(COMMUNES, {"province": "11"}, headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    assert client.get(COMMUNES, {"province": "99"}).json() == {"results": []}


def test_a_typed_name(client):
    answer = client.get(COMMUNES, {"q": "phuong muong thanh, tp dien bien phu", "province": "79"})

    assert [(row["code"], row["was"]) for row in answer.json()["results"]] == [
        ("11.X004", ["Phường Mường Thanh, Thành phố Điện Biên Phủ, Tỉnh Điện Biên"])
    ]
    assert len(client.get(COMMUNES, {"q": "tan"}).content) < 8_000


@pytest.mark.parametrize("asked", [{}, {"q": "x" * 121}, {"q": "  "}])
def test_what_cannot_be_answered(client, asked):
    assert client.get(COMMUNES, asked).status_code == 400
