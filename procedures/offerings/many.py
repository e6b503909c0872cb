"""One act for many agencies: an offering is the template for the offerings of the same procedure at agencies of the same kind.

What is particular to a place stays: people on duty, terminal, validity; and agencies named by steps become their counterparts.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Agency, User
from procedures.models import AgencyChange, Offering, hash_of
from procedures.models.offering import fault_of_steps
from procedures.offerings import editing
from procedures.offerings.desks import Outdated
from procedures.offerings.permissions import own_and_below, readable_offerings


@dataclass
class Target:
    """What applying the template would do at one place. `exception`: an administrator of the place set it differently."""

    offering: Offering
    values: editing.Values
    changes: list[dict[str, str]]
    exception: bool = False
    fault: str = ""
    outcome: str = ""
    applied: bool = False
    ticked: bool = False  # on the page

    @property
    def can_be_applied(self) -> bool:
        return bool(self.changes) and not self.fault


@dataclass
class Plan:
    """`seen`: hash of the template and of all places, to notice that one changed after the page was shown."""

    template: Offering
    parts: tuple[str, ...]
    targets: list[Target] = field(default_factory=list)
    seen: str = ""


def plan(template: Offering, parts: Collection[str], user: User, *, locked: bool = False) -> Plan:
    """What applying `parts` (of `editing.WORK`) of the template would change, place by place. Raises PermissionDenied."""
    if not readable_offerings(user).filter(pk=template.pk).exists():
        raise PermissionDenied
    rows = Offering.objects.current().filter(
        procedure=template.procedure_id, province_code=template.province_code, agency__kind=template.agency.kind,
        agency__in=own_and_below(user), filing=template.filing, no_result=template.no_result,
    )  # fmt: skip
    rows = rows.select_related("agency", "lead_agency", "receiving_agency").order_by("agency__name", "pk")
    if locked:
        rows = rows.select_for_update(of=("self",))
    found = list(rows)
    made = Plan(template, tuple(name for name in editing.WORK if name in parts))
    counterparts = _Counterparts(template, found)
    exceptions = _set_by_hand(found)
    for row in found:
        if row.pk != template.pk:
            made.targets.append(_target(row, made, counterparts, exceptions))
    made.seen = hash_of({str(row.pk): editing.fingerprint(row) for row in (template, *found)} | {"parts": list(made.parts)})
    return made


@transaction.atomic
def apply(template: Offering, parts: Collection[str], chosen: Collection[int], seen: str, *, by: User) -> Plan:
    """Apply the template at the chosen places in one transaction; each Target says what became of it.

    Raises PermissionDenied, Outdated.
    """
    made = plan(template, parts, by, locked=True)
    if made.seen != seen:
        raise Outdated
    names = _Counterparts(template, [target.offering for target in made.targets]).names
    for target in made.targets:
        if target.fault:
            target.outcome = target.fault
        elif not target.changes:
            target.outcome = _("đã giống, không sửa gì")
        elif target.offering.pk not in chosen:
            target.outcome = _("giữ riêng, không sửa gì")
        else:
            editing.store(target.offering, target.values, names, by=by, applied_from=template)
            target.outcome, target.applied = _("đã áp dụng"), True
    return made


def _target(row: Offering, made: Plan, counterparts: "_Counterparts", exceptions: Collection[int]) -> Target:
    values = editing.values_of(row)
    before = dict(values)
    values |= {name: getattr(made.template, name) for name in made.parts}
    fault = ""
    if "processing_steps" in made.parts:
        steps = [{**step, "agency": counterparts.code(step, row)} for step in made.template.processing_steps]
        values["processing_steps"] = steps
        if any(step["agency"] is None for step in steps):
            fault = _("không áp dụng được: không có cơ quan tương ứng cho mọi bước")
        else:
            fault = fault_of_steps(steps, no_result=row.no_result)
    changes = editing.differences(before, values, counterparts.names)
    return Target(row, values, changes, exception=row.pk in exceptions and bool(changes), fault=fault)


def _set_by_hand(rows: Iterable[Offering]) -> set[int]:
    """Ids of the offerings whose last recorded change was made at the place itself, not by a template."""
    changes = AgencyChange.objects.filter(offering__in=rows).order_by("offering_id", "-pk").distinct("offering_id")
    return {pk for pk, applied_from in changes.values_list("offering_id", "applied_from_id") if applied_from is None}


class _Counterparts:
    """Finds for an agency of the template's place the one that does the same elsewhere."""

    def __init__(self, template: Offering, rows: Collection[Offering]) -> None:
        self.template = template
        steps = [step["agency"] for row in (template, *rows) for step in row.processing_steps]
        named = {agency.code: agency for agency in Agency.objects.filter(code__in=set(filter(None, steps)))}
        self.named = named
        kinds = {agency.kind for agency in named.values() if agency.unit_id == template.agency.unit_id}
        units = {row.agency.unit_id for row in rows} - {None}
        self.there: dict[tuple[Any, str], list[Agency]] = defaultdict(list)
        for agency in Agency.objects.filter(unit__in=units, kind__in=kinds, valid_to=None):
            self.there[agency.unit_id, agency.kind].append(agency)
        found = [agency for agencies in self.there.values() for agency in agencies]
        bodies = [body for row in (template, *rows) for body in (row.agency, row.lead_agency, row.receiving_agency) if body]
        self.names = {agency.code: agency.name for agency in (*named.values(), *found, *bodies)}

    def code(self, step: dict[str, Any], target: Offering) -> str | None:
        """The code of the agency that does this step at the target; None when there is not exactly one."""
        ours, code = self.template, step["agency"]
        received = ours.receiving_agency.code if ours.receiving_agency else None
        if code == received and (code != ours.lead_agency.code or step["role"] == "receiving_clerk"):
            return target.receiving_agency.code if target.receiving_agency else None
        if code == ours.lead_agency.code:
            return target.lead_agency.code
        if code == ours.agency.code:
            return target.agency.code
        agency = self.named.get(code)
        if agency is None or agency.unit_id != ours.agency.unit_id or agency.unit_id == target.agency.unit_id:
            return agency.code if agency else None
        same = self.there[target.agency.unit_id, agency.kind]
        return same[0].code if len(same) == 1 else None
