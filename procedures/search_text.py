"""What the search reads of a procedure: its names, one a line, with accents, without, and written together."""

import unicodedata

from portal.common.vietnamese import fold, joined

CURATED, COMMUNE, CITIZEN, LOCAL = 100, 20, 10, -30


def search_columns(code, name, curated=None, facts=None):
    """{search_exact, search_folded, search_joined, rank} of a catalogue entry.

    Line 1 is the official name, line 2 the everyday name (may be empty), then other names, last the codes people type.
    `curated`: the procedure's part of a version; `facts`: the row of the national index.
    """
    curated = curated or {}
    lines = [name, curated.get("short_name", ""), *curated.get("aliases", []), code]
    lines = [" ".join(unicodedata.normalize("NFC", line).lower().split()) for line in lines]
    return {
        "search_exact": "\n".join(lines),
        "search_folded": "\n".join(fold(line) for line in lines),
        "search_joined": "\n".join(joined(line) for line in lines),
        "rank": rank(curated, facts or {}),
    }


def rank(curated, facts):
    """What stands first among equals: what can be filed here, at the commune, by citizens, and not one province's own."""
    levels = curated.get("agency_levels", [])
    audience = curated.get("audience") or facts.get("audience", [])
    return (
        CURATED * bool(curated)
        + COMMUNE * ("commune" in levels or bool(facts.get("commune")))
        + CITIZEN * ("citizen" in audience)
        + LOCAL * bool(facts.get("local_only"))
    )
