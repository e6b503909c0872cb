"""Which papers must come is one rule: start page, papers page, review, the condition of submitting and the API say the same."""

import copy
import itertools
import json

import pytest

from accounts.models import Organisation
from dossiers.filing import rules
from dossiers.filing.views import opening
from dossiers.models import Dossier
from dossiers.transitions import conditions
from procedures.loading import DataFolder
from procedures.loading.publishing import document_of
from procedures.models import Procedure, ProcedureVersion
from procedures.offered import offered_at
from tests import factories, world
from tests.dossiers.pages import browse, step_url, words

FOLDER = DataFolder()
CURATED = {row["code"]: row for row in FOLDER.procedures()}
MAX_SETS = 64  # of answers to the portal's own questions, a procedure


def answer_sets(facts):
    """Answers to the questions the portal asks itself: every case with every yes and no."""
    questions = facts["questions"]
    choices = [[row["key"] for row in q["options"]] if q["type"] == "choice" else ["co", "khong"] for q in questions]
    for values in itertools.islice(itertools.product(*choices), MAX_SETS):
        yield dict(zip([q["key"] for q in questions], values, strict=True))


@pytest.mark.parametrize("code", sorted(CURATED))
def test_start_page_and_filing_ask_for_the_same_papers(db, code):
    row = CURATED[code]
    level = row["declared_level"]
    version = ProcedureVersion(procedure=Procedure(code=code), document=document_of(FOLDER, row), declared_level=level)
    shown = {row["title"]: row["kind"] for row in opening._needs(version, offered_at(version, None, local={}))}
    for organisation, asked in itertools.product((None, Organisation(name="Công ty Thử")), answer_sets(version.facts)):
        dossier = Dossier(version=version, organisation=organisation, asked=asked, answers={}, channel="online")
        asks = rules.asked_documents(dossier)
        kinds = {ask.name: shown[ask.name] for ask in asks}
        assert {name for name, kind in shown.items() if kind == "todo"} <= {ask.name for ask in asks if ask.needed}
        assert all(kinds[ask.name] in ("todo", "if") for ask in asks if ask.is_sent or ask.only_shown)
        assert all(kinds[ask.name] == "ok" for ask in asks if ask.replaced_by_data)
        sent = [ask.key for ask in asks if ask.is_sent and ask.item["required"]]
        assert [ask.key for ask in rules.missing_documents(dossier)] == sent
        assert conditions.required_documents_present(dossier) is not bool(sent)


@pytest.fixture
def only_shown(desk, monkeypatch):
    """A draft of a procedure that would have it all: its one required paper is only to be shown at the counter."""
    facts = copy.deepcopy(world.document("procedures.json"))
    row = next(row for row in facts["procedures"] if row["code"] == "1.004194")
    for group in row["document_groups"]:
        for item in group["documents"]:
            item["presented_only"] = item["kind"] == "paper"
    real = world.document
    monkeypatch.setattr(world, "document", lambda name: facts if name == "procedures.json" else real(name))
    world.place("68.X123")
    return desk.draft(code="1.004194", answers=world.sample_answers("ct01"), asked={"case": "ca_nhan"})


def test_a_paper_that_is_only_shown_is_asked_as_such_on_every_page_and_by_no_door(only_shown):
    draft, client = only_shown, browse(only_shown.submitter)
    papers = [ask for ask in rules.asked_documents(draft) if ask.only_shown]
    assert papers and any(ask.needed for ask in papers)

    start = client.get(f"/nop/bat-dau/1.004194/?noi={draft.offering_id}")
    needs = {row["title"]: row for row in start.context["needs"]}
    for ask in papers:
        if ask.needed and not ask.conditional:
            assert needs[ask.name]["note"] == "Chỉ cho cán bộ xem, không phải nộp."
    page = client.get(step_url(draft, "giay-to"))
    assert [ask.key for ask in page.context["to_show"]] == [ask.key for ask in papers] and page.context["items"] == []
    review = client.get(step_url(draft, "xem-lai"))
    assert "Gửi ít nhất một tệp" not in words(review)
    assert not rules.missing_documents(draft) and conditions.required_documents_present(draft)


def test_a_paper_that_must_come_is_missed_by_every_page_and_every_door(desk):
    world.offering("1.004873", "H18.X004.HC", "H18.X004")
    answers = {**world.sample_answers("to_khai_xntthn"), "req_relation": "uy_quyen"}
    draft = factories.Desk("H18.X004.HC", "H18.X004").draft(
        code="1.004873", answers=answers, asked={"xin_cap_lai": "khong", "priority_group": ""}, delivery_way="counter"
    )
    client = browse(draft.submitter)
    (missing,) = rules.missing_documents(draft)
    said = f"Gửi ít nhất một tệp: {missing.name}"

    start = client.get(f"/nop/bat-dau/1.004873/?noi={draft.offering_id}")
    assert missing.name in [row["title"] for row in start.context["needs"] if row["kind"] in ("todo", "if")]
    page = client.post(step_url(draft, "giay-to"), {})
    assert [item["key"] for item in page.context["items"] if item["errors"]] == [missing.key]
    assert said in words(client.get(step_url(draft, "xem-lai")))
    answer = client.post(f"/api/v1/drafts/{draft.pk}/submit/", json.dumps({"declared": True}), content_type="application/json")
    assert answer.status_code == 409 and "giấy tờ" in answer.json()["detail"]
