"""The states of a dossier: the draft and the ten official states with their national numbers."""

from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _


class Look(NamedTuple):
    """How a state is shown: its icon and its tone (the ending of the CSS class). The label is always shown, too."""

    icon: str
    tone: str


class DossierState(models.TextChoices):
    """Where the dossier is. Labels are for citizens; `number` is the code of the national synchronisation."""

    DRAFT = "DRAFT", _("Bản nháp, chưa nộp")
    SUBMITTED = "SUBMITTED", _("Chờ tiếp nhận")
    ACCEPTED = "ACCEPTED", _("Đã tiếp nhận")
    NOT_ACCEPTED = "NOT_ACCEPTED", _("Không được tiếp nhận")
    PROCESSING = "PROCESSING", _("Đang xử lý")
    SUPPLEMENT_REQUIRED = "SUPPLEMENT_REQUIRED", _("Cần bổ sung giấy tờ")
    PAYMENT_REQUIRED = "PAYMENT_REQUIRED", _("Cần trả phí")
    WITHDRAWN = "WITHDRAWN", _("Đã xin rút")
    STOPPED = "STOPPED", _("Đã dừng xử lý")
    COMPLETED = "COMPLETED", _("Đã có kết quả")
    RETURNED = "RETURNED", _("Đã trả kết quả")

    @property
    def number(self):
        """Number in the official list; None for the draft, which is never synchronised."""
        return None if self is DossierState.DRAFT else list(DossierState).index(self)

    @property
    def look(self):
        return LOOKS[self]

    @property
    def is_final(self):
        return self in FINAL

    @property
    def waits_for_citizen(self):
        return self in WAITS_FOR_CITIZEN


FINAL = {DossierState.NOT_ACCEPTED, DossierState.STOPPED, DossierState.RETURNED}
WAITS_FOR_CITIZEN = {DossierState.DRAFT, DossierState.SUPPLEMENT_REQUIRED, DossierState.PAYMENT_REQUIRED}
ALIVE = [state for state in DossierState if state not in FINAL and state is not DossierState.DRAFT]
LOOKS = {
    DossierState.DRAFT: Look("edit", ""),
    DossierState.SUBMITTED: Look("send", "info"),
    DossierState.ACCEPTED: Look("check", "info"),
    DossierState.NOT_ACCEPTED: Look("x-c", "bad"),
    DossierState.PROCESSING: Look("clock", "info"),
    DossierState.SUPPLEMENT_REQUIRED: Look("alert", "warn"),
    DossierState.PAYMENT_REQUIRED: Look("wallet", "pay"),
    DossierState.WITHDRAWN: Look("back", ""),
    DossierState.STOPPED: Look("x-c", ""),
    DossierState.COMPLETED: Look("check-c", "ok"),
    DossierState.RETURNED: Look("check", "line"),
}
