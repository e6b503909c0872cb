"""Reads answers that programs send as JSON. They mean the same as on the pages and are stored the same way.

What cannot be stored as it was meant is refused with a sentence; whether an answer is right is for `validation`.
"""

import datetime as dt
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from accounts.unit_search import FoundUnit
from portal.common.countries import HOME
from portal.common.identity import id_number_in
from procedures.eforms.conditions import is_empty
from procedures.eforms.form import Form
from procedures.eforms.messages import error_texts
from procedures.eforms.parts import Field
from procedures.eforms.reading import MAX_ROWS, read_text
from procedures.eforms.validation import validate
from procedures.eforms.values import MAX_NUMBER_DIGITS, TEXT_TYPES, WAYS, clean_line

ADDRESS_PARTS = {"province", "commune", "detail", "country", "find"}
CONSENT_PARTS = {"agreed", "name", "id_number", "way"}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_PARTIAL_DAY = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}", re.ASCII)

Values = dict[str, Any]
Faults = dict[str, str]


class Refused(ValueError):
    """A value that cannot be stored as it was meant. Its text is a sentence."""


def read_json(form: Form, sent: Mapping[str, Any], known: Mapping[str, Any], today: dt.date) -> tuple[Values, Faults]:
    """(answers to store, {field key: sentence}) of JSON values by field key; null empties an answer.

    `known`: the answers so far. An answer that counts with them and is wrong is refused, too; missing answers are not.
    """
    form.expect(sent)
    values: Values = {}
    faults: Faults = {}
    for key, value in sent.items():
        question = form.fields.get(key)
        try:
            if question is None or not question.is_question or question.is_narrowed_away:
                raise Refused(_("Câu này không có trong tờ khai. Bỏ ra rồi gửi lại."))
            values[key] = _read(form, question, value)
        except Refused as refused:
            faults[key] = str(refused)
    return values, faults or _wrong(form, values, known, today)


def _wrong(form: Form, values: Values, known: Mapping[str, Any], today: dt.date) -> Faults:
    known = {**known, **values}
    errors = validate(form, form.completed(known, today), today)
    ours = {key: code for key, code in errors.items() if not is_empty(values.get(key.partition("[")[0]))}
    return error_texts(form, ours, known, today)


def _read(form: Form, question: Field, value: Any) -> Any:
    """One value to store; None for nothing. Raises Refused."""
    if question.computed:
        raise Refused(_("Máy tự tính mục này. Bỏ ra rồi gửi lại."))
    if value is None:
        return None
    match question.type:
        case kind if kind in TEXT_TYPES:
            return read_text(form, question, _string(value))
        case "number" | "money":
            return _number(form, question, value)
        case "date":
            return _day(value, partial=question.partial)
        case "date_range":
            ends = {end: _day(_parts(value, {"from", "to"}).get(end), partial=False) or "" for end in ("from", "to")}
            return ends if any(ends.values()) else None
        case "choice" if question.multiple:
            return list(dict.fromkeys(clean_line(_string(one)) for one in _list(value))) or None
        case "choice" | "lookup":
            return clean_line(_string(value)) or None
        case "yes_no":
            return _boolean(value)
        case "address":
            return read_address(form, value)
        case "consent":
            return _consent(question, value)
        case "table":
            return [_row(form, question, row) for row in _list(value)] or None
    raise Refused(_("Câu này không nhận câu trả lời."))


def _row(form: Form, table: Field, row: Any) -> Values:
    columns = {column.key: column for column in table.columns}
    cells = {key: _read(form, columns[key], cell) for key, cell in _parts(row, set(columns)).items()}
    return {key: cell for key, cell in cells.items() if cell is not None}


def _parts(value: Any, allowed: set[str]) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Refused(_("Cần một đối tượng JSON."))
    if unknown := sorted(set(value) - allowed):
        raise Refused(_("Không có phần này: %(names)s.") % {"names": ", ".join(unknown)[:200]})
    return value


def _list(value: Any) -> Sequence[Any]:
    if not isinstance(value, list) or len(value) > MAX_ROWS:
        raise Refused(_("Cần một danh sách có tối đa %(most)d phần tử.") % {"most": MAX_ROWS})
    return value


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise Refused(_("Cần một chuỗi chữ."))
    return value


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Refused(_("Cần true hoặc false."))
    return value


