"""Countries with their Vietnamese names, from CLDR."""

from functools import cache

from babel import Locale

from portal.common.vietnamese import sort_key

HOME = "VN"
# Regions of CLDR that are not countries: unions, test regions, unknown.
NOT_COUNTRIES = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"}


@cache
def countries() -> dict[str, str]:
    """{ISO 3166-1 alpha-2 code: Vietnamese name}, Việt Nam first, then by name."""
    names = Locale("vi").territories
    found = [(code, name) for code, name in names.items() if len(code) == 2 and code.isalpha() and code not in NOT_COUNTRIES]
    return dict(sorted(found, key=lambda row: (row[0] != HOME, sort_key(row[1]))))
