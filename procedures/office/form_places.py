"""Addresses of places of a draft: a problem or an advice leads to the input that it is about."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from procedures.office.labels import SECTION_OF

Path = tuple[str | int, ...]
ON_FIELD_PAGE = {
    "columns", "format", "decimals", "min_date", "max_date", "prefill", "prefill_when", "computed", "source", "own_list",
    "narrowed", "narrow_value", "type", "min_rows", "max_rows",
}  # fmt: skip


def address_of(code: str, document: Mapping[str, Any], path: Path) -> str:
    """The page of this place; "" for places that no page shows."""
    section = SECTION_OF.get(str(path[0])) if path else None
    if section is None:
        return ""
    if path[0] != "e_form":
        return f"{reverse('office:section', args=[code, section.slug])}#o-{'-'.join(map(str, path))}"
    return _in_form(code, document.get("form"), path[1:])


def _in_form(code: str, form: Any, path: Path) -> str:
    if path[:1] == ("checks",):
        return f"{reverse('office:form_checks', args=[code])}#o-{'-'.join(map(str, path[:2]))}"
    number = page_number(form, path)
    if number is None:
        return reverse("office:form", args=[code])
    inside = path[4:]
    if len(inside) > 2 and inside[2] in ON_FIELD_PAGE:
        return f"{reverse('office:form_field', args=[code, number, inside[1]])}#o-{'-'.join(map(str, inside[2:]))}"
    return f"{reverse('office:form_page', args=[code, number])}#o-{'-'.join(map(str, inside[:3]))}".removesuffix("#o-")


def page_number(form: Any, path: Path) -> int | None:
    """The number, from 0, of the page of «sections, n, pages, m»; None for another place."""
    if len(path) < 4 or path[0] != "sections" or path[2] != "pages":
        return None
    try:
        return sum(len(section["pages"]) for section in form["sections"][: path[1]]) + int(path[3])
    except (KeyError, TypeError, ValueError):
        return None
