"""Structured logs: one JSON object per line, times in UTC, identity numbers masked."""

import re
import time

from pythonjsonlogger.json import JsonFormatter as BaseFormatter

# Our own references stay readable, so that a payment can be followed in the log: attempts (P…), refunds (F…) and queries to
# the gateway (Q…), each a letter and a timestamp. Any other run of 9 or 12 digits is masked, also directly after a letter:
# in a JSON line that letter may belong to an escaped line break («\n»).
OUR_NUMBER = r"(?<![0-9A-Z])(?:P[0-9]{12}[0-9A-Z]{4}|F[0-9]{12}[0-9A-F]{8}|Q[0-9]{12}[0-9A-F]{12})(?![0-9A-Z])"
PERSONAL_NUMBER = r"(?<![0-9])[0-9]{9}(?:[0-9]{3})?(?![0-9])"
_NUMBERS = re.compile(f"(?P<ours>{OUR_NUMBER})|{PERSONAL_NUMBER}")


class JsonFormatter(BaseFormatter):
    """JSON lines in which runs of 9 or 12 digits (identity numbers) are replaced by «số»."""

    def __init__(self, *args, **kwargs):
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s", *args, json_ensure_ascii=False, **kwargs)

    converter = staticmethod(time.gmtime)

    def format(self, record):
        return _NUMBERS.sub(lambda found: found["ours"] or "«số»", super().format(record))
