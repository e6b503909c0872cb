"""The switches that stand, and which of them catch a transaction or a request (what there is to switch: switchboard.py).

A switch stands for every transaction or for one reference, always or so many times. Values that count calls: `true` is
every call, a number n is the first n calls.
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
    """No such switch, or a value it cannot take. The text says which."""


def checked(name, value):
    """The value in its proper form; `True` for a switch of words means its first word."""
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
    """Turn a switch on; `False`, `None` or 0 turns it off."""
    if name in FAULTS and (value is None or value is False or value == 0):
        Switch.objects.filter(name=name, reference=reference).delete()
        return
    value = checked(name, value)
    if times is not None and (not isinstance(times, int) or isinstance(times, bool) or not 0 < times < MAX_VALUE):
        raise BadSwitch("times must be a whole number above 0")
    Switch.objects.update_or_create(name=name, reference=reference, defaults={"value": value, "times_left": times})


def as_reference(text):
    """The text when it can be a reference, else nothing."""
    return text if isinstance(text, str) and re.fullmatch(r"[A-Za-z0-9]{1,100}", text) else ""


def switch_value(name):
    """The value of a switch, without using one of its times."""
    found = Switch.objects.filter(reference="", name=name).first()
    return found.value if found else None


@transaction.atomic
def apply_switches(names, reference=""):
    """The switches among `names` that catch this one, as {name: value}. Each uses one of its times."""
    mine = Q(reference="") | Q(reference=as_reference(reference))
    rows = Switch.objects.select_for_update().filter(mine, name__in=names)
    found = {}
    for row in rows.order_by("reference", "id"):  # the one for a single reference comes last and wins
        found[row.name] = row.value
        if row.times_left is not None:
            row.times_left -= 1
            row.save(update_fields=["times_left"]) if row.times_left else row.delete()
    return found


def counts_for(value, number):
    """Whether a `calls` switch catches the call of this number (from 1)."""
    return value is True or (isinstance(value, (int, float)) and number <= value)


def gateway_time():
    """What the gateway's own clock shows: the right time, unless the switch clock_skew stands."""
    return clock.now() + timedelta(seconds=switch_value("clock_skew") or 0)


def wait(seconds):
    """Answer slowly. Never longer than two minutes."""
    time.sleep(min(float(seconds), 120))
