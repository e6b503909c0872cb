"""Logs: one JSON object per line, with the extra fields, and with identity numbers masked."""

import json
import logging

import pytest
from django.conf import settings

from portal.common.logs import JsonFormatter


def line(message, *args, **extra):
    record = logging.LogRecord("dossiers", logging.WARNING, "x.py", 1, message, args, None)
    record.created = 0
    record.__dict__.update(extra)
    return JsonFormatter().format(record)


def test_a_line_is_one_object_with_time_in_utc_level_source_and_facts():
    written = line("đã hẹn %s\nlần hai", "9 giờ", dossier="H18.X004-261125-0001")
    assert "\n" not in written
    found = json.loads(written)
    assert found["asctime"].startswith("1970-01-01 00:00:00") and found["levelname"] == "WARNING" and found["name"] == "dossiers"
    assert found["message"] == "đã hẹn 9 giờ\nlần hai" and found["dossier"] == "H18.X004-261125-0001"


@pytest.mark.parametrize("extra", [{}, {"number": "011999000001"}])
def test_a_personal_number_is_hidden_wherever_it_stands_and_what_is_longer_is_not(extra):
    found = line("số 011999000001, giấy 012345678, tệp 0123456789012", **extra)
    assert "011999000001" not in found and "012345678," not in found and "0123456789012" in found


OURS = ["P261121083000A7K2", "P2611210830001234", "F261121083000A1B2C3D4", "F26112108300012345678", "Q261121083000A1B2C3D4E5F6"]


@pytest.mark.parametrize("number", OURS)
@pytest.mark.parametrize("sentence", ["%s", "refund %s is SENT", "xong\n%s", "mã=%s,", "“%s”", "(%s)", "a/%s/b"])
def test_a_payment_can_be_followed_through_the_log(number, sentence):
    assert number in line(sentence % number) and f'"reference": "{number}"' in line("x", reference=number)
    assert number in line("%s của 011999000001", number)


@pytest.mark.parametrize(
    "logged",
    ["CCCD011999000001", "xong\n011999000001", "xong\t012345678", "số011999000001", "_011999000001_", "P011999000001",
     "P011999000001A7K", "XP011999000001A7K2", "P011999000001A7K23", "F011999000001A7K2", "f011999000001a1b2c3d4", "T012345678Z",
     "P261121083000A7K2 011999000001", "P011999000001a7k2", "\u0660011999000001"],
)  # fmt: skip
def test_a_personal_number_between_letters_is_hidden_too(logged):
    """Also after a line break, which JSON writes as «\\n»."""
    assert "011999000001" not in line(logged) and "012345678" not in line(logged), line(logged)


def test_every_process_writes_its_log_this_way():
    assert settings.LOGGING["root"]["handlers"] == ["console"]
    assert settings.LOGGING["formatters"][settings.LOGGING["handlers"]["console"]["formatter"]]["()"].endswith("JsonFormatter")
    assert settings.CELERY_WORKER_HIJACK_ROOT_LOGGER is False
