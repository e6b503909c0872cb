"""What the builder of e-forms offers to choose from: formats, sources of prefilled values, lists, blocks (`data/forms.json`)."""

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from procedures.eforms.expansion import questions_of

Form = Mapping[str, Any]
Choices = list[tuple[Any, str]]
"""[(value, words)]."""

FORMATS = {
    "person_name": gettext_lazy("họ tên người"),
    "cccd": gettext_lazy("số căn cước, 12 chữ số"),
    "id_document": gettext_lazy("số căn cước hoặc hộ chiếu"),
    "passport_no": gettext_lazy("số hộ chiếu"),
    "phone_vn": gettext_lazy("số điện thoại ở Việt Nam"),
    "tax_code": gettext_lazy("mã số thuế"),
    "business_household_code": gettext_lazy("mã số hộ kinh doanh"),
    "licence_no": gettext_lazy("số giấy phép lái xe"),
    "plate_no": gettext_lazy("biển số xe"),
    "chassis_no": gettext_lazy("số khung"),
    "engine_no": gettext_lazy("số máy"),
    "time_hm": gettext_lazy("giờ và phút"),
    "month_year": gettext_lazy("tháng và năm"),
    "year": gettext_lazy("năm, 4 chữ số"),
    "social_insurance_no": gettext_lazy("mã số bảo hiểm xã hội"),
    "land_cert_serial": gettext_lazy("số phát hành giấy chứng nhận đất"),
    "bank_account": gettext_lazy("số tài khoản ngân hàng"),
    "vsic_4": gettext_lazy("mã ngành kinh tế, 4 chữ số"),
    "nice_class": gettext_lazy("số nhóm hàng hóa, dịch vụ"),
    "doc_number": gettext_lazy("số, ký hiệu giấy tờ"),
}
LISTS = {
    "ethnicity": gettext_lazy("dân tộc"),
    "nationality": gettext_lazy("quốc tịch"),
    "country": gettext_lazy("nước"),
    "province": gettext_lazy("tỉnh, thành phố"),
    "province_or_country": gettext_lazy("tỉnh, thành phố hoặc nước"),
    "agency": gettext_lazy("cơ quan"),
}
BOUNDS_OF_DAYS = {
    "today": gettext_lazy("ngày nộp"),
    "+1d": gettext_lazy("ngày sau ngày nộp"),
    "-1d": gettext_lazy("ngày trước ngày nộp"),
    "+3wd": gettext_lazy("3 ngày làm việc sau ngày nộp"),
    "-1m": gettext_lazy("1 tháng trước ngày nộp"),
    "-1y": gettext_lazy("1 năm trước ngày nộp"),
    "-6y": gettext_lazy("6 năm trước ngày nộp"),
    "-14y": gettext_lazy("14 năm trước ngày nộp"),
    "-18y": gettext_lazy("18 năm trước ngày nộp"),
    "+1y": gettext_lazy("1 năm sau ngày nộp"),
}
FILL = {("text", "id_number"), ("textarea", "text"), ("id_number", "text"), ("text", "phone"), ("text", "email")}
"""(type of the field, type of the source) that fit though they differ."""


@functools.cache
def library() -> Mapping[str, Any]:
    """The parsed forms.json that is shipped."""
    return json.loads((Path(settings.DATA_DIR) / "forms.json").read_text("utf-8"))


def formats(form: Form) -> Choices:
    """The named formats: those of the form, then the others that are shipped."""
    names = dict.fromkeys([*form.get("formats", {}), *library()["formats"]])
    return [(name, str(FORMATS.get(name, name))) for name in names]


def lists(form: Form) -> Choices:
    """Lists to choose from outside the field: those of the portal, and others that the form has."""
    names = dict.fromkeys([*LISTS, *(name for name in form.get("sources", {}) if name not in ("commune",))])
    return [(name, list_words(form, name)) for name in names]


def list_words(form: Form, name: str) -> str:
    return str(LISTS.get(name) or form.get("sources", {}).get(name, {}).get("title") or name)


def prefills(form: Form, field: Mapping[str, Any]) -> Choices:
    """[(rule, words)] of what the portal knows of a person and that fits the field. Sources that nothing fills are left out."""
    found = []
    for path, source in library()["namespaces"].items():
        if source.get("kept") and _fits(field, source):
            found.append(({"from": [path]}, _("tài khoản người nộp: %(what)s") % {"what": source["title"]}))
    return found


def _fits(field: Mapping[str, Any], source: Mapping[str, Any]) -> bool:
    if field["type"] != "choice":
        return source["type"] == field["type"] or (field["type"], source["type"]) in FILL
    if "options" not in field:
        return source.get("source") is not None and source.get("source") == field.get("source")
    return not set(source.get("values", ["-"])) - {row.get("value") for row in field["options"]}


def prefill_words(rule: Mapping[str, Any]) -> str:
    """Where a value comes from, as it stands in the form."""
    texts = []
    for path in rule.get("from", []):
        if path.startswith("lookup:"):
            title = library()["lookups"].get(path[7:], {}).get("title", path)
        else:
            title = library()["namespaces"].get(path, {}).get("title", path)
        texts.append(title)
    return _("như đang có: %(what)s") % {"what": _(", không có thì ").join(texts)}


def with_definitions(form: dict[str, Any]) -> None:
    """Copy the formats and lists that the fields name and the form does not define yet."""
    shelf = library()
    for question in questions_of(form):
        name, source = (question.get("validation") or {}).get("format"), question.get("source")
        if name and name in shelf["formats"] and name not in form.setdefault("formats", {}):
            form["formats"][name] = {key: value for key, value in shelf["formats"][name].items() if key != "examples"}
        wanted = ("province", "commune", "country") if question["type"] == "address" else (source,) if source else ()
        for one in wanted:
            if one in shelf["sources"] and one not in form.setdefault("sources", {}):
                form["sources"][one] = dict(shelf["sources"][one])
