"""All about one field of an e-form on a page of its own: type, format, bounds, list, prefill, computed value, columns of a table.

A setting is one input of the page and one value of the field. What no setting shows is kept.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.common.figures import number_in
from portal.common.vietnamese import clean_text, fold
from procedures.eforms.expansion import pages_of
from procedures.office import form_library, form_narrowing
from procedures.office.editing import ActRefused, Node
from procedures.office.form_library import Choices

Form = Mapping[str, Any]
Spec = dict[str, Any]
Errors = Mapping[str, list[str]]
MAX_COLUMNS, MAX_TABLE_ROWS = 12, 200
TYPES = {
    "text": gettext_lazy("chữ, một dòng"),
    "textarea": gettext_lazy("chữ, nhiều dòng"),
    "number": gettext_lazy("số"),
    "money": gettext_lazy("số tiền"),
    "date": gettext_lazy("ngày"),
    "date_range": gettext_lazy("từ ngày đến ngày"),
    "yes_no": gettext_lazy("có hoặc không"),
    "choice": gettext_lazy("chọn trong danh sách"),
    "lookup": gettext_lazy("tra cứu trong danh mục dài"),
    "phone": gettext_lazy("điện thoại"),
    "email": gettext_lazy("thư điện tử"),
    "id_number": gettext_lazy("số định danh, số giấy tờ"),
    "address": gettext_lazy("địa chỉ"),
    "table": gettext_lazy("bảng"),
    "consent": gettext_lazy("ô đồng ý"),
    "note": gettext_lazy("lời dặn, không hỏi gì"),
}
COLUMN_TYPES = ("text", "textarea", "number", "money", "date", "choice", "yes_no", "phone", "email", "id_number")
TEXTS, NUMBERS, DAYS = ("text", "textarea", "phone", "email", "id_number"), ("number", "money"), ("date", "date_range")
KEPT_BY_ALL = ("key", "label", "help", "required", "show_if", "required_if", "privacy", "certainty", "width")
"""What a field keeps when it gets another type."""
OPERATIONS = {
    "sum": gettext_lazy("tổng của"),
    "product": gettext_lazy("tích của"),
    "words_of_date": gettext_lazy("ghi bằng chữ ngày của"),
    "words_of_money": gettext_lazy("ghi bằng chữ số tiền của"),
    "fee": gettext_lazy("phí mà cổng tính được"),
}
OPERATIONS_OF = {"number": ("sum", "product"), "money": ("sum", "product"), "text": ("words_of_date", "words_of_money")}
THIRD_PARTIES = {
    "household_head": gettext_lazy("chủ hộ"),
    "household_members": gettext_lazy("các thành viên trong hộ"),
    "dwelling_owner": gettext_lazy("chủ chỗ ở"),
    "parent_or_guardian": gettext_lazy("cha, mẹ hoặc người giám hộ"),
    "new_owner": gettext_lazy("chủ mới"),
    "original_work_owner": gettext_lazy("chủ tác phẩm gốc"),
}


@dataclass(frozen=True)
class Setting:
    """One input. `path`: where its value lies in the field; `choices`: what can be chosen besides «not set»."""

    name: str
    label: Any
    kind: str
    types: tuple[str, ...]
    path: tuple[str, ...]
    choices: Callable[[Form, Spec], Choices] | None = None
    columns_only: bool = False
    fields_only: bool = False


def _listed(words: Mapping[Any, Any]) -> Callable[[Form, Spec], Choices]:
    return lambda form, spec: [(value, str(text)) for value, text in words.items()]


def _lists(form: Form, spec: Spec) -> Choices:
    """Lists to choose from, and for a look-up one that is written with the form."""
    own = [(own_list(spec), _("danh mục riêng, ghi ở dưới"))] if spec["type"] == "lookup" else []
    return own + [(name, text) for name, text in form_library.lists(form) if name != own_list(spec)]


def own_list(spec: Mapping[str, Any]) -> str:
    return f"dm_{spec['key']}"


SETTINGS = (
    Setting("required", gettext_lazy("Bắt buộc trả lời"), "tick", COLUMN_TYPES, ("required",), columns_only=True),
    Setting("width", gettext_lazy("Bề rộng trên bản in (phần trăm)"), "whole", COLUMN_TYPES, ("width",), columns_only=True),
    Setting("source", gettext_lazy("Chọn trong danh sách chung"), "choice", ("choice", "lookup"), ("source",), _lists),
    Setting("show_code", gettext_lazy("Hiện và in cả mã"), "tick", ("lookup",), ("show_code",), fields_only=True),
    Setting("multiple", gettext_lazy("Được chọn nhiều mục"), "tick", ("choice",), ("multiple",), fields_only=True),
    Setting("max_length", gettext_lazy("Dài nhất (ký tự)"), "whole", ("text", "textarea", "email"), ("validation", "max_length"),
            columns_only=True),
    Setting("format", gettext_lazy("Kiểu chữ phải đúng"), "choice", TEXTS, ("validation", "format"),
            lambda form, spec: form_library.formats(form)),
    Setting("min", gettext_lazy("Nhỏ nhất"), "whole", NUMBERS, ("validation", "min"), columns_only=True),
    Setting("max", gettext_lazy("Lớn nhất"), "whole", NUMBERS, ("validation", "max"), columns_only=True),
    Setting("decimals", gettext_lazy("Số chữ số sau dấu phẩy"), "whole", ("number",), ("decimals",)),
    Setting("unit", gettext_lazy("Đơn vị, ví dụ m²"), "line", ("number",), ("unit",), fields_only=True),
    Setting("total", gettext_lazy("In dòng cộng dưới cột"), "tick", NUMBERS, ("total",), columns_only=True),
    Setting("min_date", gettext_lazy("Sớm nhất"), "choice", DAYS, ("validation", "min_date"),
            _listed(form_library.BOUNDS_OF_DAYS)),
    Setting("max_date", gettext_lazy("Muộn nhất"), "choice", DAYS, ("validation", "max_date"),
            _listed(form_library.BOUNDS_OF_DAYS)),
    Setting("partial", gettext_lazy("Được ghi năm, hoặc tháng và năm"), "tick", ("date",), ("partial",)),
    Setting("detail", gettext_lazy("Số nhà, đường, thôn"), "choice", ("address",), ("detail",),
            _listed({"optional": gettext_lazy("không bắt buộc")}), fields_only=True),
    Setting("abroad", gettext_lazy("Ở đâu"), "choice", ("address",), ("abroad",),
            _listed({False: gettext_lazy("chỉ ở Việt Nam")}), fields_only=True),
    Setting("third_party", gettext_lazy("Ai đồng ý"), "choice", ("consent",), ("third_party",), _listed(THIRD_PARTIES),
            fields_only=True),
    Setting("privacy", gettext_lazy("Dữ liệu cá nhân"), "choice", tuple(TYPES), ("privacy",),
            _listed({"none": gettext_lazy("không phải"), "ordinary": gettext_lazy("cơ bản"),
                     "sensitive": gettext_lazy("nhạy cảm, che ở danh sách")})),
    Setting("min_rows", gettext_lazy("Ít nhất mấy dòng"), "whole", ("table",), ("min_rows",), fields_only=True),
    Setting("max_rows", gettext_lazy("Nhiều nhất mấy dòng"), "whole", ("table",), ("max_rows",), fields_only=True),
)  # fmt: skip
NOT_SET = {
    "source": gettext_lazy("(các lựa chọn ghi ở ô này)"),
    "detail": gettext_lazy("bắt buộc"),
    "abroad": gettext_lazy("ở Việt Nam hoặc nước ngoài"),
    "third_party": gettext_lazy("chính người nộp"),
}


def least(kind: str) -> Spec:
    """What the grammar asks of a field of this type besides key, label and type."""
    match kind:
        case "text" | "textarea":
            return {"validation": {"max_length": 200 if kind == "text" else 1000}}
        case "email":
            return {"validation": {"max_length": 254}}
        case "choice":
            options = [{"value": "mot", "label": _("Một")}, {"value": "hai", "label": _("Hai")}]
            return {"display": "radio", "options": options}
        case "lookup":
            return {"source": "agency"}
        case "table":
            return {"min_rows": 1, "max_rows": 20, "columns": [new_column([])]}
    return {}


def new_column(columns: Iterable[Spec]) -> Spec:
    keys = {column["key"] for column in columns}
    key = next(name for n in range(1, 1000) if (name := f"cot_{n}") not in keys)
    return {"key": key, "label": _("Cột mới"), "type": "text", "required": False, **least("text")}


def retyped(spec: Spec, kind: str) -> Spec:
    """The field with another type: key, words and conditions stay, what belongs to the old type goes."""
    return {name: value for name, value in spec.items() if name in KEPT_BY_ALL} | {"type": kind, **least(kind)}


# ---------------------------------------------------------------- what is shown
def nodes(form: Form, field: Spec, errors: Errors) -> list[Node]:
    """The inputs of the page of this field."""
    made = [_types_node("type", field, list(TYPES), errors), *_settings(form, field, "", errors, column=False)]
    if field["type"] not in ("note", "table", "consent"):
        made += [*_prefill_nodes(form, field, errors), *_computed_nodes(form, field, "", operands(form, field), errors)]
    if field["type"] == "table":
        made.append(_columns(form, field, errors))
    if field.get("source") == own_list(field):
        lines = option_lines(form.get("sources", {}).get(own_list(field), {}).get("options", []))
        made.append(Node("own_list", _("Danh mục, mỗi dòng: mã = tên"), "lines", lines, errors=errors.get("own_list", [])))
    return [*made, *form_narrowing.nodes(field, errors)]


def _types_node(name: str, spec: Spec, kinds: list[str], errors: Errors) -> Node:
    kinds = list(dict.fromkeys([*kinds, spec["type"]]))
    return _choice(name, _("Kiểu"), [(kind, str(TYPES.get(kind, kind))) for kind in kinds], spec["type"], errors)


def _choice(name: str, label: Any, choices: Choices, current: Any, errors: Errors) -> Node:
    options = [(_code(value), text, value == current) for value, text in choices]
    return Node(name, str(label), "choice", current, options=options, errors=errors.get(name, []))


def _code(value: Any) -> str:
    """A value as the value of an <option>: «» for None."""
    if isinstance(value, Mapping):
        return "|".join([*value.get("from", []), value.get("take", "")])
    return "" if value is None else str(value)


def _settings(form: Form, spec: Spec, start: str, errors: Errors, *, column: bool) -> Iterable[Node]:
    for setting in _settings_of(spec, column):
        name, value = start + setting.name, at(spec, setting.path)
        if setting.kind == "choice":
            yield _choice(name, setting.label, _choices(setting, form, spec), value, errors)
        else:
            yield Node(name, str(setting.label), setting.kind, value, errors=errors.get(name, []))


def _settings_of(spec: Spec, column: bool) -> Iterable[Setting]:
    """The settings of this type. A value that is not written in figures («this_year») is not shown and kept."""
    for setting in SETTINGS:
        unwritten = setting.kind == "whole" and isinstance(at(spec, setting.path), (str, float)) and not column
        elsewhere = setting.fields_only if column else setting.columns_only
        if spec["type"] in setting.types and not elsewhere and not unwritten:
            yield setting


def _choices(setting: Setting, form: Form, spec: Spec) -> Choices:
    """What can be chosen, with "not set" and with what stands there now."""
    listed = setting.choices(form, spec) if setting.choices else []
    now = at(spec, setting.path)
    extra = [] if now is None or now in [value for value, _text in listed] else [(now, str(now))]
    return [(None, str(NOT_SET.get(setting.name, "–"))), *extra, *listed]


def at(spec: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = spec
    for part in path:
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _prefills(form: Form, field: Spec) -> Choices:
    now = field.get("prefill")
    listed = form_library.prefills(form, field)
    codes = [_code(rule) for rule, _text in listed]
    extra = [] if now is None or _code(now) in codes else [(now, form_library.prefill_words(now))]
    return [(None, _("(người nộp tự ghi)")), *extra, *listed]


def _prefill_nodes(form: Form, field: Spec, errors: Errors) -> list[Node]:
    now = _code(field.get("prefill"))
    options = [(_code(rule), text, _code(rule) == now) for rule, text in _prefills(form, field)]
    made = [Node("prefill", _("Điền sẵn từ"), "choice", now, options=options, errors=errors.get("prefill", []))]
    if field.get("prefill"):
        made.append(Node("prefill_when", _("Điền sẵn khi"), "condition", field["prefill"].get("when")))
    return made


def _computed_nodes(form: Form, spec: Spec, start: str, known: Mapping[str, str], errors: Errors) -> list[Node]:
    rule = spec.get("computed") or {}
    kinds = [*OPERATIONS_OF.get(spec["type"], ()), *([rule["op"]] if rule else [])]
    if not kinds:
        return []
    choices: Choices = [(None, _("(người nộp tự ghi)")), *((op, str(OPERATIONS.get(op, op))) for op in dict.fromkeys(kinds))]
    made = [_choice(f"{start}computed", _("Máy tự tính"), choices, rule.get("op"), errors)]
    if rule:
        chosen = rule.get("of", [])
        names = {**{ref: ref for ref in chosen if ref not in known}, **known}
        options = [(ref, text, ref in chosen) for ref, text in names.items()]
        name = f"{start}computed_of"
        made.append(Node(name, _("Tính từ"), "many", chosen, options=options, errors=errors.get(name, [])))
    return made


def operands(form: Form, field: Mapping[str, Any]) -> dict[str, str]:
    """{reference: words} of what a computed field may use: fields of a fitting type and columns of tables, never itself."""
    op = (field.get("computed") or {}).get("op", "")
    wanted = {"words_of_date": ("date",), "words_of_money": ("money", "number"), "fee": tuple(TYPES)}.get(op, NUMBERS)
    return {ref: words for ref, words, spec in references(form) if spec["type"] in wanted and ref != field["key"]}


def references(form: Form) -> Iterable[tuple[str, str, Mapping[str, Any]]]:
    """(reference, words, field or column) of all that checks and computed fields may name."""
    for page in pages_of(form):
        for field in page["fields"]:
            if field["type"] == "note":
                continue
            yield field["key"], field["label"], field
            for column in field.get("columns", []):
                yield f"{field['key']}.{column['key']}", f"{field['label']}: {column['label']}", column


def _columns(form: Form, field: Spec, errors: Errors) -> Node:
    table = Node("columns", _("Các cột"), "list", errors=errors.get("columns", []))
    last = len(field["columns"]) - 1
    for number, column in enumerate(field["columns"]):
        start = f"columns.{number}"
        row = Node(start, _("Cột %(n)d") % {"n": number + 1}, "item", errors=errors.get(start, []), removable=True)
        row.words, row.first, row.last = f"{column['label']} ({TYPES[column['type']]})", number == 0, number == last
        row.nodes = [
            Node(f"{start}.label", _("Nhãn"), "line", column["label"], errors=errors.get(f"{start}.label", [])),
            _types_node(f"{start}.type", column, list(COLUMN_TYPES), errors),
            *_settings(form, column, f"{start}.", errors, column=True),
            *([_options_node(start, column, errors)] if "options" in column else []),
            *_computed_nodes(form, column, f"{start}.", _numbers_beside(field, column), errors),
        ]
        table.nodes.append(row)
    return table


def _numbers_beside(table: Spec, column: Spec) -> dict[str, str]:
    return {one["key"]: one["label"] for one in table["columns"] if one["type"] in NUMBERS and one is not column}


def _options_node(start: str, spec: Spec, errors: Errors) -> Node:
    name = f"{start}.options"
    return Node(name, _("Lựa chọn, mỗi dòng: khóa = lời"), "lines", option_lines(spec["options"]), errors=errors.get(name, []))


def options_of(text: str, before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The options of the lines «khóa = lời»; a line without a key gets one from its words."""
    known, found = {str(row["value"]): row for row in before}, []
    for line in filter(None, map(clean_text, text.splitlines())):
        value, sign, label = (part.strip() for part in line.partition("="))
        if not sign:
            value, label = "_".join(fold(line).split())[:60], line
        found.append({**known.get(value, {}), "value": known.get(value, {}).get("value", value), "label": label})
    return found


