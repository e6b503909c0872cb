"""The level a version is offered at in a place: rows in, `OfferedLevel` out. Badge, page, API and task ask here."""

from django.conf import settings

from portal.common import clock
from procedures.levels import OfferedLevel
from procedures.models.offering import LocalFee


def local_amounts(procedure, province_code):
    """{fee line key: đồng} set by the province for this procedure."""
    rows = LocalFee.objects.filter(procedure=procedure, province_code=province_code)
    return dict(rows.values_list("fee_line_key", "amount"))


def offered_at(version, offering=None, *, local=None):
    """The level of this version at this offering (None: no place chosen yet). Two queries at most."""
    if local is None:
        local = local_amounts(version.procedure, offering.province_code) if offering else {}
    return OfferedLevel.compute(
        version.document,
        version.declared_level,
        offering,
        day=clock.today(),
        local=local,
        set_later=version.document.get("amount_set_later", ()),
        payments_open=settings.PAYMENTS_OPEN,
    )
