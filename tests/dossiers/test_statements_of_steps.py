"""The exact number of SQL statements of each step: a test fails when it grows or falls.

Counted is `workflow.advance` alone (its savepoint is two of the statements), with the actor read afresh as a request would.
A step that owes a paper gives its number in one of the statements;
one that ends a dossier asks whether it ever went to the office, which owes the last control sheet, and which steps are open.
One that stops the clock asks whether the applicant is asked to confirm, whose answer would otherwise have a clock for ever.
The message of an ending says what becomes of the money: of a paid fee it reads the lines and the body.
A key is «step state», and where the number depends on more than the state, a word for that.
"""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import SystemActor
from dossiers import workflow
from dossiers.models import Dossier, FeeObligation
from dossiers.papers.frozen import papers_in
from dossiers.papers.models import IssuedPaper
from dossiers.states import DossierState
from dossiers.transitions import conditions
from portal.common import clock
from tests import factories, money, world

TUESDAY = dt.datetime(2026, 11, 17, 9, 30, tzinfo=clock.LOCAL)
ITEM = {"target": "field", "key": "request_detail", "label": "Nội dung đề nghị", "reason": "Ghi rõ nơi cần nộp giấy."}
GROUND = "Điều 21 Nghị định 61/2018/NĐ-CP"
NOTE = "Theo hồ sơ lưu của cơ quan."

