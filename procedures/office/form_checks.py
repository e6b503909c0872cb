"""Checks between fields of an e-form, in words: «“Ngày kết thúc” không ở trước “Ngày bắt đầu”». Fields that fit are chosen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.common.figures import number_in
from portal.common.vietnamese import clean_text
from procedures.office.editing import ActRefused, Node
from procedures.office.form_fields import NUMBERS, TEXTS, arranged, references

Form = Mapping[str, Any]
Check = dict[str, Any]
Spec = Mapping[str, Any]
MAX_CHECKS = 40


def _of(*types: str) -> Callable[[str, Spec], bool]:
    return lambda ref, spec: spec["type"] in types


def _column(*types: str) -> Callable[[str, Spec], bool]:
    return lambda ref, spec: "." in ref and (not types or spec["type"] in types)


def _field(ref: str, spec: Spec) -> bool:
    return "." not in ref


@dataclass(frozen=True)
class Kind:
    """One operator. `words`: the sentence of the rule; `operands`: how many fields (0: any number) that pass `fits`.

    `value`: «number», «lines», «options» or «» (none); `names`: what else is named, «target» or «at», with its label.
    """

    label: Any
    words: Any
    operands: int
    fits: Callable[[str, Spec], bool]
    value: str = ""
    value_label: Any = ""
    names: tuple[str, Any, Callable[[str, Spec], bool]] | None = None
    message: Any = ""


KINDS = {
    "not_before": Kind(
        gettext_lazy("ngày không trước ngày khác"), gettext_lazy("“%(a)s” không ở trước “%(b)s”"), 2, _of("date"),
        message=gettext_lazy("Ngày này không được trước ngày kia. Kiểm tra lại hai ngày.")),
    "before": Kind(
        gettext_lazy("ngày phải trước ngày khác"), gettext_lazy("“%(a)s” ở trước “%(b)s”"), 2, _of("date"),
        message=gettext_lazy("Ngày này phải trước ngày kia. Kiểm tra lại hai ngày.")),
    "min_days": Kind(
        gettext_lazy("hai ngày cách nhau ít nhất"), gettext_lazy("từ “%(a)s” đến “%(b)s” ít nhất %(value)s ngày"), 2, _of("date"),
        "number", gettext_lazy("Số ngày"), message=gettext_lazy("Hai ngày cách nhau chưa đủ. Kiểm tra lại hai ngày.")),
    "max_days": Kind(
        gettext_lazy("khoảng ngày không dài quá"), gettext_lazy("“%(a)s” dài nhất %(value)s ngày"), 1, _of("date_range"),
        "number", gettext_lazy("Số ngày"), message=gettext_lazy("Khoảng thời gian dài quá. Kiểm tra lại hai ngày.")),
    "min_age": Kind(
        gettext_lazy("đủ tuổi"), gettext_lazy("người sinh ngày “%(a)s” đủ %(value)s tuổi"), 1, _of("date"),
        "number", gettext_lazy("Số tuổi"), ("at", gettext_lazy("Tính đến ngày (bỏ trống: ngày nộp)"), _of("date")),
        gettext_lazy("Chưa đủ tuổi. Kiểm tra lại ngày sinh.")),
    "at_most": Kind(
        gettext_lazy("số không lớn hơn số khác"), gettext_lazy("“%(a)s” không lớn hơn “%(b)s”"), 2, _of(*NUMBERS),
        message=gettext_lazy("Số này lớn hơn số kia. Kiểm tra lại hai số.")),
    "sum_equals": Kind(
        gettext_lazy("tổng bằng một ô"), gettext_lazy("tổng của “%(all)s” bằng “%(name)s”"), 0, _of(*NUMBERS),
        names=("target", gettext_lazy("Bằng ô"), lambda ref, spec: _field(ref, spec) and spec["type"] in NUMBERS),
        message=gettext_lazy("Tổng không khớp. Kiểm tra lại các số.")),
    "at_least_one": Kind(
        gettext_lazy("trả lời ít nhất một ô"), gettext_lazy("trả lời ít nhất một ô trong “%(all)s”"), 0, _field,
        message=gettext_lazy("Trả lời ít nhất một câu.")),
    "different": Kind(
        gettext_lazy("hai ô phải khác nhau"), gettext_lazy("“%(a)s” khác “%(b)s”"), 2,
        lambda ref, spec: spec["type"] not in ("table", "consent"),
        message=gettext_lazy("Hai câu trả lời phải khác nhau.")),
    "unique": Kind(
        gettext_lazy("cột của bảng không có giá trị trùng"), gettext_lazy("“%(a)s” không trùng nhau"), 1, _column(),
        message=gettext_lazy("Có hai dòng trùng nhau. Bỏ dòng trùng.")),
    "exactly_one": Kind(
        gettext_lazy("đúng một dòng của bảng trả lời Có"), gettext_lazy("đúng một dòng có “%(a)s”"), 1, _column("yes_no"),
        message=gettext_lazy("Chọn Có ở đúng một dòng.")),
    "not_contains": Kind(
        gettext_lazy("không chứa những chữ"), gettext_lazy("“%(a)s” không chứa: %(value)s"), 1, _of(*TEXTS),
        "lines", gettext_lazy("Những chữ không được có"), message=gettext_lazy("Không dùng những chữ này.")),
    "one_of_when": Kind(
        gettext_lazy("chỉ được chọn vài mục"), gettext_lazy("“%(a)s” chỉ là: %(value)s"), 1,
        lambda ref, spec: _field(ref, spec) and spec["type"] == "choice" and not spec.get("multiple"),
        "options", gettext_lazy("Chỉ được chọn"), message=gettext_lazy("Chọn một mục khác.")),
}  # fmt: skip


def fitting(form: Form, op: str) -> dict[str, str]:
    """{reference: words} of the fields that this operator may name."""
    return {ref: words for ref, words, spec in references(form) if KINDS[op].fits(ref, spec)}


def _named(form: Form, op: str) -> dict[str, str]:
    """{reference: words} for the extra name of an operator."""
    names = KINDS[op].names
    return {ref: words for ref, words, spec in references(form) if names and names[2](ref, spec)}


def words_of(form: Form, check: Mapping[str, Any]) -> str:
    """The check as a sentence."""
    known = {ref: words for ref, words, _spec in references(form)}
    texts = [known.get(ref, ref) for ref in check["fields"]]
    labels = dict(_options(form, check))
    value = check.get("value", "")
    shown = ", ".join(str(labels.get(part, part)) for part in value) if isinstance(value, list) else value
    name = known.get(check.get("target", ""), "…")
    parts = {"a": "…", "b": "…", **dict(zip("ab", texts, strict=False)), "all": "”, “".join(texts) or "…"}
    return str(KINDS[check["op"]].words) % {**parts, "value": shown, "name": name}


def _options(form: Form, check: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The options of the field that a check names."""
    for ref, _words, spec in references(form):
        if ref == next(iter(check["fields"]), ""):
            rows = spec.get("options") or form.get("sources", {}).get(spec.get("source"), {}).get("options") or []
            return [(row["value"], row["label"]) for row in rows]
    return []