def option_lines(options: Iterable[Mapping[str, Any]]) -> str:
    return "\n".join(f"{row.get('value')} = {row.get('label')}" for row in options)


# ---------------------------------------------------------------- what was typed
def typed(form: Spec, field: Spec, post: QueryDict) -> Spec:
    """The field with what was typed; a list of its own is written into the form. Words that no list offers change nothing."""
    kind = post.get("type", field["type"])
    if kind != field["type"] and kind in TYPES:
        return retyped(field, kind)
    if "own_list" in post and field.get("source") == own_list(field):
        _take_list(form, field, post["own_list"])
    after = _typed_settings(form, field, "", post, column=False)
    if field["type"] == "table":
        after["columns"] = [_typed_column(form, field, n, column, post) for n, column in enumerate(field["columns"])]
    if "prefill" in post:
        _take_prefill(form, field, after, post["prefill"])
    _take_computed(after, "", post, operands(form, field))
    form_narrowing.take(after, post)
    return after


def _take_list(form: Spec, field: Spec, text: str) -> None:
    """Write the list of this field in the form. A line is «mã = tên», or two cells copied from a table."""
    name, rows = own_list(field), []
    for line in filter(None, map(str.strip, text.splitlines())):
        code, _sign, label = line.replace("\t", "=", 1).partition("=")
        rows.append({"value": clean_text(code), "label": clean_text(label) or clean_text(code)})
    if rows != form.get("sources", {}).get(name, {}).get("options", []):
        form.setdefault("sources", {})[name] = {"title": field["label"], "options": rows}


