"""The processing steps of an offering, as administrators may save them."""

import copy

import pytest
from django.core.exceptions import ValidationError

from procedures.models import Offering
from procedures.models.offering import PRODUCTS, fault_of_steps
from tests import world

RULES = world.document("offerings_demo.json")["rules"]
STEPS = next(rule for rule in RULES if rule["filing"] == "here" and not rule["no_result"])["processing_steps"]
OPINION = {"kind": "opinion", "label": "ý kiến", "line": None}


def test_the_shipped_steps_can_be_worked_through():
    for rule in RULES:
        if rule["filing"] == "here":
            assert not fault_of_steps(rule["processing_steps"], no_result=rule["no_result"]), rule["id"]


def test_the_products_are_those_of_the_dossiers():
    from dossiers.choices import Product

    assert set(PRODUCTS) == set(Product)


def changed(change):
    steps = copy.deepcopy(STEPS)
    change(steps)
    return steps


@pytest.mark.parametrize(
    "steps",
    [
        None,
        "x",
        [1],
        changed(lambda steps: steps[0].pop("produces")),
        changed(lambda steps: steps[0].update(more=1)),
        changed(lambda steps: steps[0].update(produces="opinion")),
        changed(lambda steps: steps[0].update(produces={"kind": "poem", "label": "thơ", "line": None})),
        changed(lambda steps: steps[0].update(produces={"kind": "opinion"})),
        changed(lambda steps: [step.update(produces=OPINION) for step in steps]),  # nobody drafts
        changed(lambda steps: [steps.remove(step) for step in list(steps) if step["kind"] == "sign"]),
        changed(lambda steps: steps.reverse()),  # drafted after it was signed
    ],
)
def test_steps_that_nobody_could_work_through_are_refused(steps):
    with pytest.raises(ValidationError):
        Offering(processing_steps=steps).clean()


def test_a_notification_needs_no_draft():
    Offering(processing_steps=STEPS[:1], no_result=True).clean()
