"""A draft is run against filed dossiers and counts what would differ; publishing it moves nothing that was filed."""

import copy

import pytest
from django.core import serializers

from dossiers.filing import rules
from dossiers.models import Dossier, Simulation
from dossiers.simulation import run
from dossiers.workflow import deadlines, recount
from portal.common import clock, outbox
from procedures import results
from procedures.models import Procedure, VersionDraft
from procedures.office import drafts
from procedures.office.checking import problems
from tests import factories, world
from tests.dossiers.pages import browse, words

CODE = factories.RESIDENCE
PAGE = f"/can-bo/danh-muc/{CODE}/ban-thao/chay-thu/"


@pytest.fixture
def desk(db):
    return factories.Desk()


@pytest.fixture
def people(desk):
    return factories.user(catalogue_admin="H18.X004"), factories.user(catalogue_admin="H18.X004")


def changed_everywhere(facts):
    """Every part of a procedure that pages can change, changed."""
    facts = copy.deepcopy(facts)
    paper = {**facts["document_groups"][0]["documents"][0], "key": "1.9", "name": "Giấy mới", "kind": "paper", "form_key": None,
             "required": True, "originals": 1, "replaced_by_data": None, "when": None, "presented_only": False}  # fmt: skip
    facts["document_groups"][0]["documents"].append(paper)
    facts["fee_lines"] = [{**facts["fee_lines"][0], "key": "moi", "label": "Lệ phí mới", "amount": 70_000, "when": None}]
    for channel in facts["channels"]:
        channel["processing"] = {**channel["processing"], "value": 9, "unit": "working_day", "rule": None}
    facts["questions"] = [{"key": "moi", "text": "Câu hỏi mới?", "type": "yes_no", "certainty": "demo"}]
    for result in facts["results"]:
        result["name"] += " (mới)"
    return facts | {
        "name": "Tên mới", "short_name": "Tên mới", "steps": ["Bước mới"], "conditions": ["Điều kiện mới"],
        "legal_basis": ["01/2027/NĐ-CP"], "payment_timing": "on_result", "payment_deadline": {"value": 1, "unit": "day"},
        "supplement_term": {"value": 1, "unit": "day"}, "audience": ["foreigner"], "aliases": ["tên gọi mới"],
    }  # fmt: skip


def drafted(people, **more):
    world.procedure(CODE)
    draft = drafts.start(Procedure.objects.get(code=CODE).current, by=people[0])
    facts = changed_everywhere(draft.version.facts) | more
    assert problems({**draft.version.document, "procedure": facts}) == []
    return drafts.save(draft, facts, 0, by=people[0])


def everything_of(dossier):
    """All rows of a filed dossier, and all that its rules give."""
    dossier = Dossier.objects.get(pk=dossier.pk)
    known = rules.context(dossier)
    related = [list(getattr(dossier, name).all()) for name in ("events", "intervals", "step_runs", "attachments")]
    rows = [dossier, *(row for some in related for row in some)]
    return {
        "rows": serializers.serialize("json", rows),
        "fee": rules.fees(dossier).rows(),
        "papers": [ask.key for ask in rules.asked_documents(dossier)],
        "results": [row["key"] for row in results.offered(dossier.version.document, known, rules.filing_day(dossier))],
        "name": dossier.version.name,
    }


@pytest.mark.slow
def test_publishing_a_version_that_changes_everything_moves_nothing_that_was_filed(desk, people, run_followups, signing_keys):
    filed = [desk.submitted(), desk.asked_for_supplement(), desk.accepted(), desk.processing(), desk.approved()]
    run_followups()
    before = [everything_of(dossier) for dossier in filed]
    seen = [words(browse(dossier.submitter).get(f"/ho-so/{dossier.code}/")) for dossier in filed]
    draft = drafted(people)
    drafts.ask(draft, clock.today(), by=people[0])
    drafts.approve(draft, VersionDraft.objects.get().version.sha256, by=people[1])
    assert Procedure.objects.get(code=CODE).current.name == "Tên mới"
    for job in (recount.run, deadlines.run, drafts.publish_due):
        job()
    run_followups()
    assert [everything_of(dossier) for dossier in filed] == before
    assert [words(browse(dossier.submitter).get(f"/ho-so/{dossier.code}/")) for dossier in filed] == seen