# ---------------------------------------------------------------- what is shown
def nodes(form: Form, errors: Mapping[str, list[str]]) -> list[Node]:
    """One row a check."""
    checks = form.get("checks") or []
    return [_row(form, number, check, errors, len(checks) - 1) for number, check in enumerate(checks)]


def _row(form: Form, number: int, check: Check, errors: Mapping[str, list[str]], last: int) -> Node:
    start = f"checks.{number}"
    row = Node(start, _("Kiểm tra %(n)d") % {"n": number + 1}, "item", errors=errors.get(start, []), removable=True)
    row.words, row.first, row.last = words_of(form, check), number == 0, number == last
    for node in [*_operands(form, start, check), *_value(form, start, check), *_extra(form, start, check)]:
        node.errors = errors.get(node.name, [])
        row.nodes.append(node)
    message = f"{start}.message"
    row.nodes.append(Node(message, _("Báo lỗi"), "line", check.get("message", ""), errors=errors.get(message, [])))
    row.nodes.append(Node(f"{start}.when", _("Chỉ kiểm tra khi"), "condition", check.get("when")))
    return row


def _operands(form: Form, start: str, check: Check) -> list[Node]:
    known, kind = fitting(form, check["op"]), KINDS[check["op"]]
    known |= {ref: ref for ref in check["fields"] if ref not in known}
    if not kind.operands:
        options = [(ref, words, ref in check["fields"]) for ref, words in known.items()]
        return [Node(f"{start}.fields", _("Các ô"), "many", options=options)]
    labels = (_("Ô thứ nhất"), _("Ô thứ hai")) if kind.operands == 2 else (_("Ô"),)
    return [_chosen(f"{start}.fields.{n}", label, known, check["fields"][n]) for n, label in enumerate(labels)]


