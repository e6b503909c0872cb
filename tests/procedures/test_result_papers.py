"""Every paper that the portal draws, filled in: all its lines and no others; with long names, and without optional answers."""

import re

import pytest

from portal.common.figures import typed_day_in
from portal.common.money import dong_in
from procedures.eforms import validate
from procedures.results import offered
from tests.result_samples import documents, samples

SAMPLES = samples()
PRIVATE = re.compile(r"09\d{8}|090\d|@example\.vn|1903000000012|Ngân hàng")


def test_every_paper_of_ours_has_a_sample():
    ours = {f"{code}/{row['key']}" for code, d in documents().items() for row in d["procedure"]["results"] if row["template"]}
    assert {repr(sample) for sample in SAMPLES} == ours and len(ours) > 30


@pytest.mark.parametrize("sample", SAMPLES, ids=repr)
def test_the_sample_is_a_dossier_that_may_be_given_this_paper(sample):
    assert validate(sample.form, sample.given, sample.day) == {}
    assert sample.key in [row["key"] for row in offered(sample.document, sample.known, sample.day)]


@pytest.mark.parametrize("sample", SAMPLES, ids=repr)
def test_the_office_writes_what_is_required_in_the_right_kind(sample):
    asked = {line.key: line for line in sample.proposed() if line.office}
    assert not set(sample.office) - set(asked)
    for key, line in asked.items():
        text = sample.office.get(key, "")
        assert text or not line.office["required"], key
        match line.office["type"]:
            case "date" if text:
                assert typed_day_in(text)
            case "money" if text:
                assert dong_in(text)
            case "number" if text:
                assert re.fullmatch(r"[\d.]+(,\d+)?", text)
            case "choice" if text:
                assert text in line.office["options"]


@pytest.mark.parametrize("sample", SAMPLES, ids=repr)
def test_what_is_proposed_to_the_office_can_be_taken_as_it_is(sample):
    """A proposed day, sum or number is one that the form of the office reads; a year alone is not proposed as a day."""
    for line in (line for line in sample.proposed() if line.office and line.text):
        match line.office["type"]:
            case "date":
                assert typed_day_in(line.text), line.key
            case "money":
                assert dong_in(line.text), line.key
            case "number":
                assert re.fullmatch(r"[\d.]+(,\d+)?", line.text), line.key


@pytest.mark.parametrize("sample", SAMPLES, ids=repr)
def test_each_line_of_the_paper_is_printed_or_stands_for_another_case(sample):
    """Nothing private, no placeholder of the data, no answer that is missing from fixed words."""
    lines = sample.lines()
    said = "\n".join(line.get("text") or str(line["rows"]) for line in lines)
    assert not PRIVATE.search(said) and "{" not in said and "…" not in said
    labels = [line["label"] for line in lines if line.get("side") is None]
    assert len(labels) == len(set(labels)), labels
    assert len(lines) >= 5


@pytest.mark.parametrize("sample", SAMPLES, ids=repr)
def test_long_names_and_missing_answers_leave_the_paper_whole(sample):
    keys = [line["key"] for line in sample.lines()]
    long, sparse = sample.long().lines(), sample.sparse().lines()
    assert set(keys) <= {line["key"] for line in long}
    assert all(line["text"] if "text" in line else line["rows"] for line in [*long, *sparse])
    assert "…" not in "\n".join(line.get("text", "") for line in sparse)
    required = {line.key for line in sample.proposed() if line.office and line.office["required"]}
    assert required <= {line["key"] for line in sparse}