@pytest.mark.slow
def test_a_run_counts_what_would_differ_and_writes_nothing(desk, people, monkeypatch):
    monkeypatch.setattr(run, "SLICE", 2)
    filed = [desk.submitted(), desk.accepted(), desk.processing()]
    before = [everything_of(dossier) for dossier in filed]
    draft, pages = drafted(people), browse(people[0])
    assert "Đã tính" not in words(pages.get(PAGE))
    assert pages.post(PAGE, {"thang": "1"}).status_code == 302
    row = Simulation.objects.get()
    assert not outbox.do(Simulation, row.pk)
    assert "Đã tính 2 trên 3 hồ sơ" in words(pages.get(PAGE))
    assert outbox.do(Simulation, row.pk)
    page = words(pages.get(PAGE))
    assert "Đã tính 3 trên 3 hồ sơ" in page and "Trả nhiều hơn: 3 hồ sơ" in page
    assert "70.000 đồng: 3 hồ sơ" in page and "9 ngày làm việc: 3 hồ sơ" in page and "muộn hơn: 2 hồ sơ" in page
    assert "Đòi thêm “Giấy mới”: 3 hồ sơ, trong đó 3 hồ sơ nộp trên mạng không có tệp này" in page
    assert [everything_of(dossier) for dossier in filed] == before
    [load] = run.desk_rows(Simulation.objects.get().result, 31)
    assert load["desk"] == str(filed[0].receiving_agency) and load["dossiers"] == 3
    assert load["papers_now"] == load["papers_then"] + 3 and load["open_now"] > load["open_then"]
    assert f"{load['papers_then']} → {load['papers_now']}" in page

    facts = copy.deepcopy(VersionDraft.objects.get().version.facts)
    facts["fee_lines"].append({**facts["fee_lines"][0], "key": "hai"})
    facts["channels"][0]["processing"]["value"] = 8
    drafts.save(VersionDraft.objects.get(), facts, draft.revision, by=people[0])
    assert "Chạy lại để có số mới" in words(pages.get(PAGE))
    pages.post(PAGE, {"thang": "12"})
    while not outbox.do(Simulation, row.pk):
        pass
    assert "3 hồ sơ có hai khoản chính cùng áp dụng" in words(pages.get(PAGE))


def test_a_decision_in_time_that_would_have_been_late_is_counted_by_body(desk, people):
    dossier = desk.accepted()
    decided = dossier.due_at - clock.dt.timedelta(minutes=1)
    Dossier.objects.filter(pk=dossier.pk).update(decided_at=decided)
    draft = drafted(people)
    channels = copy.deepcopy(draft.version.facts["channels"])
    for row in channels:
        row["processing"].update(value=1, unit="hour")
    drafts.save(draft, {**draft.version.facts, "channels": channels}, 1, by=people[0])
    run.ask(VersionDraft.objects.get(), clock.today(), clock.today(), by=people[0])
    outbox.do(Simulation, Simulation.objects.get().pk)
    assert list(Simulation.objects.get().result["late"].values()) == [1]


@pytest.mark.parametrize(("who", "read", "write"), [("agency_admin", 200, 403), ("receiving_clerk", 404, 404)])
def test_who_may_run(desk, people, who, read, write):
    drafted(people)
    pages = browse(factories.user(**{who: "H18.X004"}))
    assert pages.get(PAGE).status_code == read
    assert pages.post(PAGE, {"thang": "1"}).status_code == write
    assert browse(people[0]).post(PAGE, {"thang": "2"}).status_code == 404
    assert not Simulation.objects.exists()
