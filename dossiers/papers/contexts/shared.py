"""What several papers need: whose matter, which files at that moment, what of the money."""

from django.conf import settings
from django.db.models import Q
from django.urls import reverse

from dossiers.fees import wording as fee_words
from dossiers.files.models import OTHER_PAPERS
from dossiers.filing import rules
from dossiers.papers import wording
from portal.common.identity import phone_for_display

BUILDERS = {}  # PaperKind -> function(dossier, event) that returns the part of the context only this kind has


def builds(kind):
    def register(function):
        BUILDERS[kind] = function
        return function

    return register


def verify_address(verification_code=""):
    """Where anybody may check a paper; with a code, what its QR code opens."""
    path = reverse("papers:verify_code", args=[verification_code]) if verification_code else reverse("papers:verify")
    return settings.SITE_URL + path


def tracking_address(dossier):
    """What the QR code of a slip opens: state and dates only, by the dossier's own secret. Printed, so it must never move."""
    return f"{settings.SITE_URL}/tra-cuu/{dossier.secret}/"


def person_of(dossier):
    return {
        "name": dossier.subject_name,
        "address": dossier.subject_address,
        "phone": phone_for_display(dossier.subject_phone) if dossier.subject_phone else "",
        "email": dossier.subject_email,
        "submitter": submitter_of(dossier) if dossier.filed_for_somebody_else else "",
    }


def submitter_of(dossier):
    return str(dossier.submitter) if dossier.submitter_id else dossier.subject_name


def files_at(dossier, moment):
    """The files that counted at that moment, with the names of the papers they are."""
    names = {ask.key: ask.name for ask in rules.asked_documents(dossier, files=[])} | {OTHER_PAPERS: "Giấy tờ khác"}
    files = dossier.attachments.filter(Q(replaced_at=None) | Q(replaced_at__gt=moment), uploaded_at__lte=moment, staged_in=None)
    return [(names.get(file.item_key, file.item_key), file) for file in files]


def fee_rows(dossier):
    """(rows, total in words) of what was frozen: each row with its arithmetic, reduction, legal basis and refund."""
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


def money_note(dossier, occasion):
    """What becomes of money already paid. `occasion`: refused, stopped or withdrawn, as in the lines' `refundable_on`."""
    obligation = getattr(dossier, "obligation", None)
    if obligation is None or not obligation.is_paid:
        return "Ông bà chưa nộp khoản nào và không phải nộp khoản nào cho hồ sơ này."
    back = [line.label for line in obligation.lines_refundable_on(occasion)]
    if not back:
        return "Khoản đã nộp không được hoàn theo quy định của thủ tục này."
    return f"Khoản đã nộp được hoàn lại: {'; '.join(back)}."


def clock_note(dossier, words):
    return words if dossier.accepted_at else ""


def sign(role, event):
    """Who stands at the foot of a paper that is confirmed on the portal; a machine says that it is one."""
    at = wording.short_moment(event.at)
    if event.job:
        return {"role": role, "name": "", "mark": f"(tự động theo thời hạn đã báo, lúc {at})"}
    return {"role": role, "name": event.text.actor_name, "mark": f"(đã xác nhận trên cổng lúc {at})"}