def _typed_column(form: Spec, table: Spec, number: int, before: Spec, post: QueryDict) -> Spec:
    start = f"columns.{number}."
    kind = post.get(f"{start}type", before["type"])
    if kind != before["type"] and kind in COLUMN_TYPES:
        before = retyped({**before, "label": clean_text(post.get(f"{start}label", before["label"]), lines=True)}, kind)
        return before
    after = _typed_settings(form, before, start, post, column=True)
    after["label"] = clean_text(post.get(f"{start}label", before["label"]), lines=True)
    if "options" in after and f"{start}options" in post:
        after["options"] = options_of(post[f"{start}options"], before.get("options", []))
    _take_computed(after, start, post, _numbers_beside(table, before))
    return after


def _typed_settings(form: Spec, before: Spec, start: str, post: QueryDict, *, column: bool) -> Spec:
    after = dict(before)
    shown = f"{start}type" in post
    for setting in _settings_of(before, column):
        name = start + setting.name
        if setting.kind == "tick":
            if shown and bool(at(before, setting.path)) != (name in post):
                put(after, setting.path, True if name in post else False if setting.name in ("required",) else None)
        elif name in post:
            value = _value(setting, form, before, post[name])
            if value != at(before, setting.path):
                put(after, setting.path, value)
    if after.get("source") == own_list(after) and after["source"] not in form.get("sources", {}):
        form.setdefault("sources", {})[after["source"]] = {"title": after["label"], "options": []}
    if after["type"] == "lookup" and not after.get("source"):
        after |= {"source": before.get("source") or "agency"}
    if after["type"] == "choice" and not after.get("source") and "options" not in after:
        after |= least("choice")
    if after.get("source"):
        after.pop("options", None)
        after.pop("display", None) if before.get("source") != after["source"] else None
    return after


