"""Phone numbers, names and identity numbers: parsing, display and masking."""

import re

_MOBILE = re.compile(r"(?:3[2-9]|5[0-9]|7[06-9]|8[0-9]|9[0-9])[0-9]{7}")
_LANDLINE = re.compile(r"2[0-9]{9}")
# Eleven-digit mobile numbers got a new prefix in 2018; the old ones still appear on papers.
_OLD_PREFIXES = {
    **{f"16{n}": f"3{n}" for n in "23456789"},
    **{"120": "70", "121": "79", "122": "77", "126": "76", "128": "78"},
    **{"123": "83", "124": "84", "125": "85", "127": "81", "129": "82"},
    **{"186": "56", "188": "58", "199": "59"},
}
_GLUE = "\u00a0"


# ---------------------------------------------------------------- phone


def to_e164(text: str) -> str | None:
    """A Vietnamese phone number as stored: «+84912345678»; None if invalid. Old eleven-digit numbers get the new prefix."""
    digits = re.sub(r"[\s.\-()]", "", text)
    match = re.fullmatch(r"(?:\+84|0084|84(?=[0-9]{9,10}$)|0)([0-9]{9,10})", digits, re.ASCII)
    if not match:
        return None
    national = match[1]
    if len(national) == 10 and national[:3] in _OLD_PREFIXES:
        national = _OLD_PREFIXES[national[:3]] + national[3:]
    return f"+84{national}" if _MOBILE.fullmatch(national) or _LANDLINE.fullmatch(national) else None


def phone_for_display(text: str) -> str:
    """The number in groups: «0912 345 678» (no-break spaces). A text that is not a phone number is returned unchanged."""
    number = to_e164(text)
    if number is None:
        return text
    national = number[3:]
    if national[:2] in ("24", "28"):  # Hà Nội and Thành phố Hồ Chí Minh: short area code, eight digits
        groups = [national[:2], national[2:6], national[6:]]
    else:
        groups = [national[:3], national[3:6], national[6:]]
    return "0" + _GLUE.join(groups)


def phone_uri(text: str) -> str:
    """URI of a call link: «tel:+84912345678». Short service numbers are kept as written."""
    return f"tel:{to_e164(text) or re.sub(r'[^0-9+]', '', text)}"


# ---------------------------------------------------------------- codes


def in_groups(text: str, *sizes: int, separator: str = " ") -> str:
    """A code in groups of these sizes; the last size repeats: ("ABCDEFGHJ", 2, 4) gives "AB CDEF GHJ"."""
    groups, rest = [], text
    while rest:
        size = sizes[min(len(groups), len(sizes) - 1)]
        groups.append(rest[:size])
        rest = rest[size:]
    return separator.join(groups)


# ---------------------------------------------------------------- hiding


def mask_name(name: str) -> str:
    """The first letter of each word and one to three stars: «N*** T** Á**»."""
    return " ".join(word[0] + "*" * max(1, min(3, len(word) - 1)) for word in name.split())


def mask_number(number: str) -> str:
    """The last three digits only: «••• ••• ••• 204». A number of up to six digits is masked completely."""
    return "••• ••• ••• " + number[-3:] if len(number) > 6 else "••••••"
