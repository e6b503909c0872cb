"""Static check: no condition, input or permission always gives the same answer."""

import ast
import inspect

import pytest

from dossiers import permissions
from dossiers.transitions import conditions, inputs

ALWAYS_NO = {"no_user", "is_post"}  # for jobs only; logins of the postal service come with its port


def functions(source):
    return [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]


def own(function, kind):
    """Nodes of this kind in a function, without those of nested functions."""
    inner = {id(n) for f in ast.walk(function) if f is not function and isinstance(f, ast.FunctionDef) for n in ast.walk(f)}
    return [node for node in ast.walk(function) if isinstance(node, kind) and id(node) not in inner]


def answers_always_the_same(function):
    """All its returns give one and the same constant."""
    given = [node.value for node in own(function, ast.Return)]
    return bool(given) and all(isinstance(v, ast.Constant) for v in given) and len({v.value for v in given}) == 1


def cannot_refuse(function):
    """An input that never raises."""
    return not own(function, ast.Raise)


def lets_jobs_pass(function):
    """`if step.job: return`: jobs are not checked."""
    return any(
        ast.unparse(node.test) == "step.job" and isinstance(node.body[0], ast.Return) and node.body[0].value is None
        for node in own(function, ast.If)
    )


@pytest.mark.parametrize("module", [conditions, permissions], ids=lambda module: module.__name__)
def test_no_condition_and_no_permission_is_a_constant(module):
    constant = {function.name for function in functions(inspect.getsource(module)) if answers_always_the_same(function)}
    assert constant - ALWAYS_NO == set()


def test_every_input_can_refuse_and_none_lets_a_job_pass_unasked():
    public = [function for function in functions(inspect.getsource(inputs)) if not function.name.startswith("_")]
    assert {function.name for function in public if cannot_refuse(function)} == set()
    assert {function.name for function in public if lets_jobs_pass(function)} == set()


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        (answers_always_the_same, "def f(dossier):\n    '''Words.'''\n    return True"),
        (answers_always_the_same, "def f(dossier):\n    if dossier.due_at:\n        return False\n    return False"),
        (cannot_refuse, "def f(step):\n    step.details.get('note')"),
        (lets_jobs_pass, "def f(step):\n    if step.job:\n        return\n    raise ValueError"),
    ],
)
def test_these_checks_can_fail_too(rule, source):
    assert rule(functions(source)[0])


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        (answers_always_the_same, "def f(dossier):\n    return dossier.due_at is None"),
        (answers_always_the_same, "def f(dossier):\n    if dossier.due_at:\n        return False\n    return True"),
        (cannot_refuse, "def f(step):\n    raise ValueError"),
        (lets_jobs_pass, "def f(step):\n    if not step.job:\n        return\n    raise ValueError"),
    ],
)
def test_and_leave_rules_alone(rule, source):
    assert not rule(functions(source)[0])
