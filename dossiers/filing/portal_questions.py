"""The portal's own questions beside the application form: case, questions of the procedure, quantities, delivery.

They become a small form of the same grammar, so that one wizard handles both.
"""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dossiers.choices import DeliveryWay
from dossiers.filing import rules as filing
from portal.common.money import dong
from procedures import consequences
from procedures.eforms import Form, fields_named

YES_NO = [("co", gettext_lazy("Có")), ("khong", gettext_lazy("Không"))]
NO_GROUP = "khong"  # value of «Không thuộc diện nào»
MAX_COPIES = 50
_REMARK = re.compile(r"\s*:\s*(?:knowledge|seen|derived|demo)\b")


def portal_form(draft, sources=None):
    """The portal's own questions for this draft as a form; without pages when there are none."""
    pages = [
        _page("cau-hoi", _("Trường hợp"), "", _case_questions(draft)),
        _page("so-luong", _("Số lượng, miễn giảm"), "", _amount_questions(draft)),
        _page("cach-nhan", _("Cách nhận kết quả"), _("Nhận kết quả bằng cách nào?"), _delivery_questions(draft)),
        _page("noi-nhan", _("Nơi nhận"), _("Gửi kết quả đến địa chỉ nào?"), _address_questions(draft)),
    ]
    document = {
        "grammar": 1,
        "key": "portal",
        "name": "",
        "messages": (draft.version.document["form"] or {}).get("messages", {}),
        "formats": {},
        "sections": [{"key": "portal", "title": _("Hồ sơ này"), "pages": [page for page in pages if page["fields"]]}],
    }
    return Form(document, sources=sources)


def portal_answers(draft):
    """The answers to them so far, under the keys of `portal_form`."""
    asked = draft.asked
    answers = {key: value for key, value in asked.items() if key in ("case", "copies", "extras")}
    answers |= {f"ask_{q['key']}": asked[q["key"]] for q in _questions(draft) if q["key"] in asked and q["key"] != "case"}
    answers |= {f"quantity_{n}": asked.get("quantities", {}).get(text) for n, text in enumerate(_quantity_texts(draft))}
    if "priority_group" in asked:
        answers["priority_group"] = asked["priority_group"] or NO_GROUP
    answers |= {"delivery_way": draft.delivery_way, "delivery_address": draft.delivery_address}
    return {key: value for key, value in answers.items() if value not in (None, "")}


def split_values(draft, values):
    """Split the values of a page: (changes of `Dossier.asked`, {column: value})."""
    asked, columns = {}, {}
    texts = _quantity_texts(draft)
    for key, value in values.items():
        if key == "delivery_way":  # invalid values become empty
            columns[key] = value if value in DeliveryWay.values else ""
        elif key == "delivery_address":
            columns[key] = value or None
        elif key == "priority_group":
            asked[key] = "" if value == NO_GROUP else value
        elif key == "extras":
            asked[key] = value or []
        elif key.startswith("quantity_"):
            asked["quantities"] = {**draft.asked.get("quantities", {}), **asked.get("quantities", {})}
            asked["quantities"][texts[int(key.removeprefix("quantity_"))]] = value
        else:
            asked[key.removeprefix("ask_")] = value
    return asked, columns


def way_label(way, offering):
    """Label of a delivery way, with place and price (also when it is free)."""
    desk = offering.receiving_agency
    return {
        DeliveryWay.ACCOUNT: _("Nhận trên cổng này, không mất thêm tiền"),
        DeliveryWay.COUNTER: _("Đến lấy tại %s, không mất thêm tiền") % ((desk.desk_name or desk.name) if desk else ""),
        DeliveryWay.POST: _("Bưu điện mang đến nhà, trả tiền gửi cho bưu tá"),
    }[way]


# ---------------------------------------------------------------- the questions
def _page(key, title, question, fields):
    """A page of the form. With a single field its label is the heading."""
    question = question or (fields[0]["label"] if len(fields) == 1 else _("Trả lời thêm vài câu"))
    return {"key": key, "title": title, "question": question, "fields": fields}


def _questions(draft):
    return draft.version.facts["questions"]


def _choice(key, label, options, **more):
    rows = [{"value": value, "label": str(label)} for value, label in options]
    return {
        "key": key,
        "label": label,
        "type": "choice",
        "display": "radio",
        "required": True,
        "options": rows,
        "messages": {"required": _("Chọn câu trả lời cho mục “%s”.") % label},
        **more,
    }


