"""The register of a desk (Mẫu 07)."""

from django.utils import translation

from dossiers.papers import wording
from dossiers.papers.contexts.shared import person_of


def register_context(desk, dossiers, period, moment):
    """The register of a desk. `dossiers`: loaded with lead_agency and version; `period`: in words."""
    with translation.override("vi"):
        return {
            "title": f"Sổ theo dõi hồ sơ, {period}",
            "letterhead": wording.letterhead(desk, moment),
            "foot": f"Sổ theo dõi hồ sơ · {desk.name} · {period}",
            "period": period,
            "rows": [_register_row(dossier) for dossier in dossiers],
        }


def _register_row(dossier):
    person = person_of(dossier)
    return {
        "code": dossier.code,
        "procedure": dossier.version.short_name,
        "sets": 1,
        "name": dossier.subject_name,
        "contact": ", ".join(part for part in (person["address"], person["phone"]) if part),
        "lead_agency": dossier.lead_agency.name if dossier.lead_agency_id else "",
        "received": wording.short_moment(dossier.accepted_at or dossier.submitted_at),
        "due": wording.short_moment(dossier.due_at),
        "returned": wording.short_moment(dossier.returned_at),
        "way": str(dossier.get_delivery_way_display()),
        "signed_for": "",
        "note": str(dossier.get_state_display()),
    }
