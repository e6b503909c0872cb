"""Errors of the API: `application/problem+json` (RFC 9457), in the language that the program asks for.

Each error has `type` (about:blank: the status says what kind it is), `title`, `status` and `detail`, a sentence for people. What
was wrong in the request is listed in `errors`: `detail`, `code`, and `pointer` (JSON Pointer into the body) or `parameter`.
"""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, serializers, status
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import exception_handler

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: gettext_lazy("Yêu cầu chưa đúng"),
    401: gettext_lazy("Chưa đăng nhập"),
    403: gettext_lazy("Không được phép"),
    404: gettext_lazy("Không tìm thấy"),
    405: gettext_lazy("Không có cách gọi này"),
    406: gettext_lazy("Không trả lời được dạng đã hỏi"),
    409: gettext_lazy("Lúc này không làm được"),
    415: gettext_lazy("Không đọc được dạng đã gửi"),
    429: gettext_lazy("Hỏi quá nhanh"),
    500: gettext_lazy("Máy chủ đang bận"),
}


# Sentences that REST framework does not translate, by how they begin.
UNTRANSLATED = {
    "CSRF Failed": gettext_lazy("Thiếu X-CSRFToken, hoặc không khớp với cookie csrftoken."),
    "JSON parse error": gettext_lazy("Thân yêu cầu không phải là JSON."),
    "Multipart form parse error": gettext_lazy("Thân yêu cầu không phải là multipart/form-data."),
}


class Problem(serializers.Serializer[Any]):
    """How an error looks, for the OpenAPI description."""

    class Wrong(serializers.Serializer[Any]):
        detail = serializers.CharField(help_text="câu cho người đọc")
        code = serializers.CharField(help_text="loại lỗi cho máy, ví dụ required, invalid")
        pointer = serializers.CharField(required=False, help_text="chỗ sai trong thân yêu cầu: JSON Pointer, ví dụ #/answers/tên")
        parameter = serializers.CharField(required=False, help_text="tham số sai trong địa chỉ")

    type = serializers.CharField(help_text="about:blank: loại lỗi là mã trạng thái")
    title = serializers.CharField(help_text="tên của mã trạng thái")
    status = serializers.IntegerField(min_value=400, max_value=599)
    detail = serializers.CharField(help_text="chuyện gì và làm gì tiếp, cho người đọc")
    errors = Wrong(many=True, required=False, help_text="những chỗ sai, khi yêu cầu chưa đúng")
    code = serializers.CharField(required=False, help_text="của lỗi máy chủ: mã đọc cho tổng đài")


class Conflict(exceptions.APIException):
    """409: the sentence says why it cannot be done now; `wrong`: sentences about what is in the way."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"

    def __init__(self, detail: str, wrong: list[str] | None = None) -> None:
        super().__init__(detail)
        self.wrong = wrong or []


def body(status_code: int, detail: str, **more: Any) -> dict[str, Any]:
    """The members of one error."""
    title = TITLES.get(status_code) or HTTPStatus(status_code).phrase
    return {"type": "about:blank", "title": str(title), "status": status_code, "detail": detail, **more}


def answer(status_code: int, detail: str, **more: Any) -> JsonResponse:
    """The answer of a view or middleware outside REST framework."""
    unescaped = {"ensure_ascii": False}
    return JsonResponse(
        body(status_code, detail, **more), status=status_code, content_type=MEDIA_TYPE, json_dumps_params=unescaped
    )


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """The exception handler of REST framework. None: a fault of ours, which `portal.views.server_error` answers."""
    error = _of_the_framework(error)
    response = exception_handler(error, context)
    if response is None or not isinstance(error, exceptions.APIException):
        return response
    response.data = body(response.status_code, _sentence(error), **_wrong(error, context))
    response.content_type = MEDIA_TYPE
    return response


def _of_the_framework(error: Exception) -> Exception:
    """Django's exceptions as those of REST framework, without their words, which name models."""
    if isinstance(error, Http404):
        return exceptions.NotFound(_("Không có, hoặc không phải của tài khoản này."))
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied(_("Tài khoản này không được làm việc đó."))
    return error


def _sentence(error: exceptions.APIException) -> str:
    if isinstance(error, exceptions.ValidationError):
        return _("Yêu cầu có chỗ chưa đúng: xem `errors`.")
    if isinstance(error, exceptions.Throttled):
        return _("Hỏi quá nhanh. Chờ số giây ghi ở Retry-After rồi gửi lại.")
    words = str(error.detail)
    return str(next((ours for start, ours in UNTRANSLATED.items() if words.startswith(start)), words))


def _wrong(error: exceptions.APIException, context: dict[str, Any]) -> dict[str, Any]:
    """{"errors": […]} when the error names places of the request, else {}."""
    if isinstance(error, Conflict) and error.wrong:
        return {"errors": [{"detail": words, "code": error.default_code} for words in error.wrong]}
    if not isinstance(error, exceptions.ValidationError):
        return {}
    request = context.get("request")
    in_query = request is not None and request.method in ("GET", "HEAD")
    return {"errors": [_place(words, path, in_query=in_query) for path, words in _leaves(error.detail, ())]}


def _leaves(detail: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """(path, sentence) for each sentence in the nested details of a ValidationError."""
    if isinstance(detail, dict):
        for key, inner in detail.items():
            yield from _leaves(inner, path if key == api_settings.NON_FIELD_ERRORS_KEY else (*path, str(key)))
    elif isinstance(detail, list):
        for inner in detail:  # sentences about one place; a list of dictionaries is one for each item sent
            yield from _leaves(inner, path)
    else:
        yield path, detail


def _place(words: Any, path: tuple[str, ...], *, in_query: bool) -> dict[str, str]:
    place = {"parameter": path[0]} if in_query and path else {"pointer": _pointer(path)}
    return {"detail": str(words), "code": getattr(words, "code", None) or "invalid", **place}


def _pointer(path: tuple[str, ...]) -> str:
    """A JSON Pointer as a URI fragment (RFC 6901, 6)."""
    return "#" + "".join("/" + quote(part.replace("~", "~0").replace("/", "~1"), safe="~") for part in path)