def _case_questions(draft):
    fields = []
    for question in _questions(draft):
        options = [(row["key"], row["label"]) for row in question.get("options", [])] or YES_NO
        key = "case" if question["key"] == "case" else f"ask_{question['key']}"
        fields.append(_choice(key, _REMARK.sub("", question["text"]), options))
    return fields


def _amount_questions(draft):
    lines = draft.version.facts["fee_lines"]
    fields = []
    copies = next((b for b in (draft.version.document["form"] or {}).get("bound_fields", []) if b["binds_to"] == "copies"), None)
    if copies:
        extra = any((line["quantity"] or {}).get("field") == copies["key"] and line["role"] == "extra" for line in lines)
        fields.append(_number("copies", copies["label"], 0 if extra else 1))
    for n, text in enumerate(_quantity_texts(draft)):
        fields.append(_number(f"quantity_{n}", text, _min_quantity(lines, text), show_if=_shown_for(lines, text)))
    extras = [line for line in filing.optional_extras(draft) if not line["quantity"]]
    if extras:
        fields.append(_several("extras", _("Chọn thêm nếu cần"), [(line["key"], _with_price(line)) for line in extras]))
    groups = _priority_groups(draft)
    if groups:
        help_ = _("Thuộc diện nào thì chọn diện đó; cán bộ xem giấy tờ rồi mới miễn, giảm.")
        options = [*groups, (NO_GROUP, _("Không thuộc diện nào"))]
        fields.append(_choice("priority_group", _("Có thuộc diện được miễn, giảm phí không?"), options, help=help_))
    return fields


def _number(key, label, minimum, **more):
    rules = {"min": minimum, "max": MAX_COPIES if key == "copies" else 10_000}
    default = max(minimum, 1) if key == "copies" else minimum
    return {"key": key, "label": label, "type": "number", "required": True, "default": default, "validation": rules, **more}


def _several(key, label, options):
    """Optional checkboxes."""
    return _choice(key, label, options) | {"display": "checkboxes", "multiple": True, "required": False}


def _with_price(line):
    """Label of an option with its price, also when it is free or not known yet."""
    amount = line["amount"]
    price = _("cơ quan báo giá sau") if amount is None else dong(amount) if amount else _("không mất thêm tiền")
    return f"{line['label']}: {price}"


def _min_quantity(lines, text):
    """The minimum quantity: 0 when it counts optional extras only, else 1."""
    counted = [line for line in lines if (line["quantity"] or {}).get("ask") == text]
    return 0 if all(line["role"] == "extra" and not line["mandatory"] for line in counted) else 1


def _quantity_texts(draft):
    """Questions of fee lines whose quantity is not a form field."""
    texts = [line["quantity"]["ask"] for line in draft.version.facts["fee_lines"] if (line["quantity"] or {}).get("ask")]
    return list(dict.fromkeys(texts))


def _shown_for(lines, text):
    """Condition to show a quantity question: only in cases whose fee uses it, when that depends on the case alone; else None."""
    conditions = [line["when"] for line in lines if (line["quantity"] or {}).get("ask") == text]
    if all(condition and set(fields_named(condition)) == {"case"} for condition in conditions):
        return {"any": conditions}
    return None


def _priority_groups(draft):
    """(key, label) of the priority groups for which a fee line has a reduced price."""
    named = set().union(*(consequences.groups_named(line["when"]) for line in draft.version.facts["fee_lines"]))
    return [(row["key"], row["label"]) for row in draft.version.document["code_lists"]["priority_groups"] if row["key"] in named]


def _delivery_questions(draft):
    ways = [(way, way_label(way, draft.offering)) for way in filing.delivery_ways(draft)]
    return [_choice("delivery_way", _("Cách nhận kết quả"), ways)] if ways else []


def _address_questions(draft):
    if DeliveryWay.POST not in filing.delivery_ways(draft):
        return []
    by_post = {"field": "delivery_way", "op": "eq", "value": str(DeliveryWay.POST)}
    return [
        {
            "key": "delivery_address",
            "label": _("Địa chỉ nhận"),
            "type": "address",
            "required": True,
            "abroad": False,
            "show_if": by_post,
        }
    ]
