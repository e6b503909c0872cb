"""The search columns of a procedure: its names, one per line, with and without accents."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from portal.common.vietnamese import fold

FORM_CODE = re.compile(r"[A-ZĐ]{2,}\d{2,}")
CURATED, COMMUNE, CITIZEN, LOCAL, LATER = 100, 20, 10, -30, -40
# Words of follow-up procedures (renewal, change, ending). They rank lower, because a short query means the first procedure. Fewer
# than in `steps.txt`: with all phrases of its first five lines the shipped queries are answered worse (docs/performance.md).
LATER_STEPS = ("chấm dứt", "tạm ngừng", "thay đổi", "sửa đổi", "thu hồi", "cấp lại", "gia hạn", "hủy", "cấp đổi", "điều chỉnh")


def search_columns(
    code: str,
    name: str,
    curated: Mapping[str, Any] | None = None,
    facts: Mapping[str, Any] | None = None,
    form_code: str | None = None,
) -> dict[str, Any]:
    """{search_exact, search_folded, rank} of a catalogue entry.

    Line 1 is the official name, line 2 the everyday name (may be empty), then aliases, the form's name and the code.
    `curated`: the procedure's part of a version; `facts`: the row of the national index; `form_code`: «CT01».
    """
    curated = curated or {}
    lines = [name, curated.get("short_name", ""), *curated.get("aliases", []), *_form_names(form_code), code]
    lines = [" ".join(unicodedata.normalize("NFC", line).lower().split()) for line in lines]
    return {
        "search_exact": "\n".join(lines),
        "search_folded": "\n".join(fold(line) for line in lines),
        "rank": rank(name, curated, facts or {}),
    }


def rank(name: str, curated: Mapping[str, Any], facts: Mapping[str, Any]) -> int:
    """The rank between equal matches: higher if filed here, at a commune, by citizens; lower if only in one province."""
    levels = curated.get("agency_levels", [])
    audience = curated.get("audience") or facts.get("audience", [])
    text = f"{name} {curated.get('short_name', '')}".lower()
    return (
        CURATED * bool(curated)
        + COMMUNE * ("commune" in levels or bool(facts.get("commune")))
        + CITIZEN * ("citizen" in audience)
        + LOCAL * bool(facts.get("local_only"))
        + LATER * any(step in text for step in LATER_STEPS)
    )


def first_line(search_exact: str) -> str:
    """The official name among the lines of `search_exact`."""
    return search_exact.partition("\n")[0]


def _form_names(form_code: str | None) -> list[str]:
    """«tờ khai ct01» if the form's code is specific like «CT01»; [] for a general one like «Mẫu số 01»."""
    found = FORM_CODE.search(form_code or "")
    return [f"tờ khai {found[0]}"] if found else []
