"""Answers as JSON: what the samples hold is stored as it stands; foreign addresses stay words; nonsense is refused."""

import json

import pytest

from procedures.eforms import read_json
from procedures.eforms.json_reading import Refused, read_address
from tests.procedures.eforms.conftest import EXTRA, FORMS, VALID

NONSENSE = [
    True,
    7,
    1e300,
    float("nan"),
    "",
    "x" * 9,
    [],
    ["x"],
    [{}],
    [[1]],
    {},
    {"x": 1},
    {"from": 1},
    {"commune": []},
    {"agreed": 1},
]


@pytest.mark.parametrize("sample", [*VALID, *EXTRA], ids=repr)
def test_right_answers_are_stored_as_they_were_sent(sample):
    typed = {key: value for key, value in sample.answers.items() if not sample.form.fields[key].computed}
    for key, rows in typed.items():
        columns = sample.form.fields[key].columns
        made = {column.key for column in columns if column.computed}
        typed[key] = [{name: cell for name, cell in row.items() if name not in made} for row in rows] if columns else rows

    values, faults = read_json(sample.form, json.loads(json.dumps(typed)), sample.known, sample.today)

    assert not faults and values == typed


@pytest.mark.parametrize("key", FORMS)
def test_nonsense_is_refused_or_stored_in_the_type_of_the_field(key):
    form, day = FORMS[key], VALID[0].today
    for value in NONSENSE:
        for field in form.fields:
            values, faults = read_json(form, {field: value}, {}, day)
            json.dumps(faults or values, allow_nan=False)


def test_a_foreign_address_is_a_country_and_words():
    form = FORMS["ct01"]
    abroad = {"country": "LA", "detail": "Bản Na Kham, Viêng Chăn"}
    assert read_address(form, abroad) == abroad
    assert read_address(form, {"country": "VN", "commune": "11.X004"}) == {"province": "11", "commune": "11.X004"}
    with pytest.raises(Refused, match="commune"):
        read_address(form, {**abroad, "commune": "11.X004"})