def _value(setting: Setting, form: Form, spec: Spec, text: str) -> Any:
    text = clean_text(text)
    if setting.kind == "choice":
        return next((value for value, _t in _choices(setting, form, spec) if _code(value) == text), at(spec, setting.path))
    if setting.kind == "whole":
        number = number_in(text.removeprefix("-"))
        return (text or None) if number is None else -number if text.startswith("-") else number
    return text or None


def put(spec: Spec, path: tuple[str, ...], value: Any) -> None:
    """Set a value; None leaves it out, and an empty map above it, too. Maps above are copied."""
    if len(path) > 1:
        inner = dict(spec.get(path[0]) or {})
        put(inner, path[1:], value)
        value, path = inner or None, path[:1]
    if value is None:
        spec.pop(path[0], None)
    else:
        spec[path[0]] = value


def _take_prefill(form: Form, before: Spec, after: Spec, code: str) -> None:
    now = before.get("prefill")
    if code == _code(now):
        return
    rule = next((rule for rule, _text in _prefills(form, before) if _code(rule) == code), now)
    when = (now or {}).get("when")
    put(after, ("prefill",), {**rule, **({"when": when} if when else {})} if rule else None)


def _take_computed(after: Spec, start: str, post: QueryDict, known: Mapping[str, str]) -> None:
    rule = after.get("computed") or {}
    op = post.get(f"{start}computed")
    if op is None or (op and op not in (*OPERATIONS_OF.get(after["type"], ()), rule.get("op"))):
        return
    if not op:
        after.pop("computed", None)
    elif op != rule.get("op"):
        after |= {"computed": {"op": op, "of": []}, "required": False}
        after.pop("prefill", None)
        after.pop("required_if", None)
    else:
        chosen = post.getlist(f"{start}computed_of")
        kept = [ref for ref in rule["of"] if ref in chosen]
        after["computed"] = {**rule, "of": kept + [ref for ref in known if ref in chosen and ref not in kept]}