FILING = {
    "submit DRAFT": 29,
    "propose_supplement SUBMITTED": 11,
    "decline_supplement SUBMITTED": 11,
    "propose_supplement ACCEPTED": 11,
    "decline_supplement ACCEPTED": 11,
    "propose_supplement PROCESSING": 11,
    "decline_supplement PROCESSING": 12,
    "ask_supplement SUBMITTED": 23,
    "resubmit SUPPLEMENT_REQUIRED of SUBMITTED": 40,
    "ask_supplement ACCEPTED": 26,
    "resubmit SUPPLEMENT_REQUIRED of ACCEPTED": 41,
    "ask_supplement PROCESSING": 26,
    "resubmit SUPPLEMENT_REQUIRED of PROCESSING": 42,
    "supplement_timeout SUPPLEMENT_REQUIRED": 18,
}
DESK = {
    "assign SUBMITTED": 11,
    "accept SUBMITTED": 33,
    "assign ACCEPTED": 10,
    "transfer ACCEPTED": 26,
    "assign PROCESSING": 12,
    "refuse_receipt SUBMITTED": 18,
    "note_received ACCEPTED": 15,
}
HOLDING = {
    "claim SUBMITTED": 8,
    "pass_on SUBMITTED": 10,
    "give_back SUBMITTED": 8,
    "claim ACCEPTED": 8,
    "pass_on ACCEPTED": 9,
    "give_back ACCEPTED": 8,
    "pass_on PROCESSING": 15,
    "give_back PROCESSING": 13,
    "give_out SUBMITTED": 9,
    "give_out PROCESSING": 10,
}
OFFICE = {
    "consult PROCESSING": 21,  # who asks has taken the step
    "hand_over PROCESSING beside a consultation": 20,  # the step drafts: its draft is read and held against the results offered
    "hand_over PROCESSING of the body asked": 22,
    "return_step PROCESSING": 24,
    "hand_over PROCESSING": 26,
    "ask_confirmation PROCESSING": 21,  # the term of the applicant is counted from now on: calendar, hours
    "announce_visit PROCESSING": 17,
    "send_joint_record PROCESSING": 20,
    "consent_by_silence PROCESSING": 21,
    "confirm PROCESSING": 24,
    "confirmation_timeout PROCESSING": 24,
    "go_on_unconfirmed PROCESSING": 30,
    "take_over PROCESSING": 11,
    "take PROCESSING": 10,
    "refuse_handover PROCESSING": 24,
    "extend PROCESSING": 24,  # the furthest date is counted: calendar, days off, hours
    "apologise ACCEPTED": 21,
    "apologise PROCESSING": 21,
}
ORIGINALS = {
    "ask_original SUBMITTED": 14,
    "ask_original ACCEPTED": 14,
    "ask_original PROCESSING": 15,
    "ask_original COMPLETED": 17,
}
BY_POST = {"delivery_way": "post", "delivery_address": {"province": "11", "commune": "11.X004", "detail": "Số 5, tổ 3"}}
RESULT = {
    "approve PROCESSING": 27,  # steps that still wait, the draft, what is offered in this case, what the signer had on screen
    "issue PROCESSING to the account": 24,
    "deliver COMPLETED to the account": 18,
    "issue PROCESSING at the counter": 23,
    "correct_result COMPLETED replace": 26,
    "deliver COMPLETED at the counter": 18,
    "correct_result RETURNED replace": 23,
    "correct_result RETURNED revoke": 26,  # a decision with a paper of its own
    "correct_result COMPLETED revoke": 27,
    "send_parcel COMPLETED": 23,
    "note_undelivered COMPLETED": 19,
    "note_found COMPLETED": 19,
    "note_cancelled COMPLETED": 17,
    "deliver COMPLETED by post": 21,
    "refuse_substance PROCESSING": 19,
}
MONEY_THAT_BLOCKS = {
    "submit DRAFT with a fee": 31,  # the communes of its addresses are looked up once
    "paid PAYMENT_REQUIRED of SUBMITTED": 40,
    "waive PAYMENT_REQUIRED of SUBMITTED": 22,
    "charge SUBMITTED": 21,
    "payment_timeout PAYMENT_REQUIRED": 20,
    "charge ACCEPTED": 22,
    "paid PAYMENT_REQUIRED of ACCEPTED": 42,
    "charge PROCESSING": 23,
    "paid PAYMENT_REQUIRED of PROCESSING": 40,
    "waive PAYMENT_REQUIRED of ACCEPTED": 24,
}
MONEY_THAT_WAITS_FOR_NOTHING = {
    "collect SUBMITTED": 33,
    "collect ACCEPTED": 30,
    "collect PROCESSING": 31,
    "collect SUPPLEMENT_REQUIRED": 30,
    "collect COMPLETED": 34,
    "collect WITHDRAWN": 30,
    "set_fee ACCEPTED": 19,
    "set_fee PROCESSING": 21,
    "accept SUBMITTED exemption: confirm": 34,
    "accept SUBMITTED exemption: refuse": 39,
}
ENDING = {
    "withdraw SUBMITTED": 16,
    "refuse_withdrawal WITHDRAWN of SUBMITTED": 19,
    "withdraw ACCEPTED": 16,
    "refuse_withdrawal WITHDRAWN of ACCEPTED": 21,
    "withdraw PROCESSING": 16,
    "refuse_withdrawal WITHDRAWN of PROCESSING": 22,
    "withdraw SUPPLEMENT_REQUIRED": 16,
    "refuse_withdrawal WITHDRAWN of SUPPLEMENT_REQUIRED": 19,  # gives the term back: the calendar is read
    "withdraw PAYMENT_REQUIRED": 16,
    "refuse_withdrawal WITHDRAWN of PAYMENT_REQUIRED": 21,
    "refuse_withdrawal WITHDRAWN paid meanwhile, so «paid» follows": 33,
    "stop ACCEPTED": 20,
    "stop PROCESSING": 22,
    "stop SUPPLEMENT_REQUIRED": 19,
    "stop PAYMENT_REQUIRED": 22,
    "confirm_withdrawal WITHDRAWN before acceptance": 19,
    "confirm_withdrawal WITHDRAWN at the desk": 21,
}
ENDING_WITH_MONEY = {
    "refuse_receipt SUBMITTED paid": 36,
    "stop ACCEPTED paid": 38,
}


class StatementCounter:
    """Takes steps and records the number of statements of each."""

    def __init__(self):
        self.numbers = {}

    def take(self, dossier, step, actor, *, case="", **details):
        """Take the step and count it. Returns the dossier afresh, as `workflow.advance` does."""
        key = " ".join(filter(None, (step, dossier.state, case)))
        dossier = Dossier.objects.get(pk=dossier.pk)
        if not isinstance(actor, SystemActor):
            actor = factories.fresh(actor)
        with CaptureQueriesContext(connection) as statements:
            after = workflow.advance(dossier, step, actor=actor, **details)
        assert self.numbers.setdefault(key, len(statements)) == len(statements), key
        return after


