"""What happens to a dossier at the office: steps, clock, supplement requests, decisions, fees, and what is owed."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from accounts.roles import Role
from dossiers.choices import StepState, SupplementTarget
from dossiers.models.dossier import Dossier
from dossiers.models.history import Event
from dossiers.states import ALIVE, DossierState
from portal.common import clock
from portal.common.outbox import OutboxRow


class StepRun(models.Model):
    """One processing step of one dossier, copied from the offering at acceptance. `hours` are working hours."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="step_runs")
    position = models.PositiveSmallIntegerField(_("thứ tự"))
    round = models.PositiveSmallIntegerField(_("lượt"), default=1)
    key = models.CharField(_("khóa"), max_length=40)
    name = models.CharField(_("tên bước"), max_length=200)
    kind = models.CharField(_("loại"), max_length=20)
    role = models.CharField(_("vai trò"), max_length=20, choices=Role.choices, blank=True)
    agency = models.ForeignKey(Agency, verbose_name=_("cơ quan"), on_delete=models.PROTECT, related_name="+")
    hours = models.PositiveSmallIntegerField(_("số giờ làm việc"), default=0)
    parallel_group = models.CharField(_("nhóm song song"), max_length=10, blank=True)
    state = models.CharField(_("tình trạng"), max_length=10, choices=StepState.choices, default=StepState.WAITING)
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("người giữ"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField(_("mở lúc"), null=True, blank=True)
    due_at = models.DateTimeField(_("xong trước"), null=True, blank=True)
    done_at = models.DateTimeField(_("xong lúc"), null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    question = models.TextField(_("nội dung lấy ý kiến, xác nhận"), blank=True)
    answer = models.TextField(_("trả lời"), blank=True)

    class Meta:
        verbose_name = _("bước xử lý")
        verbose_name_plural = _("bước xử lý")
        ordering = ["round", "position", "pk"]
        indexes = [models.Index(fields=["agency", "role", "due_at"], condition=Q(state="open"), name="open_steps_of_a_body")]

    def __str__(self):
        return self.name


class ClockInterval(models.Model):
    """A stretch of time of one kind. Every one is kept, so that the promise and the QĐ 766 view can both be computed."""

    class Kind(models.TextChoices):
        RECEPTION = "reception", _("chờ tiếp nhận")
        RUNNING = "running", _("đang tính giờ")
        SUPPLEMENT = "supplement", _("chờ bổ sung")
        PAYMENT = "payment", _("chờ trả phí")
        APPLICANT = "applicant", _("chờ người nộp xác nhận")
        WITHDRAWAL = "withdrawal", _("chờ xử lý yêu cầu rút")
        OUTAGE = "outage", _("sự cố đã ghi nhận")

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="intervals")
    kind = models.CharField(_("loại"), max_length=12, choices=Kind.choices)
    started_at = models.DateTimeField(_("từ"), default=clock.now)
    ended_at = models.DateTimeField(_("đến"), null=True, blank=True)
    restart = models.BooleanField(_("tính lại từ đầu"), default=False)

    class Meta:
        verbose_name = _("khoảng thời gian")
        verbose_name_plural = _("khoảng thời gian")
        ordering = ["started_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"], condition=Q(ended_at=None) & ~Q(kind="outage"), name="one_open_interval_a_dossier"
            )
        ]


class SupplementRequest(models.Model):
    """One complete request for supplements. The citizen's edits stay here, apart, until sent."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="supplements")
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="supplement")
    number = models.PositiveSmallIntegerField(_("lần"))
    due_at = models.DateTimeField(_("bổ sung trước"))
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("trưởng bộ phận duyệt"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    edits = models.JSONField(_("phần đang sửa"), default=dict, blank=True)
    sent_at = models.DateTimeField(_("gửi lúc"), null=True, blank=True)

    class Meta:
        verbose_name = _("yêu cầu bổ sung")
        verbose_name_plural = _("yêu cầu bổ sung")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["dossier", "number"], name="one_supplement_request_a_number")]


class SupplementItem(models.Model):
    """One thing asked for: a field of the form or a document, with the clerk's words. `key` names it in the version."""

    Target = SupplementTarget

    request = models.ForeignKey(SupplementRequest, on_delete=models.CASCADE, related_name="items")
    target = models.CharField(_("loại"), max_length=8, choices=Target.choices)
    key = models.CharField(_("khóa"), max_length=80)
    label = models.CharField(_("tên"), max_length=300)
    reason = models.TextField(_("lý do"))

    class Meta:
        verbose_name = _("mục cần bổ sung")
        verbose_name_plural = _("mục cần bổ sung")
        constraints = [models.UniqueConstraint(fields=["request", "target", "key"], name="a_thing_is_asked_once_a_request")]


class Decision(models.Model):
    """What the signer decided, frozen with its hash. The signing key signs this content and nothing else."""

    class Outcome(models.TextChoices):
        APPROVED = "approved", _("đồng ý giải quyết")
        REFUSED = "refused", _("không giải quyết")

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="decisions")
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="decision")
    outcome = models.CharField(_("kết luận"), max_length=8, choices=Outcome.choices)
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("người ký"), on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, verbose_name=_("cơ quan"), on_delete=models.PROTECT, related_name="+")
    number = models.CharField(_("số"), max_length=60)
    content = models.JSONField(_("nội dung đã duyệt"))
    content_hash = models.CharField(max_length=64)
    decided_at = models.DateTimeField(_("quyết định lúc"), default=clock.now)

    class Meta:
        verbose_name = _("quyết định")
        verbose_name_plural = _("quyết định")


