"""Another desk, deciding agency or terminal of one offering. Filed dossiers keep the desk and agency of their filing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Agency, User
from procedures.models import AgencyChange, Offering, Terminal
from procedures.offerings import editing
from procedures.offerings.desks import Outdated
from procedures.offerings.permissions import may_set_work


@dataclass(frozen=True)
class Place:
    """Where dossiers are received, who decides and where fees are paid online (None: nowhere)."""

    receiving_agency: Agency
    lead_agency: Agency
    terminal: Terminal | None


def desks_for(offering: Offering) -> QuerySet[Agency]:
    """The desks that may receive: with a desk, in the same territory, or one that receives for this agency already."""
    mine = Offering.objects.current().filter(agency=offering.agency_id)
    return _bodies(offering, mine.values("receiving_agency")).exclude(desk_name="")


def leads_for(offering: Offering) -> QuerySet[Agency]:
    """The agencies that may decide: in the same territory, or one that decides for this agency already."""
    return _bodies(offering, Offering.objects.current().filter(agency=offering.agency_id).values("lead_agency"))


def _bodies(offering: Offering, used: Any) -> QuerySet[Agency]:
    near = Q(pk=offering.agency_id) | Q(pk__in=used)
    if offering.agency.unit_id:
        near |= Q(unit=offering.agency.unit_id)
    return Agency.objects.filter(near, valid_to=None).order_by("name", "pk")


def terminals_for(offering: Offering) -> QuerySet[Terminal]:
    """The terminals where fees of this province are paid."""
    used = Offering.objects.current().filter(province_code=offering.province_code).values("terminal")
    return Terminal.objects.filter(code__in=used)


def steps_moved(offering: Offering, place: Place) -> list[dict[str, Any]]:
    """The steps done at the present desk or deciding agency, given to the new ones."""
    old_desk = offering.receiving_agency.code if offering.receiving_agency else None
    old_lead = offering.lead_agency.code

    def code(step: Mapping[str, Any]) -> str | None:
        if step["agency"] == old_desk and (old_desk != old_lead or step["role"] == "receiving_clerk"):
            return place.receiving_agency.code
        return place.lead_agency.code if step["agency"] == old_lead else step["agency"]

    return [{**step, "agency": code(step)} for step in offering.processing_steps]


@override("vi")
def differences(offering: Offering, place: Place) -> list[dict[str, str]]:
    """[{"place", "old", "new"}] in Vietnamese words, with what follows for steps and people on duty."""
    before, after = editing.values_of(offering), _values_after(offering, place)
    rows = [
        {"place": title, "old": str(old or _("không có")), "new": str(new or _("không có"))}
        for title, old, new in (
            (_("Nơi tiếp nhận"), offering.receiving_agency, place.receiving_agency),
            (_("Cơ quan giải quyết"), offering.lead_agency, place.lead_agency),
            (_("Điểm thu trên mạng"), offering.terminal, place.terminal),
        )
        if old != new
    ]
    return rows + editing.differences(before, after, _names(offering, (place.receiving_agency, place.lead_agency)))


def _values_after(offering: Offering, place: Place) -> editing.Values:
    """People of the former desk are not on duty at the new one; its own administrator names them."""
    stays = offering.receiving_agency == place.receiving_agency
    duty = offering.duty if stays else {}
    return {**editing.values_of(offering), "duty": duty, "processing_steps": steps_moved(offering, place)}


def _names(offering: Offering, bodies: Iterable[Agency]) -> dict[str, str]:
    return {**editing.agencies_of(offering), **{body.code: body.name for body in bodies}}


@transaction.atomic
def move(offering: Offering, place: Place, seen: str, *, by: User) -> list[dict[str, str]]:
    """Store and record; returns what changed. `seen`: `editing.fingerprint` of the page that was filled in.

    Raises PermissionDenied, Outdated.
    """
    row = Offering.objects.select_for_update(of=("self",))
    row = row.select_related("agency", "lead_agency", "receiving_agency", "terminal").get(pk=offering.pk)
    if not may_set_work(by, row) or not _may_be(row, place):
        raise PermissionDenied
    if editing.fingerprint(row) != seen:
        raise Outdated
    if changed := differences(row, place):
        after = _values_after(row, place)
        row.duty, row.processing_steps = after["duty"], after["processing_steps"]
        row.receiving_agency, row.lead_agency, row.terminal = place.receiving_agency, place.lead_agency, place.terminal
        row.save(update_fields=["duty", "processing_steps", "receiving_agency", "lead_agency", "terminal"])
        AgencyChange.objects.create(agency_id=row.agency_id, offering=row, by=by, places=changed)
    return changed


def _may_be(offering: Offering, place: Place) -> bool:
    terminal = place.terminal is None or terminals_for(offering).filter(pk=place.terminal.pk).exists()
    return (
        terminal
        and desks_for(offering).filter(pk=place.receiving_agency.pk).exists()
        and leads_for(offering).filter(pk=place.lead_agency.pk).exists()
    )