@pytest.fixture
def counter():
    with clock.at(TUESDAY):
        yield StatementCounter()


def fee_facts(**facts):
    """Facts of a dossier that owes 7.000 đồng after acceptance."""
    world.place("68.X123")
    return {"code": "1.004194", "answers": world.sample_answers("ct01"), "asked": {"case": "ca_nhan"}, **facts}


def edit_supplement(dossier):
    """The citizen's edits of the supplement."""
    request = dossier.supplements.last()
    request.edits = {"answers": {ITEM["key"]: "Xin xác nhận để vay vốn ở ngân hàng."}}
    request.save()


def add_signed_paper(dossier):
    """The row of the signed result, without its file."""
    decision = dossier.decisions.last()
    IssuedPaper.objects.create(
        dossier=dossier, event=decision.event, decision=decision, result_key=next(iter(papers_in(decision.content))),
        kind="result", number=decision.number, storage_key=f"kq-{decision.pk}",
        sha256="0" * 64, size=1, signed_at=clock.now(), published_at=clock.now(),
    )  # fmt: skip


def withdrawn(desk, **facts):
    dossier = desk.accepted(**facts)
    return workflow.advance(dossier, "withdraw", actor=dossier.submitter)


def completed(desk, **facts):
    """A dossier with its result."""
    dossier = desk.processing(**facts)
    while any(run.kind != "sign" for run in dossier.open_steps):
        actor = {"officer": desk.officer, "head": desk.head}[dossier.open_steps[0].role]
        factories.drafted(dossier, actor)
        dossier = workflow.advance(dossier, "hand_over", actor=actor)
    dossier = factories.approve(dossier, desk.signer)
    add_signed_paper(dossier)
    return workflow.advance(dossier, "issue", actor=SystemActor("issue"))


def test_filing_and_the_supplement(desk, counter):
    draft = desk.draft()
    dossier = counter.take(draft, "submit", draft.submitter)
    dossier = counter.take(dossier, "ask_supplement", desk.clerk, items=[ITEM])
    edit_supplement(dossier)
    counter.take(dossier, "resubmit", dossier.submitter, case="of SUBMITTED")
    for dossier in (desk.accepted(), desk.processing()):
        source = dossier.state
        dossier = counter.take(dossier, "ask_supplement", desk.clerk, items=[ITEM])
        edit_supplement(dossier)
        counter.take(dossier, "resubmit", dossier.submitter, case=f"of {source}")
    for dossier in (desk.submitted(), desk.accepted(), desk.processing()):
        Dossier.objects.filter(pk=dossier.pk).update(supplement_count=1)
        dossier = counter.take(dossier, "propose_supplement", desk.clerk, items=[ITEM])
        counter.take(dossier, "decline_supplement", desk.head, note=NOTE)
    dossier = desk.asked_for_supplement()
    Dossier.objects.filter(pk=dossier.pk).update(reminded_at=clock.now())
    with clock.at(dossier.supplement_due_at):
        counter.take(dossier, "supplement_timeout", SystemActor("supplement_deadline"))
    assert counter.numbers == FILING


def test_taking_giving_back_and_passing_on(desk, counter):
    clerk, officer = factories.user(receiving_clerk=desk.receiving_agency), factories.user(officer=desk.lead)
    for dossier in (desk.submitted(), desk.accepted()):
        dossier = counter.take(dossier, "claim", desk.clerk)
        dossier = counter.take(dossier, "pass_on", desk.clerk, holder=clerk, note=NOTE)
        counter.take(dossier, "give_back", clerk)
    dossier = workflow.advance(desk.processing(), "assign", actor=desk.head, holder=desk.officer)
    dossier = counter.take(dossier, "pass_on", desk.officer, holder=officer, note=NOTE)
    counter.take(dossier, "give_back", officer)
    rule = SystemActor("give_out")
    counter.take(desk.submitted(), "give_out", rule, holder=desk.clerk)
    counter.take(desk.processing(), "give_out", rule, holder=desk.officer)
    assert counter.numbers == HOLDING


