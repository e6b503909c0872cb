"""One citizen's matter, from draft to result."""

import secrets
from collections.abc import Sequence

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin

from accounts.models import Agency, Mandate, Organisation, Person
from dossiers.choices import DeliveryStatus, DeliveryWay, FilingChannel, PaymentStatus, StepState
from dossiers.permissions import visible_dossiers
from dossiers.states import ALIVE, DossierState
from dossiers.transitions.lines import DossierTransitions
from portal.common import clock
from procedures.models import Offering, ProcedureVersion

S = DossierState


def new_secret():
    """A random string (25 hex digits, 100 bits) for pages that are opened without a login."""
    return secrets.token_hex(13)[:25]


class DossierQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Dossiers this user may see: own ones, and those of their agencies. Every list, page and API starts here."""
        return visible_dossiers(self, user)

    def alive(self):
        return self.filter(state__in=ALIVE)


class Dossier(DossierTransitions, FSMModelMixin, models.Model):
    """A dossier keeps the procedure version it was filed under. Only `dossiers.workflow.advance` changes `state`."""

    version = models.ForeignKey(ProcedureVersion, verbose_name=_("thủ tục"), on_delete=models.PROTECT, related_name="+")
    offering = models.ForeignKey(
        Offering, verbose_name=_("nơi nộp"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    state = FSMField(_("trạng thái"), max_length=20, choices=S.choices, default=S.DRAFT, protected=True)
    came_from = models.CharField(_("trước khi chờ"), max_length=20, blank=True, choices=S.choices)
    came_from_withdrawn = models.CharField(_("trước khi xin rút"), max_length=20, blank=True, choices=S.choices)

    code = models.CharField(_("mã hồ sơ"), max_length=50, null=True, blank=True, unique=True)
    secret = models.CharField(_("mã tra cứu riêng"), max_length=32, default=new_secret, unique=True, editable=False)

    person = models.ForeignKey(
        Person, verbose_name=_("chủ hồ sơ"), null=True, blank=True, on_delete=models.PROTECT, related_name="dossiers"
    )
    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("chủ hồ sơ (tổ chức)"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="dossiers",
    )
    submitter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("người nộp"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="dossiers",
    )
    mandate = models.ForeignKey(
        Mandate, verbose_name=_("nộp thay theo"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("người nhập"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    channel = models.CharField(_("cách nộp"), max_length=8, choices=FilingChannel.choices, default=FilingChannel.ONLINE)
    confidential = models.BooleanField(_("giữ kín người nộp"), default=False)

    again_of = models.ForeignKey(
        "self", verbose_name=_("nộp lại của"), null=True, blank=True, on_delete=models.PROTECT, related_name="filed_again",
        editable=False,
    )  # fmt: skip
    # of a draft that was begun from another dossier: keys of the pages to look at once more, see `filing.again`
    look_again = models.JSONField(default=list, blank=True, editable=False)
    answers = models.JSONField(_("câu trả lời"), default=dict, blank=True)
    asked = models.JSONField(_("câu hỏi thêm"), default=dict, blank=True, help_text="{khóa câu hỏi: giá trị}")
    declared_at = models.DateTimeField(_("cam đoan lúc"), null=True, blank=True)
    revision = models.PositiveIntegerField(_("lần sửa"), default=0)
    filed_as = models.CharField(max_length=64, blank=True, editable=False)  # digest of the content at submit, see `filing.drafts`

    # copied from the subject at submit; papers, register and search use this copy
    subject_name = models.CharField(_("tên chủ hồ sơ"), max_length=250, blank=True)
    subject_id_number = models.CharField(_("số giấy tờ"), max_length=20, blank=True)
    subject_address = models.CharField(_("địa chỉ"), max_length=400, blank=True)
    subject_phone = models.CharField(_("điện thoại"), max_length=16, blank=True)
    subject_email = models.EmailField(_("thư điện tử"), blank=True)

    code_agency = models.ForeignKey(
        Agency, verbose_name=_("cơ quan cấp mã"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    receiving_agency = models.ForeignKey(
        Agency, verbose_name=_("nơi tiếp nhận"), null=True, blank=True, on_delete=models.PROTECT, related_name="desk_dossiers"
    )
    lead_agency = models.ForeignKey(
        Agency, verbose_name=_("cơ quan giải quyết"), null=True, blank=True, on_delete=models.PROTECT, related_name="led_dossiers"
    )
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("người đang giữ"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="held",
    )
    holder_agency = models.ForeignKey(
        Agency, verbose_name=_("đang ở"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    waiting_on = models.CharField(_("đang chờ"), max_length=20, blank=True, help_text="submitter hoặc vai trò cán bộ")
    step_due_at = models.DateTimeField(_("bước này xong trước"), null=True, blank=True)
    take_by = models.DateTimeField(
        _("nhận bàn giao trước"), null=True, blank=True, help_text="bước đang mở chưa ai nhận; trống khi đã nhận"
    )

    created_at = models.DateTimeField(_("bắt đầu khai"), default=clock.now, editable=False)
    updated_at = models.DateTimeField(_("sửa lúc"), default=clock.now)
    submitted_at = models.DateTimeField(_("nộp lúc"), null=True, blank=True)
    reception_due_at = models.DateTimeField(_("tiếp nhận trước"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("tiếp nhận lúc"), null=True, blank=True)
    due_at = models.DateTimeField(_("hẹn trả lúc"), null=True, blank=True)
    first_promised_due_at = models.DateTimeField(_("hẹn lần đầu"), null=True, blank=True)
    due_is_provisional = models.BooleanField(_("ngày hẹn tạm tính"), default=False)
    counted_with = models.ForeignKey(
        "dossiers.CountingBasis", verbose_name=_("tính theo"), null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        help_text=_("lịch và giờ làm việc đã dùng để tính ngày hẹn"),
    )  # fmt: skip
    recounted_for = models.CharField(_("đã so với lịch"), max_length=64, blank=True)
    term = models.JSONField(_("thời hạn giải quyết"), default=dict, blank=True)
    extended_at = models.DateTimeField(_("xin lỗi, gia hạn lúc"), null=True, blank=True)
    extended_to = models.DateTimeField(_("gia hạn tới"), null=True, blank=True)
    apologised_at = models.DateTimeField(_("xin lỗi vì trễ lúc"), null=True, blank=True)
    apologised_to = models.DateTimeField(_("hẹn lại sau khi trễ"), null=True, blank=True)
    missed_due_at = models.DateTimeField(
        _("hẹn đã lỡ"), null=True, blank=True, help_text="hẹn trước lần xin lỗi đầu; tính trễ từ đây"
    )
    late_told_for = models.DateTimeField(_("đã báo trễ cho ngày hẹn"), null=True, blank=True)
    supplement_count = models.PositiveSmallIntegerField(_("số lần yêu cầu bổ sung"), default=0)
    supplement_due_at = models.DateTimeField(_("bổ sung trước"), null=True, blank=True)
    supplement_proposed_at = models.DateTimeField(_("trình yêu cầu bổ sung lúc"), null=True, blank=True)
    payment_due_at = models.DateTimeField(_("trả phí trước"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("đã nhắc lúc"), null=True, blank=True)
    decided_at = models.DateTimeField(_("quyết định lúc"), null=True, blank=True)
    completed_at = models.DateTimeField(_("có kết quả lúc"), null=True, blank=True)
    returned_at = models.DateTimeField(_("trả kết quả lúc"), null=True, blank=True)
    opened_at = models.DateTimeField(_("người nộp mở kết quả lúc"), null=True, blank=True)
    closed_at = models.DateTimeField(_("khép lúc"), null=True, blank=True)

    payment_status = models.CharField(_("phí"), max_length=12, choices=PaymentStatus.choices, default=PaymentStatus.NONE)
    delivery_way = models.CharField(_("cách nhận kết quả"), max_length=8, choices=DeliveryWay.choices, blank=True)
    delivery_address = models.JSONField(_("nơi nhận kết quả"), null=True, blank=True)
    delivery_status = models.CharField(_("việc trả kết quả"), max_length=10, choices=DeliveryStatus.choices, blank=True)
    # flags of the indicators (QĐ 766), set when they happen
    identity_verified = models.BooleanField(_("tài khoản đã định danh"), default=False)
    digitised_at_receipt = models.BooleanField(_("số hóa khi tiếp nhận"), default=False)
    paid_online = models.BooleanField(_("trả phí trên mạng"), default=False)

    objects = DossierQuerySet.as_manager()

    reply_sentences: Sequence[str] = ()  # not a column: sentences for the user who took the last step, set by `workflow.advance`

    class Meta:
        verbose_name = _("hồ sơ")
        verbose_name_plural = _("hồ sơ")
        constraints = [
            models.CheckConstraint(
                condition=Q(state=S.DRAFT, code=None) | (~Q(state=S.DRAFT) & Q(code__isnull=False)),
                name="a_dossier_has_a_code_exactly_when_it_is_filed",
            ),
            models.CheckConstraint(
                condition=Q(state=S.DRAFT) | Q(person__isnull=False) | Q(organisation__isnull=False),
                name="a_filed_dossier_has_a_subject",
            ),
            models.CheckConstraint(condition=Q(person=None) | Q(organisation=None), name="a_dossier_has_one_subject"),
            models.CheckConstraint(
                condition=Q(state__in=[S.SUPPLEMENT_REQUIRED, S.PAYMENT_REQUIRED], came_from__gt="")
                | Q(state=S.WITHDRAWN)
                | (~Q(state__in=[S.SUPPLEMENT_REQUIRED, S.PAYMENT_REQUIRED, S.WITHDRAWN]) & Q(came_from="")),
                name="a_waiting_dossier_remembers_where_it_came_from",
            ),
            models.CheckConstraint(
                condition=Q(state=S.WITHDRAWN, came_from_withdrawn__gt="") | (~Q(state=S.WITHDRAWN) & Q(came_from_withdrawn="")),
                name="a_withdrawn_dossier_remembers_where_it_came_from",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[S.ACCEPTED, S.PROCESSING, S.COMPLETED, S.RETURNED]) | Q(accepted_at__isnull=False),
                name="a_dossier_at_work_was_accepted",
            ),
            models.CheckConstraint(
                condition=Q(due_at=None, first_promised_due_at=None)
                | Q(due_at__isnull=False, first_promised_due_at__isnull=False),
                name="a_due_time_was_promised",
            ),
        ]
        indexes = [
            models.Index(fields=["receiving_agency", "state", "step_due_at", "id"], name="desk_queue"),
            models.Index(fields=["holder_agency", "state", "step_due_at", "id"], name="holder_queue"),
            models.Index(fields=["take_by"], condition=Q(take_by__isnull=False), name="handed_and_not_taken"),
            models.Index(
                fields=["supplement_proposed_at"],
                condition=Q(supplement_proposed_at__isnull=False),
                name="supplements_to_approve",
            ),
            models.Index(fields=["submitter", "-updated_at"], name="citizen_dashboard"),
            models.Index(
                fields=["receiving_agency", "state"],
                condition=Q(state__in=[str(s) for s in ALIVE]),
                name="open_dossiers_of_a_desk",
            ),
            models.Index(fields=["subject_id_number"], name="dossiers_of_an_id_number"),
            models.Index(fields=["subject_phone"], condition=Q(subject_phone__gt=""), name="dossiers_of_a_phone"),
            models.Index(fields=["receiving_agency", "submitted_at", "id"], name="desk_by_filing_time"),
            models.Index(
                fields=["holder", "step_due_at", "id"], condition=Q(state__in=[str(s) for s in ALIVE]), name="desk_by_holder"
            ),
            models.Index(
                fields=["receiving_agency", "recounted_for"],
                condition=Q(state__in=[str(s) for s in ALIVE], decided_at=None),
                name="promises_that_run",
            ),
        ]

    def __str__(self):
        return self.code or f"nháp {self.pk}"

    @property
    def subject(self):
        """The person or organisation the dossier is about (chủ hồ sơ); None in a draft where it is not known yet."""
        return self.person or self.organisation

    @property
    def status(self):
        """The state as a `DossierState`: templates use its number and `is_final`."""
        return S(self.state)

    @cached_property
    def open_steps(self):
        """Open processing steps in order. Cached: one query for each dossier object."""
        return list(self.step_runs.filter(state=StepState.OPEN)) if self.pk else []

    @cached_property
    def open_proposal(self):
        """The event that proposes a request for supplements, for a head to approve; None when none is open."""
        if self.supplement_proposed_at is None:
            return None
        return self.events.filter(step="propose_supplement").select_related("text", "actor").order_by("sequence").last()

    def reset_open_steps(self):
        """Clear the cache of `open_steps` after steps were opened or closed."""
        self.__dict__.pop("open_steps", None)

    @property
    def filed_for_somebody_else(self):
        """Is the submitter not the subject? Pages then show «nộp thay cho»."""
        return bool(self.submitter_id and self.person_id and self.submitter.person_id != self.person_id) or bool(
            self.organisation_id
        )


class DossierCounter(models.Model):
    """Daily sequence of dossier codes of one agency. Incremented late in a submit, so that its lock is short."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    day = models.DateField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "day"], name="one_counter_a_body_and_day")]


class CoSubject(models.Model):
    """A further subject of the same dossier (the second spouse of a marriage, a member of a list)."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="co_subjects")
    person = models.ForeignKey(Person, verbose_name=_("người"), null=True, blank=True, on_delete=models.PROTECT)
    name = models.CharField(_("họ và tên"), max_length=250)
    id_number = models.CharField(_("số giấy tờ"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("người cùng đứng tên")
        verbose_name_plural = _("người cùng đứng tên")
