"""The level at which a version is offered at a place, from database rows. Used by badge, page, API and jobs."""

import datetime as dt
from collections.abc import Mapping

from django.conf import settings

from portal.common import clock
from procedures.fees import LocalAmount
from procedures.levels import OfferedLevel
from procedures.models import Offering, Procedure, ProcedureVersion
from procedures.models.offering import LocalFee


def local_amounts(procedure: Procedure, province_code: str, day: dt.date | None = None) -> dict[str, LocalAmount]:
    """{fee line key: LocalAmount in đồng} set by the province for this procedure, on this day (default: today)."""
    rows = LocalFee.objects.in_force(day or clock.today()).filter(procedure=procedure, province_code=province_code)
    return {key: LocalAmount(*facts) for key, *facts in rows.values_list("fee_line_key", "amount", "legal_ref", "certainty")}


def local_amounts_of(version: ProcedureVersion, offering: Offering | None, day: dt.date | None = None) -> dict[str, LocalAmount]:
    """`local_amounts` of the place of an offering (None: none). No query where the version leaves no amount to provinces."""
    if offering is None or all(line["amount"] is not None for line in version.facts["fee_lines"]):
        return {}
    return local_amounts(version.procedure, offering.province_code, day)


def offered_at(
    version: ProcedureVersion, offering: Offering | None = None, *, local: Mapping[str, int] | None = None
) -> OfferedLevel:
    """The OfferedLevel of this version at this offering (None: no place chosen). At most one query."""
    if local is None:
        local = local_amounts_of(version, offering)
    return OfferedLevel.compute(
        version.document,
        version.declared_level,
        offering,
        day=clock.today(),
        local=local,
        set_later=version.document.get("amount_set_later", ()),
        payments_open=settings.PAYMENTS_OPEN,
    )
