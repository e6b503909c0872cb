"""The catalogue as JSON. Field names are English, values Vietnamese as on the pages."""

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from procedures.cards import Card
from procedures.facts import Facts


class Level(serializers.Serializer):
    declared = serializers.IntegerField(min_value=1, max_value=4, help_text="mức cơ sở dữ liệu quốc gia công bố")
    offered = serializers.IntegerField(min_value=1, max_value=4, help_text="mức cao nhất cổng cung cấp ở một nơi nào đó")
    scope = serializers.ChoiceField(["thong_tin", "mot_phan", "toan_trinh"])
    label = serializers.CharField()
    reason = serializers.CharField(allow_blank=True, help_text="vì sao chỉ một phần")


class Money(serializers.Serializer):
    lowest = serializers.IntegerField(min_value=0, help_text="đồng")
    highest = serializers.IntegerField(min_value=0, allow_null=True, help_text="đồng; null: chưa biết hoặc tùy số lượng")
    text = serializers.CharField()


class Sector(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()


class ProcedureRow(serializers.Serializer):
    """One procedure in a list."""

    code = serializers.CharField(source="procedure.code")
    name = serializers.CharField(source="procedure.name")
    short_name = serializers.CharField(source="title")
    listed_only = serializers.BooleanField(source="listed", help_text="true: chỉ có tên và số liệu, không nộp ở đây")
    level = serializers.SerializerMethodField()
    agency_level = serializers.CharField(source="agency_levels", allow_blank=True)
    time = serializers.CharField(allow_blank=True)
    price = serializers.SerializerMethodField()
    sector = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()

    @extend_schema_field(Level)
    def get_level(self, card: Card) -> dict[str, Any]:
        level = card.level
        return {
            "declared": card.declared.number,
            "offered": level.number,
            "scope": level.scope,
            "label": str(level),
            "reason": card.offered.reason if card.offered else "",
        }

    @extend_schema_field(Money(allow_null=True))
    def get_price(self, card: Card) -> dict[str, Any] | None:
        price = card.price
        return {"lowest": price.lowest, "highest": price.highest, "text": price.words} if price else None

    @extend_schema_field(Sector(allow_null=True))
    def get_sector(self, card: Card) -> dict[str, str] | None:
        sector = card.procedure.sector
        return {"code": sector.code, "name": sector.name} if sector else None

    @extend_schema_field(serializers.URLField())
    def get_url(self, card: Card) -> str:
        path = reverse("procedures:procedure", args=[card.procedure.code, card.procedure.slug])
        return self.context["request"].build_absolute_uri(path)


class ProcedurePage(serializers.Serializer):
    """One page of a list. `next`: URL of the next page, null on the last one."""

    count = serializers.IntegerField(min_value=0)
    sure = serializers.BooleanField(help_text="false: chỉ là phỏng đoán, có thể không đúng điều cần tìm")
    next = serializers.URLField(allow_null=True)
    results = ProcedureRow(many=True)


class ProcedureDetail(ProcedureRow):
    """A procedure with its version's `document`, as in the export file, or for a listed one the `facts` of the index."""

    version = serializers.SerializerMethodField()
    document = serializers.SerializerMethodField()
    facts = serializers.SerializerMethodField()

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_version(self, card: Card) -> int | None:
        current = card.procedure.current
        return current.number if current else None

    @extend_schema_field(serializers.DictField(allow_null=True))
    def get_document(self, card: Card) -> Facts | None:
        return card.facts

    @extend_schema_field(serializers.DictField(allow_null=True))
    def get_facts(self, card: Card) -> dict[str, Any] | None:
        return card.procedure.facts if card.listed else None
