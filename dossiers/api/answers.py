"""Answers of e-forms in requests and in the OpenAPI description."""

from typing import Any

from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

ADDRESS = {
    "type": "object",
    "title": "Address",
    "description": (
        "Trong nước: `commune` (mã, xem /api/v1/communes/) hoặc `find` (tên, cả tên trước sáp nhập), và `detail`; `province` tự"
        " suy ra. Mã hay tên của đơn vị đã bỏ được đổi thành đơn vị thay thế khi chỉ có một; có nhiều thì 400, kể tên và mã các"
        " đơn vị ấy. Ngoài nước: `country` (ISO 3166-1, hai chữ cái) và `detail` là cả địa chỉ bằng chữ."
    ),
    "properties": {
        "commune": {"type": "string"},
        "find": {"type": "string"},
        "province": {"type": "string"},
        "country": {"type": "string", "minLength": 2, "maxLength": 2},
        "detail": {"type": "string", "maxLength": 200},
    },
    "additionalProperties": False,
}
ANSWER = {
    "nullable": True,
    "anyOf": [
        {"type": "string"},
        {"type": "number"},
        {"type": "boolean"},
        ADDRESS,
        {"type": "array", "items": {}, "description": "chọn nhiều: mã; bảng: các dòng"},
        {"type": "object", "additionalProperties": True, "description": "khoảng ngày (from, to); đồng ý của người khác"},
    ],
}


@extend_schema_field({"type": "object", "additionalProperties": ANSWER, "description": "theo khóa của câu hỏi trong tờ khai"})
class AnswersField(serializers.Field[Any, Any, Any, Any]):
    """{field key: JSON value}. What the values may be is said by the form; `procedures.eforms.read_json` reads them."""

    default_error_messages = {"object": gettext_lazy("Cần các câu trả lời theo khóa của câu hỏi.")}

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, dict):
            self.fail("object")
        return data

    def to_representation(self, value: Any) -> Any:
        return value
