"""Agencies (cơ quan) and their staff."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.territory import AdministrativeUnit
from accounts.roles import Role
from portal.common import clock
from portal.common.provenance import Provenance


class Agency(Provenance):
    """An agency that receives, decides or cooperates. Identified by code; exists from `valid_from` to `valid_to`."""

    SHIPPED_KEY = ("code",)

    code = models.CharField(_("mã định danh"), max_length=35, unique=True)
    code_certainty = models.CharField(_("độ chắc chắn của mã"), max_length=120, blank=True)
    name = models.CharField(_("tên"), max_length=200)
    kind = models.CharField(_("loại"), max_length=40)
    sub_kind = models.CharField(_("loại nhỏ"), max_length=40, blank=True)
    unit = models.ForeignKey(AdministrativeUnit, verbose_name=_("địa bàn"), null=True, blank=True, on_delete=models.PROTECT)
    parent = models.ForeignKey(
        "self", verbose_name=_("cấp trên"), null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    successor = models.ForeignKey(
        "self", verbose_name=_("cơ quan kế tục"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    valid_from = models.DateField(_("có từ"), null=True, blank=True)
    valid_to = models.DateField(_("có đến"), null=True, blank=True)
    desk_name = models.CharField(_("bàn tiếp nhận"), max_length=200, blank=True)
    desk_address = models.CharField(_("địa chỉ bàn"), max_length=300, blank=True)
    desk_phone = models.CharField(_("điện thoại bàn"), max_length=20, blank=True)
    hours = models.ForeignKey("OfficeHours", verbose_name=_("giờ tiếp nhận"), null=True, blank=True, on_delete=models.PROTECT)
    demo = models.BooleanField(_("bịa ra để chạy thử"), default=False)

    class Meta:
        verbose_name = _("cơ quan")
        verbose_name_plural = _("cơ quan")
        ordering = ["code"]

    def __str__(self):
        return self.name

    @property
    def province_code(self):
        """First group of the agency code: the province (or ministry) it belongs to, for example H18."""
        return self.code.split(".")[0]


class OfficeHours(Provenance):
    """Weekly opening intervals, local time: {"mon_fri": [["07:30", "11:30"], …], "sat": [...]}."""

    SHIPPED_KEY = ("key",)

    key = models.SlugField(_("khóa"), max_length=40, unique=True)
    intervals = models.JSONField(_("khung giờ"))
    note = models.CharField(_("ghi chú"), max_length=200, blank=True)
    certainty = models.CharField(_("độ chắc chắn"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("giờ tiếp nhận")
        verbose_name_plural = _("giờ tiếp nhận")

    def __str__(self):
        return self.key


class RemovedRow(models.Model):
    """A shipped row that people removed: `load_data` does not make it again.

    `table`: «procedures.Holiday»; `key`: its shipped key.
    """

    table = models.CharField(max_length=60)
    key = models.CharField(max_length=250)
    removed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["table", "key"], name="a_row_is_removed_once")]

    def __str__(self):
        return f"{self.table} {self.key}"


class MembershipQuerySet(models.QuerySet):
    def current(self):
        """Memberships in force today (local date)."""
        today = clock.today()
        return self.filter(valid_from__lte=today).filter(Q(valid_to=None) | Q(valid_to__gte=today))


class Membership(models.Model):
    """A staff role held at an agency. Roles are read at each request, so a right ends with the next request.

    Triggers (migration 0003): only a login of staff holds a role, and a row is never changed except that it may end sooner. A new
    row comes from an approved `StaffRequest`. A role that begins or ends also ends the open sessions of the user.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("người"), on_delete=models.PROTECT, related_name="memberships"
    )
    agency = models.ForeignKey(Agency, verbose_name=_("cơ quan"), on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("vai trò"), max_length=20, choices=Role.choices)
    valid_from = models.DateField(_("từ ngày"), default=clock.today)
    valid_to = models.DateField(_("đến ngày"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("vai trò ở cơ quan")
        verbose_name_plural = _("vai trò ở cơ quan")
        constraints = [
            models.UniqueConstraint(fields=["user", "agency", "role", "valid_from"], name="one_membership_a_start"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")), name="a_membership_ends_after_it_starts"
            ),
        ]

    def __str__(self):
        return f"{self.user} · {self.get_role_display()} · {self.agency}"