class FeeObligation(models.Model):
    """What a dossier owes, frozen at submit, in whole đồng. `payments` keeps the attempts, refunds and receipts, and writes
    here, under the lock of the dossier, what is kept of the money now and whether somebody is paying."""

    class Status(models.TextChoices):
        PROVISIONAL = "provisional", _("tạm tính")
        DUE = "due", _("phải trả")
        PAID = "paid", _("đã trả")
        PAID_AT_COUNTER = "paid_at_counter", _("đã trả tại quầy")
        WAIVED = "waived", _("được miễn")
        PART_REFUNDED = "part_refunded", _("đã hoàn một phần")
        REFUNDED = "refunded", _("đã hoàn lại")

    dossier = models.OneToOneField(Dossier, on_delete=models.PROTECT, related_name="obligation")
    total = models.PositiveBigIntegerField(_("tổng (đồng)"), null=True, help_text=_("trống: xác định sau"))
    status = models.CharField(_("tình trạng"), max_length=16, choices=Status.choices)
    timing = models.CharField(_("trả khi nào"), max_length=20)
    frozen_at = models.DateTimeField(_("chốt lúc"), default=clock.now)
    settled_at = models.DateTimeField(_("trả xong lúc"), null=True, blank=True)
    settled_amount = models.PositiveBigIntegerField(_("đang giữ (đồng)"), default=0)
    attempt_open = models.BooleanField(_("đang có một lần trả chưa xong"), default=False)

    class Meta:
        verbose_name = _("khoản phải trả")
        verbose_name_plural = _("khoản phải trả")
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_amount=0) | Q(settled_amount__lte=models.F("total")), name="no_more_is_kept_than_was_owed"
            )
        ]

    @property
    def is_due(self):
        """Is a fixed sum still asked for? Money that comes now settles it, also while a withdrawal is being looked at."""
        return self.status == self.Status.DUE and bool(self.total) and self.dossier.state in ALIVE

    @property
    def is_too_early(self):
        """Is it asked for after acceptance only, and not accepted yet?"""
        return self.timing == "after_acceptance" and self.dossier.accepted_at is None

    @property
    def may_be_paid(self):
        """May somebody begin to pay it now? (Whether the portal takes the money is another question: the level's.)"""
        return self.is_due and not self.is_too_early and self.dossier.state != DossierState.WITHDRAWN

    @property
    def is_settled(self):
        """Is there nothing left to pay? (Money given back is not asked for again.)"""
        return self.status not in (self.Status.PROVISIONAL, self.Status.DUE)

    @property
    def is_paid(self):
        """Did money come, at the counter or otherwise?"""
        return self.is_settled and self.status != self.Status.WAIVED

    def lines_to_set(self):
        """The lines whose sum an officer sets; where the rules named no line at all, a new one to be filled in."""
        lines = list(self.lines.order_by("pk"))
        if not lines:
            return [FeeLine(obligation=self, key="set_by_office", label=str(_("Phí, lệ phí do cơ quan tính")), kind="phi")]
        return [line for line in lines if line.amount is None]

    def lines_refundable_on(self, occasion):
        """The lines given back when the dossier is refused, withdrawn or stopped. An agency that stops it gives back
        what it would give back on refusing it."""
        words = {occasion, "refused"} if occasion == "stopped" else {occasion}
        return [line for line in self.lines.all() if words & set(line.refundable_on)]


class FeeLine(models.Model):
    """One frozen line of an obligation. Amounts in whole đồng; null is set later by an officer."""

    obligation = models.ForeignKey(FeeObligation, on_delete=models.PROTECT, related_name="lines")
    key = models.CharField(max_length=60)
    label = models.CharField(_("khoản"), max_length=300)
    kind = models.CharField(_("loại"), max_length=12)
    unit_price = models.PositiveBigIntegerField(_("đơn giá"), null=True)
    quantity = models.PositiveIntegerField(_("số lượng"), default=1)
    amount = models.PositiveBigIntegerField(_("thành tiền"), null=True)
    legal_ref = models.CharField(_("căn cứ"), max_length=120, blank=True)
    refundable_on = models.JSONField(_("được hoàn khi"), default=list, blank=True)
    certainty = models.CharField(_("độ chắc chắn"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("dòng phí")
        verbose_name_plural = _("dòng phí")
        constraints = [models.UniqueConstraint(fields=["obligation", "key"], name="one_fee_line_a_key")]


class FollowUp(OutboxRow):
    """What is owed after an event: a paper, the signing of a result, its delivery. Once an event and kind."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="followups")
    kind = models.CharField(_("việc"), max_length=30)

    class Meta:
        verbose_name = _("việc phải làm sau bước")
        verbose_name_plural = _("việc phải làm sau bước")
        constraints = [models.UniqueConstraint(fields=["event", "kind"], name="one_followup_an_event_and_kind")]
        indexes = [models.Index(fields=["next_at"], condition=Q(due_state="waiting"), name="followups_that_are_due")]

    def __str__(self):
        return f"{self.kind} · {self.event}"
