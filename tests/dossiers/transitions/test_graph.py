"""The transition lines agree with the workflow file, and all names in them exist."""

import inspect

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from dossiers import messages, workflow
from dossiers.choices import IntervalKind, Job, PaperKind
from dossiers.clock import timekeeper
from dossiers.models import Dossier
from dossiers.states import DossierState
from dossiers.transitions import inputs
from dossiers.transitions.choices import Clock, Effect, Tells
from dossiers.workflow import effects, printing
from tests import world

FILE = world.document("dossier_workflow.json")
STEP = {"return": "return_step"}  # `return` is a word of the language
# Notifications end with the first; the second takes money where nothing waits for it; the third sets a sum the rules leave open.
# The others write down what becomes of a parcel: the file knows only that it was delivered. The last asks
# for an original, which moves nothing. A clerk proposes what a head must approve. A body that was asked does not answer, and the
# law takes that for consent. The last four are about who holds it.
ONLY_HERE = {
    "note_received",
    "collect",
    "set_fee",
    "send_parcel",
    "note_undelivered",
    "note_cancelled",
    "note_found",
    "ask_original",
    "propose_supplement",
    "decline_supplement",
    "consent_by_silence",
    "announce_visit",
    "send_joint_record",
    "claim",
    "give_back",
    "pass_on",
    "give_out",
}
# Named in the file, but decided elsewhere: what a door checks for every step, or what one transaction cannot lack.
GUARDS_ELSEWHERE = {
    "blocks_on_submit": "the target of submit asks it",
    "not blocks_on_submit": "the target of submit asks it",
    "complete": "required_documents_present, and the clerk's own eyes",
}
PAPERS = {
    "Xác nhận đã nộp hồ sơ": "acknowledgement", "Mẫu 01": "receipt_slip", "Mẫu 02": "supplement_request",
    "Mẫu 03 Phiếu": "refusal_of_receipt",
    "Mẫu 04": "apology", "Mẫu 05": "stop_notice", "Mẫu 06 Phiếu": "control_sheet", "Thông báo nộp phí": "payment_notice",
    "Thông báo nghĩa vụ": "payment_notice", "Ghi nhận bổ sung": "supplement_note", "Văn bản lấy ý kiến": "consultation",
    "Đề nghị rút": "withdrawal_request",
}  # fmt: skip


def rows():
    return [pytest.param(row, id=row["id"]) for row in FILE["transitions"]]


def lines_of(row):
    return [workflow.line_of(STEP.get(row["action"], row["action"]), source) for source in row["from"]]


def targets(line):
    """All target states of a line."""
    target = line.target
    if isinstance(target, str):
        return {str(target)}
    return {str(state) for state in target.allowed_states}


@pytest.mark.parametrize("row", rows())
def test_every_edge_of_the_file_is_a_step_with_the_same_people_clock_and_readers(row):
    for source, line in zip(row["from"], lines_of(row), strict=True):
        wanted = {
            "@same": {source},
            "@came_from": {"SUBMITTED", "ACCEPTED", "PROCESSING"},
            "@came_from_withdrawn": {"SUBMITTED", "ACCEPTED", "PROCESSING", "SUPPLEMENT_REQUIRED", "PAYMENT_REQUIRED"},
        }.get(row["to"], {row["to"]})
        assert wanted <= targets(line)
        if row["id"] != "submit_fee_due":  # one line, two targets: `notices` leaves the desk out until the money has come
            assert set(line.custom["tells"]) == set(row["notify"])
        actors = {f"system:{job}" for job in line.custom["jobs"]} | set(line.permission.roles)
        assert actors == set(row["actors"])
        effect = row["clock"]["effect"]
        if row["id"] == "submit_fee_due":
            effect = "reception_starts"  # one line, two targets: the timekeeper opens the wait for the payment instead
        if row["id"] == "refuse_receipt":
            effect = "close"  # the wait for reception ends with the matter
        assert line.custom["clock"] == effect
        if "interval" in row["clock"] and row["clock"]["effect"] == "pause":
            assert line.custom["interval"] == row["clock"]["interval"]


@pytest.mark.parametrize("row", rows())
def test_every_guard_of_the_file_is_checked(row):
    for line in lines_of(row):
        checked = {check.__name__ for check in [*line.conditions, *line.custom["inputs"]]}
        missing = set(row["guard"]["all"]) - checked - set(GUARDS_ELSEWHERE)
        if row["id"] == "paid":
            missing -= {"obligation_settled"} if "amount_received" in checked else set()
        assert not missing


@pytest.mark.parametrize("row", rows())
def test_every_paper_of_the_file_is_made(row):
    for line in lines_of(row):
        wanted = [kind for words, kind in PAPERS.items() if (row["document"] or "").startswith(words)]
        if row["id"] == "hand_over":
            continue  # «Mẫu 06 (thêm dòng)»: the control sheet is drawn from the step runs, nothing is added by hand
        assert line.custom["paper"] == (wanted[0] if wanted else None)


