"""The OpenAPI description of /api/v1: what REST framework and the middleware refuse anywhere is added to each operation.

`docs/openapi.yaml` is its kept copy; `manage.py openapi` writes it again.
"""

from drf_spectacular.openapi import AutoSchema
from rest_framework.permissions import AllowAny

from portal.common.problems import MEDIA_TYPE, Problem


class Operation(AutoSchema):
    """One operation, with all its refusals as problems."""

    def _get_response_bodies(self, direction="response"):
        bodies = super()._get_response_bodies(direction)
        for status, words in self._refusals().items():
            bodies.setdefault(status, {"description": words})
        problem = {"content": {MEDIA_TYPE: {"schema": self.resolve_serializer(Problem, "response").ref}}}
        for status, answer in bodies.items():
            answer |= problem if status >= "400" else {"description": answer["description"] or "kết quả"}
        return dict(sorted(bodies.items()))

    def _resolve_path_parameters(self, variables):
        what = {"code": "mã thủ tục" if "/procedures/" in self.path else "mã hồ sơ", "id": "số của bản nháp"}
        return [
            {**parameter, "description": what[parameter["name"]]} for parameter in super()._resolve_path_parameters(variables)
        ]

    def _refusals(self):
        """{status: in words} of what may be answered whatever the view does."""
        reads_body = self.method in ("POST", "PUT", "PATCH")
        by_login = not any(isinstance(permission, AllowAny) for permission in self.view.get_permissions())
        said = {
            "400": "yêu cầu chưa đúng; `errors` kể từng chỗ" if reads_body else "địa chỉ không đọc được",
            "403": "chưa đăng nhập, hoặc không được làm việc này; POST, PATCH, DELETE cần X-CSRFToken" if by_login else "",
            "404": "không có, hoặc không phải của tài khoản này" if "{" in self.path else "",
            "406": "chỉ trả lời bằng JSON",
            "415": "thân yêu cầu không ở dạng nhận được" if reads_body else "",
            "429": "hỏi quá nhanh; Retry-After cho biết chờ mấy giây" if self.view.get_throttles() else "",
            "500": "lỗi ở máy chủ; `code` để đọc cho tổng đài",
        }
        return {status: words for status, words in said.items() if words}
