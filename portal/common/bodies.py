"""Bodies of requests to the API: nothing that was sent is dropped in silence, and nothing is taken for what it is not."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework import serializers

# Fields of the framework also take what only looks like it: a text field takes 0, a yes or no takes "on", a number takes "7".
JSON_TYPES: dict[type[serializers.Field[Any, Any, Any, Any]], type | tuple[type, ...]] = {
    serializers.CharField: str,
    serializers.ChoiceField: str,
    serializers.UUIDField: str,
    serializers.BooleanField: bool,
    serializers.IntegerField: (int, float),  # 7.0 is an integer of JSON Schema; the field refuses 7.5
}


class Body(serializers.Serializer[Any]):
    """Refuses unknown fields and, in JSON, values of another type than the description says."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            wrong = {name: [_("Không có trường này.")] for name in sorted(set(data) - set(self.fields))}
            if not isinstance(data, QueryDict):  # in a form everything is text
                wrong |= {name: [_("Sai kiểu dữ liệu.")] for name, value in data.items() if self._is_mistyped(name, value)}
            if wrong:
                raise serializers.ValidationError(wrong)
        return super().to_internal_value(data)

    def _is_mistyped(self, name: str, value: Any) -> bool:
        field = self.fields.get(name)
        wanted = next((kind for known, kind in JSON_TYPES.items() if isinstance(field, known)), None)
        if wanted is None or value is None:  # null is the field's own to refuse
            return False
        return not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool)
