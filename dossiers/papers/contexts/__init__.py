"""Template contexts of the papers: one function for each kind; the templates are in `templates/dossiers/papers/`.

A paper shows its dossier as it was at its event, also when it is made later (the broker was down, a worker was killed).
"""

from django.utils import translation

from dossiers.papers import numbering, wording
from dossiers.papers.contexts import desk, office
from dossiers.papers.contexts.office import Signing
from dossiers.papers.contexts.register import register_context
from dossiers.papers.contexts.shared import BUILDERS, person_of, submitter_mark, submitter_of, tracking_url, verification_url
from dossiers.papers.models import OF_THE_LEADING_BODY, PaperKind
from dossiers.papers.wording import moment_in_words
from portal.common.identity import in_groups
from portal.common.qr import qr_data_uri

__all__ = [
    "CODE_TO_COME",
    "NUMBER_TO_COME",
    "Signing",
    "context",
    "desk",
    "frame",
    "office",
    "register_context",
    "result_context",
    "tracking_url",
    "verification_url",
]


def context(kind, dossier, event, *, number, verification_code):
    """Everything the template of this kind needs, as a plain dict; always in Vietnamese."""
    with translation.override("vi"):
        return _frame(PaperKind(kind), dossier, event, number, verification_code) | BUILDERS[PaperKind(kind)](dossier, event)


NUMBER_TO_COME, CODE_TO_COME = "(cấp khi ký)", "X" * 16  # in a preview


def result_context(kind, signing, key, *, number, verification_code):
    """The context of one paper of a decision, or of what would be decided (`Signing`); always in Vietnamese."""
    kind = PaperKind(kind)
    with translation.override("vi"):
        framed = _frame(kind, signing.dossier, signing.event, number, verification_code)
        return framed | office.RESULTS[kind](signing, key, number)


def frame(kind, dossier, event, *, number, verification_code):
    """The common part of a context; an app above this one adds the rest (see `making.make_signed`)."""
    with translation.override("vi"):
        return _frame(PaperKind(kind), dossier, event, number, verification_code)


def _frame(kind, dossier, event, number, verification_code):
    body = dossier.lead_agency if kind in OF_THE_LEADING_BODY else dossier.receiving_agency
    title = str(kind.label)
    return {
        "title": f"{title} {dossier.code}",
        "letterhead": wording.letterhead(body, event.at, number),
        "place_in_series": numbering.place_in_series(number),
        "foot": f"{title} · hồ sơ {dossier.code}",
        "verification_code": wording.grouped(verification_code),
        "verify_address": verification_url(),
        "verify_qr": qr_data_uri(verification_url(verification_code)),
        "tracking_qr": qr_data_uri(tracking_url(dossier)),
        "tracking_secret": in_groups(dossier.secret, 5),
        "dossier_code": dossier.code,
        "procedure": {"name": dossier.version.name, "code": dossier.version.procedure.code},
        "person": person_of(dossier),
        "received_by": wording.full_name(dossier.receiving_agency.name),
        "contact": wording.contact(dossier.receiving_agency),
        "submitted_at": moment_in_words(dossier.submitted_at),
        "accepted_at": moment_in_words(dossier.accepted_at),
        "submitter_name": submitter_of(dossier),
        "submitter_mark": submitter_mark(dossier),
        "clerk_name": event.text.actor_name,
        "clerk_mark": f"(đã xác nhận trên cổng lúc {wording.short_moment(event.at)})",
        "event_hash": event.hash,
        "reason": event.text.note,
        "legal_basis": event.text.details.get("legal_ground", ""),
        "recipients": ["Như trên"],
    }