def test_who_may_take_which_step_at_which_body_is_as_reviewed():
    """After a change of the lines: read the differences, then `manage.py print_workflow > docs/workflow.txt`."""
    call_command("print_workflow", check=str(settings.BASE_DIR / "docs/workflow.txt"))


def test_every_role_of_a_line_is_held_at_a_named_body():
    for name, _source, line in all_lines():
        assert {role for role, _body in line.permission.bodies} == line.permission.roles, name


def test_the_print_names_what_differs_from_the_reviewed_file(tmp_path):
    other = tmp_path / "workflow.txt"
    other.write_text(printing.text().replace("hand_over", "hand_anything", 1), encoding="utf-8")
    with pytest.raises(CommandError, match="hand_anything"):
        call_command("print_workflow", check=str(other))


def test_nothing_is_in_the_code_that_the_file_does_not_know():
    known = {STEP.get(row["action"], row["action"]) for row in FILE["transitions"]}
    assert set(workflow.step_names()) - known == ONLY_HERE
    for name in known:
        file_sources = {s for row in FILE["transitions"] if STEP.get(row["action"], row["action"]) == name for s in row["from"]}
        code_sources = {s for s in DossierState if getattr(Dossier, name)._django_fsm.get_transition(s)}
        assert {str(s) for s in code_sources} == file_sources


def all_lines():
    for name in workflow.step_names():
        for source in DossierState:
            line = getattr(Dossier, name)._django_fsm.get_transition(source)
            if line:
                yield name, source, line


def test_every_line_names_a_permission_a_sentence_and_only_things_that_exist():
    for name, _source, line in all_lines():
        assert line.permission and hasattr(line.permission, "roles"), name
        assert str(line.custom["sentence"]), name
        assert all(hasattr(condition, "sentence") for condition in line.conditions), name
        assert set(line.custom["inputs"]) <= set(all_inputs()), name
        assert set(line.custom["before"]) <= set(effects.BEFORE), name
        assert set(line.custom["after"]) <= set(effects.AFTER), name
        assert line.custom["paper"] is None or line.custom["paper"] in PaperKind.values, name
        assert line.custom["clock"] in timekeeper.CLOCK_METHODS, name
        assert line.custom["interval"] is None or line.custom["interval"] in IntervalKind.values, name
        assert set(line.custom["jobs"]) <= set(Job), name
        assert set(line.custom["tells"]) <= set(messages.RECIPIENTS), name
        assert line.permission.roles or line.custom["jobs"], name


def all_inputs():
    """Every function of `inputs` that looks at a step."""
    functions = [f for _name, f in inspect.getmembers(inputs, inspect.isfunction) if f.__module__ == inputs.__name__]
    of_a_step = [function for function in functions if next(iter(inspect.signature(function).parameters), "") == "step"]
    return [function for function in of_a_step if not function.__name__.startswith("_")]


def test_no_effect_input_or_word_is_forgotten():
    used_before = {effect for _n, _s, line in all_lines() for effect in line.custom["before"]}
    used_after = {effect for _n, _s, line in all_lines() for effect in line.custom["after"]}
    used_inputs = {check for _n, _s, line in all_lines() for check in line.custom["inputs"]}
    assert used_before == set(effects.BEFORE) and used_after == set(effects.AFTER)
    assert used_before | used_after == set(Effect) and not used_before & used_after
    assert used_inputs == set(all_inputs())
    assert {line.custom["clock"] for _n, _s, line in all_lines()} == set(Clock) == set(timekeeper.CLOCK_METHODS)
    assert {teller for _n, _s, line in all_lines() for teller in line.custom["tells"]} == set(Tells)
    assert {job for _n, _s, line in all_lines() for job in line.custom["jobs"]} == set(Job)


def test_every_state_but_the_final_ones_has_a_way_out_and_all_can_be_reached():
    edges = [(str(source), targets(line)) for _name, source, line in all_lines()]
    reached = {"DRAFT"}
    for _ in DossierState:
        reached |= {target for source, found in edges if source in reached for target in found}
    assert reached == {str(state) for state in DossierState}
    for state in DossierState:
        leaves = any(source == str(state) and found - {source} for source, found in edges)
        assert leaves != state.is_final


def test_states_carry_the_official_numbers():
    assert {row["key"]: row["code"] for row in FILE["states"]} == {str(state): state.number for state in DossierState}
    assert {row["key"] for row in FILE["states"] if row["terminal"]} == {str(s) for s in DossierState if s.is_final}
    assert {row["key"] for row in FILE["states"] if row["waits_for_citizen"]} == {
        str(s) for s in DossierState if s.waits_for_citizen
    }
