"""Texts that a spreadsheet rewrote: such a text is not the bank's own number any more and identifies no credit.

What spreadsheets do when a CSV is opened and saved: long numbers as «9.87654E+14», digits after the fifteenth as 0, zeros in
front dropped, thousands grouped, «3-12» as a day, narrow columns as «####».
"""

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

from portal.common.figures import is_digits

MAX_LENGTH = 60  # of a bank's number
EXACT_DIGITS = 15  # a spreadsheet keeps so many digits of a number
EXPONENT = r"^[0-9]+([.,][0-9]*)?[eE][+-][0-9]+$|^[0-9]+[.,][0-9]+[eE][0-9]+$"  # also valid as a PostgreSQL expression
_EXPONENT = re.compile(EXPONENT)
_GROUPED = re.compile(r"[0-9]{1,3}(?:([.,])[0-9]{3})(?:\1[0-9]{3})+(?:[.,]0+)?|[0-9]+[.,]0+")
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Thg[0-9]{1,2}"
_DAY = re.compile(
    rf"[0-9]{{1,2}}([/-])[0-9]{{1,2}}\1(?:[0-9]{{2}}|[0-9]{{4}})|(?:[0-9]{{1,2}}-)?(?:{_MONTHS})(?:-[0-9]{{2,4}})?", re.I
)


def is_exponent(text: str) -> bool:
    """«9.87654E+14» or «9,87654E+14»: a number of which only the first digits are left."""
    return bool(_EXPONENT.match(text))


def damage(ref: str) -> str:
    """What was done to this number of a bank, as a sentence in Vietnamese; empty if nothing is seen. One number alone does not
    show lost digits and zeros: `damage_in`."""
    if is_exponent(ref):
        return _("bảng tính đã viết gọn số tham chiếu thành %(ref)s") % {"ref": ref}
    if ref.startswith("#"):
        return _("bảng tính đã thay số tham chiếu bằng %(ref)s") % {"ref": ref[:20]}
    if _GROUPED.fullmatch(ref):
        return _("bảng tính đã thêm dấu vào số tham chiếu: %(ref)s") % {"ref": ref}
    if _DAY.fullmatch(ref):
        return _("bảng tính đã đổi số tham chiếu thành ngày %(ref)s") % {"ref": ref}
    if ref.endswith(".."):
        return _("số tham chiếu %(ref)s bị cắt cụt") % {"ref": ref}
    return ""


def damage_in(refs: dict[int, str], known: Iterable[str]) -> dict[int, str]:
    """{line: sentence} for the numbers of one file ({line: number}) whose last digits or first zeros were lost. `known`: numbers
    read before from this account.

    Numbers of more than 15 digits that all go on with zeros have lost their digits. Where numbers of this account start with
    zeros and have one length, a shorter one has lost its zeros.
    """
    numbers = {line: ref for line, ref in refs.items() if is_digits(ref, MAX_LENGTH)}
    long = {line: ref for line, ref in numbers.items() if len(ref) > EXACT_DIGITS}
    found = {}
    if long and all(not ref[EXACT_DIGITS:].strip("0") for ref in long.values()):
        words = _("số tham chiếu %(ref)s có thể đã mất các chữ số cuối")
        found = {line: words % {"ref": ref} for line, ref in long.items()}
    lengths = {len(ref) for ref in (*numbers.values(), *known) if is_digits(ref, MAX_LENGTH) and ref.startswith("0")}
    if len(lengths) == 1:
        full = lengths.pop()
        words = _("số tham chiếu %(ref)s đã mất số 0 ở đầu")
        found |= {line: words % {"ref": ref} for line, ref in numbers.items() if len(ref) < full}
    return found


def has_lost_zeros(text: str, number: str) -> bool:
    """Is `text` this number without its zeros in front?"""
    both_digits = is_digits(text, MAX_LENGTH) and is_digits(number, MAX_LENGTH)
    return both_digits and text != number and text.lstrip("0") == number.lstrip("0")
