"""One question on a wizard page: its inputs with names, ids, words typed, hint and error, for templates/eforms/."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from procedures.eforms.conditions import is_empty
from procedures.eforms.form import Field
from procedures.eforms.reading import ADDRESS_PARTS, DATE_PARTS, NO, YES
from procedures.eforms.sources import Option
from procedures.eforms.values import number_text

if TYPE_CHECKING:
    from procedures.eforms.showing import BoundPage

FEW_OPTIONS = 7  # a choice that does not say how it is shown is radio up to here
GROUPS = {"date", "date_range", "address", "radio", "checkboxes", "third_party", "consent", "table"}  # inputs under one legend
NUMERIC_FORMATS = {"cccd", "social_insurance_no", "vsic_4", "nice_class", "year"}
AUTOCOMPLETE = {"profile.full_name": "name", "profile.phone": "tel", "profile.email": "email"}


@dataclass(frozen=True)
class ShownOption:
    value: str
    label: str
    chosen: bool
    id: str
    parent: str = ""


@dataclass(frozen=True)
class OptionGroup:
    label: str
    options: list[ShownOption]


@dataclass
class Part:
    """One of several inputs that make an answer: the day of a date, the commune of an address."""

    name: str
    label: str
    value: str
    options: list[ShownOption] = field(default_factory=list)
    groups: list[OptionGroup] = field(default_factory=list)

    @property
    def id(self) -> str:
        return f"f-{self.name}"


class BoundField:
    """One question on the page. `name` is its input name: the key, or table-row-column for a cell."""

    def __init__(self, page: "BoundPage", question: Field, name: str, stored: Any, error: str):
        self.page, self.field, self.name, self.stored, self.error = page, question, name, stored, error
        self.raw = page.raw  # what was typed and is shown again; empty when the stored answer is shown

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
    def spec(self) -> Mapping[str, Any]:
        return self.field.spec

    @cached_property
    def kind(self) -> str:
        """Which template shows it: templates/eforms/kinds/<kind>.html."""
        return self._kind()

    def _kind(self) -> str:
        match self.field.type:
            case _ if self.field.computed:
                return "computed"
            case "choice" if self.field.multiple:
                return "checkboxes"
            case "choice":
                return self.spec.get("display") or ("radio" if len(self._listed) <= FEW_OPTIONS else "select")
            case "yes_no":
                return "radio"
            case "consent":
                return "third_party" if self.spec.get("third_party") else "consent"
            case "textarea" | "date" | "date_range" | "address" | "table" | "note" as same:
                return same
        return "line"

    @property
    def template(self) -> str:
        return f"eforms/kinds/{self.kind}.html"

    @property
    def is_group(self) -> bool:
        return self.kind in GROUPS

    @property
    def optional(self) -> bool:
        """Marked “không bắt buộc”. A rule on the same page may still ask for it, so such a field carries no mark."""
        return not self.field.required and not self.spec.get("required_if") and not self.field.computed

    @property
    def prefilled(self) -> bool:
        """Filled from the person's data and not touched: the page says so."""
        origin = self.page.origins.get(self.field.key, "")
        return bool(origin) and origin != "default" and not self.raw

    @property
    def describedby(self) -> str:
        ids = [f"{self.id}-h"] if self.help else []
        return " ".join(ids + ([f"{self.id}-e"] if self.error else []))

    @property
    def first_id(self) -> str:
        """The input an error link jumps to."""
        match self.kind:
            case "date":
                return f"{self.id}-day"
            case "date_range":
                return f"{self.id}-from-day"
            case "address":
                return f"{self.id}-{self._address_target()}"
            case "third_party":
                return f"{self.id}-agreed"
            case "radio" | "checkboxes" if self.options:
                return self.options[0].id
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
        """Only for what is about the person who sits in front of the page."""
        origin = (self.spec.get("prefill", {}).get("from") or [""])[0]
        return AUTOCOMPLETE.get(origin, "off")

    @property
    def width(self) -> str:
        """Size class: short inputs for short answers."""
        longest = self.field.rules.get("max_length", 999)
        if self.field.type in ("number", "money", "phone", "id_number") or longest <= 20:
            return "input--w10"
        return "input--w20" if longest <= 60 else ""

    @property
    def unit(self) -> str:
        if self.field.type == "money":
            return "" if "đồng" in self.label else "đồng"
        return self.spec.get("unit", "")

    # what stands in it ------------------------------------------------------------------------------------------
    def typed(self, name: str, otherwise: str) -> str:
        """The words exactly as typed, else those of the stored answer."""
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
    def date(self) -> list[Part]:
        return self._date_parts(self.name, self.stored)

    @cached_property
    def dates(self) -> list[tuple[str, str, list[Part]]]:
        """The two dates of a range: id, legend, inputs."""
        stored = self.stored if isinstance(self.stored, dict) else {}
        legends = (("from", _("Từ ngày")), ("to", _("Đến ngày")))
        return [(f"{self.id}-{end}", legend, self._date_parts(f"{self.name}-{end}", stored.get(end))) for end, legend in legends]

    def _date_parts(self, name: str, stored: Any) -> list[Part]:
        text = stored if isinstance(stored, str) else ""
        pieces = text.split("/") if "/" in text else text.split("-")[::-1] if text else []
        pieces = [""] * (3 - len(pieces)) + pieces[:3]
        labels = {"day": _("Ngày"), "month": _("Tháng"), "year": _("Năm")}
        parts = zip(DATE_PARTS, pieces, strict=True)
        return [Part(f"{name}-{part}", labels[part], self.typed(f"{name}-{part}", piece)) for part, piece in parts]

    # choices ----------------------------------------------------------------------------------------------------
    @cached_property
    def _listed(self) -> list[Option]:
        if self.field.type == "yes_no":
            return [Option(YES, _("Có")), Option(NO, _("Không"))]
        return self.page.form.options(self.field)

    @cached_property
    def options(self) -> list[ShownOption]:
        chosen = self._chosen()
        return [ShownOption(o.value, o.label, o.value in chosen, f"{self.id}-{o.value}") for o in self._listed]

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
        labels = {
            "province": _("Tỉnh, thành phố"),
            "commune": _("Xã, phường, đặc khu"),
            "detail": _("Số nhà, đường, thôn, tổ"),
            "country": _("Nước"),
        }
        parts = {part: self._part(part, labels[part]) for part in ADDRESS_PARTS}
        form = self.page.form
        provinces = form.source_options("province")
        parts["province"].options = shown(provinces, parts["province"])
        parts["commune"].groups = _by_province(provinces, shown(form.source_options("commune"), parts["commune"]))
        parts["country"].options = shown([o for o in form.source_options("country") if o.value != "VN"], parts["country"])
        return parts

    @property
    def is_abroad(self) -> bool:
        return self.address["country"].value not in ("", "VN")

    def _address_target(self) -> str:
        """The part to mend: the first empty one."""
        order = ("detail",) if self.is_abroad else ("province", "commune", "detail")
        return next((part for part in order if not self.address[part].value), order[-1] if self.is_abroad else "commune")

    def _part(self, part: str, label: str) -> Part:
        stored = self.stored if isinstance(self.stored, dict) else {}
        name = f"{self.name}-{part}"
        return Part(name, label, self.typed(name, str(stored.get(part) or "")))

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
    return [ShownOption(o.value, o.label, o.value == part.value, f"{part.id}-{o.value}", o.parent) for o in options]


def _by_province(provinces: list[Option], communes: list[ShownOption]) -> list[OptionGroup]:
    """Communes under their province, so that one list box is enough without JavaScript."""
    order = {province.value: index for index, province in enumerate(provinces)}
    names = {province.value: province.label for province in provinces}
    communes = sorted(communes, key=lambda commune: order.get(commune.parent, len(order)))
    return [
        OptionGroup(names.get(parent, ""), list(group)) for parent, group in groupby(communes, key=lambda commune: commune.parent)
    ]
