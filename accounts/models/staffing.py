"""Requests about a login of staff that take two people, and the one-time links with which staff set their password."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.bodies import Agency, Membership
from accounts.roles import Role
from portal.common import clock
from portal.common.outbox import OutboxRow


class StaffRequest(models.Model):
    """Something that one person asks for a login of staff and another person approves; both are not its owner.

    PASSWORD: a one-time link to set the password goes to the owner. ROLE: a membership begins. CONTACT: another e-mail address.
    NEW: of a login just made; its membership begins, and its owner gets the link.
    """

    class Kind(models.TextChoices):
        PASSWORD = "password", _("gửi liên kết đặt mật khẩu")
        ROLE = "role", _("giao vai trò")
        CONTACT = "contact", _("đổi thư điện tử")
        NEW = "new", _("mở tài khoản")

    class State(models.TextChoices):
        WAITING = "waiting", _("chờ người thứ hai")
        APPROVED = "approved", _("đã duyệt")
        DECLINED = "declined", _("không duyệt")
        EXPIRED = "expired", _("quá hạn duyệt")

    LIFETIME = dt.timedelta(days=7)  # how long it can be approved

    kind = models.CharField(_("việc"), max_length=8, choices=Kind.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("cán bộ"), on_delete=models.PROTECT, related_name="staff_requests"
    )
    agency = models.ForeignKey(Agency, verbose_name=_("cơ quan"), null=True, blank=True, on_delete=models.PROTECT)
    role = models.CharField(_("vai trò"), max_length=20, choices=Role.choices, blank=True)
    valid_from = models.DateField(_("từ ngày"), null=True, blank=True)
    valid_to = models.DateField(_("đến ngày"), null=True, blank=True)
    email = models.EmailField(_("thư điện tử mới"), blank=True)
    reason = models.CharField(_("lý do"), max_length=300)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("người đề nghị"), on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(_("đề nghị lúc"), default=clock.now)
    state = models.CharField(_("tình trạng"), max_length=8, choices=State.choices, default=State.WAITING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("người duyệt"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(_("duyệt lúc"), null=True, blank=True)

    class Meta:
        verbose_name = _("đề nghị về tài khoản cán bộ")
        verbose_name_plural = _("đề nghị về tài khoản cán bộ")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(name="nobody_asks_for_their_own_login", condition=~Q(asked_by=F("user"))),
            models.CheckConstraint(
                name="approving_takes_a_second_person_who_is_not_the_owner",
                condition=~Q(state="approved")
                | Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(decided_by=F("asked_by")) & ~Q(decided_by=F("user")),
            ),
            models.CheckConstraint(
                name="a_request_names_what_it_is_about",
                condition=Q(kind="password", agency=None, role="", email="")
                | Q(kind__in=["role", "new"], agency__isnull=False, valid_from__isnull=False, email="") & ~Q(role="")
                | Q(kind="contact", agency=None, role="") & ~Q(email=""),
            ),
            models.UniqueConstraint(
                name="one_waiting_request_of_a_kind",
                fields=["user", "kind", "agency", "role"],
                condition=Q(state="waiting"),
                nulls_distinct=False,
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.user}"

    @property
    def is_waiting(self):
        """Can it still be approved?"""
        return self.state == self.State.WAITING and clock.now() < self.asked_at + self.LIFETIME


class MembershipEnd(models.Model):
    """Who ended a role, when and why. Never updated or deleted (a trigger refuses it)."""

    membership = models.ForeignKey(Membership, verbose_name=_("vai trò"), on_delete=models.PROTECT, related_name="ends")
    last_on = models.DateField(_("đến hết ngày"))
    reason = models.CharField(_("lý do"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("người cho thôi"), on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("lúc"), default=clock.now)

    class Meta:
        verbose_name = _("kết thúc vai trò")
        verbose_name_plural = _("kết thúc vai trò")
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.membership} · {self.last_on:%d/%m/%Y}"


class PasswordLink(OutboxRow):
    """The one-time link of an approved request. The worker makes the token when it sends the e-mail; only its hash is stored."""

    LIFETIME = dt.timedelta(hours=24)

    request = models.OneToOneField(StaffRequest, verbose_name=_("đề nghị"), on_delete=models.PROTECT, related_name="link")
    token_sha256 = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    expires_at = models.DateTimeField(_("dùng được đến"), null=True, blank=True)
    used_at = models.DateTimeField(_("dùng lúc"), null=True, blank=True)

    class Meta:
        verbose_name = _("liên kết đặt mật khẩu")
        verbose_name_plural = _("liên kết đặt mật khẩu")
        indexes = [models.Index(fields=["next_at"], condition=Q(due_state="waiting"), name="password_links_that_are_due")]

    def __str__(self):
        return str(self.request)

    @property
    def is_open(self):
        """Can a password still be set with it?"""
        return bool(self.token_sha256) and self.used_at is None and self.expires_at is not None and clock.now() < self.expires_at