def test_the_desk(desk, counter):
    dossier = counter.take(desk.submitted(), "assign", desk.head, holder=desk.clerk)
    dossier = counter.take(dossier, "accept", desk.clerk)
    dossier = counter.take(dossier, "assign", desk.head, holder=desk.clerk)
    dossier = counter.take(dossier, "transfer", desk.clerk)
    counter.take(dossier, "assign", desk.head, holder=desk.officer)
    counter.take(desk.submitted(), "refuse_receipt", desk.clerk, note=NOTE)
    dossier = desk.accepted()
    dossier.offering.no_result = True
    dossier.offering.save()
    counter.take(dossier, "note_received", desk.clerk)
    assert counter.numbers == DESK


def test_the_office(desk, counter):
    other = world.agency("H18.X005.CA")
    dossier = counter.take(desk.processing(), "consult", desk.officer, question="Có cư trú không?", hours=4, agency=other)
    factories.drafted(dossier, desk.officer)
    dossier = counter.take(dossier, "hand_over", desk.officer, case="beside a consultation")
    dossier = counter.take(dossier, "hand_over", factories.user(officer="H18.X005.CA"), case="of the body asked", note=NOTE)
    review = dossier.step_runs.get(kind="review")
    dossier = counter.take(dossier, "return_step", desk.signer, note=NOTE, back_to=review)
    counter.take(dossier, "hand_over", desk.officer)
    dossier = desk.processing()
    dossier.step_runs.filter(state="open").update(kind="site_check")
    visit = {"at": clock.now() + dt.timedelta(days=1), "place": "Số 5, tổ dân phố 3", "people": "Ông Ba"}
    counter.take(dossier, "announce_visit", desk.officer, visit=visit)
    counter.take(desk.processing(), "send_joint_record", desk.officer, question="Biên bản", hours=4, agencies=[other])
    dossier = desk.processing()
    silent = {"kind": "opinion", "label": "ý kiến", "line": None, "silence": "Điều 9"}
    dossier.step_runs.filter(state="open").update(kind="consult", produces=silent)
    with clock.at(dossier.step_due_at):
        counter.take(dossier, "consent_by_silence", SystemActor("answer_deadline"))
    dossier = desk.processing()
    dossier.step_runs.filter(state="open").update(kind="applicant_confirm")
    dossier = counter.take(dossier, "ask_confirmation", desk.officer, question="Tên trên bản nháp đúng chưa?")
    counter.take(dossier, "confirm", dossier.submitter, note="Đúng.")
    dossier = desk.processing()
    dossier = counter.take(dossier, "take", desk.officer)
    factories.drafted(dossier, desk.officer)
    dossier = counter.take(dossier, "hand_over", desk.officer)
    counter.take(dossier, "refuse_handover", desk.signer, note=NOTE)
    dossier = counter.take(desk.processing(), "take_over", desk.head, note=NOTE)
    dossier.step_runs.filter(state="open").update(kind="applicant_confirm", holder=None)
    dossier = workflow.advance(Dossier.objects.get(pk=dossier.pk), "ask_confirmation", actor=desk.officer, question="Đúng chưa?")
    with clock.at(TUESDAY + dt.timedelta(days=7)):
        dossier = counter.take(dossier, "confirmation_timeout", SystemActor("confirmation_deadline"))
        counter.take(dossier, "go_on_unconfirmed", desk.officer, note=NOTE)
    dossier = desk.processing(**fee_facts())
    counter.take(dossier, "extend", desk.head, note=NOTE, new_due_at=dossier.due_at + dt.timedelta(days=1))
    for dossier in (desk.accepted(**fee_facts()), desk.processing(**fee_facts())):
        new = dossier.due_at + dt.timedelta(days=1)
        with clock.at(dossier.due_at + dt.timedelta(minutes=1)):
            counter.take(dossier, "apologise", desk.head, note=NOTE, new_due_at=new)
    assert counter.numbers == OFFICE


