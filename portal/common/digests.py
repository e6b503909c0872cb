"""Digests of what is kept as evidence: salted digests of fields, and Merkle trees. Knows no model.

The same rules are written a second time in `dossiers/evidence/verify.py`, which must run without the portal; a test runs both.
They never change: a new rule gets a new event format.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

EMPTY_ROOT = hashlib.sha256(b"").hexdigest()  # the root of a tree without leaves (RFC 6962)


def canonical(value: Any) -> str:
    """Canonical JSON: sorted keys, no spaces, no escapes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256(text: str) -> str:
    """SHA-256 (hex) of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def new_salt() -> str:
    """128 random bits (hex), so that an erased text cannot be guessed from its digest."""
    return secrets.token_hex(16)


def salt_of_field(salt: str, key: str) -> str:
    """The salt of one field, from the salt of its revision: may be shown without giving away the other fields."""
    return sha256(f"{salt}/{key}")[:32]


def field_digest(salt: str, key: str, value: Any) -> str:
    """Digest of one field; `salt` is the field's own."""
    return sha256(salt + canonical([key, value]))


def fields_digest(digests: Mapping[str, str]) -> str:
    """Digest over the digests of all fields, {key: digest}."""
    return sha256(canonical(sorted(digests.items())))


def flat(content: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """{"section": {"name": value}} as {"section.name": value}."""
    return {f"{section}.{name}": value for section, values in content.items() for name, value in values.items()}


def content_digest(content: Mapping[str, Mapping[str, Any]], salt: str) -> str:
    """Digest of the content of a revision, each field under its own salt."""
    return fields_digest({key: field_digest(salt_of_field(salt, key), key, value) for key, value in flat(content).items()})


# ---------------------------------------------------------------- Merkle trees after RFC 6962
def leaf_hash(text: str) -> str:
    return hashlib.sha256(b"\0" + text.encode()).hexdigest()


def _parent(left: str, right: str) -> str:
    return hashlib.sha256(b"\1" + bytes.fromhex(left) + bytes.fromhex(right)).hexdigest()


def merkle_root(leaves: Sequence[str]) -> str:
    """The root over leaf hashes. A node without a neighbour goes up unchanged."""
    level = list(leaves) or [EMPTY_ROOT]
    while len(level) > 1:
        level = _level_above(level)
    return level[0]


def merkle_path(leaves: Sequence[str], position: int) -> list[tuple[str, str]]:
    """What a leaf needs to reach the root: (side, hash) from the bottom; side «L» or «R» is where the neighbour stands."""
    path, level = [], list(leaves)
    while len(level) > 1:
        neighbour = position ^ 1
        if neighbour < len(level):
            path.append(("L" if neighbour < position else "R", level[neighbour]))
        level, position = _level_above(level), position // 2
    return path


def root_of_path(leaf: str, path: Iterable[Sequence[str]]) -> str:
    """The root that a leaf and its path lead to."""
    for side, neighbour in path:
        leaf = _parent(neighbour, leaf) if side == "L" else _parent(leaf, neighbour)
    return leaf


def _level_above(level: list[str]) -> list[str]:
    pairs = [_parent(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
    return [*pairs, level[-1]] if len(level) % 2 else pairs
