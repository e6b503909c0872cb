"""The code by which one attempt is known everywhere: at the gateway, in a bank transfer, on the telephone.

P, the local moment to the second, three random signs and a check character (ISO/IEC 7064, MOD 37,36): `P261121083000A7K2`.
Letters and digits only, since banks strip everything else. Its checked form is what a stray transfer is matched by.
"""

import re
import secrets
import string

from portal.common import clock
from portal.common.identity import in_groups

ALPHABET = string.digits + string.ascii_uppercase
LENGTH = 17
_GROUPS = (3, 4, 4, 2, 4)  # P26 1121 0830 00 A7K2: year, day, time, seconds, the random rest with its check character
_FORM = re.compile(r"P[0-9]{12}[0-9A-Z]{4}")


def new_reference(moment):
    """A reference for an attempt begun at `moment` (aware). Unique by constraint, not by luck: try again on a clash."""
    body = f"P{clock.local(moment):%y%m%d%H%M%S}" + "".join(secrets.choice(ALPHABET) for _ in range(3))
    return body + check_character(body)


def check_character(text):
    """The check character of letters and digits, ISO/IEC 7064 MOD 37,36: finds one wrong sign and two swapped ones."""
    check = 36
    for sign in text:
        check = (check + ALPHABET.index(sign)) % 36 or 36
        check = check * 2 % 37
    return ALPHABET[(37 - check) % 36]


def is_reference(text):
    return bool(_FORM.fullmatch(text)) and check_character(text[:-1]) == text[-1]


def find_in(content):
    """The references in the words of a transfer, whatever the bank made of blanks and signs; each once, in order."""
    joined = "".join(sign for sign in content.upper() if sign in ALPHABET)
    found = (joined[start : start + LENGTH] for start in range(len(joined) - LENGTH + 1))
    return list(dict.fromkeys(text for text in found if is_reference(text)))


def spoken(reference):
    """A reference in groups, to be read out on the telephone."""
    return in_groups(reference, *_GROUPS)
