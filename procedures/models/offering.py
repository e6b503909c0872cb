"""What differs by place: receiving and deciding agency, steps, hours, people on duty, local amounts."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from portal.common import clock
from portal.common.provenance import Provenance, ProvenanceQuerySet
from procedures.models.catalogue import Procedure
from procedures.models.terminal import Terminal


class Filing(models.TextChoices):
    HERE = "here", _("nộp trên cổng này")
    ELSEWHERE = "elsewhere", _("nộp ở nơi khác")


class OfferingQuerySet(ProvenanceQuerySet):
    def current(self) -> "OfferingQuerySet":
        """Offerings in force today."""
        today = clock.today()
        return self.filter(Q(valid_from=None) | Q(valid_from__lte=today)).filter(Q(valid_to=None) | Q(valid_to__gte=today))


class Offering(Provenance):
    """One procedure at one agency.

    `processing_steps`: [{key, name, role, agency (code), kind, hours, parallel_group, produces}], copied to
    `dossiers.models.StepRun` at acceptance; `produces`: null or what the step must deliver, {kind, label, line}; of a consult
    also `silence`, the law by which no answer is consent.
    `duty`: {"main" | "deputy" | "head": {"login", "name"}}; `delivery_ways`: account, counter, post.
    """

    SHIPPED_KEY = ("procedure_id", "agency_id")

    procedure = models.ForeignKey(Procedure, verbose_name=_("thủ tục"), on_delete=models.PROTECT, related_name="offerings")
    agency = models.ForeignKey(Agency, verbose_name=_("cơ quan"), on_delete=models.PROTECT, related_name="+")
    receiving_agency = models.ForeignKey(
        Agency, verbose_name=_("nơi tiếp nhận"), null=True, on_delete=models.PROTECT, related_name="received_offerings"
    )
    lead_agency = models.ForeignKey(
        Agency, verbose_name=_("cơ quan giải quyết"), on_delete=models.PROTECT, related_name="led_offerings"
    )
    filing = models.CharField(_("cách nộp"), max_length=9, choices=Filing.choices, default=Filing.HERE)
    province_code = models.CharField(_("mã tỉnh"), max_length=10, help_text="mã cơ quan cấp 1, ví dụ H18")
    unit_code = models.CharField(_("địa bàn"), max_length=20, blank=True, help_text="mã đơn vị hành chính của cơ quan")
    delivery_ways = models.JSONField(_("cách trả kết quả"), default=list)
    electronic_result = models.BooleanField(_("kết quả điện tử"), default=False)
    no_result = models.BooleanField(_("không có kết quả phải trả"), default=False)
    processing_steps = models.JSONField(_("các bước xử lý"), default=list)
    duty = models.JSONField(_("người trực"), default=dict)
    terminal = models.ForeignKey(
        Terminal,
        verbose_name=_("điểm thu trên mạng"),
        to_field="code",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="offerings",
    )
    valid_from = models.DateField(_("từ ngày"), null=True, blank=True)
    valid_to = models.DateField(_("đến ngày"), null=True, blank=True)
    certainty = models.CharField(_("độ chắc chắn"), max_length=40, blank=True)

    objects = OfferingQuerySet.as_manager()

    class Meta:
        verbose_name = _("nơi cung cấp thủ tục")
        verbose_name_plural = _("nơi cung cấp thủ tục")
        constraints = [
            models.UniqueConstraint(
                fields=["procedure", "agency", "valid_from"], name="one_offering_a_body_and_start", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(filing="elsewhere") | Q(receiving_agency__isnull=False), name="an_offering_filed_here_has_a_desk"
            ),
        ]
        indexes = [models.Index(fields=["procedure", "province_code", "unit_code"])]

    def __str__(self) -> str:
        return f"{self.procedure.code}@{self.agency.code}"

    def clean(self) -> None:
        """For pages of administrators: each step says what it must deliver, and one delivers the draft of the result."""
        if fault := fault_of_steps(self.processing_steps, no_result=self.no_result):
            raise ValidationError({"processing_steps": fault})


def _is_product(made: Any) -> bool:
    """Is this what a step delivers: a known kind with a label?"""
    fields = set(made) - {"silence"} if isinstance(made, dict) else set()
    return fields == PRODUCT_FIELDS and made["kind"] in PRODUCTS and bool(made["label"])


STEP_FIELDS = {"key", "name", "role", "agency", "kind", "hours", "parallel_group", "produces"}
PRODUCT_FIELDS = {"kind", "label", "line"}
PRODUCTS = ("opinion", "number", "file", "draft")  # as `dossiers.choices.Product`


def fault_of_steps(steps: Any, *, no_result: bool) -> str:
    """Why these processing steps cannot be worked through, as a sentence for administrators; empty when they can."""
    if not isinstance(steps, list) or any(not isinstance(step, dict) or set(step) != STEP_FIELDS for step in steps):
        return gettext("Mỗi bước là một đối tượng có đúng các khóa: %(keys)s.") % {"keys": ", ".join(sorted(STEP_FIELDS))}
    made = [step["produces"] for step in steps if step["produces"] is not None]
    if not all(map(_is_product, made)):
        return gettext("“produces” là null, hoặc {kind, label, line} với kind là một trong: %(kinds)s.") % {
            "kinds": ", ".join(PRODUCTS)
        }
    signatures = [n for n, step in enumerate(steps) if step["kind"] == "sign"]
    drafts = [n for n, step in enumerate(steps) if step["produces"] and step["produces"]["kind"] == "draft"]
    if steps and not no_result and (not signatures or len(drafts) != 1 or drafts[0] > signatures[0]):
        return gettext("Phải có bước ký, và đúng một bước trước đó làm ra bản soạn kết quả (produces.kind = draft).")
    return ""


class LocalFeeQuerySet(ProvenanceQuerySet):
    """Queries of provincial amounts."""

    def in_force(self, day: dt.date) -> "LocalFeeQuerySet":
        """Amounts in force on this day. If a line has two, the later one comes last."""
        begun = models.Q(effective_from=None) | models.Q(effective_from__lte=day)
        not_over = models.Q(effective_to=None) | models.Q(effective_to__gte=day)
        return self.filter(begun, not_over).order_by(models.F("effective_from").asc(nulls_first=True), "pk")


class LocalFee(Provenance):
    """An amount set by the province, in whole đồng, for a fee line without a national amount."""

    SHIPPED_KEY = ("province_code", "procedure_id", "fee_line_key", "effective_from")

    province_code = models.CharField(_("mã tỉnh"), max_length=10)
    procedure = models.ForeignKey(Procedure, verbose_name=_("thủ tục"), on_delete=models.PROTECT, related_name="local_fees")
    fee_line_key = models.CharField(_("khoản"), max_length=60)
    amount = models.PositiveBigIntegerField(_("số tiền (đồng)"))
    effective_from = models.DateField(_("có hiệu lực từ"), null=True, blank=True)
    effective_to = models.DateField(_("đến hết ngày"), null=True, blank=True)
    legal_ref = models.CharField(_("nghị quyết"), max_length=60, blank=True)
    certainty = models.CharField(_("độ chắc chắn"), max_length=40, blank=True)

    objects = LocalFeeQuerySet.as_manager()

    class Meta:
        verbose_name = _("mức thu của tỉnh")
        verbose_name_plural = _("mức thu của tỉnh")
        constraints = [
            models.UniqueConstraint(
                fields=["province_code", "procedure", "fee_line_key", "effective_from"],
                name="one_local_fee_a_line_and_day",
                nulls_distinct=False,
            )
        ]
