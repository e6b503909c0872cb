"""Vietnamese words for what an offering states: on the pages and in the record of changes."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import Role

WAYS = {
    "account": gettext_lazy("nhận trên cổng này"),
    "counter": gettext_lazy("nhận tại quầy"),
    "post": gettext_lazy("nhận qua bưu chính"),
}
POSTS = {"main": gettext_lazy("Trực chính"), "deputy": gettext_lazy("Trực thay"), "head": gettext_lazy("Phụ trách bộ phận")}
KINDS = {
    "receive": gettext_lazy("tiếp nhận"),
    "review": gettext_lazy("xem xét"),
    "consult": gettext_lazy("lấy ý kiến"),
    "site_check": gettext_lazy("kiểm tra tại chỗ"),
    "applicant_confirm": gettext_lazy("người nộp xác nhận"),
    "sign": gettext_lazy("ký"),
    "deliver": gettext_lazy("trả kết quả"),
}
ROLES = (Role.RECEIVING_CLERK, Role.OFFICER, Role.HEAD, Role.SIGNER)
PRODUCTS = {
    "opinion": gettext_lazy("ý kiến"),
    "number": gettext_lazy("số, mã"),
    "file": gettext_lazy("tệp PDF"),
    "draft": gettext_lazy("bản soạn kết quả"),
}


def step_words(step: Mapping[str, Any], agencies: Mapping[str, str]) -> str:
    """One step as a sentence. `agencies`: {code: name}."""
    role = Role(step["role"]).label if step["role"] in Role.values else step["role"]
    parts = [
        str(KINDS.get(step["kind"], step["kind"])),
        str(role),
        agencies.get(step["agency"], str(step["agency"])),
        _("%(hours)s giờ làm việc") % {"hours": step["hours"]},
    ]
    if step["parallel_group"]:
        parts.append(_("song song, nhóm %(group)s") % {"group": step["parallel_group"]})
    if made := step.get("produces"):
        parts.append(
            _("làm ra: %(label)s (%(kind)s)") % {"label": made["label"], "kind": PRODUCTS.get(made["kind"], made["kind"])}
        )
        if made.get("silence"):
            parts.append(_("không trả lời đúng hạn thì coi như đồng ý, theo %(ground)s") % {"ground": made["silence"]})
    return f"{step['name']}: {', '.join(parts)}"


def ways_words(ways: list[str]) -> str:
    return ", ".join(str(WAYS.get(way, way)) for way in WAYS if way in ways)


def yes_or_no(value: bool) -> str:
    return _("có") if value else _("không")
