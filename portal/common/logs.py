"""Structured logs: one JSON object a line, times in UTC, no personal numbers."""

import re
import time

from pythonjsonlogger.json import JsonFormatter as BaseFormatter

# What we number ourselves stays readable, or no payment could be followed through the log: attempts (P…), refunds (F…) and
# questions to the gateway (Q…) begin with a letter and the moment. Any other run of 9 or 12 figures is hidden, also between
# letters: in a JSON line a letter before a number may be the rest of a line break.
OUR_NUMBER = r"(?<![0-9A-Z])(?:P[0-9]{12}[0-9A-Z]{4}|F[0-9]{12}[0-9A-F]{8}|Q[0-9]{12}[0-9A-F]{12})(?![0-9A-Z])"
PERSONAL_NUMBER = r"(?<![0-9])[0-9]{9}(?:[0-9]{3})?(?![0-9])"
_NUMBERS = re.compile(f"(?P<ours>{OUR_NUMBER})|{PERSONAL_NUMBER}")


class JsonFormatter(BaseFormatter):
    """JSON lines in which runs of 9 or 12 figures (identity numbers) are masked, whoever logged them."""

    def __init__(self, *args, **kwargs):
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s", *args, json_ensure_ascii=False, **kwargs)

    converter = staticmethod(time.gmtime)

    def format(self, record):
        return _NUMBERS.sub(lambda found: found["ours"] or "«số»", super().format(record))
