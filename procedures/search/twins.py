"""Twins: procedures with the same name, published for another level of government or by another province.

They answer the same question, so the results show one of them and the others below it, and the everyday phrases written for one
hold for all.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

_LEVEL_IN_BRACKETS = re.compile(
    r"\(\s*(thực hiện\s+)?(tại\s+|ở\s+)?(cấp\s+(trung ương|tỉnh|huyện|xã|bộ)|trung ương|(tỉnh|thành phố)(\s+[^\W_]+){1,3})\s*\)"
)
_PROVINCE_AT_END = re.compile(r"\s+trên địa bàn (tỉnh|thành phố)(\s+[^\W_]+){1,3}[\s.]*$")
_OPENING = re.compile(r"^(trình tự,?\s+)?(thủ tục:?\s+)+")
_NO_WORD = re.compile(r"[\W_]+")


def matter(name: str) -> str:
    """The name in lower case without «thủ tục», level, province and punctuation: equal for twins."""
    text = _PROVINCE_AT_END.sub("", _LEVEL_IN_BRACKETS.sub(" ", name.lower()))
    return _NO_WORD.sub(" ", _OPENING.sub("", text.strip())).strip()


def grouped(codes: Iterable[str], matters: Mapping[str, str]) -> dict[str, list[str]]:
    """{first code of each matter: the codes of its twins}, in order."""
    groups: dict[str, list[str]] = {}
    first: dict[str, str] = {}
    for code in codes:
        head = first.setdefault(matters[code], code)
        if head == code:
            groups[code] = []
        else:
            groups[head].append(code)
    return groups


def shared(phrases: Mapping[str, Sequence[str]], matters: Mapping[str, str]) -> dict[str, Sequence[str]]:
    """{code: its phrases}; a procedure without phrases has those of its twins."""
    of_matter: dict[str, list[str]] = defaultdict(list)
    for code, texts in phrases.items():
        if code in matters:
            of_matter[matters[code]] += texts
    return {code: phrases.get(code, ()) or of_matter.get(key, ()) for code, key in matters.items()}
