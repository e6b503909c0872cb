"""Parts of contexts that several papers use: the person, the files at a moment, the fee."""

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from dossiers.choices import FilingChannel
from dossiers.fees import ending
from dossiers.fees import wording as fee_words
from dossiers.files.models import NAMES
from dossiers.filing import rules
from dossiers.papers import wording
from portal.common.identity import phone_for_display

BUILDERS = {}  # {PaperKind: function(dossier, event) -> dict}, the part of the context that is particular to the kind


def builds(kind):
    def register(function):
        BUILDERS[kind] = function
        return function

    return register


def verification_url(verification_code=""):
    """URL of the page that checks papers; with a code, the URL printed as QR code."""
    path = reverse("papers:verify_code", args=[verification_code]) if verification_code else reverse("papers:verify")
    return settings.SITE_URL + path


def tracking_url(dossier):
    """URL printed as QR code on slips: shows state and dates without a login. Printed, so it must never change."""
    return f"{settings.SITE_URL}/tra-cuu/{dossier.secret}/"


def person_of(dossier):
    return {
        "name": dossier.subject_name,
        "address": dossier.subject_address,
        "phone": phone_for_display(dossier.subject_phone) if dossier.subject_phone else "",
        "email": dossier.subject_email,
        "submitter": submitter_of(dossier) if _is_brought_by_another(dossier) else "",
    }


def submitter_of(dossier):
    """Who filed it: the login, at the counter who brought or sent it, else the subject."""
    if dossier.submitter_id:
        return str(dossier.submitter)
    intake = intake_of(dossier)
    return intake and intake.bearer or dossier.subject_name


def _is_brought_by_another(dossier):
    intake = intake_of(dossier)
    return dossier.filed_for_somebody_else or bool(intake and intake.bearer)


def submitter_mark(dossier):
    """The line under «Người nộp hồ sơ»: confirmed on the portal, or to be signed on the paper."""
    if intake_of(dossier):
        return "(ký, ghi rõ họ tên)"
    return f"(đã xác nhận trên cổng lúc {wording.short_moment(dossier.submitted_at)})"


def intake_of(dossier):
    """How a clerk took it in; None for what was filed online."""
    return getattr(dossier, "intake", None) if dossier.channel != FilingChannel.ONLINE else None


def files_at(dossier, moment):
    """[(name of the document, attachment)] of the files in force at that moment."""
    names = {ask.key: ask.name for ask in rules.asked_documents(dossier, files=[])} | {k: str(n) for k, n in NAMES.items()}
    files = dossier.attachments.filter(
        Q(replaced_at=None) | Q(replaced_at__gt=moment), uploaded_at__lte=moment, staged_in=None, signed_for=None
    )
    return [(names.get(file.item_key, file.item_key), file) for file in files]


def fee_rows(dossier):
    """(rows, total as text) of the frozen fee: each row with its arithmetic, reduction, legal basis and refund."""
    if not hasattr(dossier, "obligation"):
        return [], ""
    rows = [
        {
            "name": line["label"],
            "quantity": line["quantity"],
            "amount": wording.amount(line["amount"]),
            "notes": " ".join(note if note.endswith(".") else f"{note}." for note in line["notes"]),
        }
        for line in fee_words.lines_frozen(dossier)
    ]
    return rows, wording.amount(dossier.obligation.total)


def money_note(dossier, step):
    """What becomes of the money after this closing step."""
    return ending.money(dossier, step).text


def clock_note(dossier, words):
    return words if dossier.accepted_at else ""


def sign(role, event):
    """The signature block of a paper confirmed on the portal; for a job it says that it was automatic."""
    at = wording.short_moment(event.at)
    if event.job:
        return {"role": role, "name": "", "mark": f"(tự động theo thời hạn đã báo, lúc {at})"}
    return {"role": role, "name": event.text.actor_name, "mark": f"(đã xác nhận trên cổng lúc {at})"}
