"""Reasons of supplement requests that a desk uses again and again, offered where the next request is written."""

import datetime as dt
import re

from django.db.models import Count
from django.utils.translation import gettext as _

from dossiers.filing.rules import DocumentAsk
from dossiers.models import Dossier, SupplementItem
from portal.common import clock

PERIOD = dt.timedelta(days=365)  # how far back is looked
MIN_PEOPLE = 2  # a reason that was written to one person only may speak of that person
MOST = 5  # offered for one item
MAX_LENGTH = 200  # characters of a reason that is offered
_NUMBER = re.compile(r"[0-9]{4,}")  # of a person, a phone or a paper; also years


def asked_before(dossier: Dossier) -> dict[tuple[str, str], list[str]]:
    """{(target, key): reasons}, most used first, of the requests of this receiving agency for the same procedure. A reason is
    left out when fewer than `MIN_PEOPLE` applicants got it or when it has a long number: it may have personal data."""
    used = (
        SupplementItem.objects.filter(
            request__dossier__receiving_agency=dossier.receiving_agency_id,
            request__dossier__version__procedure=dossier.version.procedure_id,
            request__event__at__gte=clock.now() - PERIOD,
        )
        .values_list("target", "key", "reason")
        .annotate(people=Count("request__dossier__person", distinct=True), times=Count("pk"))
        .filter(people__gte=MIN_PEOPLE)
        .order_by("-times", "reason")
    )
    found: dict[tuple[str, str], list[str]] = {}
    for target, key, reason, _people, _times in used:
        reasons = found.setdefault((target, key), [])
        if len(reasons) < MOST and len(reason) <= MAX_LENGTH and "\n" not in reason and not _NUMBER.search(reason):
            reasons.append(reason)
    return found


def of_the_version(ask: DocumentAsk) -> list[str]:
    """Reasons that follow from what the version of the procedure asks for, and from what was sent."""
    if not ask.files:
        return [_("Chưa có tệp. Chụp hoặc quét giấy này rồi gửi.")] if ask.is_sent else []
    reasons = [_("Ảnh mờ hoặc mất góc, không đọc được. Chụp lại cho rõ cả trang.")]
    if ask.item["kind"] == "form" or ask.item["form_key"]:
        reasons.append(_("Chưa đúng mẫu của thủ tục này. Điền theo mẫu rồi gửi lại."))
    if ask.item["originals"]:
        reasons.append(_("Đây không phải bản chính. Gửi ảnh chụp hoặc bản quét của bản chính."))
    return reasons
