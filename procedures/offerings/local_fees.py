"""The amounts that a province sets for fee lines without a national amount, with their resolution and days.

Filed dossiers keep the amounts of their filing (`dossiers.fees`), so nothing here concerns them.
"""

import datetime as dt
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Agency, User
from portal.common import clock
from portal.common.dates import full_day
from portal.common.money import dong
from procedures.facts import FeeRow
from procedures.models import AgencyChange, LocalFee, Offering, Procedure, VersionState
from procedures.offerings.permissions import may_set_amounts

LEFT_TO_PROVINCES = {"procedure": {"fee_lines": [{"amount": None}]}}


class NotPossible(Exception):
    """The amount cannot be set or withdrawn; `str()` is a sentence for the user."""


@dataclass
class Row:
    """A fee line and the amounts of the province, oldest first."""

    line: FeeRow
    amounts: list[LocalFee] = field(default_factory=list)

    @property
    def now(self) -> LocalFee | None:
        """The amount in force today."""
        today = clock.today()
        return next((row for row in reversed(self.amounts) if has_begun(row, today) and not is_over(row, today)), None)


def has_begun(row: LocalFee, day: dt.date) -> bool:
    return row.effective_from is None or row.effective_from <= day


def is_over(row: LocalFee, day: dt.date) -> bool:
    return row.effective_to is not None and row.effective_to < day


def procedures_with_amounts(agency: Agency) -> list[Procedure]:
    """The procedures with a line that is left to provinces, offered in this one today."""
    found = Procedure.objects.filter(current__state=VersionState.PUBLISHED, current__document__contains=LEFT_TO_PROVINCES)
    here = Offering.objects.current().filter(province_code=agency.province_code).values("procedure")
    rows = found.filter(pk__in=here).select_related("current").defer("facts")
    return sorted((row for row in rows if _left_to_provinces(row)), key=str)


def _left_to_provinces(procedure: Procedure) -> list[FeeRow]:
    """The lines of the version in effect without a national amount, and without those an officer sets in each case."""
    version = procedure.current
    if version is None:
        return []
    later = set(version.document.get("amount_set_later", ()))
    return [line for line in version.facts["fee_lines"] if line["amount"] is None and line["key"] not in later]


def rows_of(procedure: Procedure, agency: Agency) -> list[Row]:
    """The lines of the version in effect that are left to provinces, with the amounts of this one."""
    rows = {line["key"]: Row(line) for line in _left_to_provinces(procedure)}
    stored = LocalFee.objects.filter(procedure=procedure, province_code=agency.province_code, fee_line_key__in=rows)
    for amount in stored.order_by(F("effective_from").asc(nulls_first=True), "pk"):
        rows[amount.fee_line_key].amounts.append(amount)
    return list(rows.values())


@transaction.atomic
def state(
    procedure: Procedure,
    agency: Agency,
    key: str,
    *,
    amount: int,
    legal_ref: str,
    since: dt.date,
    until: dt.date | None,
    by: User,
) -> LocalFee:
    """Set the amount of a line from a day on. The amount before it ends on the day before.

    Raises PermissionDenied, NotPossible.
    """
    _lock(procedure, agency, by)
    row = next((row for row in rows_of(procedure, agency) if row.line["key"] == key), None)
    if row is None:
        raise NotPossible(_("Khoản này không do tỉnh quy định."))
    if since < clock.today():
        raise NotPossible(_("Mức mới bắt đầu từ hôm nay trở đi: hồ sơ đã nộp giữ mức lúc nộp."))
    if until is not None and until < since:
        raise NotPossible(_("Ngày cuối ở trước ngày đầu."))
    for other in row.amounts:
        if (
            other.effective_from is not None
            and other.effective_from >= since
            and (until is None or other.effective_from <= until)
        ):
            raise NotPossible(_("Đã có mức từ %(day)s. Bỏ mức ấy trước.") % {"day": full_day(other.effective_from)})
    before = words(row.amounts)
    for other in row.amounts:
        if not is_over(other, since):
            other.effective_to = since - dt.timedelta(days=1)
            other.save(update_fields=["effective_to"])
    made = LocalFee.objects.create(
        province_code=agency.province_code,
        procedure=procedure,
        fee_line_key=key,
        amount=amount,
        effective_from=since,
        effective_to=until,
        legal_ref=legal_ref,
    )
    _record(procedure, agency, row, before, by)
    return made


@transaction.atomic
def withdraw(procedure: Procedure, agency: Agency, pk: int, *, by: User) -> None:
    """Take back an amount that has not begun. The amount that would have ended the day before goes on instead.

    Raises PermissionDenied, NotPossible.
    """
    _lock(procedure, agency, by)
    rows = [(row, amount) for row in rows_of(procedure, agency) for amount in row.amounts if amount.pk == pk]
    row, found = rows[0] if rows else (None, None)
    if row is None or found is None or found.effective_from is None or has_begun(found, clock.today()):
        raise NotPossible(_("Mức này đã áp dụng hoặc không còn; muốn thay thì đặt mức mới."))
    before, last_day = words(row.amounts), found.effective_from - dt.timedelta(days=1)
    until = found.effective_to
    found.delete()
    for other in row.amounts:
        if other.pk and other.effective_to == last_day:
            other.effective_to = until
            other.save(update_fields=["effective_to"])
    _record(procedure, agency, row, before, by)


def _lock(procedure: Procedure, agency: Agency, by: User) -> None:
    """One change of the amounts of a procedure at a time. Raises PermissionDenied."""
    if not may_set_amounts(by, agency):
        raise PermissionDenied
    Procedure.objects.select_for_update().get(pk=procedure.pk)


@override("vi")
def words(amounts: list[LocalFee]) -> str:
    """All amounts of a line in one text, for the record."""
    return "; ".join(_words_of(row) for row in amounts)


def _words_of(row: LocalFee) -> str:
    since = _("từ %(day)s") % {"day": full_day(row.effective_from)} if row.effective_from else ""
    until = _("đến hết %(day)s") % {"day": full_day(row.effective_to)} if row.effective_to else ""
    return " ".join(filter(None, [dong(row.amount), since, until, f"({row.legal_ref})" if row.legal_ref else ""]))


def _record(procedure: Procedure, agency: Agency, row: Row, before: str, by: User) -> None:
    after = next(other for other in rows_of(procedure, agency) if other.line["key"] == row.line["key"])
    places = [{"place": row.line["label"], "old": before, "new": words(after.amounts)}]
    AgencyChange.objects.create(agency=agency, procedure=procedure, by=by, places=places)