# ---------------------------------------------------------------- columns
def act(field: Spec, word: str) -> None:
    """«them:columns», «len:columns.1», «xuong:columns.0», «chuyen:columns.0:2» or «bo:columns.0». Raises ActRefused."""
    if word == "them:columns" and field["type"] == "table":
        if len(field["columns"]) >= MAX_COLUMNS:
            raise ActRefused(_("Bảng nhiều nhất %(n)d cột.") % {"n": MAX_COLUMNS})
        field["columns"] = [*field["columns"], new_column(field["columns"])]
        return
    field["columns"] = arranged(field.get("columns", []), "columns", word)


def arranged(rows: list[Any], list_name: str, word: str) -> list[Any]:
    """The rows of a list after «len:x.1», «xuong:x.1», «chuyen:x.1:3» (to that number) or «bo:x.1». Raises ActRefused."""
    deed, _colon, name = word.partition(":")
    name, _colon, goal = name.partition(":")
    number = number_in(name.removeprefix(f"{list_name}."), 3) if name.startswith(f"{list_name}.") else None
    if number is None or number >= len(rows):
        raise ActRefused(_("Không có chỗ này trong phần đang sửa."))
    rest = rows[:number] + rows[number + 1 :]
    to = {"len": number - 1, "xuong": number + 1, "chuyen": number_in(goal, 3)}.get(deed)
    if deed == "bo":
        return rest
    if to is None:
        raise ActRefused(_("Không có chỗ này trong phần đang sửa."))
    to = min(max(0, to), len(rest))
    return [*rest[:to], rows[number], *rest[to:]]
