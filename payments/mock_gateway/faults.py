"""The fault switches that are on, and which of them apply to a transaction or request (the list of faults: switchboard.py).

A switch applies to all transactions or to one reference, always or a number of times. Value of a `calls` switch: `true` means
every call, a number n the first n calls.
"""

import re
import time
from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from . import clock
from .models import Switch
from .switchboard import FAULTS

MAX_VALUE = 10_000_000


class BadSwitch(ValueError):
    """Unknown switch, or a value it does not allow. The text says which."""


def checked(name, value):
    """The value, checked. For a `words` switch `True` becomes its first word. Raises BadSwitch."""
    fault = FAULTS.get(name)
    if fault is None:
        raise BadSwitch(f"no such switch: {str(name)[:40]}")
    if fault.kind == "words":
        value = fault.words[0] if value is True else value
        right = value in fault.words
    else:
        number = isinstance(value, (int, float)) and not isinstance(value, bool) and -MAX_VALUE < value < MAX_VALUE
        right = (value is True and fault.kind != "number") or (number and fault.kind != "flag")
        if name != "clock_skew" and number:
            right = right and value > 0
    if not right:
        raise BadSwitch(f"{name} cannot be {str(value)[:40]!r}")
    return value


def set_switch(name, value, *, times=None, reference=""):
    """Turn a switch on; `False`, `None` or 0 turns it off. `times`: how often it applies (None: always). Raises BadSwitch."""
    if name in FAULTS and (value is None or value is False or value == 0):
        Switch.objects.filter(name=name, reference=reference).delete()
        return
    value = checked(name, value)
    if times is not None and (not isinstance(times, int) or isinstance(times, bool) or not 0 < times < MAX_VALUE):
        raise BadSwitch("times must be a whole number above 0")
    Switch.objects.update_or_create(name=name, reference=reference, defaults={"value": value, "times_left": times})


def as_reference(text):
    """The text if it is a valid reference, else ""."""
    return text if isinstance(text, str) and re.fullmatch(r"[A-Za-z0-9]{1,100}", text) else ""


def switch_value(name):
    """The value of a switch for all transactions, or None. Does not reduce `times_left`."""
    found = Switch.objects.filter(reference="", name=name).first()
    return found.value if found else None


@transaction.atomic
def apply_switches(names, reference=""):
    """{name: value} of the switches among `names` that apply to this reference. Reduces `times_left` of each."""
    mine = Q(reference="") | Q(reference=as_reference(reference))
    rows = Switch.objects.select_for_update().filter(mine, name__in=names)
    found = {}
    for row in rows.order_by("reference", "id"):  # a switch for this reference comes last and overrides the general one
        found[row.name] = row.value
        if row.times_left is not None:
            row.times_left -= 1
            row.save(update_fields=["times_left"]) if row.times_left else row.delete()
    return found


def counts_for(value, number):
    """True when a `calls` switch applies to the call with this number (from 1)."""
    return value is True or (isinstance(value, (int, float)) and number <= value)


def gateway_time():
    """The time on the gateway's clock: the true time plus the switch clock_skew (seconds)."""
    return clock.now() + timedelta(seconds=switch_value("clock_skew") or 0)


def wait(seconds):
    """Sleep for this time, at most 120 seconds."""
    time.sleep(min(float(seconds), 120))
