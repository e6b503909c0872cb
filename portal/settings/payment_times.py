"""Reading of the environment variable PAYMENT_TIMES. A wrong key or value stops the start instead of being ignored."""

import json
from typing import Any

from django.core.exceptions import ImproperlyConfigured


def with_environment(defaults: dict[str, Any], text: str) -> dict[str, Any]:
    """`defaults` (seconds by key; some keys have a list) with the values of `text`, a JSON object of some of its keys.
    Raises ImproperlyConfigured with one sentence for anything else."""
    try:
        given = json.loads(text or "{}")
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise ImproperlyConfigured(f"PAYMENT_TIMES is not a JSON object: {text[:80]}")
    if unknown := sorted(given.keys() - defaults.keys()):
        raise ImproperlyConfigured(f"PAYMENT_TIMES has no key {', '.join(unknown)}; its keys are {', '.join(defaults)}.")
    for key, value in given.items():
        wants_list = isinstance(defaults[key], list)
        if not (isinstance(value, list) and value and all(map(_is_length, value)) if wants_list else _is_length(value)):
            wanted = "a list of numbers" if wants_list else "a number"
            raise ImproperlyConfigured(f"PAYMENT_TIMES: {key} must be {wanted} of seconds, 0 or more.")
    return defaults | given


def _is_length(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
