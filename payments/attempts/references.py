"""References: the code that identifies an attempt at the gateway, in a bank transfer and on the telephone.

P, the local time to the second, three random characters and a check character (ISO/IEC 7064, MOD 37,36):
`P261121083000A7K2`. Letters and digits only, because banks remove other characters. Transfers are matched by it.
"""

import datetime as dt
import re
import secrets
import string

from portal.common import clock
from portal.common.identity import in_groups

ALPHABET = string.digits + string.ascii_uppercase
LENGTH = 17
_GROUPS = (3, 4, 4, 2, 4)  # P26 1121 0830 00 A7K2: year, day, time, seconds, the random rest with its check character
_FORM = re.compile(r"P[0-9]{12}[0-9A-Z]{4}")


def new_reference(moment: dt.datetime) -> str:
    """A random reference for an attempt opened at `moment` (aware). The caller retries when it is not unique in the database."""
    body = f"P{clock.local(moment):%y%m%d%H%M%S}" + "".join(secrets.choice(ALPHABET) for _ in range(3))
    return body + check_character(body)


def check_character(text: str) -> str:
    """The ISO/IEC 7064 MOD 37,36 check character: detects one wrong character and two swapped ones."""
    check = 36
    for char in text:
        check = (check + ALPHABET.index(char)) % 36 or 36
        check = check * 2 % 37
    return ALPHABET[(37 - check) % 36]


def is_reference(text: str) -> bool:
    return bool(_FORM.fullmatch(text)) and check_character(text[:-1]) == text[-1]


def find_in(content: str) -> list[str]:
    """The references in the content of a transfer, each once, in order. Spaces and punctuation are ignored: banks change them."""
    joined = "".join(char for char in content.upper() if char in ALPHABET)
    found = (joined[start : start + LENGTH] for start in range(len(joined) - LENGTH + 1))
    return list(dict.fromkeys(text for text in found if is_reference(text)))


def grouped_reference(reference: str) -> str:
    """A reference in groups of characters, to be read out on the telephone."""
    return in_groups(reference, *_GROUPS)
