"""The desk of an agency: name, address, phone and hours, changed by its own administrator, and the record of changes."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import Agency, User
from procedures.models import AgencyChange, hash_of
from procedures.offerings.permissions import own_agencies
from procedures.places import desk_hours

TEXTS = ("desk_name", "desk_address", "desk_phone")
COLUMNS = (*TEXTS, "hours")


class Outdated(Exception):
    """Somebody else changed the desk after the page was opened."""


def fingerprint(agency: Agency) -> str:
    """Hash of what the page shows, to notice that it changed in between."""
    return hash_of(stored_values(agency))


def stored_values(agency: Agency) -> dict[str, Any]:
    """The columns of the page as JSON; `hours` is the number of its row."""
    return {**{name: getattr(agency, name) for name in TEXTS}, "hours": agency.hours_id}


@override("vi")
def differences(agency: Agency, values: Mapping[str, Any]) -> list[dict[str, str]]:
    """[{"place", "old", "new"}]: what `values` ({column: value}) would change, in Vietnamese words."""
    before = {name: getattr(agency, name) for name in COLUMNS}
    titles = {
        "desk_name": _("Tên quầy"),
        "desk_address": _("Địa chỉ"),
        "desk_phone": _("Điện thoại"),
        "hours": _("Giờ tiếp nhận"),
    }
    return [
        {"place": titles[name], "old": _words(name, before[name]), "new": _words(name, values[name])}
        for name in COLUMNS
        if before[name] != values[name]
    ]


def _words(name: str, value: Any) -> str:
    return "; ".join(desk_hours(value)) if name == "hours" else value


@transaction.atomic
def save(agency: Agency, values: Mapping[str, Any], seen: str, *, by: User) -> list[dict[str, str]]:
    """Store the desk and record what changed; [] when nothing did. `seen`: the fingerprint of the page that was filled in.

    Raises PermissionDenied for an agency that `by` does not administer, Outdated when the desk is no longer as it was shown.
    Other hours make the job `dossiers.workflow.recount` count running terms again.
    """
    row = own_agencies(by).select_related("hours").select_for_update(of=("self",)).filter(pk=agency.pk).first()
    if row is None:
        raise PermissionDenied
    if fingerprint(row) != seen:
        raise Outdated
    before = stored_values(row)
    if changed := differences(row, values):
        for name in COLUMNS:
            setattr(row, name, values[name])
        row.save(update_fields=COLUMNS)
        AgencyChange.objects.create(agency=row, by=by, places=changed, before=before)
    return changed
