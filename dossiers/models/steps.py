"""The processing steps of a dossier, copied from its offering at acceptance."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from accounts.roles import Role
from dossiers.choices import StepState
from dossiers.models.dossier import Dossier
from dossiers.states import DossierState


class StepRunQuerySet(models.QuerySet):
    def untaken_and_overdue(self, now):
        """Steps that were handed over and that nobody took in time: what the desk lists and the job tells heads about."""
        handed = self.filter(state=StepState.OPEN, taken_at=None, take_by__lte=now)
        return handed.filter(dossier__state=DossierState.PROCESSING)

    def unanswered_questions(self):
        """Open questions to other bodies, of dossiers that the office works on."""
        return self.filter(kind__in=("consult", "joint"), state=StepState.OPEN, dossier__state=DossierState.PROCESSING).exclude(
            question=""
        )


class StepRun(models.Model):
    """One processing step, copied from the offering at acceptance. `hours`: working hours.

    Handed and taken: an open step with `take_by` and without `taken_at` was handed to its body, or to its `holder`, and nobody
    has taken it yet; after `take_by` that is overdue. Steps opened before this was kept have no `take_by`.

    `produces`: what it must deliver: {} or {"kind" (`Product`), "label", "line": key of the line of the result that the number
    fills, or null, and for an opinion "silence": the legal ground by which no answer in time counts as consent}. `product`: what
    it delivered: {"text"} or {"file": {"name", "sha256", "size", "storage_key"}}; an opinion is the `answer`, a draft is a
    `ResultDraft`.

    `visit`: of a check on site that was announced to the applicant: {"at" (ISO), "place", "people"}; after it also {"held_at",
    "photos": [{"name", "sha256", "size", "storage_key", "content_type"}]}. What was found is the `answer`.
    """

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
    take_by = models.DateTimeField(_("nhận trước"), null=True, blank=True)
    taken_at = models.DateTimeField(_("nhận lúc"), null=True, blank=True)
    done_at = models.DateTimeField(_("xong lúc"), null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("người hỏi"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reminded_at = models.DateTimeField(_("nhắc trả lời lúc"), null=True, blank=True)
    question = models.TextField(_("nội dung lấy ý kiến, xác nhận"), blank=True)
    answer = models.TextField(_("trả lời, ý kiến"), blank=True)
    produces = models.JSONField(_("phải làm ra"), default=dict, blank=True)
    product = models.JSONField(_("đã làm ra"), default=dict, blank=True)
    visit = models.JSONField(_("kiểm tra tại chỗ"), default=dict, blank=True)

    objects = StepRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("bước xử lý")
        verbose_name_plural = _("bước xử lý")
        ordering = ["round", "position", "pk"]
        indexes = [
            models.Index(fields=["agency", "role", "due_at"], condition=Q(state="open"), name="open_steps_of_a_body"),
            models.Index(
                fields=["take_by"],
                condition=Q(state="open", taken_at=None, take_by__isnull=False),
                name="handed_and_not_taken_steps",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def untaken(self):
        """Handed over, and not taken yet."""
        return self.state == StepState.OPEN and self.take_by is not None and self.taken_at is None

    @property
    def must_produce(self):
        """A `Product`, or "" when the step may be closed without one."""
        return self.produces.get("kind", "")

    @property
    def visit_at(self):
        """When the visit is, as it was announced; None without one."""
        return dt.datetime.fromisoformat(self.visit["at"]) if self.visit else None

    @property
    def visit_held_at(self):
        """When the visit was; None before its record."""
        return dt.datetime.fromisoformat(self.visit["held_at"]) if "held_at" in self.visit else None

    @property
    def silence_ground(self):
        """The legal ground by which no answer in time counts as consent; empty when it does not."""
        return self.produces.get("silence", "") if self.kind == "consult" else ""

    def is_silent(self, now):
        """Was the body asked, has its time passed without an answer, and does that count as consent?"""
        return bool(self.silence_ground) and self.state == StepState.OPEN and self.due_at is not None and self.due_at <= now

    @property
    def asks_applicant(self):
        """Was the applicant asked to confirm? They may answer while the step is open, also after their term."""
        return self.kind == "applicant_confirm" and bool(self.question)

    @property
    def waits_for_applicant(self):
        """Does their term run? The clock of the office is paused; when the term is over, `answer` says so."""
        return self.asks_applicant and not self.answer
