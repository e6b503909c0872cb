"""The register of a desk (form 07): what it accepted, in the order of its numbers, for the page, the print and the Excel file.

A row is the number of a receipt slip (`papers.numbering`): running numbers of the body and the year. The number of statements
does not grow with the rows.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Agency, User
from accounts.roles import Role
from dossiers.choices import PaperKind
from dossiers.clock import lateness
from dossiers.models import Event
from dossiers.papers import numbering
from dossiers.papers.contexts.register import Entry
from dossiers.papers.models import PaperNumber
from portal.common import clock
from portal.common.dates import moment
from portal.common.identity import phone_for_display
from portal.common.spreadsheets import Workbook
from procedures.models import Procedure, ProcedureVersion

KEEPERS = (Role.RECEIVING_CLERK, Role.HEAD, Role.DEPUTY)
HEAVY = [f"event__dossier__{name}" for name in ("answers", "asked", "term", "delivery_address")]
FACTS = "document__procedure"


@dataclass(frozen=True)
class Period:
    """Local days, both included."""

    first: dt.date
    last: dt.date

    @property
    def words(self) -> str:
        return _("từ %(first)s đến %(last)s") % {"first": f"{self.first:%d/%m/%Y}", "last": f"{self.last:%d/%m/%Y}"}


def bodies_of(user: User) -> QuerySet[Agency]:
    """The bodies whose register this user keeps."""
    return Agency.objects.filter(pk__in=user.agencies_with(*KEEPERS)).order_by("name")


def numbers(body: Agency, period: Period, *, procedure: str = "", state: str = "") -> QuerySet[PaperNumber]:
    """The numbers of the register in this period, in their order."""
    begins = dt.datetime.combine(period.first, dt.time(), clock.LOCAL)
    ends = dt.datetime.combine(period.last + dt.timedelta(days=1), dt.time(), clock.LOCAL)
    rows = PaperNumber.objects.filter(
        body=body, series=numbering.SERIES[PaperKind.RECEIPT_SLIP], kind=PaperKind.RECEIPT_SLIP,
        year__range=(period.first.year, period.last.year), event__at__gte=begins, event__at__lt=ends,
    )  # fmt: skip
    if procedure:
        rows = rows.filter(event__dossier__version__procedure__code=procedure)
    if state:
        rows = rows.filter(event__dossier__state=state)
    return rows.select_related("event__dossier__lead_agency").defer(*HEAVY).order_by("year", "number")


def procedures_in(body: Agency, period: Period) -> list[dict[str, str]]:
    """The procedures of the rows of this period, for the filter."""
    there = numbers(body, period).order_by().values("event__dossier__version__procedure")
    rows = Procedure.objects.filter(pk__in=there).order_by("name").only("code", "name")
    return [{"value": row.code, "label": f"{row.code} {row.name}"} for row in rows]


def entries(rows: Iterable[PaperNumber]) -> list[Entry]:
    """The rows as they are shown and printed. Two more statements: names of the versions, and who signed for the results."""
    rows = list(rows)
    dossiers = [row.event.dossier for row in rows]
    versions = ProcedureVersion.objects.filter(pk__in={dossier.version_id for dossier in dossiers})
    names = {pk: short or name for pk, short, name in versions.values_list("pk", f"{FACTS}__short_name", f"{FACTS}__name")}
    delivered = Event.objects.filter(dossier__in=[dossier.pk for dossier in dossiers], step="deliver").select_related("text")
    signed = {event.dossier_id: event.text.details.get("signed_for_by", "") for event in delivered if hasattr(event, "text")}
    return [_entry(row, names[row.event.dossier.version_id], signed.get(row.event.dossier_id, "")) for row in rows]


def _entry(row: PaperNumber, procedure: str, signed_for: str) -> Entry:
    dossier = row.event.dossier
    phone = phone_for_display(dossier.subject_phone) if dossier.subject_phone else ""
    hidden, late = dossier.confidential, lateness.missed_its_promise(dossier, clock.now())
    return Entry(
        number=row.number, year=row.year, code=dossier.code, procedure=procedure,
        name=_("(giữ kín)") if hidden else dossier.subject_name,
        contact="" if hidden else ", ".join(part for part in (dossier.subject_address, phone) if part),
        lead_agency=dossier.lead_agency.name if dossier.lead_agency_id else "", received=row.event.at, due=dossier.due_at,
        returned=dossier.returned_at, way=str(dossier.get_delivery_way_display()), signed_for="" if hidden else signed_for,
        note=f"{dossier.get_state_display()}; {_('trễ hẹn')}" if late else str(dossier.get_state_display()),
    )  # fmt: skip


def workbook(body: Agency, period: Period, rows: Iterable[Entry]) -> bytes:
    """The register as an Excel file; every text is a text cell."""
    book = Workbook()
    title = _("Sổ theo dõi hồ sơ: %(body)s, %(period)s") % {"body": body.name, "period": period.words}
    book.sheet(_("Sổ theo dõi"), title, _columns(), map(_cells, rows))
    return book.content()


def _columns() -> list[tuple[str, str, int]]:
    return [
        (_("Số thứ tự"), "number", 8), (_("Quyển số (năm)"), "text", 10), (_("Mã hồ sơ"), "text", 24),
        (_("Tên thủ tục hành chính"), "text", 50), (_("Số bộ"), "number", 8), (_("Tên cá nhân, tổ chức"), "text", 30),
        (_("Địa chỉ, số điện thoại"), "text", 50), (_("Cơ quan chủ trì giải quyết"), "text", 40), (_("Nhận hồ sơ"), "moment", 17),
        (_("Hẹn trả kết quả"), "moment", 17), (_("Trả kết quả"), "moment", 17), (_("Phương thức nhận kết quả"), "text", 24),
        (_("Ký nhận"), "text", 24), (_("Ghi chú"), "text", 24),
    ]  # fmt: skip


def _cells(row: Entry) -> tuple[Any, ...]:
    return (
        row.number, row.year, row.code, row.procedure, 1, row.name, row.contact, row.lead_agency, row.received, row.due,
        row.returned, row.way, row.signed_for, row.note,
    )  # fmt: skip


def shown(row: Entry) -> dict[str, Any]:
    """The row for the page."""
    times = {
        name: moment(at) if at else "" for name, at in (("received", row.received), ("due", row.due), ("returned", row.returned))
    }
    return {"row": row, **times}
