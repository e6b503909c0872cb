"""One question on a wizard page: names, ids and values of its inputs, hint and error, for templates/procedures/eforms/."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from django.utils.translation import gettext as _

from accounts.unit_search import FoundUnit
from portal.common.countries import HOME
from procedures.eforms.conditions import is_empty
from procedures.eforms.form import Form
from procedures.eforms.lookup import MAX_FOUND, find, shown_label
from procedures.eforms.parts import Field
from procedures.eforms.reading import ADDRESS_PARTS, DATE_PARTS, NO, YES
from procedures.eforms.sources import Option
from procedures.eforms.values import MAX_ADDRESS_LENGTH, number_text

MAX_RADIO_OPTIONS = 7  # a choice with more options and no `display` is shown as a select
NUMERIC_FORMATS = {"cccd", "social_insurance_no", "vsic_4", "nice_class", "year"}
AUTOCOMPLETE = {"profile.full_name": "name", "profile.phone": "tel", "profile.email": "email"}


@dataclass(frozen=True)
class ShownOption:
    value: str
    label: str
    checked: bool


@dataclass
class Part:
    """One of several inputs of an answer: the day of a date, the commune of an address."""

    name: str
    label: str
    value: str
    options: list[ShownOption] = field(default_factory=list)

    @property
    def id(self) -> str:
        return f"f-{self.name}"


class ShownPage(Protocol):
    """The part of `showing.BoundPage` that a question uses."""

    form: Form
    answers: dict[str, Any]
    raw: Any
    origins: Mapping[str, str]
    open_row: tuple[str, int] | None
    abroad: str
    lookup: str
    remarks: Mapping[str, str]

    @property
    def kept(self) -> Mapping[str, Any]: ...

    def error(self, key: str) -> str: ...


class BoundField:
    """One question on the page. `name`: its input name, the key or for a cell "table-row-column"; `stored`: the stored answer."""

    def __init__(self, page: ShownPage, question: Field, name: str, stored: Any, error: str):
        self.page, self.field, self.name, self.stored, self.error = page, question, name, stored, error
        self.raw = page.raw  # the typed inputs when a page is shown again; empty when the stored answer is shown

    # what it is -------------------------------------------------------------------------------------------------
    @property
    def id(self) -> str:
        return f"f-{self.name}"

    @property
    def label(self) -> str:
        return self.field.label

    @property
    def help(self) -> str:
        return self.field.help

    @property
    def remark(self) -> str:
        """What an agency wrote about this question when the same matter was filed before."""
        return self.page.remarks.get(self.name, "")

    @property
    def spec(self) -> Mapping[str, Any]:
        return self.field.spec

    @cached_property
    def kind(self) -> str:
        """The name of its template: templates/procedures/eforms/kinds/<kind>.html."""
        return self._kind()

    def _kind(self) -> str:
        match self.field.type:
            case _ if self.field.computed:
                return "computed"
            case "choice" if self.field.multiple:
                return "checkboxes"
            case "choice":
                return self.spec.get("display") or ("radio" if len(self._listed) <= MAX_RADIO_OPTIONS else "select")
            case "yes_no":
                return "radio"
            case "consent":
                return "third_party" if self.spec.get("third_party") else "consent"
            case "textarea" | "date" | "date_range" | "address" | "lookup" | "table" | "note" as same:
                return same
        return "line"

    @property
    def template(self) -> str:
        return f"procedures/eforms/kinds/{self.kind}.html"

    @property
    def optional(self) -> bool:
        """True when the field is marked “không bắt buộc”. A field that a rule may require gets no mark."""
        return not self.field.required and not self.spec.get("required_if") and not self.field.computed

    @property
    def prefilled(self) -> bool:
        """True when the value comes from the person's data and was not changed; the page shows this."""
        origin = self.page.origins.get(self.field.key, "")
        return bool(origin) and origin != "default" and not self.raw

    @property
    def note(self) -> str:
        """The text in brackets after the label."""
        return _("đã điền sẵn, xem lại") if self.prefilled else self.unit

    @property
    def describedby(self) -> str:
        """The ids of hint and error for aria-describedby."""
        return " ".join([f"{self.id}-hint"] * bool(self.help) + [f"{self.id}-err"] * bool(self.error))

    @property
    def first_id(self) -> str:
        """The id of the input that an error link leads to."""
        match self.kind:
            case "date_range":
                return f"{self.id}-from"
            case "address":
                return f"{self.id}-{self._address_target()}"
            case "lookup":
                return f"{self.id}-tim"
            case "third_party":
                return f"{self.id}-agreed"
        return self.id

    # how it is typed --------------------------------------------------------------------------------------------
    @property
    def input_type(self) -> str:
        return {"phone": "tel", "email": "email"}.get(self.field.type, "text")

    @property
    def inputmode(self) -> str:
        if self.field.type in ("number", "money"):
            return "decimal" if self.spec.get("decimals") else "numeric"
        return "numeric" if self.field.rules.get("format") in NUMERIC_FORMATS else ""

    @property
    def autocomplete(self) -> str:
        """The autocomplete token; "off" unless the question is about the user."""
        origin = (self.spec.get("prefill", {}).get("from") or [""])[0]
        return AUTOCOMPLETE.get(origin, "off")

    @property
    def width(self) -> str:
        """The CSS size class: short inputs for short answers."""
        longest = self.field.rules.get("max_length", 999)
        if self.field.type in ("number", "money", "phone", "id_number") or longest <= 20:
            return "w10"
        return "w20" if longest <= 60 else ""

    @property
    def unit(self) -> str:
        if self.field.type == "money":
            return "" if "đồng" in self.label else "đồng"
        return self.spec.get("unit", "")

    # its value --------------------------------------------------------------------------------------------------
    def typed(self, name: str, otherwise: str) -> str:
        """The text as typed, else `otherwise` (from the stored answer)."""
        return self.raw.get(name, "") if self.raw else otherwise

    @property
    def value(self) -> str:
        return self.typed(self.name, self._text(self.stored))

    @property
    def computed_text(self) -> str:
        return self._text(self.page.kept.get(self.field.key))

    def _text(self, value: Any) -> str:
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if is_number and self.field.rules.get("max") != "this_year":  # a year has no separators
            return number_text(value)
        return "" if is_empty(value) else str(value)

    @cached_property
    def date(self) -> dict[str, str]:
        return self._date_texts(self.name, self.stored)

    @cached_property
    def range(self) -> list[dict[str, Any]]:
        """The two dates of a range: name, id, legend, texts."""
        stored = self.stored if isinstance(self.stored, dict) else {}
        return [
            {
                "name": f"{self.name}-{end}",
                "id": f"{self.id}-{end}",
                "legend": legend,
                "date": self._date_texts(f"{self.name}-{end}", stored.get(end)),
            }
            for end, legend in (("from", _("Từ ngày")), ("to", _("Đến ngày")))
        ]

    def _date_texts(self, name: str, stored: Any) -> dict[str, str]:
        """The texts of the three inputs."""
        text = stored if isinstance(stored, str) else ""
        pieces = text.split("/") if "/" in text else text.split("-")[::-1] if text else []
        pieces = [""] * (3 - len(pieces)) + pieces[:3]
        return {part: self.typed(f"{name}-{part}", piece) for part, piece in zip(DATE_PARTS, pieces, strict=True)}

    @property
    def wrong_parts(self) -> str:
        """The missing inputs of a date, for example "ngay thang"; "" when this is not the error."""
        if not self.error or self.kind != "date":
            return ""
        missing = [part for part, text in self.date.items() if not text]
        return " ".join(missing) if missing and len(missing) < 3 and not self.field.partial else ""

    # choices ----------------------------------------------------------------------------------------------------
    @cached_property
    def _listed(self) -> list[Option]:
        if self.field.type == "yes_no":
            return [Option(YES, _("Có")), Option(NO, _("Không"))]
        return self.page.form.options(self.field)

    @cached_property
    def options(self) -> list[ShownOption]:
        chosen = self._chosen()
        return [ShownOption(option.value, option.label, option.value in chosen) for option in self._listed]

    @property
    def chosen(self) -> str:
        """The one value chosen, for a list box."""
        return next((option.value for option in self.options if option.checked), "")

    @property
    def columns(self) -> int:
        """2 for two or three short options, which are shown beside each other; else 1."""
        return 2 if len(self.options) <= 3 and all(len(option.label) <= 8 for option in self.options) else 1

    def _chosen(self) -> list[Any]:
        if self.raw:
            return self.raw.getlist(self.name)
        if isinstance(self.stored, bool):
            return [YES if self.stored else NO]
        if is_empty(self.stored):
            return [self.spec["default"]] if "default" in self.spec and self._never_asked() else []
        return self.stored if isinstance(self.stored, list) else [self.stored]

    def _never_asked(self) -> bool:
        return self.field.key not in self.page.answers

    # address ----------------------------------------------------------------------------------------------------
    @cached_property
    def address(self) -> dict[str, Part]:
        """The inputs of an address. Only the communes of the chosen province are listed: the country has 3,321."""
        labels = {
            "province": _("Tỉnh, thành phố"),
            "commune": _("Xã, phường, đặc khu"),
            "find": _("Tìm xã, phường theo tên"),
            "detail": _("Số nhà, đường, thôn, tổ"),
            "country": _("Nước"),
        }
        parts = {part: self._part(part, labels[part]) for part in ADDRESS_PARTS}
        form, province = self.page.form, parts["province"].value
        parts["province"].options = shown(form.source_options("province"), parts["province"])
        if province:
            parts["commune"].options = shown(form.source_options("commune", province), parts["commune"])
        if self.shows_countries:
            abroad = [option for option in form.source_options("country") if option.value != HOME]
            parts["country"].options = shown(abroad, parts["country"])
        return parts

    @property
    def may_be_abroad(self) -> bool:
        return self.spec.get("abroad") is not False

    @property
    def shows_countries(self) -> bool:
        """The list of 248 countries weighs 3 kB: it comes when asked for, or when one was chosen."""
        asked = self.page.abroad == self.name or f"{self.name}-country" in self.raw
        return self.may_be_abroad and (asked or self._part("country", "").value not in ("", HOME))

    @property
    def is_abroad(self) -> bool:
        return self.may_be_abroad and self.address["country"].value not in ("", HOME)

    @property
    def detail_optional(self) -> bool:
        return self.field.required and self.spec.get("detail") == "optional"

    @cached_property
    def places(self) -> list[FoundUnit]:
        """The communes to pick from: those found for a typed name, or the successors of an abolished commune."""
        form, parts = self.page.form, self.address
        if parts["find"].value:
            return form.find_communes(parts["find"].value, parts["province"].value)
        commune = parts["commune"].value
        gone = commune and form.find("commune", commune) and not form.is_in_force("commune", commune)
        return form.successors(commune) if gone else []

    @property
    def wrong_province(self) -> bool:
        return bool(self.error) and not self.is_abroad and not self.address["find"].value and not self.address["province"].value

    @property
    def wrong_commune(self) -> bool:
        """True when the commune is missing, or the error is not about the detail."""
        parts = self.address
        return (
            bool(self.error)
            and not self.is_abroad
            and not parts["find"].value
            and (not parts["commune"].value or bool(parts["detail"].value))
        )

    @property
    def wrong_find(self) -> bool:
        return bool(self.error) and not self.is_abroad and bool(self.address["find"].value)

    @property
    def wrong_detail(self) -> bool:
        detail = self.address["detail"].value
        missing = not detail and self.spec.get("detail") != "optional"
        return bool(self.error) and (missing or len(detail) > MAX_ADDRESS_LENGTH)

    def _address_target(self) -> str:
        """The part that an error link leads to: the first empty one."""
        if self.wrong_find:
            return "find"
        order = ("detail",) if self.is_abroad else ("province", "commune", "detail")
        return next((part for part in order if not self.address[part].value), order[-1] if self.is_abroad else "commune")

    def _part(self, part: str, label: str) -> Part:
        stored = self.stored if isinstance(self.stored, dict) else {}
        name = f"{self.name}-{part}"
        return Part(name, label, self.typed(name, str(stored.get(part) or "")))

    # look-up -------------------------------------------------------------------------------------------------------
    @cached_property
    def looked_up(self) -> dict[str, Any]:
        """What was chosen (code and label), what was typed, and the options found for it when they were asked for."""
        form, question = self.page.form, self.field
        stored = self.stored if isinstance(self.stored, str) else ""
        label = form.option_label(question, stored) if stored else ""
        asked = self.page.lookup == self.name
        text = self.typed(f"{self.name}-tim", "" if label and not asked else stored)
        return {
            "code": stored if label else "",
            "label": shown_label(question, Option(stored, label)) if label else "",
            "text": text,
            "asked": asked,
            "found": [(option.value, shown_label(question, option)) for option in find(form, question, text)] if asked else [],
            "all": MAX_FOUND,
        }

    # consent ----------------------------------------------------------------------------------------------------
    @property
    def agreed(self) -> bool:
        if self.raw:
            return bool(self.raw.get(self.name) or self.raw.get(f"{self.name}-agreed"))
        return self.stored is True or (isinstance(self.stored, dict) and self.stored.get("agreed") is True)

    @cached_property
    def third_party(self) -> dict[str, Part]:
        several = self.spec.get("third_party") == "household_members"
        parts = {
            "name": self._part(
                "name", _("Họ tên từng người, cách nhau bằng dấu phẩy") if several else _("Họ tên người cho ý kiến")
            ),
            "id_number": self._part("id_number", _("Số định danh của người cho ý kiến")),
            "way": self._part("way", _("Xác nhận bằng cách nào?")),
        }
        ways = [Option("vneid", _("Bằng tài khoản VNeID")), Option("paper", _("Ký trên bản giấy, chụp gửi kèm"))]
        parts["way"].options = shown(ways, parts["way"])
        return parts


def shown(options: list[Option], part: Part) -> list[ShownOption]:
    return [ShownOption(option.value, option.label, option.value == part.value) for option in options]
