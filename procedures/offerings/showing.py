"""What the templates of an offering show: inputs with their options, values and errors."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from accounts.roles import Role
from procedures.offerings.words import KINDS, POSTS, PRODUCTS, ROLES, WAYS, step_words

Row = dict[str, Any]


def way_rows(values: Mapping[str, Any]) -> list[Row]:
    return [{"value": way, "label": label, "checked": way in values["delivery_ways"]} for way, label in WAYS.items()]


def duty_rows(values: Mapping[str, Any], staff: Mapping[str, str], errors: Mapping[str, str]) -> list[Row]:
    options = [{"value": login, "label": f"{name} ({login})"} for login, name in staff.items()]
    return [
        {
            "name": f"duty.{post}",
            "label": label,
            "value": values["duty"].get(post, {}).get("login", ""),
            "words": values["duty"].get(post, {}).get("name", ""),
            "options": options,
            "error": errors.get(f"duty.{post}", ""),
        }
        for post, label in POSTS.items()
    ]


def step_rows(values: Mapping[str, Any], agencies: Mapping[str, str], errors: Mapping[str, str]) -> list[Row]:
    rows = []
    last = len(values["processing_steps"]) - 1
    for number, step in enumerate(values["processing_steps"]):
        start, made = f"steps.{number}.", step["produces"] or {}
        rows.append({
            "start": start,
            "number": number,
            "title": step["name"] or _("Bước mới"),
            "words": step_words(step, agencies),
            "key": step["key"],
            "first": number == 0,
            "last": number == last,
            "name": step["name"],
            "hours": step["hours"],
            "group": step["parallel_group"] or "",
            "label": made.get("label", ""),
            "silence": made.get("silence", ""),
            "errors": {name.removeprefix(start): text for name, text in errors.items() if name.startswith(start)},
            "selects": [
                _select(start, "kind", _("Loại việc"), KINDS.items(), step["kind"], errors),
                _select(start, "role", _("Vai trò"), ((role, Role(role).label) for role in ROLES), step["role"], errors),
                _select(start, "agency", _("Cơ quan làm"), agencies.items(), step["agency"] or "", errors),
                _select(start, "product", _("Làm ra"), [("", _("không có")), *PRODUCTS.items()], made.get("kind", ""), errors),
            ],
        })  # fmt: skip
    return rows


def _select(start: str, name: str, label: str, options: Iterable[tuple[str, Any]], value: str, errors: Mapping[str, str]) -> Row:
    rows = [{"value": code, "label": words} for code, words in options]
    return {"name": start + name, "label": label, "options": rows, "value": value, "error": errors.get(start + name, "")}


def part_rows(parts: Collection[str]) -> list[Row]:
    labels = {
        "delivery_ways": _("Cách trả kết quả"),
        "electronic_result": _("Kết quả điện tử"),
        "processing_steps": _("Các bước xử lý"),
    }
    return [{"value": name, "label": label, "checked": name in parts} for name, label in labels.items()]
