"""Rules by which a body gives out what nobody holds yet. Off until its head chooses one."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, User
from accounts.roles import Role
from portal.common import clock
from procedures.models import Procedure


class AssignmentRule(models.Model):
    """How one body gives out the work of one role. `last`: who got something last, for the rotation."""

    class Way(models.TextChoices):
        OFF = "off", _("không giao tự động: ai nhận thì làm")
        PROCEDURE = "procedure", _("chỉ những thủ tục ghi dưới đây")
        LOAD = "load", _("người đang giữ ít việc nhất")
        ROTATION = "rotation", _("lần lượt từng người")

    ROLES = (Role.RECEIVING_CLERK, Role.OFFICER)

    agency = models.ForeignKey(Agency, verbose_name=_("cơ quan"), on_delete=models.CASCADE, related_name="assignment_rules")
    role = models.CharField(_("vai trò"), max_length=20, choices=Role.choices)
    way = models.CharField(_("cách giao"), max_length=10, choices=Way.choices, default=Way.OFF)
    last = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    changed_by = models.ForeignKey(User, verbose_name=_("người chọn"), null=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(_("chọn lúc"), default=clock.now)

    class Meta:
        verbose_name = _("quy tắc giao việc")
        verbose_name_plural = _("quy tắc giao việc")
        constraints = [models.UniqueConstraint(fields=["agency", "role"], name="one_assignment_rule_a_body_and_role")]

    def __str__(self):
        return f"{self.agency_id} {self.role} {self.way}"


class ProcedureAssignment(models.Model):
    """This procedure goes to this person first, whatever the way of the rule."""

    rule = models.ForeignKey(AssignmentRule, on_delete=models.CASCADE, related_name="procedures")
    procedure = models.ForeignKey(Procedure, verbose_name=_("thủ tục"), on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, verbose_name=_("người làm"), on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("thủ tục giao cho")
        verbose_name_plural = _("thủ tục giao cho")
        constraints = [models.UniqueConstraint(fields=["rule", "procedure"], name="a_procedure_has_one_person_a_rule")]

    def __str__(self):
        return f"{self.procedure_id} {self.user_id}"
