"""The forms of data/, expanded as by the loader, and the reference implementation of data/check_forms.py."""

import datetime as dt
import importlib.util
import json
from pathlib import Path

import pytest
from django.conf import settings

from procedures.eforms import Form, StaticSources, expanded_form

DATA = Path(settings.BASE_DIR) / "data"
LIBRARY = json.loads((DATA / "forms.json").read_text("utf-8"))
AGENCIES = json.loads((DATA / "agencies.json").read_text("utf-8"))
SOURCES = StaticSources.from_files(AGENCIES, json.loads((DATA / "communes.json").read_text("utf-8")))
FORM_KEYS = [form["key"] for form in LIBRARY["forms"]]


def _reference():
    spec = importlib.util.spec_from_file_location("check_forms", DATA / "check_forms.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


REFERENCE = _reference()


class Holidays:
    """The working days of the reference implementation."""

    def add_working_days(self, day, count):
        return REFERENCE.add_working_days(day, count)


FORMS = {key: Form(expanded_form(key, LIBRARY), sources=SOURCES, calendar=Holidays()) for key in FORM_KEYS}


class Sample:
    """One file of data/samples: made-up answers, the day they are filed on, and what is wrong with them."""

    def __init__(self, path):
        content = json.loads(path.read_text("utf-8"))
        self.name = f"{path.parent.name}/{path.stem}"
        self.form = FORMS[content["form"]]
        self.today = dt.date.fromisoformat(content["as_of"])
        self.answers = content["answers"]
        self.known = {**content.get("bound", {}), **content["answers"]}
        self.expected = content.get("expected_errors", [])

    def __repr__(self):
        return self.name


VALID = [Sample(path) for path in sorted((DATA / "samples").glob("*.json"))]
EXTRA = [Sample(path) for path in sorted((DATA / "samples" / "extra").glob("*.json"))]
INVALID = [Sample(path) for path in sorted((DATA / "samples" / "invalid").glob("*.json"))]


@pytest.fixture
def ct01():
    return next(sample for sample in VALID if sample.form.key == "ct01")


@pytest.fixture
def promotion():
    return next(sample for sample in VALID if sample.form.key == "thong_bao_khuyen_mai")
