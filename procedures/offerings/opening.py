"""Offering a procedure at new places, one or many in one act, and ending an offering. Both are recorded.

Where dossiers are received, who decides and where fees are paid is taken from what the agency offers already.
"""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Agency, User
from portal.common import clock
from portal.common.dates import full_day
from procedures.models import AgencyChange, Offering, Procedure
from procedures.offerings.permissions import may_set_work, own_and_below


@dataclass
class Place:
    """One agency that could offer the procedure. `fault`: why it cannot, in words."""

    agency: Agency
    receiving_agency: Agency | None = None
    lead_agency: Agency | None = None
    terminal_id: str | None = None
    fault: str = ""


def kinds_below(agency: Agency, user: User) -> list[tuple[str, str, int]]:
    """(kind, name of one of them, how many) of the agencies below this one that the person administers from above."""
    found: dict[str, list[str]] = defaultdict(list)
    for kind, name in _below(agency).filter(pk__in=own_and_below(user)).order_by("kind", "name").values_list("kind", "name"):
        found[kind].append(name)
    return [(kind, names[0], len(names)) for kind, names in found.items()]


def _below(agency: Agency) -> QuerySet[Agency]:
    levels = Q(parent=agency) | Q(parent__parent=agency) | Q(parent__parent__parent=agency)
    return Agency.objects.filter(levels, valid_to=None)


def places(procedure: Procedure, agency: Agency, kind: str, user: User) -> list[Place]:
    """This agency (`kind` ""), or all agencies of a kind below it, with what an offering there would be."""
    rows = _below(agency).filter(kind=kind) if kind else Agency.objects.filter(pk=agency.pk)
    agencies = list(rows.filter(pk__in=own_and_below(user)).select_related("unit").order_by("name", "pk"))
    usual = _usual(agencies)
    there = set(Offering.objects.current().filter(procedure=procedure, agency__in=agencies).values_list("agency_id", flat=True))
    return [_place(row, usual.get(row.pk), row.pk in there) for row in agencies]


def _place(agency: Agency, usual: Offering | None, offers: bool) -> Place:
    if offers:
        return Place(agency, fault=_("đã cung cấp thủ tục này"))
    if usual is None:
        return Place(agency, fault=_("cơ quan chưa có thủ tục nào tiếp nhận trên cổng nên chưa biết nơi tiếp nhận"))
    return Place(agency, usual.receiving_agency, usual.lead_agency, usual.terminal_id)


def _usual(agencies: Collection[Agency]) -> dict[int, Offering]:
    """{agency id: an offering with the desk, deciding agency and terminal that the agency uses most}."""
    rows = Offering.objects.current().filter(agency__in=agencies, filing="here").select_related("receiving_agency", "lead_agency")
    found: dict[int, list[Offering]] = defaultdict(list)
    for row in rows.only("agency_id", "terminal_id", "receiving_agency", "lead_agency"):
        found[row.agency_id].append(row)
    return {pk: _most_used(offerings) for pk, offerings in found.items()}


def _most_used(offerings: list[Offering]) -> Offering:
    def key(row: Offering) -> tuple[Any, ...]:
        return row.receiving_agency_id, row.lead_agency_id, row.terminal_id

    counted = Counter(map(key, offerings))
    return max(offerings, key=lambda row: (counted[key(row)], -row.pk))


@transaction.atomic
def open_at(procedure: Procedure, agency: Agency, kind: str, chosen: Collection[int], *, by: User) -> list[Offering]:
    """Offer the procedure at the chosen places from today, without steps, people and ways of delivery yet.

    Of several places in one act the record names the first as their template, so that what is stated there may be applied to
    all: they are no exceptions of their own (`many`).
    """
    made: list[Offering] = []
    Procedure.objects.select_for_update().get(pk=procedure.pk)  # so that two at once do not offer it twice
    for place in places(procedure, agency, kind, by):
        if place.fault or place.agency.pk not in chosen:
            continue
        row = Offering.objects.create(
            procedure=procedure,
            agency=place.agency,
            receiving_agency=place.receiving_agency,
            lead_agency=place.lead_agency,
            terminal_id=place.terminal_id,
            province_code=place.agency.province_code,
            unit_code=place.agency.unit.code if place.agency.unit else "",
            valid_from=clock.today(),
        )
        made.append(row)
        since = _("cung cấp từ %(day)s") % {"day": full_day(clock.today())}
        _record(row, by, _("chưa cung cấp"), since, template=made[0] if kind else None)
    return made


@transaction.atomic
def end(offering: Offering, *, by: User) -> None:
    """The last day of the offering is today. Filed dossiers go on."""
    row = Offering.objects.select_for_update().get(pk=offering.pk)
    if not may_set_work(by, row):
        raise PermissionDenied
    if row.valid_to is None:
        row.valid_to = clock.today()
        row.save(update_fields=["valid_to"])
        _record(row, by, _("đang cung cấp"), _("cung cấp đến hết %(day)s") % {"day": full_day(clock.today())})


def _record(row: Offering, by: User, old: str, new: str, template: Offering | None = None) -> None:
    places = [{"place": _("Thời gian cung cấp"), "old": old, "new": new}]
    AgencyChange.objects.create(agency_id=row.agency_id, offering=row, applied_from=template, by=by, places=places)
