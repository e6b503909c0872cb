"""Numbers that name people: personal number, tax code, phone. What they must look like, and how they are shown or hidden.

The personal number is never a secret and has no check digit (NĐ 137/2015 Đ.13, TT 07/2016 Đ.7), so most checks only warn.
"""

import datetime as dt
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

# Codes of the place of birth registration on personal numbers. They did not change when provinces merged in 2025.
# fmt: off
PLACE_CODES = frozenset({
    1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33,
    34, 35, 36, 37, 38, 40, 42, 44, 45, 46, 48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66,
    67, 68, 70, 72, 74, 75, 77, 79, 80, 82, 83, 84, 86, 87, 89, 91, 92, 93, 94, 95, 96,
})
# fmt: on
_FIRST_COUNTRY_CODE = 101  # births registered abroad carry a country code instead of a place

_TAX_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)

_MOBILE = re.compile(r"(?:3[2-9]|5[0-9]|7[06-9]|8[0-9]|9[0-9])[0-9]{7}")
_LANDLINE = re.compile(r"2[0-9]{9}")
# Eleven-digit mobile numbers got a new prefix in 2018; people still hand in papers with the old ones.
_OLD_PREFIXES = {
    **{f"16{n}": f"3{n}" for n in "23456789"},
    **{"120": "70", "121": "79", "122": "77", "126": "76", "128": "78"},
    **{"123": "83", "124": "84", "125": "85", "127": "81", "129": "82"},
    **{"186": "56", "188": "58", "199": "59"},
}
_GLUE = "\u00a0"


@dataclass(frozen=True)
class Finding:
    """Something wrong or odd about a number. `hard` refuses it; otherwise people are only asked to look again."""

    code: str
    message: str
    hard: bool


# ---------------------------------------------------------------- personal number


def is_personal_number(text: str) -> bool:
    """Twelve ASCII digits. (`str.isdigit` would also take «²» and Arabic digits.)"""
    return re.fullmatch(r"[0-9]{12}", text) is not None


def is_made_up(number: str) -> bool:
    """Numbers with 999 at places 4–6 belong to nobody: demo and tests use only these."""
    return is_personal_number(number) and number[3:6] == "999"


def birth_year(number: str) -> int:
    """Year written into a personal number: digit 4 gives century and sex, digits 5–6 the year."""
    return 1900 + 100 * (int(number[3]) // 2) + int(number[4:6])


def check_personal_number(
    number: str, *, today: dt.date, born: dt.date | None = None, sex: str = "", made_up_allowed: bool = False
) -> list[Finding]:
    """What is wrong with a personal number, worst first; an empty list is fine. `sex` is "male", "female" or "" (not known).

    A made-up number (999 at places 4–6) says the year 2399: it is refused unless `made_up_allowed`.
    """
    shape = _shape_of_number(number)
    if shape:
        return [shape]
    if is_made_up(number):
        return [] if made_up_allowed else [_future_year()]
    if birth_year(number) > today.year:
        return [_future_year()]
    return [*_place_doubts(number), *_birth_doubts(number, born, sex)]


def _shape_of_number(number: str) -> Finding | None:
    if re.search(r"[^0-9]", number):
        return Finding("digits", _("Số căn cước chỉ gồm các chữ số từ 0 đến 9."), hard=True)
    if len(number) != 12:
        return Finding("length", _("Số căn cước có 12 số, mới nhập %(count)d số.") % {"count": len(number)}, hard=True)
    return None


def _future_year() -> Finding:
    return Finding("future", _("Số căn cước này ghi năm sinh chưa tới. Xem lại từ số thứ tư đến số thứ sáu."), hard=True)


def _place_doubts(number: str) -> list[Finding]:
    place = int(number[:3])
    if place in PLACE_CODES or place >= _FIRST_COUNTRY_CODE:
        return []
    return [Finding("place", _("Ba số đầu không phải mã tỉnh nào. Xem lại số căn cước."), hard=False)]


def _birth_doubts(number: str, born: dt.date | None, sex: str) -> list[Finding]:
    """Year and sex may honestly differ (the law lets them be corrected), so these only ask to look again."""
    doubts = []
    if born and born.year != birth_year(number):
        doubts.append(Finding("birth_year", _("Năm sinh không khớp với số căn cước. Xem lại cả hai."), hard=False))
    if sex and sex != ("male", "female")[int(number[3]) % 2]:
        doubts.append(Finding("sex", _("Giới tính không khớp với số căn cước. Xem lại cả hai."), hard=False))
    return doubts


# ---------------------------------------------------------------- tax code


def is_tax_code(text: str) -> bool:
    """A tax code (MST) of an organisation: ten digits with a check digit, perhaps `-NNN` for a branch (001–999)."""
    match = re.fullmatch(r"([0-9]{9})([0-9])(?:-([0-9]{3}))?", text)
    if not match or match[3] == "000":
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_TAX_WEIGHTS, match[1], strict=True))
    return 10 - total % 11 == int(match[2])  # remainder 0 would need the digit 10: such codes are never issued


# ---------------------------------------------------------------- phone


def to_e164(text: str) -> str | None:
    """A Vietnamese phone number as stored, «+84912345678», or None. Old eleven-digit mobile numbers get their prefix of today."""
    digits = re.sub(r"[\s.\-()]", "", text)
    match = re.fullmatch(r"(?:\+84|0084|84(?=[0-9]{9,10}$)|0)([0-9]{9,10})", digits, re.ASCII)
    if not match:
        return None
    national = match[1]
    if len(national) == 10 and national[:3] in _OLD_PREFIXES:
        national = _OLD_PREFIXES[national[:3]] + national[3:]
    return f"+84{national}" if _MOBILE.fullmatch(national) or _LANDLINE.fullmatch(national) else None


def phone_for_display(text: str) -> str:
    """The number in groups, as people read it aloud: «0912 345 678» (no-break spaces). What is no phone number stays as it is."""
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
    """Address for a tap-to-call link: «tel:+84912345678»; short service numbers are dialled as written."""
    return f"tel:{to_e164(text) or re.sub(r'[^0-9+]', '', text)}"


# ---------------------------------------------------------------- hiding


def mask_name(name: str) -> str:
    """«N*** T** Á**»: enough for the owner to recognise, too little for a stranger. Shows at most four places a word."""
    return " ".join(word[0] + "*" * max(1, min(3, len(word) - 1)) for word in name.split())


def mask_number(number: str) -> str:
    """The last three figures only: «••• ••• ••• 204». A short number is hidden whole."""
    return "••• ••• ••• " + number[-3:] if len(number) > 6 else "••••••"
