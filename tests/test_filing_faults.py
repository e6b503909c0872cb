"""How `./portalctl filing-faults` counts, and that each command starts its harness."""

import pytest

from portal.launch import faults
from portal.launch.cli import main
from tests.faults.filing import Filed, Outcome, count


def counted(*codes):
    outcome = Outcome("web", [Filed(code, 0, 1.0) for code in codes], times=1)
    count(outcome)
    return outcome.missing, outcome.doubled


@pytest.mark.needs_pdf
def test_what_was_acknowledged_is_counted_as_missing_or_doubled(desk, run_followups, signing_keys):
    whole = desk.submitted()
    run_followups()
    without_paper = desk.submitted()
    assert counted(whole.code) == (0, 0)
    assert counted(whole.code, without_paper.code) == (1, 0)
    assert counted("H18.X004.CA-261129-9999") == (1, 0)
    assert counted(whole.code, whole.code) == (0, 1), "two people were given one code"


def test_the_row_of_a_kind_says_what_people_saw():
    outcome = Outcome("relay", [Filed("A", 0, 0.4), Filed("B", 2, 3.25)], times=5, missing=1)
    assert outcome.row() == "| relay killed | 5 | 2 | 2 | 3.2 | 1 | 0 |"


def test_each_command_starts_its_harness(monkeypatch):
    asked = []
    monkeypatch.setattr(faults, "faults", lambda places, verb, words: asked.append((verb, words)) or 0)
    for verb in faults.HARNESSES:
        assert main([verb, "--only", "web"]) == 0
    assert asked == [(verb, ["--only", "web"]) for verb in ("payment-faults", "filing-faults", "scale-drill", "bench")]