def _number(form: Form, question: Field, value: Any) -> Any:
    if isinstance(value, str):
        return read_text(form, question, value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < 10**MAX_NUMBER_DIGITS:
        raise Refused(_("Cần một số."))
    return int(value) if isinstance(value, float) and math.isfinite(value) and value.is_integer() else value


def _day(value: Any, *, partial: bool) -> str | None:
    if value in (None, ""):
        return None
    if not (_PARTIAL_DAY if partial else _DAY).fullmatch(_string(value)):
        raise Refused(_("Ghi ngày theo dạng 2026-01-31."))
    return value


def _consent(question: Field, value: Any) -> Any:
    if not question.spec.get("third_party"):
        return _boolean(value) or None
    parts = _parts(value, CONSENT_PARTS)
    way = _string(parts.get("way", ""))
    if way and way not in WAYS:
        raise Refused(_("Chọn cách người đó xác nhận: %(ways)s.") % {"ways": ", ".join(WAYS)})
    given = {"name": clean_line(_string(parts.get("name", ""))), "id_number": id_number_in(_string(parts.get("id_number", "")))}
    given |= {"way": way}
    return {"agreed": _boolean(parts.get("agreed")), **{part: text for part, text in given.items() if text}}


# addresses ------------------------------------------------------------------------------------------------------------
def read_address(form: Form, value: Any) -> dict[str, str] | None:
    """An address to store: in Viet Nam {"province", "commune", "detail"}, abroad {"country", "detail"}. Raises Refused.

    The commune is named by its code, or by a name to find ("find"), also of before the mergers; the province follows from it. An
    abolished commune stands for its successor when there is one only; else the successors are named.
    """
    parts = {part: text for part, sent in _parts(value, ADDRESS_PARTS).items() if (text := clean_line(_string(sent or "")))}
    country = parts.pop("country", HOME)
    if country != HOME:
        if inside := sorted(parts.keys() - {"detail"}):
            raise Refused(
                _("Địa chỉ ở nước ngoài chỉ có country và detail. Bỏ ra rồi gửi lại: %(names)s.") % {"names": ", ".join(inside)}
            )
        return {"country": country, **parts}
    if "commune" in parts and "find" in parts:
        raise Refused(_("Gửi commune hoặc find, không gửi cả hai."))
    if "commune" in parts:
        return _inside(form, parts, _commune_by_code(form, parts["commune"]))
    if "find" in parts:
        return _inside(form, parts, _commune_by_name(form, parts.pop("find"), parts.get("province", "")))
    return parts or None


def _inside(form: Form, parts: dict[str, str], commune: FoundUnit) -> dict[str, str]:
    if parts.get("province", commune.province) != commune.province:
        raise Refused(
            _("%(commune)s thuộc %(province)s (mã %(code)s). Sửa province, hoặc bỏ ra.")
            % {"commune": commune.name, "province": commune.province_name, "code": commune.province}
        )
    return {**parts, "province": commune.province, "commune": commune.code}


def _commune_by_code(form: Form, code: str) -> FoundUnit:
    found = form.find("commune", code)
    if found is None:
        raise Refused(_("Không có xã, phường, đặc khu nào mã %(code)s.") % {"code": code[:40]})
    if form.is_in_force("commune", code):
        province = form.find("province", found.parent)
        return FoundUnit(found.value, found.label, found.parent, province.label if province else "")
    now = form.successors(code)
    if len(now) == 1:
        return now[0]
    if not now:
        raise Refused(
            _("%(name)s (mã %(code)s) không còn, và không rõ đơn vị nào thay thế.") % {"name": found.label, "code": code}
        )
    raise Refused(
        _("%(name)s (mã %(code)s) không còn, đã nhập vào nhiều đơn vị. Gửi lại với một trong các mã: %(units)s.")
        % {"name": found.label, "code": code, "units": _named(now)}
    )


def _commune_by_name(form: Form, text: str, province: str) -> FoundUnit:
    found = form.find_communes(text, province)
    if len(found) == 1:
        return found[0]
    if not found:
        raise Refused(_("Không tìm thấy xã, phường, đặc khu nào tên “%(text)s”.") % {"text": text[:120]})
    raise Refused(
        _("Có nhiều nơi hợp với “%(text)s”. Gửi lại với một trong các mã: %(units)s.")
        % {"text": text[:120], "units": _named(found)}
    )


def _named(units: Sequence[FoundUnit]) -> str:
    return "; ".join(f"{unit.code} {unit.name}, {unit.province_name}" for unit in units)
