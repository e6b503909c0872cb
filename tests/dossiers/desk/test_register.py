"""The register of a desk (form 07): page, print and Excel file."""

import datetime as dt
import html
import io
import zipfile
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AccessLog
from dossiers import workflow
from dossiers.desk import register
from dossiers.desk.views import register as views
from dossiers.models import Dossier
from portal.common import clock
from tests import factories
from tests.databases import past_the_triggers
from tests.dossiers.papers.reading import text_of

pytestmark = pytest.mark.django_db
NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
DANGEROUS = ["=1+1", "+84900", "-1", "@SUM(A1)", "\t=1"]
TODAY = dt.datetime(2026, 11, 25, 9, 0, tzinfo=clock.LOCAL)


@pytest.fixture(autouse=True)
def today():
    with clock.at(TODAY):
        yield


def read(user, name="desk:register", **query):
    client = Client()
    client.force_login(user)
    return client.get(reverse(name), query)


def rename(dossier, **facts):
    with past_the_triggers():
        Dossier.objects.filter(pk=dossier.pk).update(**facts)


def cells(content):
    """Every cell of the first sheet, as [[text]], and its XML."""
    book = zipfile.ZipFile(io.BytesIO(content))
    strings = ["".join(t.itertext()) for t in ElementTree.fromstring(book.read("xl/sharedStrings.xml")).findall("m:si", NS)]
    xml = book.read("xl/worksheets/sheet1.xml").decode()
    rows = []
    for row in ElementTree.fromstring(xml).findall(".//m:row", NS):
        values = [(cell.get("t"), cell.findtext("m:v", default="", namespaces=NS)) for cell in row.findall("m:c", NS)]
        rows.append([strings[int(value)] if kind == "s" else value for kind, value in values])
    return rows, xml


def test_it_lists_what_was_accepted_with_running_numbers_and_who_signed_for_the_result(desk):
    first, second = desk.accepted(), desk.accepted()
    refused = workflow.advance(desk.submitted(), "refuse_receipt", actor=desk.clerk, note="Sai nơi nộp.")
    page = read(desk.clerk).content.decode()
    assert page.index("1/2026") < page.index(first.code) < page.index("2/2026") < page.index(second.code)
    assert refused.code not in page and first.subject_name in page


def test_who_signed_for_the_result_is_in_it(desk):
    dossier = factories.completed(desk, delivery_way="counter")
    workflow.advance(dossier, "deliver", actor=desk.clerk, **{**factories.SIGNED, "signed_for_by": "Lò Văn Páo"})
    assert "Lò Văn Páo" in read(desk.clerk).content.decode()


def test_period_procedure_and_state_choose_the_rows_and_a_number_stays(desk):
    with clock.at(TODAY - dt.timedelta(days=40)):
        old = desk.accepted()
    new = desk.accepted()
    page = read(desk.clerk).content.decode()
    assert old.code not in page and new.code in page and "2/2026" in page
    page = read(desk.clerk, tu="2026-10-01", den="2026-10-31").content.decode()
    assert old.code in page and new.code not in page
    assert new.code in read(desk.clerk, thu_tuc=new.version.procedure.code, trang_thai="ACCEPTED").content.decode()
    assert new.code not in read(desk.clerk, trang_thai="RETURNED").content.decode()


def test_other_bodies_and_other_roles_find_nothing(desk):
    dossier = desk.accepted()
    other = factories.user(receiving_clerk="H18.X005.CA")
    assert dossier.code not in read(other).content.decode()
    for name in ("desk:register", "desk:register_pdf", "desk:register_xlsx"):
        assert read(other, name, co_quan=dossier.receiving_agency_id).status_code == 404
        for user in (desk.officer, desk.signer, factories.user(inspector="H18.X004.CA"), dossier.submitter):
            assert read(user, name).status_code == 404, (name, user)
        assert Client().get(reverse(name)).status_code in (302, 404)
    assert read(desk.head).status_code == 200


