"""When a mandate is in force, and for which procedures: query conditions, for mandates and for rows that point to one."""

import datetime as dt

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.common import clock

ADULT_AGE = 18  # years: Bộ luật Dân sự 2015, Điều 20


class Basis(models.TextChoices):
    PARENT = "parent", _("cha, mẹ của con chưa thành niên")
    GUARDIAN = "guardian", _("người giám hộ")
    LEGAL_REPRESENTATIVE = "legal_representative", _("người đại diện theo pháp luật")
    WRITTEN_AUTHORITY = "written_authority", _("được ủy quyền bằng văn bản")
    HELPER = "helper", _("người giúp, có sự đồng ý")


def in_force(path: str = "") -> Q:
    """Mandates in force today. A parent's mandate ends when the child comes of age; without a birth date it is not in force.

    `path`: where the mandate is from the row, such as `mandate__`.
    """
    today = clock.today()
    dated = Q(**{f"{path}revoked_at": None, f"{path}valid_from__lte": today})
    dated &= Q(**{f"{path}valid_to": None}) | Q(**{f"{path}valid_to__gte": today})
    minor = Q(**{f"{path}person__birth_date__gt": _years_before(today, ADULT_AGE)})
    return dated & (~Q(**{f"{path}basis": Basis.PARENT}) | minor)


def covers(procedure_code: str) -> Q:
    """Mandates for this procedure, or for all."""
    return Q(procedures=[]) | Q(procedures__contains=[procedure_code])


def _years_before(day: dt.date, years: int) -> dt.date:
    """The same day so many years before; 28 February for a 29 February that does not exist."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
