"""Phone numbers, names and identity numbers: parsing, display and masking."""

import re

import phonenumbers

from portal.common.codes import DASHES
from portal.common.lookalikes import to_latin

VIETNAM = 84  # country code
_MOBILE = re.compile(r"(?:3[2-9]|5[0-9]|7[06-9]|8[0-9]|9[0-9])[0-9]{7}")
_LANDLINE = re.compile(r"2[0-9]{9}")
# Eleven-digit mobile numbers got a new prefix in 2018; the old ones still appear on papers.
_OLD_PREFIXES = {
    **{f"16{n}": f"3{n}" for n in "23456789"},
    **{"120": "70", "121": "79", "122": "77", "126": "76", "128": "78"},
    **{"123": "83", "124": "84", "125": "85", "127": "81", "129": "82"},
    **{"186": "56", "188": "58", "199": "59"},
}
_OLD_NUMBER = re.compile(r"(?:\+?84|0084|0)(1[0-9]{2})([0-9]{7})")
_DASHES_AND_SPACES = str.maketrans(dict.fromkeys(DASHES, "-") | dict.fromkeys("\u00a0\u2009\u202f\t", " "))
_PHONE_FRAME = re.compile(r"^\s*(?:tel|đt|sđt|điện thoại|số điện thoại|phone)?[\s:.]*(?=[+(0-9])|\s+$", re.IGNORECASE)
_PHONE = re.compile(r"\+?[0-9 .()/-]{8,30}", re.ASCII)
_BRANCH = re.compile(r"([0-9]{10})\s*-\s*([0-9]{3})")
_GLUE = "\u00a0"


# ---------------------------------------------------------------- phone


def to_e164(text: str) -> str | None:
    """A Vietnamese phone number as stored: «+84912345678»; None if invalid. Old eleven-digit numbers get the new prefix.

    «0912 345 678», «0084912345678», «84912345678», «+84 (0)912.345.678», «(024) 3825 1234» and «ĐT: 0912–345–678» are read. Not
    read: foreign numbers, service numbers (1900 …), extensions, letters, digits of other scripts.
    """
    plain = _PHONE_FRAME.sub("", text.translate(_DASHES_AND_SPACES))
    if not _PHONE.fullmatch(plain):
        return None
    digits = re.sub(r"[^0-9+]", "", plain)
    if old := _OLD_NUMBER.fullmatch(digits):
        digits = "0" + _OLD_PREFIXES.get(old[1], old[1]) + old[2]
    try:
        number = phonenumbers.parse(digits if old else plain, "VN")
    except phonenumbers.NumberParseException:
        return None
    if number.country_code != VIETNAM or number.italian_leading_zero or not _is_in_use(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _is_in_use(number: phonenumbers.PhoneNumber) -> bool:
    """Is it a mobile or landline number of the plan above? (The library also takes numbers that were never given, as 031….)"""
    national = str(number.national_number)
    return bool(_MOBILE.fullmatch(national) or _LANDLINE.fullmatch(national))


def is_mobile(text: str) -> bool:
    """Is it a Vietnamese mobile number, which takes text messages?"""
    number = to_e164(text)
    return number is not None and bool(_MOBILE.fullmatch(number[3:]))


def to_national(text: str) -> str | None:
    """The same number as forms print it, digits only: «0912345678»; None if invalid."""
    number = to_e164(text)
    return number and "0" + number[3:]


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


def is_service_number(text: str) -> bool:
    """«1022», «113», «1900 1234», «18001096»: numbers without an area code."""
    return bool(re.fullmatch(r"1[0-9]{2,3}|1[89]00[ .]?[0-9]{4,6}", text.strip(), re.ASCII))


def phone_uri(text: str) -> str:
    """URI of a call link: «tel:+84912345678». Short service numbers are kept as written."""
    return f"tel:{to_e164(text) or re.sub(r'[^0-9+]', '', text)}"


# ---------------------------------------------------------------- identity numbers


def id_number_in(text: str) -> str:
    """An identity, passport or tax number as stored: capitals and digits without spaces, dots and dashes; letters of other
    scripts as the Latin ones they look like. Whether it is valid is checked elsewhere. A tax code of a branch keeps its dash."""
    plain = to_latin(text.translate(_DASHES_AND_SPACES)).upper()
    branch = _BRANCH.fullmatch(plain.strip())
    return f"{branch[1]}-{branch[2]}" if branch else re.sub(r"[\s.\-]", "", plain)


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
