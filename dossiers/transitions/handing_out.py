"""Who takes a paper at the counter: the check of what a clerk writes down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from dossiers.choices import SeenDocument, TakenAs
from dossiers.transitions.missing import DetailsMissing
from portal.common.figures import is_digits
from portal.common.identity import id_number_in

if TYPE_CHECKING:
    from dossiers.models import Dossier

TAKEN = ("signed_for_by", "seen_document", "seen_number", "taken_as", "mandate")  # who took a paper, and how that was seen
ID_DIGITS = 12  # of a citizen's identity number


def whoever_takes(dossier: Dossier, details: Mapping[str, Any]) -> dict[str, str]:
    """Who signs for a paper at the counter: {signed_for_by, seen_document, seen_number, taken_as, mandate}, the number as stored.
    Raises DetailsMissing."""
    given = {name: str(details.get(name) or "").strip() for name in TAKEN}
    if not given["signed_for_by"]:
        raise DetailsMissing("signed_for_by", _("Ghi tên người ký nhận."))
    kind, number = given["seen_document"], id_number_in(given["seen_number"])
    if kind not in SeenDocument.values:
        raise DetailsMissing("seen_document", _("Chọn loại giấy tờ đã xem của người đến nhận."))
    if not number:
        raise DetailsMissing("seen_number", _("Ghi số giấy tờ đã xem."))
    if kind == SeenDocument.CITIZEN_ID and not (is_digits(number) and len(number) == ID_DIGITS):
        raise DetailsMissing("seen_number", _("Số căn cước có 12 số."))
    taken_as = given["taken_as"]
    if taken_as not in TakenAs.values or (taken_as == TakenAs.OWN and dossier.organisation_id):
        raise DetailsMissing("taken_as", _("Chọn người đến nhận với tư cách gì."))
    if taken_as == TakenAs.MANDATE and not given["mandate"]:
        raise DetailsMissing("mandate", _("Ghi giấy ủy quyền, giấy giới thiệu đã xem: số, ngày, ai ký."))
    known = dossier.subject_id_number if kind == SeenDocument.CITIZEN_ID and taken_as == TakenAs.OWN else ""
    if len(known) == ID_DIGITS and number != known:
        raise DetailsMissing("seen_number", _("Số này khác số căn cước của chủ hồ sơ. Xem lại, hoặc chọn “được ủy quyền”."))
    return given | {"seen_number": number}
