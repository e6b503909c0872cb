"""One rule for required documents: start page, documents page, review, condition of `submit` and API agree."""

import copy
import itertools
import json

import pytest

from accounts.models import Organisation
from dossiers.filing import judging, rules
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
PERMIT = "1.013225"
MAX_SETS = 64  # of answers to the portal's own questions, a procedure


def answer_sets(facts):
    """Answers to the portal's own questions: every case with every yes and no."""
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


def building_permit():
    """A complete draft without its documents, one of which is always required."""
    world.place("68.X123")
    desk = factories.Desk("H18.X004.HC", "H18.X004")
    draft = desk.draft(code=PERMIT, answers=world.sample_answers("don_gpxd"))
    assert judging.is_complete(draft)
    return draft


def start_page(draft, client):
    """{name of a paper: its row on the start page}"""
    page = client.get(f"/nop/bat-dau/{draft.version.procedure.code}/?noi={draft.offering_id}")
    return {row["title"]: row for row in page.context["needs"]}


def submit(draft, client):
    """File the draft over the API."""
    return client.post(f"/api/v1/drafts/{draft.pk}/submit/", json.dumps({"declared": True}), content_type="application/json")


def test_a_paper_that_must_come_is_missed_by_every_page_and_every_door(desk):
    draft = building_permit()
    client = browse(draft.submitter)
    (missing,) = rules.missing_documents(draft)

    assert start_page(draft, client)[missing.name]["kind"] == "todo"
    page = client.post(step_url(draft, "giay-to"), {})
    assert [item["key"] for item in page.context["items"] if item["errors"]] == [missing.key]
    assert f"Gửi ít nhất một tệp: {missing.name}" in words(client.get(step_url(draft, "xem-lai")))
    answer = submit(draft, client)
    assert answer.status_code == 409 and answer.json()["detail"] == "Còn thiếu giấy tờ bắt buộc."


def test_a_paper_that_is_only_shown_is_asked_as_such_on_every_page_and_by_no_door(desk, monkeypatch):
    changed = copy.deepcopy(world.document("procedures.json"))
    for group in next(row for row in changed["procedures"] if row["code"] == PERMIT)["document_groups"]:
        for item in group["documents"]:
            item["presented_only"] = item["kind"] == "paper"
    real = world.document
    monkeypatch.setattr(world, "document", lambda name: changed if name == "procedures.json" else real(name))
    draft = building_permit()
    client = browse(draft.submitter)
    shown = [ask for ask in rules.asked_documents(draft) if ask.only_shown]

    (everybody,) = [ask for ask in shown if ask.needed and not ask.conditional]
    assert start_page(draft, client)[everybody.name]["note"] == "Chỉ cho cán bộ xem, không phải nộp."
    page = client.get(step_url(draft, "giay-to"))
    assert [ask.key for ask in page.context["to_show"]] == [ask.key for ask in shown] and page.context["items"] == []
    assert "Gửi ít nhất một tệp" not in words(client.get(step_url(draft, "xem-lai")))
    assert submit(draft, client).status_code == 200
