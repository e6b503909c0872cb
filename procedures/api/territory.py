"""GET /api/v1/provinces/ and /api/v1/communes/: the territory in force, and communes by a typed name. Public, cacheable."""

from typing import Any

from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import unit_search
from accounts.models import AdministrativeUnit
from portal.common import clock
from portal.common.vietnamese import clean_text
from procedures.api.views import WRONG, Open
from procedures.public import public_answer
from procedures.search.paced import SearchThrottle


class Province(serializers.Serializer):
    code = serializers.CharField(help_text="mã dùng trong địa chỉ, hai chữ số")
    name = serializers.CharField()


class Commune(serializers.Serializer):
    code = serializers.CharField(help_text="mã dùng trong địa chỉ")
    official_code = serializers.CharField(allow_blank=True, required=False, help_text="mã thống kê, khi liệt kê theo tỉnh")
    name = serializers.CharField()
    province = serializers.CharField(help_text="mã tỉnh, thành phố")
    province_name = serializers.CharField()
    was = serializers.ListField(
        child=serializers.CharField(),
        help_text="tên đầy đủ của đơn vị cũ hợp với chữ đã tìm; trống khi là tên hiện nay",
    )


class Provinces(serializers.Serializer):
    results = Province(many=True)


class Communes(serializers.Serializer):
    results = Commune(many=True)


@method_decorator(public_answer, name="dispatch")
class ProvinceList(Open):
    @extend_schema(
        operation_id="list_provinces",
        summary="Các tỉnh, thành phố hiện nay",
        description="Mã và tên của các tỉnh, thành phố có hiệu lực hôm nay, theo thứ tự tên.",
        responses={200: Provinces},
    )
    def get(self, request: Request) -> Response:
        rows = AdministrativeUnit.objects.provinces().in_force(clock.today()).order_by("sort_key").values("code", "name")
        return Response({"results": list(rows)})


@method_decorator(public_answer, name="dispatch")
class CommuneList(Open):
    throttle_classes = (SearchThrottle,)

    @extend_schema(
        operation_id="list_communes",
        summary="Xã, phường, đặc khu: theo tỉnh, hoặc tìm theo tên hiện nay hay tên cũ",
        description="Đơn vị cũ đã chia cho nhiều đơn vị mới thì trả về tất cả các đơn vị mới ấy.",
        parameters=[
            OpenApiParameter("province", str, description="mã tỉnh; khi có `q` thì tìm trong tỉnh này trước"),
            OpenApiParameter("q", str, description=f"tên cần tìm, có dấu hay không dấu, tối đa {unit_search.MAX_LENGTH} ký tự"),
        ],
        responses={200: Communes, 400: WRONG},
    )
    def get(self, request: Request) -> Response:
        text, province = clean_text(request.GET.get("q", "")), clean_text(request.GET.get("province", ""))
        if len(text) > unit_search.MAX_LENGTH:
            raise ValidationError({"q": _("Dài quá %(n)d ký tự.") % {"n": unit_search.MAX_LENGTH}})
        if not text and not province:
            raise ValidationError({"q": _("Cần tên cần tìm, hoặc mã tỉnh.")})
        return Response({"results": _found(text, province) if text else _inside(province)})


def _found(text: str, province: str) -> list[dict[str, Any]]:
    return [
        {"code": unit.code, "name": unit.name, "province": unit.province, "province_name": unit.province_name, "was": unit.was}
        for unit in unit_search.find(text, province)
    ]


def _inside(province: str) -> list[dict[str, Any]]:
    units = AdministrativeUnit.objects.communes().in_force(clock.today()).filter(parent__code=province)
    rows = units.order_by("sort_key").values_list("code", "official_code", "name", "parent__code", "parent__name")
    return [
        {"code": code, "official_code": official, "name": name, "province": parent, "province_name": parent_name, "was": []}
        for code, official, name, parent, parent_name in rows
    ]