@pytest.mark.slow
def test_asking_for_an_original(desk, counter, monkeypatch):
    monkeypatch.setattr(conditions, "originals_with_reason", lambda dossier: {"1.1": ("Sổ đỏ", "Luật Đất đai")})
    for dossier in (desk.submitted(), desk.accepted(), desk.processing(), completed(desk)):
        counter.take(dossier, "ask_original", desk.clerk, original="1.1")
    assert counter.numbers == ORIGINALS


@pytest.mark.slow
def test_the_result(desk, counter):
    content = factories.CONTENT
    dossier = desk.to_sign(delivery_way="account")
    dossier = counter.take(dossier, "approve", desk.signer, shown=factories.shown(dossier))
    add_signed_paper(dossier)
    dossier = counter.take(dossier, "issue", SystemActor("issue"), case="to the account")
    counter.take(dossier, "deliver", SystemActor("delivery"), case="to the account")
    dossier = desk.approved(delivery_way="counter")
    add_signed_paper(dossier)
    dossier = counter.take(dossier, "issue", SystemActor("issue"), case="at the counter")
    dossier = counter.take(dossier, "correct_result", desk.signer, case="replace", action="replace", note=NOTE, content=content)
    add_signed_paper(dossier)
    dossier = counter.take(dossier, "deliver", desk.clerk, case="at the counter", **factories.SIGNED)
    dossier = counter.take(dossier, "correct_result", desk.signer, case="replace", action="replace", note=NOTE, content=content)
    add_signed_paper(dossier)
    counter.take(dossier, "correct_result", desk.signer, case="revoke", action="revoke", note=NOTE, legal_ground=GROUND)
    counter.take(completed(desk), "correct_result", desk.signer, case="revoke", action="revoke", note=NOTE, legal_ground=GROUND)
    dossier = counter.take(completed(desk, **BY_POST), "send_parcel", desk.clerk, **factories.PARCEL)
    for step, state in (
        ("note_cancelled", "cancelled"),
        ("note_undelivered", "lost"),
        ("note_found", "in_transit"),
        ("deliver", "delivered"),
    ):
        dossier.parcels.update(state=state)
        case = "by post" if step == "deliver" else ""
        dossier = counter.take(dossier, step, SystemActor("post"), case=case, parcel=dossier.parcels.get())
    counter.take(desk.to_sign(), "refuse_substance", desk.signer, note=NOTE, content=content)
    assert counter.numbers == RESULT


@pytest.mark.slow
def test_money_that_blocks(counter, settings, db):
    world.holidays()
    desk = money.MoneyDesk()
    draft = desk.draft()
    dossier = counter.take(draft, "submit", draft.submitter, case="with a fee")
    counter.take(dossier, "paid", desk.clerk, case="of SUBMITTED", amount=money.FEE)
    counter.take(desk.waiting(), "waive", desk.clerk, case="of SUBMITTED", evidence="Giấy hộ nghèo số 12", note=NOTE)
    settings.PAYMENTS_OPEN = False
    dossier = desk.waiting()
    settings.PAYMENTS_OPEN = True
    counter.take(dossier, "charge", desk.clerk)
    dossier = desk.waiting()
    Dossier.objects.filter(pk=dossier.pk).update(reminded_at=clock.now())
    with clock.at(dossier.payment_due_at):
        counter.take(dossier, "payment_timeout", SystemActor("payment_deadline"))

    free = factories.Desk()
    for dossier in (free.accepted(**fee_facts()), free.processing(**fee_facts())):
        source = dossier.state
        dossier = counter.take(dossier, "charge", free.officer)
        counter.take(dossier, "paid", free.clerk, case=f"of {source}", amount=dossier.obligation.total)
    dossier = workflow.advance(free.accepted(**fee_facts()), "charge", actor=free.officer)
    counter.take(dossier, "waive", free.clerk, case="of ACCEPTED", evidence="Giấy hộ nghèo số 12", note=NOTE)
    assert counter.numbers == MONEY_THAT_BLOCKS


