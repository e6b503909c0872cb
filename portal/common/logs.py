"""Structured logs: one JSON object a line, times in UTC, no personal numbers."""

import re
import time

from pythonjsonlogger.json import JsonFormatter as BaseFormatter

PERSONAL_NUMBER = re.compile(r"(?<![0-9])[0-9]{9}(?:[0-9]{3})?(?![0-9])")


class JsonFormatter(BaseFormatter):
    """JSON lines in which runs of 9 or 12 digits (identity numbers) are masked, whoever logged them."""

    def __init__(self, *args, **kwargs):
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s", *args, json_ensure_ascii=False, **kwargs)

    converter = staticmethod(time.gmtime)

    def format(self, record):
        return PERSONAL_NUMBER.sub("«số»", super().format(record))