def _chosen(name: str, label: str, known: Mapping[str, str], now: Any) -> Node:
    return Node(name, label, "choice", now, options=[(ref, words, ref == now) for ref, words in known.items()])


def _value(form: Form, start: str, check: Check) -> list[Node]:
    kind, name, value = KINDS[check["op"]], f"{start}.value", check.get("value")
    label = str(kind.value_label)
    match kind.value:
        case "number":
            return [Node(name, label, "whole", value)]
        case "lines":
            return [Node(name, label, "lines", "\n".join(map(str, value or [])))]
        case "options":
            return [Node(name, label, "many", options=[(one, text, one in (value or [])) for one, text in _options(form, check)])]
    return []


def _extra(form: Form, start: str, check: Check) -> list[Node]:
    """The extra name; and the field that shows the message, where another one may."""
    kind, known = KINDS[check["op"]], _named(form, check["op"])
    if kind.names is not None:
        name = kind.names[0]
        return [_chosen(f"{start}.{name}", str(kind.names[1]), {"": "–", **known}, check.get(name, ""))]
    return []


# ---------------------------------------------------------------- what was typed
def typed(form: Form, post: QueryDict) -> list[Check]:
    """The checks with what was typed. A field that is not offered changes nothing."""
    return [_typed(form, f"checks.{number}", check, post) for number, check in enumerate(form.get("checks") or [])]


def _typed(form: Form, start: str, before: Check, post: QueryDict) -> Check:
    if f"{start}.message" not in post:
        return before
    after, kind = dict(before), KINDS[before["op"]]
    after["message"] = clean_text(post[f"{start}.message"], lines=True)
    known = fitting(form, before["op"])
    if kind.operands:
        sent = [post.get(f"{start}.fields.{n}", "") for n in range(kind.operands)]
        after["fields"] = [ref if ref in known else old for ref, old in zip(sent, before["fields"], strict=False)]
    else:
        chosen = post.getlist(f"{start}.fields")
        kept = [ref for ref in before["fields"] if ref in chosen]
        after["fields"] = kept + [ref for ref in known if ref in chosen and ref not in kept]
    _take_value(form, start, kind, after, post)
    if kind.names is not None:
        name = kind.names[0]
        ref = post.get(f"{start}.{name}", "")
        if not ref:
            after.pop(name, None)
        elif ref in _named(form, before["op"]):
            after[name] = ref
    return after


def _take_value(form: Form, start: str, kind: Kind, after: Check, post: QueryDict) -> None:
    name = f"{start}.value"
    match kind.value:
        case "number":
            text = clean_text(post.get(name, ""))
            number = number_in(text)
            after["value"] = text if number is None else number
        case "lines":
            after["value"] = [line for line in map(clean_text, post.get(name, "").splitlines()) if line]
        case "options":
            chosen = post.getlist(name)
            kept = [one for one in after.get("value") or [] if one in chosen]
            after["value"] = kept + [one for one, _text in _options(form, after) if one in chosen and one not in kept]


# ---------------------------------------------------------------- add, move, remove
def act(form: dict[str, Any], word: str) -> None:
    """«them:<operator>», «len:checks.1», «xuong:checks.0», «chuyen:checks.0:2» or «bo:checks.0». Raises ActRefused."""
    deed, _colon, op = word.partition(":")
    checks = form.get("checks") or []
    if deed == "them" and op in KINDS:
        if len(checks) >= MAX_CHECKS:
            raise ActRefused(_("Nhiều nhất %(n)d dòng ở một chỗ.") % {"n": MAX_CHECKS})
        form["checks"] = [*checks, _new(form, op)]
        return
    form["checks"] = arranged(checks, "checks", word)


def _new(form: Form, op: str) -> Check:
    kind, known = KINDS[op], list(fitting(form, op))
    if len(known) < max(1, kind.operands):
        raise ActRefused(_("Tờ khai chưa có ô nào hợp với kiểm tra “%(what)s”.") % {"what": kind.label})
    check: Check = {"op": op, "fields": known[: kind.operands], "message": str(kind.message)}
    if kind.value:
        check["value"] = 0 if kind.value == "number" else []
    return check