@pytest.mark.slow
def test_money_that_waits_for_nothing(desk, counter):
    dossiers = [desk.submitted(**fee_facts()), desk.accepted(**fee_facts()), desk.processing(**fee_facts())]
    dossiers += [desk.asked_for_supplement(**fee_facts()), withdrawn(desk, **fee_facts()), completed(desk, **fee_facts())]
    for dossier in dossiers:
        counter.take(dossier, "collect", desk.clerk, amount=dossier.obligation.total)
    for dossier in (desk.accepted(**fee_facts()), desk.processing(**fee_facts())):
        dossier.obligation.lines.update(amount=None)
        FeeObligation.objects.filter(dossier=dossier).update(total=None, status="provisional")
        amounts = {dossier.obligation.lines.get().key: 7_000}
        counter.take(dossier, "set_fee", desk.officer, note=NOTE, amounts=amounts)
    for case in ("confirm", "refuse"):
        dossier = desk.submitted(**fee_facts(asked={"case": "ca_nhan", "priority_group": "ho_ngheo"}))
        counter.take(dossier, "accept", desk.clerk, case=f"exemption: {case}", exemption=case)
    assert counter.numbers == MONEY_THAT_WAITS_FOR_NOTHING


@pytest.mark.slow
def test_ending_otherwise(desk, counter):
    def waiting():
        return workflow.advance(desk.accepted(**fee_facts()), "charge", actor=desk.officer)

    ways = [desk.submitted, desk.accepted, desk.processing, desk.asked_for_supplement, waiting]
    for bring in ways:
        dossier = bring()
        source = dossier.state
        dossier = counter.take(dossier, "withdraw", dossier.submitter)
        counter.take(dossier, "refuse_withdrawal", desk.clerk, case=f"of {source}", note=NOTE)
    dossier = waiting()
    dossier = workflow.advance(dossier, "withdraw", actor=dossier.submitter)
    dossier = workflow.advance(dossier, "collect", actor=desk.clerk, amount=dossier.obligation.total)
    counter.take(dossier, "refuse_withdrawal", desk.clerk, case="paid meanwhile, so «paid» follows", note=NOTE)
    for bring in ways[1:]:
        counter.take(bring(), "stop", desk.head, note=NOTE, legal_ground="Quyết định 12/QĐ-TA")
    dossier = desk.submitted()
    dossier = workflow.advance(dossier, "withdraw", actor=dossier.submitter)
    counter.take(dossier, "confirm_withdrawal", SystemActor("withdraw_before_accept"), case="before acceptance")
    counter.take(withdrawn(desk), "confirm_withdrawal", desk.clerk, case="at the desk", originals_returned=True)
    assert counter.numbers == ENDING


def test_ending_with_money_to_give_back(counter, db):
    world.holidays()
    desk = money.MoneyDesk()

    def paid():
        return workflow.advance(desk.waiting(), "paid", actor=desk.clerk, amount=money.FEE)

    counter.take(paid(), "refuse_receipt", desk.clerk, case="paid", note=NOTE)
    dossier = workflow.advance(paid(), "accept", actor=desk.clerk)
    counter.take(dossier, "stop", desk.head, case="paid", note=NOTE, legal_ground="Quyết định 12/QĐ-TA")
    assert counter.numbers == ENDING_WITH_MONEY


def test_every_step_out_of_every_state_is_counted():
    waiting = [MONEY_THAT_BLOCKS, MONEY_THAT_WAITS_FOR_NOTHING]
    tables = [FILING, DESK, HOLDING, OFFICE, RESULT, ORIGINALS, *waiting, ENDING, ENDING_WITH_MONEY]
    there_are = {
        f"{name} {state}"
        for name in workflow.step_names()
        for state in DossierState
        if getattr(Dossier, name)._django_fsm.get_transition(state)
    }
    assert {" ".join(key.split()[:2]) for table in tables for key in table} == there_are
