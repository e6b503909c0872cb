"""Structured logs: one JSON object per line, times in UTC, with the request's id; identity numbers and secrets are masked."""

import re
import time

from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter as BaseFormatter

from portal.common import request_ids

# Our own references stay readable, so that a payment can be followed in the log: attempts (P…), refunds (F…) and queries to
# the gateway (Q…), each a letter and a timestamp. Any other run of 9 or 12 digits is masked, also directly after a letter:
# in a JSON line that letter may belong to an escaped line break («\n»).
OUR_NUMBER = r"(?<![0-9A-Z])(?:P[0-9]{12}[0-9A-Z]{4}|F[0-9]{12}[0-9A-F]{8}|Q[0-9]{12}[0-9A-F]{12})(?![0-9A-Z])"
PERSONAL_NUMBER = r"(?<![0-9])[0-9]{9}(?:[0-9]{3})?(?![0-9])"
REQUEST_ID = r'"request_id": "[0-9a-f]{32}"'
_NUMBERS = re.compile(f"(?P<ours>{OUR_NUMBER}|{REQUEST_ID})|{PERSONAL_NUMBER}")
# First words of addresses that go on with a secret: who reads it in a log could open the page. nginx.conf names them, too.
SECRET_DOORS = ("tra-cuu", "kiem-tra", "tra-giup", "dat-mat-khau")
_SECRETS = re.compile(rf"(/(?:{'|'.join(SECRET_DOORS)})/)[^\s\"'\\?/]+")
# What PostgreSQL adds to an error: the row that it refuses, with names and addresses.
_ROWS = re.compile(r'DETAIL:(?:[^"\\]|\\(?!n\\n(?:The above|During)).)*')


class JsonFormatter(BaseFormatter):
    """JSON lines in which runs of 9 or 12 digits (identity numbers) are replaced by «số», secrets and rows by «…».

    `record.request` is left out: it prints the query, and people search with numbers and names.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(
            "%(asctime)s %(levelname)s %(name)s %(message)s",
            *args,
            json_ensure_ascii=False,
            reserved_attrs=[*RESERVED_ATTRS, "request"],
            **kwargs,
        )

    converter = staticmethod(time.gmtime)

    def add_fields(self, log_data, record, message_dict):
        super().add_fields(log_data, record, message_dict)
        if request_id := request_ids.current():
            log_data["request_id"] = request_id

    def format(self, record):
        line = _NUMBERS.sub(lambda found: found["ours"] or "«số»", super().format(record))
        return _ROWS.sub("DETAIL: …", _SECRETS.sub(r"\1…", line))
