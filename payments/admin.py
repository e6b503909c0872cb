"""The admin site of payments: collection points, and outbox rows that failed. Read only except for «làm lại» (retry).

No payer is named, and no attempt or refund can be opened: only the services move money."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from accounts.admin import ReadOnly
from accounts.messages.admin import OutboxRowAdmin
from payments.gateways import register
from payments.models import (
    BankCredit,
    CollectingBody,
    CollectionPoint,
    EReceipt,
    GatewayQuestion,
    RefundCall,
    SettlementFetch,
    SettlementProof,
    StatementReading,
)

WORK = ["due_state", "priority", "tries", "fault", "created_at", "next_at", "done_at"]


@admin.register(CollectionPoint)
class CollectionPointAdmin(ReadOnly, ModelAdmin):
    list_display = [
        "terminal",
        "name",
        "bank_name",
        "account_number",
        "provider",
        "has_secret",
        "takes_payments",
        "demo",
        "quiet_until",
    ]
    list_filter = ["terminal__active", "demo"]
    list_select_related = ["terminal"]
    fields = list_display
    readonly_fields = fields

    @admin.display(description=_("có khóa trong môi trường"), boolean=True)
    def has_secret(self, point: CollectionPoint) -> bool | None:
        """Is the secret of the terminal in the environment? The secret itself is never shown. None: no gateway, no secret."""
        return register.takes_payments(point) if point.provider else None

    @admin.display(description=_("đang thu trên mạng"), boolean=True, ordering="terminal__active")
    def takes_payments(self, point: CollectionPoint) -> bool:
        """Is its terminal open? (Switched on the page of the terminal.)"""
        return point.terminal.is_open


@admin.register(CollectingBody)
class CollectingBodyAdmin(ReadOnly, ModelAdmin):
    list_display = ["agency", "tax_code", "template_symbol", "series_symbol", "demo"]
    list_select_related = ["agency"]
    search_fields = ["agency__code", "agency__name", "tax_code"]
    fields = list_display
    readonly_fields = fields


class MoneyWorkAdmin(OutboxRowAdmin):
    """Outbox rows of payments: their state, and the number of the row they are about."""

    about: Sequence[str] = ()

    def get_list_display(self, request: HttpRequest) -> list[str]:
        return [*self.about, *WORK]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*self.about, *WORK]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return self.get_fields(request, obj)


@admin.register(GatewayQuestion)
class GatewayQuestionAdmin(MoneyWorkAdmin):
    about = ["attempt", "cause", "tries_so_far"]
    list_select_related = ["attempt"]


@admin.register(RefundCall)
class RefundCallAdmin(MoneyWorkAdmin):
    about = ["refund", "kind"]
    list_select_related = ["refund"]


@admin.register(SettlementFetch)
class SettlementFetchAdmin(MoneyWorkAdmin):
    about = ["point", "day"]
    list_select_related = ["point"]


@admin.register(SettlementProof)
class SettlementProofAdmin(MoneyWorkAdmin):
    about = ["point", "day"]
    list_select_related = ["run__point"]

    @admin.display(description=_("điểm thu"))
    def point(self, proof: SettlementProof) -> CollectionPoint:
        return proof.run.point

    @admin.display(description=_("ngày"))
    def day(self, proof: SettlementProof) -> dt.date:
        return proof.run.day


@admin.register(StatementReading)
class StatementReadingAdmin(MoneyWorkAdmin):
    about = ["point", "read_at"]
    list_select_related = ["point"]


@admin.register(BankCredit)
class BankCreditAdmin(MoneyWorkAdmin):
    about = ["bank_ref", "point"]
    list_select_related = ["point"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[BankCredit]:
        return super().get_queryset(request).defer("content", "note")


@admin.register(EReceipt)
class EReceiptAdmin(MoneyWorkAdmin):
    about = ["number_in_words", "body"]
    list_select_related = ["body__agency"]

    @admin.display(description=_("biên lai"))
    def number_in_words(self, receipt: EReceipt) -> str:
        return str(receipt)

    def get_queryset(self, request: HttpRequest) -> QuerySet[EReceipt]:
        return super().get_queryset(request).defer("payer_name", "lines")
