"""An address in words: {"province", "commune", "detail"} with codes of territory, abroad {"country", "detail"}."""

from collections.abc import Callable, Mapping
from typing import Any

from accounts.models import AdministrativeUnit
from portal.common.countries import HOME, countries


def address_text(address: Mapping[str, Any] | None, name_of: Callable[[str, str], str] | None = None) -> str:
    """Detail, commune, province; abroad: detail, country. Units that no longer exist keep their names; "" for no address.

    `name_of(part, code)` gives the name of a code ("" when unknown: the code is shown); by default the database is asked, once.
    A text that was typed instead of choosing a commune ("find") is shown as typed.
    """
    if not address:
        return ""
    name_of = name_of or _names_in_database(address)
    places = ("country",) if address.get("country", HOME) != HOME else ("find", "commune", "province")
    words = [address.get("detail"), *(_place(part, address.get(part), name_of) for part in places)]
    return ", ".join(str(word) for word in words if word)


def _place(part: str, code: Any, name_of: Callable[[str, str], str]) -> Any:
    return code if part == "find" or not isinstance(code, str) or not code else name_of(part, code) or code


def _names_in_database(address: Mapping[str, Any]) -> Callable[[str, str], str]:
    codes = [code for part in ("commune", "province") if isinstance(code := address.get(part), str) and code]
    units = dict(AdministrativeUnit.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}
    return lambda part, code: countries().get(code, "") if part == "country" else units.get(code, "")
