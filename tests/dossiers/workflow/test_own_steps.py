"""Nobody closes another's step; a step delivers what it must; no clock stands still unseen."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.messages.models import Message
from dossiers import invariants, workflow
from dossiers.desk import queues
from dossiers.models import Dossier, StepRun
from dossiers.papers import contexts, drafting
from dossiers.transitions.inputs import DetailsMissing
from portal.common import clock
from tests import factories, world
from tests.databases import past_the_triggers
from tests.dossiers.desk.test_results import a_pdf
from tests.dossiers.desk.test_steps import client_of, messages_of, page

pytestmark = pytest.mark.django_db
OTHER = "H18.X005.CA"
NOTE = "Đúng với hồ sơ lưu."
NUMBER = {"kind": "number", "label": "mã số thuế", "line": None}


@pytest.fixture
def other():
    return world.agency(OTHER)


@pytest.fixture
def two_bodies(desk, other):
    """Two parallel steps: one of the lead agency, one of another body that delivers a number."""
    dossier = desk.processing()
    run = dossier.step_runs.get(state="open")
    StepRun.objects.filter(pk=run.pk).update(parallel_group="A", produces={})
    run.pk, run.agency, run.name, run.produces, run.parallel_group = None, other, "Cấp mã số thuế", NUMBER, "A"
    run.kind, run.key = "consult", "thue"
    run.save()
    return Dossier.objects.get(pk=dossier.pk)


def fresh(dossier):
    return Dossier.objects.get(pk=dossier.pk)


def state_of(dossier):
    return {run.agency.code: run.state for run in dossier.step_runs.filter(parallel_group="A").select_related("agency")}


def advance(dossier, name, actor, **details):
    return workflow.advance(fresh(dossier), name, actor=factories.fresh(actor), **details)


# ---------------------------------------------------------------- whose step it is
def test_an_officer_closes_only_the_step_of_the_own_body(desk, two_bodies):
    advance(two_bodies, "hand_over", desk.officer)
    assert state_of(two_bodies) == {desk.receiving_agency: "done", OTHER: "open"}
    with pytest.raises(PermissionDenied):  # nothing of theirs is left
        advance(two_bodies, "hand_over", desk.officer)
    assert fresh(two_bodies).open_steps[0].agency.code == OTHER


@pytest.mark.parametrize("role", ["head", "deputy", "signer", "receiving_clerk"])
def test_other_roles_of_the_lead_agency_close_neither(desk, two_bodies, role):
    with pytest.raises(PermissionDenied):
        advance(two_bodies, "hand_over", factories.user(**{role: desk.receiving_agency}), product={"text": "0100"})


def test_who_works_at_both_bodies_says_which_step(desk, two_bodies):
    both = factories.user(officer=[desk.receiving_agency, OTHER])
    with pytest.raises(DetailsMissing, match="Chọn bước"):
        advance(two_bodies, "hand_over", both)
    theirs = two_bodies.step_runs.get(agency__code=OTHER)
    advance(two_bodies, "hand_over", both, step=theirs, product={"text": "8012345678"})
    assert state_of(two_bodies) == {desk.receiving_agency: "open", OTHER: "done"}


def test_a_forged_step_is_refused(desk, two_bodies):
    elsewhere = desk.processing().step_runs.get(state="open")
    theirs = two_bodies.step_runs.get(agency__code=OTHER)
    for forged in (elsewhere, theirs):
        with pytest.raises(DetailsMissing, match="không còn mở, hoặc không phải việc"):
            advance(two_bodies, "hand_over", desk.officer, step=forged)


def test_a_held_step_is_its_holders(desk, two_bodies):
    advance(two_bodies, "assign", desk.head, holder=desk.officer)
    colleague = factories.user(officer=desk.receiving_agency)
    with pytest.raises(PermissionDenied):
        advance(two_bodies, "hand_over", colleague)
    advance(two_bodies, "hand_over", desk.officer)


# ---------------------------------------------------------------- heads
def test_a_head_takes_over_at_the_own_body_with_a_reason(desk, two_bodies):
    with pytest.raises(DetailsMissing):
        advance(two_bodies, "take_over", desk.head)
    taken = advance(two_bodies, "take_over", desk.head, note="Chuyên viên nghỉ ốm.")
    event = taken.events.select_related("text").last()
    assert event.text.details["holder"] == str(desk.head) and event.text.note == "Chuyên viên nghỉ ốm."
    with pytest.raises(PermissionDenied):
        advance(two_bodies, "hand_over", desk.officer)
    advance(two_bodies, "hand_over", desk.head)
    assert state_of(two_bodies)[desk.receiving_agency] == "done"


def test_a_head_of_another_body_neither_takes_nor_gives(desk, two_bodies):
    stranger, theirs = factories.user(head="H18.X004"), two_bodies.step_runs.get(agency__code=OTHER)
    with pytest.raises(PermissionDenied):
        advance(two_bodies, "take_over", stranger, note=NOTE)
    with pytest.raises(DetailsMissing):  # at the own body, but not this one
        advance(two_bodies, "take_over", desk.head, note=NOTE, step=theirs)
    with pytest.raises(DetailsMissing):
        advance(two_bodies, "assign", desk.head, holder=factories.user(officer=OTHER))
    tax_head, tax_officer = factories.user(head=OTHER), factories.user(officer=OTHER)
    advance(two_bodies, "assign", tax_head, holder=tax_officer)
    theirs.refresh_from_db()
    assert theirs.holder == tax_officer


def test_work_is_taken_from_somebody_only_with_a_reason(desk, two_bodies):
    first, second = desk.officer, factories.user(officer=desk.receiving_agency)
    advance(two_bodies, "assign", desk.head, holder=first)
    with pytest.raises(DetailsMissing, match="lý do giao lại"):
        advance(two_bodies, "assign", desk.head, holder=second)
    advance(two_bodies, "assign", desk.head, holder=second, note="Anh Nam đi học.")


def test_the_head_of_the_lead_agency_takes_nothing_back_from_another_body(desk, two_bodies):
    first = two_bodies.step_runs.get(agency__code=desk.receiving_agency, state="open")
    StepRun.objects.filter(parallel_group="A").update(position=first.position + 1)
    StepRun.objects.create(
        dossier=two_bodies, position=first.position, key="dau", name="Thẩm tra", kind="review", agency=first.agency, state="done"
    )
    before = two_bodies.step_runs.get(key="dau")
    for actor in (desk.head, desk.officer):
        with pytest.raises(DetailsMissing, match="không lấy lại được"):
            advance(two_bodies, "return_step", actor, note=NOTE, back_to=before)
    assert state_of(two_bodies) == {desk.receiving_agency: "open", OTHER: "open"}
    theirs = two_bodies.step_runs.get(agency__code=OTHER)
    advance(two_bodies, "hand_over", factories.user(officer=OTHER), step=theirs, product={"text": "8012345678"})
    returned = advance(two_bodies, "return_step", desk.head, note=NOTE, back_to=before)
    assert returned.open_steps[0].key == "dau"


def test_a_question_is_taken_back_by_who_asked_it(desk, other):
    dossier = desk.processing()
    first = dossier.open_steps[0]
    advance(dossier, "consult", desk.officer, question="Có cư trú không?", hours=4, agency=other)
    StepRun.objects.filter(dossier=dossier, state="open").update(position=first.position + 1)
    before = StepRun.objects.create(
        dossier=dossier, position=first.position, key="dau", name="Thẩm tra", kind="review", agency=first.agency, state="done"
    )
    colleague = factories.user(officer=desk.receiving_agency)
    with pytest.raises(DetailsMissing, match="không lấy lại được"):
        advance(dossier, "return_step", colleague, note=NOTE, back_to=before)
    advance(dossier, "return_step", desk.officer, note=NOTE, back_to=before)
    assert dossier.step_runs.get(kind="consult", question__gt="").state == "returned"


def test_only_who_does_the_step_or_its_head_charges_or_asks_for_a_supplement(desk, two_bodies):
    item = {"target": "field", "key": "request_detail", "label": "Nội dung", "reason": NOTE}
    advance(two_bodies, "take", desk.officer)
    colleague, tax = factories.user(officer=desk.receiving_agency), factories.user(officer=OTHER, head="H18.X004")
    for stranger in (colleague, tax, desk.signer):
        for name in ("ask_supplement", "charge", "set_fee"):
            with pytest.raises(PermissionDenied):
                workflow.admit(factories.fresh(stranger), fresh(two_bodies), workflow.line_of(name, two_bodies.state))
    workflow.admit(factories.fresh(desk.head), fresh(two_bodies), workflow.line_of("charge", two_bodies.state))
    advance(two_bodies, "ask_supplement", desk.officer, items=[item])


def test_a_head_gives_the_step_that_was_chosen(desk, two_bodies):
    StepRun.objects.filter(agency__code=OTHER, dossier=two_bodies).update(agency=two_bodies.lead_agency)
    first, second = fresh(two_bodies).open_steps
    with pytest.raises(DetailsMissing, match="chọn bước"):
        advance(two_bodies, "assign", desk.head, holder=desk.officer)
    page_of_head = client_of(desk.head)
    shown = page_of_head.get(page("assign", two_bodies))
    sent = {"seen": shown.context["seen"], "holder": desk.officer.pk, "step": second.pk}
    assert page_of_head.post(page("assign", two_bodies), sent).status_code == 302
    assert [run.holder for run in fresh(two_bodies).open_steps] == [None, desk.officer]
    event = two_bodies.events.select_related("text").last()
    assert event.text.details["steps"] == [second.name] != [first.name]


def test_a_deputy_does_the_step_of_a_head(desk):
    dossier = desk.processing()
    StepRun.objects.filter(dossier=dossier, state="open").update(role="head", produces={})
    deputy, stranger = factories.user(deputy=desk.receiving_agency), factories.user(deputy="H18.X004")
    assert queues.runs_of(deputy).filter(dossier=dossier).exists()
    assert not queues.runs_of(stranger).filter(dossier=dossier).exists()
    with pytest.raises(PermissionDenied):
        advance(dossier, "hand_over", stranger)
    done = advance(dossier, "hand_over", deputy)
    assert done.step_runs.get(state="done").done_by == deputy


def test_a_head_does_not_take_over_the_signature(desk):
    dossier = desk.to_sign()
    with pytest.raises(PermissionDenied):
        advance(dossier, "take_over", desk.head, note=NOTE)


# ---------------------------------------------------------------- what a step delivers
def test_a_number_is_delivered_seen_and_printed(desk, two_bodies):
    tax = factories.user(officer=OTHER)
    client = client_of(tax)
    run = two_bodies.step_runs.get(agency__code=OTHER)
    shown = client.get(page("hand_over", two_bodies))
    answer = client.post(page("hand_over", two_bodies), {"seen": shown.context["seen"], f"number-{run.pk}": " "})
    assert answer.status_code == 422 and "Ghi mã số thuế trước khi chuyển bước này." in answer.content.decode()
    answer = client.post(page("hand_over", two_bodies), {"seen": shown.context["seen"], f"number-{run.pk}": "8012345678"})
    assert answer.status_code == 302
    run.refresh_from_db()
    assert run.product == {"text": "8012345678"} and run.done_by == tax
    details = two_bodies.events.filter(step="hand_over").select_related("text").last().text.details
    assert details == {"steps": ["Cấp mã số thuế"], "product": {"text": "8012345678"}}
    assert "8012345678" in client_of(desk.officer).get(page("hand_over", two_bodies)).content.decode()
    sheet = contexts.office.control_sheet(fresh(two_bodies), two_bodies.events.last())
    assert any("mã số thuế: 8012345678" in row["note"] for row in sheet["rows"])
    assert list(invariants.violations()) == []


def test_a_number_fills_its_line_of_the_result(desk):
    dossier = desk.processing()
    lines = dossier.version.document["procedure"]["results"][0]["template"]["lines"]
    lines.append({"key": "tax_code", "label": "Mã số thuế", "office": {"type": "text", "required": True}})
    with past_the_triggers():
        dossier.version.save()
    StepRun.objects.filter(dossier=dossier, state="open").update(produces=NUMBER | {"line": "tax_code"})
    advance(dossier, "hand_over", desk.officer, product={"text": "8012345678"})
    line = next(line for line in drafting.proposed(fresh(dossier))[0].lines if line.key == "tax_code")
    assert line.text == "8012345678"


@pytest.mark.needs_pdf
def test_a_file_is_delivered_and_opened_by_who_sees_papers(desk):
    dossier = desk.processing()
    run = dossier.step_runs.get(state="open")
    StepRun.objects.filter(pk=run.pk).update(produces={"kind": "file", "label": "biên bản", "line": None})
    client = client_of(desk.officer)
    seen = client.get(page("hand_over", dossier)).context["seen"]
    assert client.post(page("hand_over", dossier), {"seen": seen}).status_code == 422
    no_pdf = SimpleUploadedFile("x.pdf", b"MZ\x90", "application/pdf")
    assert client.post(page("hand_over", dossier), {"seen": seen, f"file-{run.pk}": no_pdf}).status_code == 422
    assert client.post(page("hand_over", dossier), {"seen": seen, f"file-{run.pk}": a_pdf("bien-ban")}).status_code == 302
    address = reverse("desk:product", args=[dossier.code, run.pk])
    assert client_of(desk.signer).get(address)["Content-Type"] == "application/pdf"
    assert client_of(factories.user(officer="H18.X004")).get(address).status_code == 404
    assert client_of(factories.user(inspector="H18")).get(address).status_code == 404
    assert list(invariants.violations()) == []


@pytest.mark.slow
def test_a_file_is_kept_when_the_form_has_another_error(desk, other):
    dossier = desk.processing()
    StepRun.objects.filter(dossier=dossier, state="open").update(produces={"kind": "file", "label": "biên bản", "line": None})
    run = dossier.step_runs.get(state="open")
    client, sent = client_of(desk.officer), {"note": "x" * 5000, f"file-{run.pk}": a_pdf("bien-ban")}
    seen = client.get(page("hand_over", dossier)).context["seen"]
    answer = client.post(page("hand_over", dossier), sent | {"seen": seen})
    assert answer.status_code == 422 and "Đã giữ tệp bien-ban.pdf" in answer.content.decode()
    kept = answer.context["form"][f"kept-{run.pk}"].value()
    forged = client.post(page("hand_over", dossier), {"seen": seen, f"kept-{run.pk}": kept[:-1] + "A"})
    assert forged.status_code == 422 and "Đã giữ tệp" not in forged.content.decode()
    assert client.post(page("hand_over", dossier), {"seen": seen, f"kept-{run.pk}": kept}).status_code == 302
    run.refresh_from_db()
    assert run.product["file"]["name"] == "bien-ban.pdf"


def test_an_opinion_is_its_words(desk):
    dossier = desk.processing()
    StepRun.objects.filter(dossier=dossier, state="open").update(produces={"kind": "opinion", "label": "ý kiến", "line": None})
    with pytest.raises(DetailsMissing, match="Ghi ý kiến"):
        advance(dossier, "hand_over", desk.officer)
    advance(dossier, "hand_over", desk.officer, note="Có cư trú từ 2019.")
    assert dossier.step_runs.filter(answer="Có cư trú từ 2019.").exists()


# ---------------------------------------------------------------- the applicant's answer and the clock
@pytest.fixture
def asking(desk):
    """At the step in which the applicant confirms, not asked yet; the dossier is due within the hour."""
    with clock.at(dt.datetime(2026, 11, 17, 9, 30, tzinfo=clock.LOCAL)):
        dossier = desk.processing()
    dossier.step_runs.filter(state="open").update(kind="applicant_confirm", produces={})
    with clock.at(dossier.due_at - dt.timedelta(hours=1)):
        yield dossier


def ask(desk, dossier):
    return advance(dossier, "ask_confirmation", desk.officer, question="Tên trên bản nháp đúng chưa?")


def open_intervals(dossier):
    return list(dossier.intervals.filter(ended_at=None).values_list("kind", flat=True))


def test_the_confirmation_is_not_skipped(desk, asking):
    with pytest.raises(DetailsMissing, match="phải hỏi người nộp"):
        advance(asking, "hand_over", desk.officer)
    asked = ask(desk, asking)
    with pytest.raises(DetailsMissing):
        advance(asked, "hand_over", desk.officer)
    assert open_intervals(asked) == ["applicant"]


def test_the_term_of_the_applicant_begins_when_asked_and_is_not_cut_by_the_due_time(desk, asking):
    asked = ask(desk, asking)
    run = asked.step_runs.get(kind="applicant_confirm")
    assert run.due_at > clock.now() + dt.timedelta(hours=2) and run.due_at > asked.due_at
    body = Message.objects.filter(recipient=asked.submitter, subject__startswith="Cần xác nhận").first().body
    assert "trước" in body


@pytest.mark.parametrize(
    ("name", "details"),
    [
        ("return_step", {"note": NOTE}),
        ("ask_supplement", {"items": [{"target": "field", "key": "request_detail", "label": "Nội dung", "reason": NOTE}]}),
        ("charge", {}),
    ],
)
def test_no_step_leaves_the_question_behind(desk, asking, name, details):
    asked = ask(desk, asking)
    with pytest.raises((workflow.StepNotPossible, PermissionDenied)):
        advance(asked, name, desk.officer, **details)
    assert open_intervals(asked) == ["applicant"] and list(invariants.violations()) == []


def test_a_refused_withdrawal_comes_back_to_the_question(desk, asking):
    asked = ask(desk, asking)
    withdrawn = advance(asked, "withdraw", asked.submitter)
    back = advance(withdrawn, "refuse_withdrawal", desk.clerk, note="Đang chờ anh chị xác nhận.")
    assert open_intervals(back) == ["applicant"] and list(invariants.violations()) == []
    advance(back, "confirm", back.submitter)
    assert open_intervals(back) == ["running"]


def test_after_the_term_without_an_answer_the_officer_goes_on(desk, asking):
    asked = ask(desk, asking)
    due = asked.step_runs.get(kind="applicant_confirm").due_at
    with pytest.raises(workflow.StepNotPossible, match="Chưa hết hạn"):
        advance(asked, "go_on_unconfirmed", desk.officer, note=NOTE)
    with clock.at(due + dt.timedelta(minutes=1)):
        with pytest.raises(PermissionDenied):
            advance(asked, "go_on_unconfirmed", desk.head, note=NOTE)
        with pytest.raises(DetailsMissing):
            advance(asked, "go_on_unconfirmed", desk.officer)
        gone_on = advance(asked, "go_on_unconfirmed", desk.officer, note=NOTE)
        assert open_intervals(gone_on) == ["running"] and list(invariants.violations()) == []
        assert Message.objects.filter(recipient=asked.submitter, subject__startswith="Cơ quan làm tiếp").exists()


def test_what_ends_leaves_no_step_open(desk, two_bodies):
    stopped = advance(two_bodies, "stop", desk.head, note=NOTE, legal_ground="Điều 21")
    assert (
        set(state_of(stopped).values()) == {"cancelled"}
        and not stopped.step_runs.filter(done_by=desk.head, state="done").exists()
    )
    refused = advance(desk.processing(), "refuse_substance", desk.signer, note=NOTE, content=factories.CONTENT)
    assert not refused.step_runs.filter(state="open").exists() and list(invariants.violations()) == []


def test_an_interval_that_no_state_explains_is_found(desk):
    dossier = desk.processing()
    dossier.intervals.filter(ended_at=None).update(kind="applicant")
    assert [line for line in invariants.violations() if "its clock counts" in line]
    dossier = desk.approved()
    dossier.step_runs.filter(kind="sign").update(state="open")
    assert [line for line in invariants.violations() if "is open" in line]


def test_a_fee_at_the_counter_never_stops_the_clock(desk):
    world.place("68.X123")
    facts = {"code": "1.004194", "answers": world.sample_answers("ct01"), "asked": {"case": "ca_nhan"}}
    for dossier in (desk.accepted(**facts), desk.processing(**facts)):
        dossier.offering.terminal.active = False
        dossier.offering.terminal.save()
        with pytest.raises(workflow.StepNotPossible, match="không trả phí trên mạng"):
            advance(dossier, "charge", desk.officer)


# ---------------------------------------------------------------- a page that is out of date
def test_what_was_typed_stays_when_somebody_was_quicker(desk, two_bodies):
    client = client_of(desk.officer)
    seen = client.get(page("consult", two_bodies)).context["seen"]
    advance(two_bodies, "assign", desk.head, holder=desk.officer)
    typed = {"seen": seen, "question": "Ông A có ở đây từ 2019 không?", "hours": "8"}
    answer = client.post(page("consult", two_bodies), typed)
    assert answer.status_code == 422 and typed["question"] in answer.content.decode()
    assert "Chưa làm gì cả" in answer.content.decode() and not two_bodies.events.filter(step="consult").exists()
    advance(two_bodies, "stop", desk.head, note=NOTE, legal_ground="Điều 21")
    answer = client.post(page("consult", two_bodies), typed)
    assert answer.status_code == 409 and typed["question"] in answer.content.decode()
    plain = client.post(page("hand_over", two_bodies), {"seen": seen})
    assert plain.status_code == 302 and "đã làm trước" in messages_of(plain) or "Không" in messages_of(plain)
