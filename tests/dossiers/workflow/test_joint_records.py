"""A joint record: one text that several bodies sign off before the step that sent it is closed."""

import pytest
from django.core.exceptions import PermissionDenied

from dossiers import invariants, workflow
from dossiers.models import Dossier, StepRun
from dossiers.papers import contexts
from dossiers.transitions.inputs import DetailsMissing
from tests import factories, world
from tests.dossiers.desk.test_steps import take

pytestmark = pytest.mark.django_db
TAX, POLICE = "H18.X005.CA", "H18.X003.CA"
RECORD = "Nhà số 5 được xây trước năm 2004, không có tranh chấp."
NOTE = "Diện tích ghi chưa đúng."


def fresh(dossier):
    return Dossier.objects.get(pk=dossier.pk)


def advance(dossier, name, actor, **details):
    return workflow.advance(fresh(dossier), name, actor=factories.fresh(actor), **details)


@pytest.fixture
def signers():
    return {code: factories.user(officer=code) for code in (TAX, POLICE)}


@pytest.fixture
def sent(desk, signers):
    dossier = desk.processing()
    StepRun.objects.filter(dossier=dossier, state="open").update(produces={})
    bodies = [str(world.agency(code).pk) for code in (TAX, POLICE)]
    assert take(desk.officer, dossier, "send_joint_record", question=RECORD, hours="8", agencies=bodies).status_code == 302
    return fresh(dossier)


def test_the_step_is_closed_when_each_body_has_signed_the_same_words(desk, sent, signers):
    records = sent.step_runs.filter(kind="joint").order_by("pk")
    assert {(run.agency.code, run.question) for run in records} == {(TAX, RECORD), (POLICE, RECORD)}
    advance(sent, "hand_over", signers[TAX])
    with pytest.raises(DetailsMissing, match="chưa đủ chữ ký"):
        advance(sent, "hand_over", desk.officer)
    with pytest.raises(PermissionDenied):  # nobody signs for another body
        advance(sent, "hand_over", signers[TAX])
    advance(sent, "hand_over", signers[POLICE], note="Đồng ý, có ghi chú.")
    closed = advance(sent, "hand_over", desk.officer)
    assert {run.answer for run in records.all()} == {"Đồng ý ký.", "Đồng ý, có ghi chú."}
    assert closed.open_steps[0].kind == "sign"
    sheet = contexts.office.control_sheet(closed, closed.events.last())
    assert sum("Đồng ý" in row["note"] for row in sheet["rows"]) == 2
    assert list(invariants.violations()) == []


def test_who_does_not_sign_says_why_and_the_record_is_sent_again_to_all(desk, sent, signers):
    advance(sent, "hand_over", signers[TAX])
    refused = advance(sent, "refuse_handover", signers[POLICE], note=NOTE)
    assert refused.step_runs.get(kind="joint", state="returned").answer == NOTE
    with pytest.raises(DetailsMissing, match="chưa đủ chữ ký"):
        advance(sent, "hand_over", desk.officer)
    bodies = [world.agency(code) for code in (TAX, POLICE)]
    advance(sent, "send_joint_record", desk.officer, question="Nhà số 5, 80 m2.", hours=8, agencies=bodies)
    for user in signers.values():
        advance(sent, "hand_over", user)
    advance(sent, "hand_over", desk.officer)


def test_who_signs_may_do_nothing_else_and_nothing_is_sent_to_nobody(desk, sent, signers):
    offered = set(workflow.steps_for(factories.fresh(signers[TAX]), sent))
    assert offered == {"hand_over", "take", "refuse_handover"}
    for wrong in ([], [world.agency(TAX)] * 2, [sent.lead_agency]):
        with pytest.raises(DetailsMissing):
            advance(sent, "send_joint_record", desk.officer, question=RECORD, hours=8, agencies=wrong)
