"""Error messages: what is wrong and how to correct it, with the label of the field."""

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from portal.common.mail_addresses import fault_of
from portal.common.money import UnclearAmount, dong_in
from procedures.eforms.dates import bound_date
from procedures.eforms.display import date_text
from procedures.eforms.form import Form
from procedures.eforms.parts import Field
from procedures.eforms.validation import target_of
from procedures.eforms.values import MAX_ADDRESS_LENGTH, MAX_CONSENT_NAME_LENGTH, address_fault, normalise, number_text

_CELL = re.compile(r"([a-z][a-z0-9_]*)\[([0-9]+)\]\.(.+)")


def error_texts(form: Form, errors: Mapping[str, str], known: Mapping[str, Any], today: dt.date) -> dict[str, str]:
    """{key: sentence} in the order of the form; cells follow their table, row by row."""
    order = {key: index for index, key in enumerate(form.fields)}
    return {key: error_text(form, key, errors[key], known, today) for key in sorted(errors, key=lambda key: _place(order, key))}


def error_text(form: Form, key: str, code: str, known: Mapping[str, Any], today: dt.date) -> str:
    """One sentence for an error code: the field's own message, else of the rule, else about the value, else the default."""
    question, value = question_at(form, key), value_at(known, key)
    if question is None:
        return _("Câu này không có trong tờ khai. Bỏ ra rồi gửi lại.")
    text = question.spec.get("messages", {}).get(code) or _check_words(form, key, code)
    text = text or _value_message(form, question, code, value, today) or _default(form, question, code)
    return _filled(text, form, question, today, value)


def summary_text(key: str, text: str) -> str:
    """The sentence for the error summary; for a cell with its row number."""
    cell = _CELL.fullmatch(key)
    return _("Dòng %(row)d: %(text)s") % {"row": int(cell[2]) + 1, "text": text} if cell else text


def question_at(form: Form, key: str) -> Field | None:
    """The field or column of an error key, or None."""
    cell = _CELL.fullmatch(key)
    if not cell:
        return form.fields.get(key)
    table = form.fields.get(cell[1])
    return next((column for column in table.columns if column.key == cell[3]), None) if table else None


def value_at(known: Mapping[str, Any], key: str) -> Any:
    cell = _CELL.fullmatch(key)
    if not cell:
        return known.get(key)
    rows = known.get(cell[1])
    row = rows[int(cell[2])] if isinstance(rows, list) and int(cell[2]) < len(rows) else None
    return row.get(cell[3]) if isinstance(row, dict) else None


def _place(order: Mapping[str, int], key: str) -> tuple[int, int]:
    cell = _CELL.fullmatch(key)
    return order.get(cell[1] if cell else key, len(order)), int(cell[2]) if cell else -1


def _check_words(form: Form, key: str, code: str) -> str:
    """The message of the rule over several fields that failed at this key; "" when none did."""
    failed = [check for check in form.checks if check["op"] == code]
    near = [check for check in failed if target_of(check) == key] or [
        check for check in failed if key in check["fields"] or key == check.get("at")
    ]
    return near[0]["message"] if near else ""


def _default(form: Form, question: Field, code: str) -> str:
    words = form.document["messages"]
    if code == "format":
        return form.document["formats"][question.rules["format"]]["message"]
    if isinstance(words.get(code), str):
        return words[code]
    if code in ("required", "type", "consent", "address"):
        return words["required"].get(question.type, words["required"]["text"])
    if code == "decimals":
        return _decimals_words(question)
    return _("Máy tự tính mục {label}. Tải lại trang rồi gửi lại.") if code == "computed" else _("Kiểm tra lại {label}.")


def _decimals_words(question: Field) -> str:
    places = question.spec.get("decimals", 0)
    if not places:
        return _("Ghi {label} bằng số tròn, không có phần lẻ.")
    return _("Ghi {label} với nhiều nhất %(places)d chữ số sau dấu phẩy.") % {"places": places}


# what the value itself tells ------------------------------------------------------------------------------------------
def _value_message(form: Form, question: Field, code: str, value: Any, today: dt.date) -> str:
    if code == "not_a_date" and question.type == "date":
        return _date_words(value, question.partial)
    if code == "address":
        return _address_words(form, question, value)
    if code == "email" and isinstance(value, str):
        return fault_of(value)
    if code == "not_a_number" and question.type == "money" and isinstance(value, str):
        return _money_words(value)
    if code == "format" and isinstance(value, str):
        return _digits_words(form, question, value)
    if code == "consent" and isinstance(value, dict):
        return _consent_words(value)
    if code == "max_length" and isinstance(value, str):
        return _("Rút ngắn {label} còn tối đa {max_length} ký tự, mới nhập %(length)s.") % {"length": number_text(len(value))}
    return ""


