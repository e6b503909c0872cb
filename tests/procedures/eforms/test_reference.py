"""Validation finds the same errors as data/check_forms.py, on every sample and on randomly changed samples."""

import copy
import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from procedures.eforms import expand, holds, validate
from tests.procedures.eforms.conftest import EXTRA, FORM_KEYS, FORMS, INVALID, LIBRARY, REFERENCE, VALID

REFERENCE_FORMS = {form["key"]: REFERENCE.expand(form, LIBRARY) for form in LIBRARY["forms"]}
TODAY = dt.date(2026, 11, 23)


def reference_findings(sample, known):
    return REFERENCE.validate(REFERENCE_FORMS[sample.form.key], known, LIBRARY, sample.today)


@pytest.mark.parametrize("key", FORM_KEYS)
def test_expanding_gives_what_the_reference_gives(key):
    raw = next(form for form in LIBRARY["forms"] if form["key"] == key)

    assert expand(raw, LIBRARY) == REFERENCE_FORMS[key]


@pytest.mark.parametrize("sample", VALID + EXTRA, ids=repr)
def test_a_good_sample_has_no_errors(sample):
    assert validate(sample.form, sample.known, sample.today) == {}


@pytest.mark.parametrize("sample", INVALID, ids=repr)
def test_a_bad_sample_has_exactly_the_expected_errors(sample):
    found = validate(sample.form, sample.known, sample.today)

    assert sorted(found) == sorted(sample.expected)
    assert found == reference_findings(sample, sample.known)


def without_computed(answers, form):
    """The answers as a browser sends them: what the server computes is left out."""
    asked = {key: value for key, value in answers.items() if key not in form.fields or not form.fields[key].computed}
    for key, value in asked.items():
        if key in form.fields and form.fields[key].type == "table" and isinstance(value, list):
            columns = {column.key for column in form.fields[key].columns if column.computed}
            asked[key] = [{name: cell for name, cell in row.items() if name not in columns} for row in value]
    return asked


def values_for(sample):
    """Values somebody could put anywhere: empty, of a wrong kind, too long, other options, dates near the bounds.

    No negative amount: spelling one out never ends in the reference. `test_a_negative_capital…` has that case.
    """
    wrong = st.sampled_from(
        [None, "", [], "x", "Nguyễn Văn 2", "x" * 1200, 0, 3.5, 10**13, True, False, "2026-02-30", "1988", "2015-06"]
    )
    days = st.dates(dt.date(1920, 1, 1), dt.date(2031, 1, 1)).map(str)
    options = [o["value"] for f in sample.form.fields.values() for o in f.spec.get("options", [])] or ["khac"]
    return st.one_of(wrong, days, st.sampled_from(options))


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_spoiled_samples_have_the_findings_of_the_reference(data):
    sample = data.draw(st.sampled_from(VALID + EXTRA[:2] + EXTRA[4:]))
    known = without_computed(copy.deepcopy(sample.known), sample.form)  # the server makes those, whatever was sent
    for key in data.draw(
        st.lists(
            st.sampled_from([key for key, field in sample.form.fields.items() if not field.computed]), min_size=1, max_size=4
        )
    ):
        spoil(data, sample, known, key)
    try:
        expected = reference_findings(sample, known)
    except (TypeError, AttributeError, ValueError):
        expected = None  # the reference trusts the kinds of its input; ours must only not fall over

    found = validate(sample.form, known, sample.today)

    assert expected is None or found == expected


def spoil(data, sample, known, key):
    question = sample.form.fields[key]
    if (
        question.type == "table"
        and isinstance(known.get(key), list)
        and known[key]
        and all(isinstance(row, dict) for row in known[key])
    ):
        row = data.draw(st.sampled_from(known[key]))
        row[data.draw(st.sampled_from([column.key for column in question.columns if not column.computed]))] = data.draw(
            values_for(sample)
        )
    elif question.type in ("address", "date_range") and isinstance(known.get(key), dict):
        part = data.draw(st.sampled_from(sorted(known[key])))
        known[key][part] = data.draw(st.sampled_from(["", "68", "68.X123", "11.X001", "x" * 201, "2027-01-01"]))
    elif data.draw(st.booleans()):
        known[key] = data.draw(values_for(sample))
    else:
        known.pop(key, None)


def test_a_negative_capital_is_too_small_and_has_no_words():
    sample = next(sample for sample in VALID if sample.form.key == "giay_de_nghi_dk_hkd")
    known = without_computed(sample.known, sample.form) | {"capital": -1}

    assert validate(sample.form, known, sample.today) == {"capital": "min"}
    assert sample.form.kept(known, sample.today)["capital_words"] is None


CONDITIONS = st.recursive(
    st.builds(
        lambda field, op, value: {"field": field, "op": op, "value": value},
        st.sampled_from(["a", "b", "ask.kind", "case"]),
        st.sampled_from(["eq", "ne", "in", "not_empty", "lt", "gt", "age_lt"]),
        st.sampled_from(["x", 1, 18, True, "2010-01-01", ["x", "y"], ["1"]]),
    ),
    lambda inner: st.builds(lambda name, parts: {name: parts}, st.sampled_from(["all", "any"]), st.lists(inner, max_size=3)),
    max_leaves=6,
)
ANSWERS = st.dictionaries(
    st.sampled_from(["a", "b", "ask.kind", "case"]),
    st.sampled_from([None, "", [], "x", "1", 1, 17, True, False, ["x"], ["z"], "2010", "2010-05", "2009-11-24", "9999"]),
)


@settings(max_examples=400, deadline=None)
@given(condition=CONDITIONS, answers=ANSWERS)
def test_conditions_hold_as_in_the_reference(condition, answers):
    try:
        expected = REFERENCE.holds(condition, answers, TODAY)
    except TypeError:
        expected = False  # comparing what cannot be compared: the condition does not hold
        if "field" not in condition:
            return

    assert holds(condition, answers, TODAY) == expected


def test_no_condition_means_always():
    assert holds(None, {}, TODAY)


def test_conditions_read_any_context_name():
    context = {"ask.married": True, "channel": "online", "person.age": 17, "person.priority_group": ["poor", "disabled"]}

    assert holds({"field": "person.age", "op": "lt", "value": 18}, context, TODAY)
    assert holds({"field": "person.priority_group", "op": "in", "value": ["disabled"]}, context, TODAY)
    assert not holds({"field": "channel", "op": "ne", "value": "online"}, context, TODAY)


@pytest.mark.parametrize("key", FORM_KEYS)
def test_any_json_is_checked_without_falling_over(key):
    junk = [
        None,
        "",
        "x",
        5,
        1.5,
        True,
        [],
        [1],
        [[]],
        ["x", "x"],
        {},
        {"a": 1},
        [{}],
        [{"a": []}],
        {"detail": 5},
        {"from": 1},
        float("nan"),
    ]
    form = FORMS[key]
    for value in junk:
        found = validate(form, {name: copy.deepcopy(value) for name in form.fields}, TODAY)
        assert isinstance(found, dict)
