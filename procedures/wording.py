"""Rules of a version as Vietnamese text for citizens: conditions, amounts, numbers of copies, audience, channels."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from portal.common import dates
from portal.common.money import dong
from procedures.calendar import Term
from procedures.facts import Condition, Document, FeeRow, Processing, VersionDocument
from procedures.models import ProcedureVersion

AUDIENCE = {
    "citizen": gettext_lazy("công dân Việt Nam"),
    "foreigner": gettext_lazy("người nước ngoài"),
    "overseas_vietnamese": gettext_lazy("người Việt Nam định cư ở nước ngoài"),
    "enterprise": gettext_lazy("doanh nghiệp"),
    "cooperative": gettext_lazy("hợp tác xã"),
    "organisation": gettext_lazy("tổ chức"),
    "foreign_organisation": gettext_lazy("tổ chức nước ngoài"),
    "public_employee": gettext_lazy("cán bộ, công chức, viên chức"),
    "party_organisation": gettext_lazy("tổ chức đảng"),
    "party_member": gettext_lazy("đảng viên"),
    "soldier": gettext_lazy("quân nhân"),
}
CHANNELS = {
    "online": gettext_lazy("Trên mạng"),
    "direct": gettext_lazy("Tại quầy"),
    "postal": gettext_lazy("Qua bưu điện"),
}
UNITS = {
    "ban": gettext_lazy("một bản"),
    "nguoi": gettext_lazy("một người"),
    "trang": gettext_lazy("một trang"),
    "nhom": gettext_lazy("một nhóm"),
    "san_pham": gettext_lazy("một sản phẩm"),
    "phong": gettext_lazy("một phòng"),
    "di_chuc": gettext_lazy("một di chúc"),
    "giao_dich": gettext_lazy("một giao dịch"),
    "truong_hop": gettext_lazy("một trường hợp"),
}
UNITS_COUNTED = {
    "ban": pgettext_lazy("sau con số", "bản"),
    "nguoi": pgettext_lazy("sau con số", "người"),
    "trang": pgettext_lazy("sau con số", "trang"),
    "nhom": pgettext_lazy("sau con số", "nhóm"),
    "san_pham": pgettext_lazy("sau con số", "sản phẩm"),
    "phong": pgettext_lazy("sau con số", "phòng"),
    "di_chuc": pgettext_lazy("sau con số", "di chúc"),
    "giao_dich": pgettext_lazy("sau con số", "giao dịch"),
    "truong_hop": pgettext_lazy("sau con số", "trường hợp"),
}
"""After a number: «3 bản»."""
REFUNDED_WHEN = {
    "refused": gettext_lazy("hồ sơ không được giải quyết"),
    "withdrawn": gettext_lazy("rút hồ sơ"),
    "stopped": gettext_lazy("hồ sơ bị dừng"),
}
FEE_KINDS = {"phi": gettext_lazy("phí"), "le_phi": gettext_lazy("lệ phí"), "gia_dich_vu": gettext_lazy("giá dịch vụ")}
_MARK = re.compile(r"\s*\[(?:knowledge|derived|seen|demo)[^\]]*\]")


def plain(text: str | None) -> str:
    """A text of the data without its certainty marks."""
    return _MARK.sub("", text or "")


def audience_words(kinds: Iterable[str]) -> str:
    """«Công dân Việt Nam, tổ chức». Unknown kinds are shown unchanged."""
    text = ", ".join(str(AUDIENCE.get(kind, kind)) for kind in kinds)
    return text[:1].upper() + text[1:]


class Wording:
    """Conditions of one version's document as text."""

    def __init__(self, document: VersionDocument) -> None:
        self.questions = {question["key"]: question for question in document["procedure"]["questions"]}
        self.groups = {row["key"]: row["label"] for row in document["code_lists"]["priority_groups"]}
        self.fields: dict[str, dict[str, Any]] = {}
        for section in (document["form"] or {}).get("sections", []):
            for page in section["pages"]:
                self.fields |= {field["key"]: field for field in page["fields"] if "key" in field}
        self.fields |= {field["key"]: field for field in (document["form"] or {}).get("bound_fields", [])}

    def condition(self, rule: Condition) -> str:
        """«Đã từng được cấp giấy xác nhận này: có»; "" for a condition that always holds."""
        if not rule:
            return ""
        for way, between in (("all", _(" và ")), ("any", _(" hoặc "))):
            if way in rule:
                return between.join(filter(None, map(self.condition, rule[way])))
        values = rule.get("value")
        return self._leaf(rule["field"], rule["op"], values if isinstance(values, list) else [values])

    def _leaf(self, name: str, op: str, values: Sequence[Any]) -> str:
        if name == "person.priority_group":
            return _or(_small(self.groups.get(value, value)) for value in values)
        if name == "person.age":
            return _("người dưới %(n)s tuổi") % {"n": values[0]} if op == "lt" else _("người trên %(n)s tuổi") % {"n": values[0]}
        if name == "audience":
            return _or(str(AUDIENCE.get(value, value)) for value in values)
        if name == "channel":
            return _("nộp %(how)s") % {"how": _or(str(CHANNELS.get(value, value)).lower() for value in values)}
        label, options = self._asked(name)
        if op in ("lt", "gt"):
            words = _("%(what)s dưới %(n)s") if op == "lt" else _("%(what)s trên %(n)s")
            return words % {"what": label, "n": values[0]}
        if op == "not_empty":
            return _("có %(what)s") % {"what": label}
        text = _or(options.get(value, str(value)) for value in values)
        if op == "ne":
            return _("%(what)s: không phải “%(value)s”") % {"what": label, "value": text}
        return text if name == "case" else f"{label}: {text}"

    def _asked(self, name: str) -> tuple[str, Mapping[Any, str]]:
        """(label, {value: text}) of a question or a form field."""
        yes_no = {True: _("có"), False: _("không"), "co": _("có"), "khong": _("không")}
        question = self.questions.get(name.removeprefix("ask."))
        if question:
            options = {option["key"]: option["label"] for option in question.get("options", [])}
            return question["text"].rstrip("?").strip(), options or yes_no
        field = self.fields.get(name, {})
        if field.get("binds_to") == "fee_class":
            return _("mức thu"), {"thuong": _("thường"), "giam": _("được giảm"), "mien": _("được miễn")}
        options = {option["value"]: option["label"] for option in field.get("options", [])}
        return field.get("label", name), options or yes_no


