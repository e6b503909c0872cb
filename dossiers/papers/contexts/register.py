"""The register of a desk (form 07), as printed."""

import datetime as dt
from dataclasses import asdict, dataclass

from django.utils import translation

from dossiers.papers import wording


@dataclass(frozen=True)
class Entry:
    """One row of a register. Moments in UTC. `number`: its place in the register of the body and the `year`."""

    number: int
    year: int
    code: str
    procedure: str
    name: str
    contact: str
    lead_agency: str
    received: dt.datetime
    due: dt.datetime | None
    returned: dt.datetime | None
    way: str
    signed_for: str
    note: str


def register_context(desk, entries, period, moment):
    """The register of a desk. `period`: in words."""
    with translation.override("vi"):
        return {
            "title": f"Sổ theo dõi hồ sơ, {period}",
            "letterhead": wording.letterhead(desk, moment),
            "foot": f"Sổ theo dõi hồ sơ · {desk.name} · {period}",
            "period": period,
            "rows": [_row(entry) for entry in entries],
        }


def _row(entry):
    times = {name: wording.short_moment(getattr(entry, name)) for name in ("received", "due", "returned")}
    return {**asdict(entry), **times, "sets": 1}
