"""GET /api/v1/procedures/ and /api/v1/procedures/<code>/: public, cacheable, read only."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from portal.common.figures import number_in
from portal.common.vietnamese import clean_text
from procedures import search
from procedures.api.serializers import ProcedureDetail, ProcedurePage, ProcedureRow
from procedures.cards import by_codes, cards
from procedures.models import Procedure
from procedures.public import public_answer
from procedures.search.paced import SearchThrottle
from procedures.search.reading import MAX_LENGTH

MAX_LIMIT, DEFAULT_LIMIT = 50, 20
WRONG = OpenApiResponse(description="tham số chưa đúng; `errors` kể từng tham số")
UNKNOWN = OpenApiResponse(description="không có mã này")


class Open(APIView):
    """Base of public views: no authentication, the same answer for everybody."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes: tuple[type[BaseThrottle], ...] = ()


@method_decorator(public_answer, name="dispatch")
class Procedures(Open):
    throttle_classes = (SearchThrottle,)

    @extend_schema(
        operation_id="list_procedures",
        summary="Tìm thủ tục, hoặc đọc lần lượt cả danh mục",
        description="Hợp nhất trước; không có `q` thì tất cả, thủ tục nộp được ở đây trước.",
        parameters=[
            OpenApiParameter("q", str, description=f"điều cần tìm, có dấu hay không dấu, tối đa {MAX_LENGTH} ký tự"),
            OpenApiParameter(
                "limit",
                {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
                description="số thủ tục một trang",
            ),  # fmt: skip
            OpenApiParameter("after", str, description="mã cuối cùng của trang trước"),
        ],
        responses={200: ProcedurePage, 400: WRONG},
    )
    def get(self, request: Request) -> Response:
        asked, limit, after = clean_text(request.GET.get("q", "")), _limit(request.GET), request.GET.get("after", "")
        if len(asked) > MAX_LENGTH:
            raise ValidationError({"q": _("Dài quá %(n)d ký tự.") % {"n": MAX_LENGTH}})
        answer = search.find(asked) if asked else search.Answer(search.everything())
        codes = answer.codes
        start = _start(codes, after)
        shown = codes[start : start + limit]
        rows = ProcedureRow(cards(by_codes(shown)), many=True, context={"request": request}).data
        following = self._next(request, codes, start + limit, shown)
        return Response({"count": len(codes), "sure": answer.sure, "next": following, "results": rows})

    @staticmethod
    def _next(request: Request, codes: Sequence[str], end: int, shown: Sequence[str]) -> str | None:
        if end >= len(codes):
            return None
        return request.build_absolute_uri(f"{request.path}?{urlencode({**request.GET.dict(), 'after': shown[-1]})}")


@method_decorator(public_answer, name="dispatch")
class OneProcedure(Open):
    @extend_schema(
        operation_id="read_procedure",
        summary="Một thủ tục, với mọi điều phiên bản đang dùng quy định",
        description="Thủ tục chỉ được liệt kê thì có `facts` của bảng kê quốc gia thay cho `document`.",
        responses={
            200: ProcedureDetail,
            404: UNKNOWN,
        },
    )
    def get(self, request: Request, code: str) -> Response:
        rows = Procedure.objects.announced().select_related("sector", "current").defer("current__document")
        found = rows.filter(code=code).first()
        if found is None:
            raise NotFound(_("Không có thủ tục mã %(code)s.") % {"code": code})
        return Response(ProcedureDetail(cards([found])[0], context={"request": request}).data)


def _limit(asked: Mapping[str, str]) -> int:
    """The page size, 1 to MAX_LIMIT. Raises ValidationError."""
    text = asked.get("limit", str(DEFAULT_LIMIT))
    limit = number_in(text, 3)
    if limit is None or not 1 <= limit <= MAX_LIMIT:
        raise ValidationError({"limit": _("Cần một số từ 1 đến %(most)d.") % {"most": MAX_LIMIT}})
    return limit


def _start(codes: Sequence[str], after: str) -> int:
    """The index after the last code of the previous page. Raises ValidationError for an unknown code."""
    if not after:
        return 0
    try:
        return codes.index(after) + 1
    except ValueError:
        raise ValidationError({"after": _("Không có mã này trong danh sách.")}) from None