def test_whose_matter_is_confidential_is_not_named(desk):
    dossier = desk.accepted()
    rename(dossier, confidential=True)
    page = read(desk.clerk).content.decode()
    assert dossier.code in page and dossier.subject_name not in page and "(giữ kín)" in page


def test_a_wrong_period_is_told_and_makes_no_file(desk):
    desk.accepted()
    for query in ({"tu": "2026-11-20", "den": "2026-11-01"}, {"tu": "2020-01-01", "den": "2026-01-01"}, {"tu": "mai"}):
        assert read(desk.clerk, **query).status_code == 422, query
        assert read(desk.clerk, "desk:register_xlsx", **query).status_code == 404, query


def test_the_excel_file_has_the_rows_and_no_formula_whatever_people_are_called(desk):
    for text in DANGEROUS:
        rename(desk.accepted(), subject_name=text, subject_address=text)
    answer = read(desk.clerk, "desk:register_xlsx")
    rows, xml = cells(answer.getvalue())
    assert [row[5] for row in rows[-5:]] == DANGEROUS and [row[0] for row in rows[-5:]] == ["1", "2", "3", "4", "5"]
    assert "<f>" not in xml and 't="str"' not in xml and "<hyperlink" not in xml
    assert answer["Content-Disposition"].endswith('.xlsx"')
    assert AccessLog.objects.filter(actor=desk.clerk, action="download", target__startswith="register:").count() == 1


@pytest.mark.needs_pdf
def test_the_print_has_the_running_numbers(desk):
    dossiers = [desk.accepted(), desk.accepted()]
    text = text_of(read(desk.clerk, "desk:register_pdf").getvalue())
    assert all(dossier.code in text.replace("\n", "").replace(" ", "") for dossier in dossiers) and "Cộng: 2 hồ sơ." in text


@pytest.mark.needs_pdf
def test_a_long_register_is_printed_in_parts(desk, monkeypatch):
    monkeypatch.setattr(views, "PRINTED", 2)
    codes = [desk.accepted().code for _ in range(3)]
    page, address = html.unescape(read(desk.clerk).content.decode()), reverse("desk:register_pdf")
    assert f"{address}?&phan=1" in page and f"{address}?&phan=2" in page and "phan=3" not in page
    assert "Dòng 1–2" in page and "Dòng 3–3" in page
    texts = [text_of(read(desk.clerk, "desk:register_pdf", phan=part).getvalue()).replace("\n", "") for part in (1, 2)]
    assert [[code for code in codes if code in text.replace(" ", "")] for text in texts] == [codes[:2], codes[2:]]


@pytest.mark.parametrize("part", ["0", "4", "-1", "", "x", "٢", "9" * 30])
def test_a_part_that_is_not_there_is_not_found(desk, part):
    desk.accepted()
    assert read(desk.clerk, "desk:register_pdf", phan=part).status_code == 404


def test_too_many_rows_for_an_excel_file_are_refused_and_the_page_says_so(desk, monkeypatch):
    monkeypatch.setattr(views, "MAX_EXPORTED", 1)
    [desk.accepted() for _ in range(2)]
    assert read(desk.clerk, "desk:register_xlsx").status_code == 404
    page = read(desk.clerk).content.decode()
    assert "Chọn kỳ ngắn hơn" in page and reverse("desk:register_xlsx") not in page


def test_it_asks_as_often_for_many_rows_as_for_few(desk):
    def statements(name):
        client = Client()
        client.force_login(factories.fresh(desk.clerk))
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse(name)).status_code == 200
        return len(asked)

    desk.accepted()
    few = [statements("desk:register"), statements("desk:register_xlsx")]
    [desk.accepted() for _ in range(4)]
    assert [statements("desk:register"), statements("desk:register_xlsx")] == few


def test_the_list_of_the_desk_leads_to_it(desk):
    assert reverse("desk:register") in read(desk.clerk, "desk:queue").content.decode()
    assert reverse("desk:register") not in read(desk.officer, "desk:queue").content.decode()
    assert register.bodies_of(desk.officer).count() == 0
