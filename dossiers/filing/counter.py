"""Rules of taking in at the counter and by post: which offerings are taken in so, and what the desk holds on paper."""

from typing import Any

from django.utils.translation import gettext as _

from dossiers.choices import FilingChannel
from procedures.models import Filing, Offering, ProcedureVersion
from procedures.offered import offered_at

MAX_SHEETS = 99  # originals or copies of one paper; as many as custody takes


def why_not_here(version: ProcedureVersion, offering: Offering | None, channel: str) -> str:
    """Why this place does not take this procedure in by this channel, as a sentence; "" when it does. From level 2 on: the form
    is filled in here, and the dossier is processed here."""
    if offering is None or not offering.receiving_agency_id or offering.filing != Filing.HERE:
        return _("Cơ quan này không nhận hồ sơ của thủ tục này.")
    if not version.in_effect():
        return _("Thủ tục này chưa có hiệu lực, hoặc đã hết hiệu lực.")
    level = offered_at(version, offering)
    if not level.offers_print_and_export:
        return _("%(level)s: cổng chỉ có hướng dẫn, chưa có tờ khai. Nhận hồ sơ theo cách đang làm.") % {"level": level.level}
    if channel not in version.channels:
        return _NO_CHANNEL[FilingChannel(channel)]()
    if not offering.processing_steps and not offering.no_result:
        return _("Cơ quan chưa khai các bước xử lý của thủ tục này.")
    return ""


_NO_CHANNEL = {
    FilingChannel.ONLINE: lambda: _("Thủ tục này không nhận hồ sơ trên mạng."),
    FilingChannel.COUNTER: lambda: _("Thủ tục này không nhận hồ sơ tại quầy: hướng dẫn người dân nộp trên mạng."),
    FilingChannel.POST: lambda: _("Thủ tục này không nhận hồ sơ qua bưu chính."),
}


def handed_in(dossier: Any) -> dict[str, dict[str, Any]] | None:
    """{item key: {"originals", "copies", "seen"}} of the papers that the desk received or saw. None: no clerk entered it."""
    intake = getattr(dossier, "intake", None) if dossier.channel != FilingChannel.ONLINE else None
    return intake.papers if intake else None
