"""The system check of the transition lines."""

import pytest

from dossiers.clock import timekeeper
from dossiers.transitions.choices import Clock, Effect
from dossiers.workflow import checks, effects, line_of


def check_errors():
    return [(error.id, error.msg) for error in checks.check_lines()]


def test_everything_named_on_a_line_is_there():
    assert check_errors() == []


def test_an_effect_without_a_function_is_found(monkeypatch):
    monkeypatch.delitem(effects.BEFORE, Effect.COPY_STEPS)
    assert check_errors() == [("dossiers.E001", "accept from SUBMITTED: no effect copy_steps is done before the event")]


@pytest.mark.parametrize(("word", "effect"), [("before", Effect.OPEN_SUPPLEMENT), ("after", Effect.COPY_STEPS)])
def test_an_effect_on_the_wrong_list_is_refused(monkeypatch, word, effect):
    monkeypatch.setitem(line_of("transfer", "ACCEPTED").custom, word, (effect,))
    assert check_errors() == [("dossiers.E001", f"transfer from ACCEPTED: no effect {effect} is done {word} the event")]


def test_a_word_the_timekeeper_does_not_know_is_found(monkeypatch):
    monkeypatch.delitem(timekeeper.CLOCK_METHODS, Clock.PAUSE)
    assert check_errors() == [("dossiers.E002", "the timekeeper does not know pause")]