def _date_words(value: Any, partial: bool) -> str:
    """What is wrong with a date: 31 February, a missing month, a year of two digits."""
    parts = re.split(r"[-/]", value) if isinstance(value, str) else []
    if "/" in str(value):
        parts.reverse()
    year, month, day = (parts + ["", "", ""])[:3]
    if not year:
        return _("Ghi thêm năm.")
    if not re.fullmatch(r"[0-9]{4}", year) and year.isdigit():
        return _("Ghi năm đủ 4 chữ số, ví dụ 1990.")
    if not month and (day or not partial):
        return _("Ghi thêm tháng.")
    if not day and not partial:
        return _("Ghi thêm ngày.")
    if not all(part.isascii() and part.isdigit() for part in (year, month, day or "1")):
        return ""
    if not 1 <= int(month) <= 12:
        return _("Một năm có 12 tháng. Xem lại {label}.")
    days = monthrange(int(year) or 4, int(month))[1]
    if day and int(day) > days:
        return _("Tháng %(month)d không có ngày %(day)d. Xem lại {label}.") % {"month": int(month), "day": int(day)}
    return ""


def _money_words(value: str) -> str:
    try:
        dong_in(value)
    except UnclearAmount as why:
        return str(why)
    return ""


def _address_words(form: Form, question: Field, value: Any) -> str:
    fault = address_fault(form, value, question)
    value = value if isinstance(value, dict) else {}
    match fault:
        case "find":
            return _("Chọn một nơi trong danh sách tìm được cho “{typed}”.") if form.find_communes(
                value["find"], value.get("province", "")
            ) else _("Không tìm thấy xã, phường nào tên “{typed}”. Xem lại tên, hoặc chọn tỉnh rồi chọn xã.")  # fmt: skip
        case "abroad":
            return _("Mục {label} phải là một nơi ở Việt Nam. Chọn tỉnh, rồi chọn xã.")
        case "abolished":
            old = form.find("commune", value.get("commune", ""))
            text = _("%(name)s không còn từ khi sắp xếp lại đơn vị hành chính. Chọn đơn vị hiện nay cho mục {label}.")
            return text % {"name": old.label if old else ""}
        case "too_long":
            return _("Rút ngắn số nhà, đường, thôn còn tối đa %(length)d ký tự.") % {"length": MAX_ADDRESS_LENGTH}
        case "mismatch":
            return _("Xã đã chọn không thuộc tỉnh đã chọn ở mục {label}. Chọn lại xã.")
        case "detail" if value.get("country"):
            return _("Ghi cả địa chỉ ở nước ngoài cho mục {label}.")
        case "detail" if value.get("commune"):
            return _("Ghi thêm số nhà, đường, thôn cho mục {label}.")
        case "unit" if value.get("province") and not value.get("commune"):
            return _("Chọn thêm xã, phường cho mục {label}.")
    return ""


def _digits_words(form: Form, question: Field, value: str) -> str:
    """“Số căn cước có 12 số, mới nhập 11 số.” when only digits were typed but their number is wrong."""
    name = question.rules["format"]
    text = normalise(value, form.document["formats"][name]["normalise"])
    if not text.isascii() or not text.isdigit():
        return ""
    if name == "cccd" or (name == "id_document" and 10 <= len(text) <= 14):
        return _("Số căn cước có 12 số, mới nhập %(count)d số.") % {"count": len(text)}
    if name == "phone_vn" and text.startswith("0") and len(text) != 10:
        return _("Số điện thoại có 10 số, mới nhập %(count)d số. Số cố định ghi cả mã vùng.") % {"count": len(text)}
    return ""


def _consent_words(value: Mapping[str, Any]) -> str:
    name = value.get("name")
    if isinstance(name, str) and len(name) > MAX_CONSENT_NAME_LENGTH:
        return _("Rút ngắn họ tên người cho ý kiến.")
    if value.get("agreed") is not True:
        return _("Đánh dấu đồng ý ở mục {label}. Chưa đồng ý thì chưa nộp được.")
    if not name:
        return _("Ghi họ tên người cho ý kiến.")
    return _("Chọn cách người đó xác nhận: bằng VNeID hoặc ký trên giấy.")


# filling in -----------------------------------------------------------------------------------------------------------
def _filled(text: str, form: Form, question: Field, today: dt.date, value: Any) -> str:
    rules = question.rules
    label = question.label
    words = {
        "typed": value.get("find", "") if isinstance(value, dict) else "",
        "Label": label,
        "label": label if label[1:2].isupper() else label[:1].lower() + label[1:],
        "max_length": number_text(rules.get("max_length", 0)),
        "min_rows": max(1, question.spec.get("min_rows", 1)),
        "max_rows": question.spec.get("max_rows", ""),
    }
    for name in ("min", "max"):
        bound = today.year if rules.get(name) == "this_year" else rules.get(name)
        words[name] = bound if rules.get(name) == "this_year" else "" if bound is None else number_text(bound)
    for name in ("min_date", "max_date"):
        words[name] = date_text(bound_date(rules[name], today, form.calendar).isoformat()) if name in rules else ""
    return re.sub(r"\{(\w+)\}", lambda found: str(words.get(found[1], found[0])), text)
