"""The Excel file has the numbers of the page, and no cell that is a formula."""

import datetime as dt
import io
import re
import zipfile
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from dossiers import workflow
from payments.accounting import export, revenue
from payments.attempts import settlement
from payments.models import Refund, RefundReason
from payments.refunds import approval
from portal.common import clock
from tests.dossiers.pages import browse

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 25, 5, 0, tzinfo=dt.UTC)
NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
FEE = 200_000
DANGEROUS = ["=1+1", "+84900", "-1", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("http://x","y")', "=cmd|' /C calc'!A0"]


def sheet(content, number):
    """[[(type, value)]] of one sheet, and its whole XML."""
    book = zipfile.ZipFile(io.BytesIO(content))
    strings = ["".join(t.itertext()) for t in ElementTree.fromstring(book.read("xl/sharedStrings.xml")).findall("m:si", NS)]
    xml = book.read(f"xl/worksheets/sheet{number}.xml").decode()
    rows = []
    for row in ElementTree.fromstring(xml).findall(".//m:row", NS):
        cells = []
        for cell in row.findall("m:c", NS):
            value = cell.findtext("m:v", default="", namespaces=NS)
            cells.append(strings[int(value)] if cell.get("t") == "s" else float(value) if value else "")
        rows.append(cells)
    return rows, xml


@pytest.mark.parametrize("text", DANGEROUS)
def test_text_that_looks_like_a_formula_stays_text(text):
    book = export.Workbook()
    book.sheet("Thử", text, [(text, "text", 10)], [(text,)])
    content = book.content()
    rows, xml = sheet(content, 1)
    assert rows[-1] == [text] or rows[-1] == [text.replace("\r", "_x000D_")]
    assert "<f>" not in xml and "<hyperlink" not in xml and 't="str"' not in xml
    styles = zipfile.ZipFile(io.BytesIO(content)).read("xl/styles.xml").decode()
    assert 'quotePrefix="1"' in styles, "editing the cell must not make it a formula either"


def test_no_cell_of_the_takings_is_a_formula_whatever_people_wrote(money_desk):
    with clock.at(NOON):
        attempt = settlement.settle(money_desk.paying().reference, cause="ipn", transaction_no="=1+1", bank_code="@NCB")
        refund = approval.propose(attempt, RefundReason.OTHER, amount=50_000, actor=money_desk.accountant, note="-2+3")
        refund = approval.approve(refund, money_desk.second_accountant)
        approval.record(refund, "sent", cause="sending")
        approval.record(refund, "done", cause="answer", transaction_no="+15")
        type(attempt.collector).objects.filter(pk=attempt.collector_id).update(name='=HYPERLINK("http://x")')
        answer = browse(money_desk.accountant).get(reverse("accounting:takings_export"))
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    assert re.fullmatch(r'attachment; filename="tien-thu-20261101-20261125\.xlsx"', answer["Content-Disposition"])
    texts = []
    for number in (1, 2, 3):
        rows, xml = sheet(answer.content, number)
        assert "<f>" not in xml
        texts += [cell for row in rows for cell in row if isinstance(cell, str)]
    assert {"=1+1", "@NCB", "-2+3", "+15", '=HYPERLINK("http://x")'} <= set(texts)


def test_the_file_has_the_numbers_of_the_page(money_desk):
    with clock.at(NOON):
        paid = settlement.settle(money_desk.paying().reference, cause="ipn")
        cash = workflow.advance(money_desk.waiting(), "paid", actor=money_desk.clerk, amount=FEE)
        refund = approval.approve(approval.propose(paid, RefundReason.OTHER, amount=50_000), money_desk.accountant)
        approval.record(refund, "sent", cause="sending")
        approval.record(refund, "done", cause="answer")
        there, asked = browse(money_desk.accountant), {"tu": "2026-11-25", "den": "2026-11-25"}
        rows, _xml = sheet(there.get(reverse("accounting:takings_export"), asked).content, 1)
        attempts, _xml = sheet(there.get(reverse("accounting:takings_export"), asked).content, 2)
        gone, _xml = sheet(there.get(reverse("accounting:takings_export"), asked).content, 3)
        expected = revenue.rows([paid.collector_id], revenue.Period(NOON.date(), NOON.date()))
        only_cash, _xml = sheet(there.get(reverse("accounting:takings_export"), {**asked, "cach": "counter"}).content, 1)
    assert rows[0] == ["Tiền thu phí, lệ phí từ 25/11/2026 đến 25/11/2026"]
    assert [row[-4:] for row in rows[2:-1]] == [[row.count, row.received, row.refunded, row.net] for row in expected]
    assert rows[-1][-3:] == [2 * FEE, 50_000, 2 * FEE - 50_000]
    assert {row[1] for row in attempts[2:]} == {paid.reference, cash.obligation.attempts.get().reference}
    assert gone[2][1] == Refund.objects.get().request_id and gone[2][4] == 50_000
    assert only_cash[-1][-3:] == [FEE, 0, FEE]
    noon = (dt.date(2026, 11, 25) - dt.date(1899, 12, 30)).days + 0.5
    assert abs(attempts[2][0] - noon) < 1e-4, "the local time of Hà Nội"
