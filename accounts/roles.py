"""Roles of staff, held at an agency (`Membership`), and the actor of automatic jobs."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    RECEIVING_CLERK = "receiving_clerk", _("cán bộ tiếp nhận")
    OFFICER = "officer", _("chuyên viên")
    SIGNER = "signer", _("lãnh đạo ký")
    HEAD = "head", _("trưởng bộ phận một cửa")
    DEPUTY = "deputy", _("phó bộ phận một cửa")
    ACCOUNTANT = "accountant", _("kế toán")
    HOTLINE = "hotline", _("tổng đài")
    AGENCY_ADMIN = "agency_admin", _("quản trị cơ quan")
    CATALOGUE_ADMIN = "catalogue_admin", _("quản trị thủ tục")
    INSPECTOR = "inspector", _("thanh tra")


WORK_ON_DOSSIERS = [
    Role.RECEIVING_CLERK, Role.OFFICER, Role.SIGNER, Role.HEAD, Role.DEPUTY, Role.ACCOUNTANT, Role.INSPECTOR,
]  # fmt: skip

BEYOND_A_BODY = [Role.CATALOGUE_ADMIN]  # counts for all agencies: given and ended by system administrators only


@dataclass(frozen=True)
class SystemActor:
    """The actor of an automatic job. Each step lists the jobs that may take it; a missing actor is an error."""

    job: str

    def __str__(self):
        return self.job
