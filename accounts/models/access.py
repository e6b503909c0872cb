"""The access log: who viewed whose personal data, and who tried to and was refused. Separate from the history of a dossier; for
the person and for inspectors."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.common import clock


class AccessLog(models.Model):
    """One view or download of personal data, or an attempt. `target` names the object, for example «dossier:123», «paper:45»."""

    class Outcome(models.TextChoices):
        SEEN = "seen", _("đã xem")
        REFUSED = "refused", _("bị từ chối")

    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("ai"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    action = models.CharField(_("làm gì"), max_length=20)
    target = models.CharField(_("xem gì"), max_length=60)
    person = models.ForeignKey(
        "accounts.Person", verbose_name=_("dữ liệu của"), null=True, on_delete=models.PROTECT, related_name="access_log"
    )
    organisation = models.ForeignKey("accounts.Organisation", null=True, on_delete=models.PROTECT, related_name="access_log")
    outcome = models.CharField(_("kết quả"), max_length=8, choices=Outcome.choices, default=Outcome.SEEN)
    page = models.CharField(_("từ trang"), max_length=200)
    at = models.DateTimeField(_("lúc"), default=clock.now)

    class Meta:
        verbose_name = _("lượt xem dữ liệu")
        verbose_name_plural = _("lượt xem dữ liệu")
        indexes = [
            models.Index(fields=["person", "-at"]),
            models.Index(fields=["actor", "-at"], condition=models.Q(outcome="refused"), name="refused_attempts_of_an_actor"),
        ]

    def __str__(self):
        return f"{self.actor_id} {self.action} {self.target}"


class AdministratorChange(models.Model):
    """A login became a system administrator, or ceased to be one. Written by a database trigger, and by nobody else."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("tài khoản"), on_delete=models.PROTECT, related_name="+")
    is_superuser = models.BooleanField(_("là quản trị hệ thống"))
    at = models.DateTimeField(_("lúc"))
    by_role = models.CharField(_("vai của cơ sở dữ liệu"), max_length=63)

    class Meta:
        verbose_name = _("lần đổi quyền quản trị")
        verbose_name_plural = _("lần đổi quyền quản trị")

    def __str__(self):
        return f"{self.user_id} {self.is_superuser}"


def log_access(request, action, target, *, person=None, organisation=None, outcome=AccessLog.Outcome.SEEN):
    """Write one row to the access log. `action`: "view" or "download"; `person` or `organisation`: whose data it is."""
    actor = request.user if request.user.is_authenticated else None
    AccessLog.objects.create(
        actor=actor, action=action, target=target, person=person, organisation=organisation, outcome=outcome,
        page=request.path[:200],
    )  # fmt: skip
