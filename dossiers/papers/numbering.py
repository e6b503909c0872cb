"""Numbers of papers: one series for each agency, kind of paper and year (Asia/Ho_Chi_Minh). None twice, none left out.

A number is given in the transaction of the step that owes the paper, so the order of numbers is the order of steps; a step that
is rolled back gives its number back. It belongs to (event, kind, item) before the paper is drawn: drawing that fails and is tried
again prints the same number. The counter stays locked until the transaction ends, so one transaction takes steps of one dossier
only (a step for several dossiers has a transaction for each), else two of them could wait for each other.

Numbers of electronic receipts are series of `payments.receipts.numbering`; the filled application form carries the dossier code.
"""

import re

from django.db import connection

from accounts.models import Agency
from dossiers.choices import PaperKind
from dossiers.models import Event
from dossiers.papers.models import OF_THE_LEADING_BODY, PaperNumber
from portal.common import clock

SERIES = {
    PaperKind.ACKNOWLEDGEMENT: "XN", PaperKind.RECEIPT_SLIP: "TN", PaperKind.SUPPLEMENT_REQUEST: "BS",
    PaperKind.REFUSAL_OF_RECEIPT: "TC", PaperKind.APOLOGY: "XL", PaperKind.STOP_NOTICE: "DG", PaperKind.CONTROL_SHEET: "KS",
    PaperKind.PAYMENT_NOTICE: "NP", PaperKind.WITHDRAWAL_REQUEST: "RH", PaperKind.CONSULTATION: "YK",
    PaperKind.SUPPLEMENT_NOTE: "GB", PaperKind.RESULT: "KQ", PaperKind.REFUSAL_OF_SUBSTANCE: "TB",
    PaperKind.REVOCATION: "QĐ",
}  # fmt: skip

GIVE = """
WITH counter AS (
    INSERT INTO papers_numbercounter (body_id, series, year, last) VALUES (%(body)s, %(series)s, %(year)s, 1)
    ON CONFLICT (body_id, series, year) DO UPDATE SET last = papers_numbercounter.last + 1 RETURNING last
)
INSERT INTO papers_papernumber (event_id, kind, item, body_id, series, year, number)
SELECT %(event)s, %(kind)s, %(item)s, %(body)s, %(series)s, %(year)s, last FROM counter RETURNING number
"""


def give(event: Event, kind: str, *, body: Agency | None = None, item: str = "") -> PaperNumber:
    """Give the next number to a paper that has none yet, in one statement. Raises IntegrityError for a second one.

    `body`: the issuing agency, by default the agency that issues this kind; `item`: which of several papers of the kind (the key
    of a result).
    """
    kind = PaperKind(kind)
    row = PaperNumber(event=event, kind=kind, item=item, series=SERIES[kind], year=clock.local(event.at).year)
    if body:
        row.body = body
    else:
        row.body_id = _body_of(event, kind)
    facts = {"event": event.pk, "kind": kind.value, "item": item, "body": row.body_id, "series": row.series, "year": row.year}
    with connection.cursor() as cursor:
        cursor.execute(GIVE, facts)
        row.number = cursor.fetchone()[0]
    return row  # the statement wrote it: without its id, and not to be saved


def number_of(event: Event, kind: str, item: str = "") -> PaperNumber:
    """The number of a paper; given now where the step did not give one (steps from before there were series)."""
    given = PaperNumber.objects.select_related("body").filter(event=event, kind=kind, item=item).first()
    return given or give(event, kind, item=item)


def place_in_series(number: str) -> str:
    """«0012» of «12/TN-H18.X004»; empty for numbers from before there were series."""
    found = re.match(r"([0-9]+)/[A-Z]+-", number)
    return f"{int(found[1]):04}" if found else ""


def _body_of(event: Event, kind: PaperKind) -> int:
    """The id of the agency that issues this kind of paper."""
    return event.dossier.lead_agency_id if kind in OF_THE_LEADING_BODY else event.dossier.receiving_agency_id