def _small(words: str) -> str:
    return words[:1].lower() + words[1:]


def _or(words: Iterable[object]) -> str:
    return pgettext("liệt kê", " hoặc ").join(str(word) for word in words)


def copies(document: Document) -> str:
    """The numbers of originals and copies: «1 bản chính, 2 bản sao»."""
    parts = []
    if document["originals"]:
        parts.append(_("%(n)d bản chính") % {"n": document["originals"]})
    if document["copies"]:
        parts.append(_("%(n)d bản sao") % {"n": document["copies"]})
    return ", ".join(parts)


def price(line: FeeRow, local: Mapping[str, int] | None = None) -> str:
    """The price of a fee line with its unit. `local`: {line key: đồng} of the province."""
    amount = line["amount"] if line["amount"] is not None else (local or {}).get(line["key"])
    if line["role"] == "exemption":
        return _("Không mất tiền")
    if amount is None:
        return _("Do tỉnh quy định")
    if amount == 0:
        return _("Không mất tiền")
    text = dong(amount)
    if line["unit"] in UNITS:
        text = _("%(amount)s cho %(unit)s") % {"amount": text, "unit": UNITS[line["unit"]]}
    return text


def refund_words(occasions: Iterable[str]) -> str:
    """When an amount is refunded. `occasions`: the line's `refundable_on`."""
    parts = [str(REFUNDED_WHEN[key]) for key in occasions if key in REFUNDED_WHEN]
    if not parts:
        return _("Không hoàn lại.")
    return _("Được hoàn nếu %(when)s.") % {"when": _or(parts)}


def refund_is_invented(line: FeeRow) -> bool:
    """True when the refund rule of this line was invented for the demo."""
    return (line.get("refund_certainty") or "").startswith("demo")


def when_to_pay(version: ProcedureVersion, *, online: bool) -> str:
    """When the fee of this version must be paid; "" when nothing is charged. `online`: whether it can be paid on the portal."""
    timing = version.facts["payment_timing"]
    if timing == "none":
        return ""
    if not online:
        return _("Trả tại quầy. Không phải trả trước khi nộp, hồ sơ vẫn được xem ngay.")
    row = version.facts["payment_deadline"] or version.document["defaults"]["payment_deadline"]
    sentence = {
        "on_submit": _("Trả ngay sau khi nộp, chậm nhất %(term)s. Trả xong, cơ quan mới bắt đầu xem hồ sơ."),
        "after_acceptance": _("Trả sau khi hồ sơ được tiếp nhận. Đến lúc đó cơ quan sẽ nhắn."),
        "before_result": _("Trả trước khi có kết quả. Đến lúc đó cơ quan sẽ nhắn."),
        "on_result": _("Trả khi nhận kết quả."),
    }[timing]
    return sentence % {"term": Term(row["value"], row["unit"]).words}


def term_note(processing: Processing) -> str:
    """The longer and shorter terms in one sentence; "" when there are none."""
    parts = []
    others: list[tuple[Mapping[str, Any] | None, str]] = [
        (processing.get("extended"), _("Trường hợp khó: %(term)s")),
        (processing.get("shorter"), _("Trường hợp dễ: %(term)s")),
    ]
    for other, words in others:
        if other:
            value = _term(other["value"], other["unit"]) if other["value"] is not None else ""
            parts.append(words % {"term": ", ".join(filter(None, [value, plain(other["reason"])]))})
    return ". ".join(parts)


def _term(value: int, unit: str) -> str:
    return Term(value, unit).words


def day_words(iso: str | None) -> str:
    """An ISO date as «27/8/2026», or ""."""
    return dates.full_day(dt.date.fromisoformat(iso)) if iso else ""
