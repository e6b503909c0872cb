"""The steps of dossiers from draft to result, with `workflow.advance`, without pages."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from accounts.messages.models import Message
from accounts.roles import SystemActor
from dossiers import workflow
from dossiers.models import ClockInterval, Dossier, FollowUp, StepState
from dossiers.states import DossierState
from dossiers.transitions import conditions, inputs
from dossiers.workflow import history
from portal.common import clock
from procedures import fees
from tests import factories, world
from tests.databases import past_the_triggers

TUESDAY = dt.datetime(2026, 8, 25, 9, 30, tzinfo=clock.LOCAL)


def test_filing_gives_a_code_and_owes_the_acknowledgement(desk):
    with clock.at(TUESDAY):
        dossier = desk.submitted()

    assert dossier.state == DossierState.SUBMITTED
    assert dossier.code == "H18.X004.CA-260825-0001"
    assert dossier.subject_name == "Nguyễn Hoàng Phượng Vỹ" and dossier.subject_address.startswith("Số 5, tổ dân phố 3")
    assert dossier.reception_due_at == dt.datetime(2026, 8, 26, 10, tzinfo=clock.LOCAL)  # 8 working hours of 7½ a day
    assert FollowUp.objects.get().kind == "paper:acknowledgement"
    assert not history.problems(dossier)


def test_filing_twice_is_filing_once(desk):
    draft = desk.draft()
    first = workflow.submit(draft, actor=draft.submitter)
    again = workflow.submit(draft, actor=draft.submitter)

    assert first.code == again.code and again.events.count() == 1


def test_nobody_else_files_or_learns_of_a_draft(desk):
    draft = desk.draft()
    stranger = factories.citizen()

    with pytest.raises(PermissionDenied):
        workflow.submit(draft, actor=stranger)
    with pytest.raises(PermissionDenied):
        workflow.submit(draft, actor=None)
    assert not Dossier.objects.visible_to(stranger) and not Dossier.objects.visible_to(desk.clerk)


def test_an_unfinished_form_is_not_filed(desk):
    draft = desk.draft(answers={**factories.ANSWERS, "ap_full_name": "Nguyễn Văn 2"})

    with pytest.raises(workflow.StepNotPossible) as refused:
        workflow.submit(draft, actor=draft.submitter)
    assert "Tờ khai" in refused.value.sentence()
    draft.refresh_from_db()
    assert draft.state == DossierState.DRAFT and draft.code is None


def test_accepting_starts_the_clock_and_tells_the_submitter(desk):
    with clock.at(TUESDAY):
        dossier = workflow.advance(desk.submitted(), "accept", actor=desk.clerk)

    assert dossier.due_at == dossier.first_promised_due_at == dt.datetime(2026, 8, 26, 17, tzinfo=clock.LOCAL)
    assert [run.kind for run in dossier.step_runs.all()] == ["review", "sign"]
    inbox = Message.objects.filter(recipient=dossier.submitter, channel="inbox", subject__startswith="Đã tiếp nhận")
    assert "17\u00a0giờ" in inbox.get().body
    assert dossier.intervals.get(ended_at=None).kind == "running"


def test_acceptance_after_three_in_the_afternoon_counts_from_the_next_working_day(desk):
    with clock.at(TUESDAY.replace(hour=15, minute=1)):
        dossier = desk.accepted()

    assert dossier.due_at == dt.datetime(2026, 8, 27, 17, tzinfo=clock.LOCAL)


def test_the_office_works_through_the_steps_and_the_signer_decides(desk):
    dossier = desk.processing()
    assert dossier.waiting_on == "officer" and dossier.step_due_at

    with pytest.raises(workflow.StepNotPossible):
        workflow.advance(dossier, "approve", actor=desk.signer, shown="x")
    with pytest.raises(inputs.DetailsMissing):
        workflow.advance(dossier, "hand_over", actor=desk.officer)
    factories.drafted(dossier, desk.officer)
    dossier = workflow.advance(dossier, "hand_over", actor=desk.officer)
    assert dossier.waiting_on == "signer"
    with pytest.raises(PermissionDenied):
        workflow.advance(dossier, "approve", actor=desk.officer, shown=factories.shown(dossier))
    with pytest.raises(inputs.DetailsMissing):
        workflow.advance(dossier, "approve", actor=desk.signer)
    dossier = factories.approve(dossier, desk.signer)

    assert dossier.state == DossierState.PROCESSING and dossier.decided_at
    assert dossier.decisions.get().content["code"] == dossier.code
    assert not dossier.intervals.filter(ended_at=None).exists()


@pytest.mark.needs_pdf
def test_an_approved_dossier_is_issued_and_delivered_by_the_jobs(desk, run_followups, mailoutbox, signing_keys):
    dossier = desk.approved(delivery_way="account")
    run_followups()
    dossier.refresh_from_db()

    assert dossier.state == DossierState.RETURNED
    paper = dossier.decisions.get().papers.get()
    assert paper.signed_at and paper.published_at and paper.is_result
    assert {p.kind for p in dossier.papers.all()} >= {
        "acknowledgement",
        "application_form",
        "receipt_slip",
        "control_sheet",
        "result",
    }
    assert any("Kết quả đã sẵn sàng" in mail.subject for mail in mailoutbox)
    assert not history.problems(dossier)
    assert run_followups() == 0


@pytest.mark.needs_pdf
def test_a_counter_result_waits_for_the_signature_of_who_takes_it(desk, run_followups, signing_keys):
    dossier = desk.approved(delivery_way="counter")
    run_followups()
    dossier.refresh_from_db()
    assert dossier.state == DossierState.COMPLETED

    with pytest.raises(inputs.DetailsMissing):
        workflow.advance(dossier, "deliver", actor=desk.clerk)
    dossier = workflow.advance(dossier, "deliver", actor=desk.clerk, **factories.SIGNED)
    assert dossier.state == DossierState.RETURNED


def test_refusing_receipt_needs_a_reason_and_ends_the_matter(desk):
    dossier = desk.submitted()

    with pytest.raises(inputs.DetailsMissing):
        workflow.advance(dossier, "refuse_receipt", actor=desk.clerk, note="  ")
    dossier = workflow.advance(dossier, "refuse_receipt", actor=desk.clerk, note="Hồ sơ thuộc thẩm quyền của xã khác.")

    assert dossier.state == DossierState.NOT_ACCEPTED and dossier.closed_at
    assert (
        "thẩm quyền" in Message.objects.get(recipient=dossier.submitter, channel="inbox", subject__startswith="Không được").body
    )


def test_a_supplement_after_acceptance_restarts_the_clock_and_keeps_the_first_promise(desk):
    with clock.at(TUESDAY):
        dossier = desk.processing()
        promised = dossier.due_at
        items = [{"target": "field", "key": "request_detail", "label": "Nội dung đề nghị", "reason": "Ghi rõ nơi cần nộp giấy."}]
        dossier = workflow.advance(dossier, "ask_supplement", actor=desk.officer, items=items)
    assert dossier.came_from == "PROCESSING"
    assert clock.local(dossier.supplement_due_at).date() == dt.date(2026, 9, 8)  # seven working days over Quốc khánh

    with clock.at(TUESDAY + dt.timedelta(days=2)):
        with pytest.raises(workflow.StepNotPossible):
            workflow.advance(dossier, "resubmit", actor=dossier.submitter)
        request = dossier.supplements.get()
        request.edits = {"answers": {"request_detail": "Xin xác nhận để vay vốn ở ngân hàng."}}
        request.save()
        dossier = workflow.advance(dossier, "resubmit", actor=dossier.submitter)

    assert dossier.state == DossierState.PROCESSING and dossier.came_from == ""
    assert dossier.answers["request_detail"].endswith("ngân hàng.")
    assert dossier.first_promised_due_at == promised < dossier.due_at == dt.datetime(2026, 8, 28, 17, tzinfo=clock.LOCAL)
    assert [i.kind for i in dossier.intervals.all()] == ["reception", "running", "supplement", "running"]


def test_a_second_supplement_needs_the_head(desk):
    dossier = desk.asked_for_supplement()
    request = dossier.supplements.get()
    request.edits = {"answers": {"request_detail": "Để vay vốn."}}
    request.save()
    dossier = workflow.advance(dossier, "resubmit", actor=dossier.submitter)
    items = [{"target": "field", "key": "ap_phone", "label": "Điện thoại", "reason": "Số này gọi không được."}]

    for actor in (desk.clerk, desk.head):
        with pytest.raises((workflow.StepNotPossible, PermissionDenied)):
            workflow.advance(dossier, "ask_supplement", actor=actor, items=items)
    dossier = workflow.advance(dossier, "propose_supplement", actor=desk.clerk, items=items)
    assert dossier.state == DossierState.SUBMITTED
    for actor in (desk.clerk, desk.officer):
        with pytest.raises(PermissionDenied):
            workflow.advance(dossier, "ask_supplement", actor=actor)
    dossier = workflow.advance(dossier, "ask_supplement", actor=desk.head)
    assert dossier.supplement_count == 2 and dossier.supplement_proposed_at is None
    request = dossier.supplements.last()
    assert request.approved_by == desk.head and [item.reason for item in request.items.all()] == ["Số này gọi không được."]


def test_withdrawing_before_acceptance_is_immediate_and_leaves_both_events(desk):
    dossier = desk.submitted()
    dossier = workflow.withdraw(dossier, actor=dossier.submitter)

    assert dossier.state == DossierState.STOPPED
    assert [event.step for event in dossier.events.all()] == ["submit", "withdraw", "confirm_withdrawal"]
    assert not history.problems(dossier)


def test_withdrawing_after_acceptance_waits_for_the_desk(desk):
    dossier = workflow.withdraw(desk.processing(), actor=Dossier.objects.get().submitter)
    assert dossier.state == DossierState.WITHDRAWN and dossier.came_from_withdrawn == "PROCESSING"

    with pytest.raises(inputs.DetailsMissing):
        workflow.advance(dossier, "refuse_withdrawal", actor=desk.clerk)
    dossier = workflow.advance(dossier, "refuse_withdrawal", actor=desk.clerk, note="Kết quả đã trình ký.")
    assert dossier.state == DossierState.PROCESSING and dossier.intervals.get(ended_at=None).kind == "running"


def test_a_withdrawal_out_of_a_supplement_remembers_both_places(desk):
    dossier = desk.asked_for_supplement()
    dossier = workflow.advance(dossier, "withdraw", actor=dossier.submitter)
    assert (dossier.came_from_withdrawn, dossier.came_from) == ("SUPPLEMENT_REQUIRED", "SUBMITTED")
    dossier = workflow.advance(dossier, "refuse_withdrawal", actor=desk.head, note="Đã quá thời điểm được rút.")
    assert (dossier.state, dossier.came_from) == ("SUPPLEMENT_REQUIRED", "SUBMITTED")


def test_going_back_a_step_runs_it_again(desk):
    dossier = desk.to_sign()
    review = dossier.step_runs.get(kind="review")
    dossier = workflow.advance(dossier, "return_step", actor=desk.signer, note="Xem lại nội dung xác nhận.", back_to=review)

    assert [(r.round, r.kind, r.state) for r in dossier.step_runs.all()] == [
        (1, "review", StepState.DONE), (1, "sign", StepState.RETURNED),
        (2, "review", StepState.OPEN), (2, "sign", StepState.WAITING),
    ]  # fmt: skip
    dossier = workflow.advance(dossier, "hand_over", actor=desk.officer)
    assert dossier.open_steps[0].kind == "sign"


def test_a_consultation_holds_back_the_signature_until_it_is_answered(desk):
    dossier = desk.processing()
    other = factories.user(officer="H18.X005.CA")
    dossier = workflow.advance(
        dossier,
        "consult",
        actor=desk.officer,
        question="Có từng cư trú ở xã bạn không?",
        hours=4,
        agency=world.agency("H18.X005.CA"),
    )
    assert Dossier.objects.visible_to(other).get() == dossier
    factories.drafted(dossier, desk.officer)
    dossier = workflow.advance(dossier, "hand_over", actor=desk.officer)
    assert [run.kind for run in dossier.open_steps] == ["consult"]
    dossier = workflow.advance(dossier, "hand_over", actor=other, note="Chưa từng cư trú.")
    assert [run.kind for run in dossier.open_steps] == ["sign"]
    assert dossier.step_runs.get(kind="consult").answer == "Chưa từng cư trú."


def test_an_extension_is_given_once_and_in_time(desk):
    world.place("68.X123")
    monday = dt.datetime(2026, 11, 16, 9, tzinfo=clock.LOCAL)
    with clock.at(monday):
        dossier = desk.processing(code="1.004194", answers=world.sample_answers("ct01"), asked={"case": "ca_nhan"})
    later = dossier.due_at + dt.timedelta(days=1)
    too_late = dossier.due_at

    with clock.at(too_late), pytest.raises(workflow.StepNotPossible):
        workflow.advance(dossier, "extend", actor=desk.head, note="Chờ tra cứu thêm.", new_due_at=later)
    with clock.at(monday):
        first = dossier.due_at
        dossier = workflow.advance(dossier, "extend", actor=desk.head, note="Chờ tra cứu thêm.", new_due_at=later)
        assert (dossier.due_at, dossier.first_promised_due_at) == (later, first)
        with pytest.raises(workflow.StepNotPossible):
            workflow.advance(dossier, "extend", actor=desk.head, note="Lại chậm nữa.", new_due_at=later + dt.timedelta(days=1))


def test_stopping_needs_the_head_a_reason_and_a_legal_ground(desk):
    dossier = desk.processing()
    with pytest.raises(PermissionDenied):
        workflow.advance(dossier, "stop", actor=desk.clerk, note="Theo yêu cầu của tòa án.", legal_ground="x")
    with pytest.raises(inputs.DetailsMissing):
        workflow.advance(dossier, "stop", actor=desk.head, note="Theo yêu cầu của tòa án.")
    dossier = workflow.advance(
        dossier, "stop", actor=desk.head, note="Theo yêu cầu của tòa án.", legal_ground="Quyết định 12/QĐ-TA"
    )
    assert dossier.state == DossierState.STOPPED and not ClockInterval.objects.filter(dossier=dossier, ended_at=None).exists()


def test_a_job_is_admitted_only_where_it_is_named(desk):
    dossier = desk.processing()
    with pytest.raises(PermissionDenied):
        workflow.advance(dossier, "hand_over", actor=SystemActor("issue"))
    with pytest.raises(PermissionDenied):
        workflow.advance(dossier, "stop", actor=SystemActor("supplement_deadline"), note="Tự dừng.", legal_ground="không")


def test_ending_a_membership_ends_the_right_at_the_next_request(desk):
    dossier = desk.submitted()
    desk.clerk.memberships.update(valid_to=clock.today() - dt.timedelta(days=1))
    clerk = factories.fresh(desk.clerk)

    assert not Dossier.objects.visible_to(clerk)
    with pytest.raises(PermissionDenied):
        workflow.advance(dossier, "accept", actor=clerk)


def test_cash_is_taken_at_the_counter_of_a_dossier_that_does_not_wait_for_it(desk):
    from procedures.models import LocalFee

    world.place("68.X123")
    desk = factories.Desk("H18.X004.HC", lead="H18.X004")
    LocalFee.objects.create(
        province_code="H18", procedure=world.procedure("1.004873"), fee_line_key="le_phi_ho_tich", amount=15_000
    )
    dossier = desk.submitted(code="1.004873", answers=world.sample_answers("to_khai_xntthn"), asked={"xin_cap_lai": "khong"})
    assert dossier.state == DossierState.SUBMITTED  # at level 3 a fee never blocks reception
    assert dossier.obligation.total == 15_000 and dossier.obligation.lines.get().legal_ref is not None

    with pytest.raises(inputs.DetailsMissing):
        workflow.advance(dossier, "collect", actor=desk.clerk, amount=10_000)
    dossier = workflow.advance(dossier, "collect", actor=desk.clerk, amount=15_000)
    assert dossier.obligation.is_settled and dossier.payment_status == "paid" and dossier.state == DossierState.SUBMITTED
    with pytest.raises(workflow.StepNotPossible):
        workflow.advance(dossier, "collect", actor=desk.clerk, amount=15_000)


def test_an_officer_charges_and_the_desk_takes_the_money(desk):
    world.place("68.X123")
    dossier = desk.accepted(code="1.004194", answers=world.sample_answers("ct01"), asked={"case": "ca_nhan"})
    dossier = workflow.advance(dossier, "charge", actor=desk.officer)
    assert (dossier.state, dossier.came_from, dossier.waiting_on) == ("PAYMENT_REQUIRED", "ACCEPTED", "submitter")
    assert dossier.payment_due_at and dossier.intervals.get(ended_at=None).kind == "payment"

    dossier = workflow.advance(dossier, "paid", actor=desk.clerk, amount=dossier.obligation.total)
    assert (dossier.state, dossier.came_from) == ("ACCEPTED", "") and dossier.intervals.get(ended_at=None).kind == "running"


def test_an_inspector_reads_the_whole_province_but_no_papers(desk):
    from dossiers.permissions import may_see_papers

    dossier = desk.submitted()
    inspector = factories.user(inspector="H18")
    elsewhere = factories.user(inspector="H18.Z01")

    assert Dossier.objects.visible_to(inspector).get() == dossier and not Dossier.objects.visible_to(elsewhere)
    assert not may_see_papers(dossier, inspector) and may_see_papers(dossier, desk.clerk)
    assert workflow.steps_for(inspector, dossier) == []


def test_a_confidential_dossier_is_seen_by_its_holder_only(desk):
    dossier = desk.submitted(confidential=True)
    assert not Dossier.objects.visible_to(desk.clerk)
    Dossier.objects.filter(pk=dossier.pk).update(holder=desk.clerk)
    assert Dossier.objects.visible_to(desk.clerk).get() == dossier
    assert Dossier.objects.visible_to(dossier.submitter).get() == dossier


@pytest.mark.parametrize(("decision", "total", "status"), [("confirm", 0, "waived"), ("refuse", 7_000, "due")])
def test_a_claimed_exemption_never_blocks_filing_and_is_decided_at_acceptance(desk, decision, total, status):
    world.place("68.X123")
    asked = {"case": "ca_nhan", "priority_group": "ho_ngheo"}
    dossier = desk.submitted(code="1.004194", answers=world.sample_answers("ct01"), asked=asked)
    assert (dossier.payment_status, dossier.obligation.total) == ("provisional", 0)

    with pytest.raises(inputs.DetailsMissing):
        workflow.advance(dossier, "accept", actor=desk.clerk)
    dossier = workflow.advance(dossier, "accept", actor=desk.clerk, exemption=decision)
    assert (dossier.payment_status, dossier.obligation.total, dossier.obligation.status) == (status, total, status)
    assert dossier.events.last().text.details["exemption"] == {"group": "ho_ngheo", "decided": decision}


def test_an_open_step_is_lengthened_by_the_wait(desk):
    with clock.at(TUESDAY):
        dossier = desk.processing()
        before = dossier.step_due_at
        items = [{"target": "field", "key": "request_detail", "label": "Nội dung", "reason": "Ghi rõ nơi cần nộp."}]
        dossier = workflow.advance(dossier, "ask_supplement", actor=desk.officer, items=items)
    with clock.at(TUESDAY + dt.timedelta(days=2)):
        request = dossier.supplements.get()
        request.edits = {"answers": {"request_detail": "Để vay vốn."}}
        request.save()
        dossier = workflow.advance(dossier, "resubmit", actor=dossier.submitter)
    assert dossier.step_due_at == before + dt.timedelta(days=2)


def test_nobody_takes_an_official_step_in_a_matter_of_their_own(desk):
    staff = factories.user(receiving_clerk="H18.X004.CA", officer="H18.X004.CA", signer="H18.X004.CA", head="H18.X004.CA")
    citizen = factories.as_citizen(staff)
    dossier = desk.submitted(submitter=citizen)

    with pytest.raises(PermissionDenied):
        workflow.advance(dossier, "accept", actor=staff)
    assert workflow.steps_for(staff, dossier) == [] and workflow.steps_for(citizen, dossier) == ["withdraw"]
    assert workflow.advance(dossier, "accept", actor=desk.clerk).state == DossierState.ACCEPTED


def test_a_sum_the_rules_leave_open_is_set_by_the_office_and_nothing_leaves_unpaid_before(desk):
    world.place("68.X123")
    dossier = desk.submitted(code="1.004194", answers=world.sample_answers("ct01"), asked={"case": "ca_nhan"})
    dossier.obligation.lines.update(amount=None)
    type(dossier.obligation).objects.update(total=None, status="provisional")
    dossier = workflow.advance(dossier, "accept", actor=desk.clerk)
    assert not conditions.nothing_owed(dossier) and not conditions.nothing_owed_before_result(dossier)
    key = dossier.obligation.lines.get().key

    for amounts in ({}, {key: -1}, {key: "7000"}, {key: 7_000, "khac": 1}):
        with pytest.raises(inputs.DetailsMissing):
            workflow.advance(dossier, "set_fee", actor=desk.officer, note="Theo biểu phí.", amounts=amounts)
    dossier = workflow.advance(dossier, "set_fee", actor=desk.officer, note="Theo biểu phí của tỉnh.", amounts={key: 7_000})
    assert (dossier.obligation.total, dossier.obligation.status, dossier.payment_status) == (7_000, "due", "due")
    assert conditions.payment_blocks_next_step(dossier) and dossier.events.last().text.details["amounts"] == {key: 7_000}
    with pytest.raises(workflow.StepNotPossible):
        workflow.advance(dossier, "set_fee", actor=desk.officer, note="Theo biểu phí.", amounts={key: 9_000})


def test_a_claim_refused_where_the_sum_is_open_is_not_taken_for_nothing(desk, monkeypatch):
    world.place("68.X123")
    dossier = desk.submitted(code="1.004194", answers=world.sample_answers("ct01"), asked={"case": "ca_nhan"})
    type(dossier.obligation).objects.update(status="provisional")
    with past_the_triggers():
        Dossier.objects.filter(pk=dossier.pk).update(asked={**dossier.asked, "priority_group": "ho_ngheo"})
    open_sum = fees.Fees(None, ())
    monkeypatch.setattr("dossiers.filing.rules.fees", lambda dossier: open_sum)
    dossier = workflow.advance(Dossier.objects.get(pk=dossier.pk), "accept", actor=desk.clerk, exemption="refuse")
    assert (dossier.obligation.total, dossier.obligation.status) == (None, "provisional")
    assert [line.key for line in dossier.obligation.lines_to_set()] == ["set_by_office"]
    dossier = workflow.advance(dossier, "set_fee", actor=desk.clerk, note="Không phải trả.", amounts={"set_by_office": 0})
    assert (dossier.obligation.status, dossier.payment_status) == ("waived", "waived") and conditions.nothing_owed(dossier)
