"""Files and reference implementations of data/, for tests that compare the code with them."""

import functools
import importlib.util
import json
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data"


@functools.cache
def load(name):
    """A parsed file of data/. Do not change what it returns."""
    return json.loads((DATA / name).read_text(encoding="utf-8"))


@functools.cache
def module(name):
    """data/check.py or data/check_forms.py as a module: reference implementations of fees, due times, levels and forms."""
    spec = importlib.util.spec_from_file_location(f"reference_{name}", DATA / f"{name}.py")
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


@functools.cache
def procedures():
    """The curated procedures by code."""
    return {item["code"]: item for item in load("procedures.json")["procedures"]}
