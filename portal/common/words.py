"""Numbers, amounts and dates in Vietnamese words, as papers and receipts print them beside the digits.

The northern standard used by schools and banks: linh (not lẻ), nghìn (not ngàn), tỷ; after «mươi»: mốt, tư, lăm.
"""

import datetime as dt

_DIGITS = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"]
_GROUPS = ["", "nghìn", "triệu"]
_BILLION = 10**9
LIMIT = 10**18
"""Numbers must be below this: at most eighteen digits, more than any capital a form may name."""


def number_in_words(number: int) -> str:
    """«một trăm linh năm nghìn» for 105000. Raises ValueError unless 0 <= number < LIMIT."""
    if not 0 <= number < LIMIT:
        raise ValueError(f"{number} cannot be said in words: only 0 to {LIMIT - 1}")
    if number == 0:
        return _DIGITS[0]
    billions = number // _BILLION
    words = [number_in_words(billions), "tỷ"] if billions else []
    for power in range(len(_GROUPS) - 1, -1, -1):
        group = number // 1000**power % 1000
        if group:
            words += _three_digits(group, after_others=bool(words))
            words += [_GROUPS[power]] if power else []
    return " ".join(words)


def _three_digits(group: int, *, after_others: bool) -> list[str]:
    """Words of 1–999. After a higher group the hundreds are always written: «không trăm»."""
    hundreds, tens, units = group // 100, group // 10 % 10, group % 10
    words = [_DIGITS[hundreds], "trăm"] if hundreds or after_others else []
    if tens > 1:
        words += [_DIGITS[tens], "mươi"]
    elif tens == 1:
        words.append("mười")
    elif units and words:
        words.append("linh")
    if units:
        words.append(_unit_word(units, tens))
    return words


def _unit_word(units: int, tens: int) -> str:
    """The last digit has other names after tens: mươi mốt, mươi tư, mươi lăm, mười lăm (but mười một, mười bốn, linh năm)."""
    if tens > 1 and units in (1, 4):
        return "mốt" if units == 1 else "tư"
    return "lăm" if units == 5 and tens else _DIGITS[units]


def money_in_words(amount: int) -> str:
    """«Một trăm nghìn đồng» for 100000 (whole đồng)."""
    words = number_in_words(amount)
    return f"{words[0].upper()}{words[1:]} đồng"


def date_in_words(iso: str) -> str:
    """«Ngày mùng hai tháng chín năm …» for an ISO date. Raises ValueError when there is no such day."""
    day = dt.date.fromisoformat(iso)
    day_words = ("mùng " if day.day <= 10 else "") + number_in_words(day.day)
    month = "tư" if day.month == 4 else number_in_words(day.month)  # the fourth month has its own word
    return f"Ngày {day_words} tháng {month} năm {number_in_words(day.year)}"
