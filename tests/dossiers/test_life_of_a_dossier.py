"""Random lives: people of several bodies take random steps, allowed or not, while the clock moves on.

After each step the invariants hold: the history is whole, the open clock interval is the one that the state explains, what has
ended has no open step. A step that is refused changes nothing. Hypothesis makes a failing life short and repeats it.

The ordinary run takes a few short lives. 10,000 steps, and with `nightly` 100,000:
`./portalctl test tests/dossiers/test_life_of_a_dossier.py --hypothesis-profile=long`.
"""

import datetime as dt

import hypothesis
import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from accounts.messages.models import Message
from accounts.roles import SystemActor
from dossiers import invariants, workflow
from dossiers.choices import Job, StepState
from dossiers.files import storage
from dossiers.filing import supplements
from dossiers.models import Dossier, FollowUp
from dossiers.papers.frozen import papers_in
from dossiers.papers.models import IssuedPaper
from dossiers.permissions import own_steps
from dossiers.states import DossierState as S
from dossiers.transitions.inputs import DetailsMissing
from dossiers.workflow import deadlines
from portal.common import clock
from tests import factories, world

OTHER = "H18.X005.CA"
START = dt.datetime(2026, 8, 25, 8, 30, tzinfo=clock.LOCAL)  # two days off in the week after it
NOTE = "Lý do đủ dài để hiểu."
ITEMS = [{"target": "field", "key": "request_detail", "label": "Nội dung đề nghị", "reason": "Ghi rõ nơi cần nộp giấy."}]
REFUSALS = (workflow.StepNotPossible, PermissionDenied, DetailsMissing)
LONG = {"long", "nightly"}  # names of profiles in tests/conftest.py
PEOPLE = [
    "citizen", "stranger", "clerk", "officer", "colleague", "signer", "head", "deputy", "their_officer", "their_head",
    "inspector", "accountant",
]  # fmt: skip
STEPS = sorted(set(workflow.step_names()) - {"submit"})


def steps_of_the_offering(lead):
    """A way with parallel steps of two bodies and a confirmation by the applicant, before the signature."""
    step = {"parallel_group": "", "hours": 8, "role": "officer", "agency": lead, "produces": {}}
    return [
        step | {"key": "xem", "name": "Thẩm tra", "kind": "review"},
        step | {"key": "soan", "name": "Soạn kết quả", "kind": "draft", "parallel_group": "A"},
        step | {"key": "hoi", "name": "Cho số", "kind": "consult", "parallel_group": "A", "agency": OTHER,
                "produces": {"kind": "number", "label": "số", "line": None}},
        step | {"key": "trinh", "name": "Trưởng bộ phận xem", "kind": "review", "role": "head"},
        step | {"key": "hoi-dan", "name": "Người nộp xác nhận", "kind": "applicant_confirm"},
        step | {"key": "ky", "name": "Ký", "kind": "sign", "role": "signer"},
    ]  # fmt: skip


class Life(RuleBasedStateMachine):
    desk: factories.Desk

    def __init__(self):
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.now = START
        here = self.desk.receiving_agency
        self.people = {name: factories.fresh(getattr(self.desk, name)) for name in ("clerk", "officer", "signer", "head")}
        self.people |= {
            "stranger": factories.citizen(), "colleague": factories.user(officer=here), "deputy": factories.user(deputy=here),
            "their_officer": factories.user(officer=OTHER), "their_head": factories.user(head=OTHER),
            "inspector": factories.user(inspector="H18"), "accountant": factories.user(accountant=here),
        }  # fmt: skip
        with clock.at(self.now):
            draft = self.desk.draft()
            draft.offering.processing_steps = steps_of_the_offering(here)
            draft.offering.save()
            self.pk = workflow.submit(draft, actor=draft.submitter).pk
        self.people["citizen"] = draft.submitter

    def teardown(self):
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    @property
    def dossier(self):
        return Dossier.objects.get(pk=self.pk)

    # ------------------------------------------------------------ what people do
    @rule(who=st.sampled_from(PEOPLE), n=st.integers(0, 40))
    def does_what_is_offered(self, who, n):
        offered = workflow.steps_for(self.people[who], self.dossier)
        if offered:
            self.take(self.people[who], offered[n % len(offered)])

    @rule(who=st.sampled_from(PEOPLE), name=st.sampled_from(STEPS))
    def tries_anything(self, who, name):
        self.take(self.people[who], name)

    @rule(name=st.sampled_from(STEPS), job=st.sampled_from([Job.RULE, Job.PAYMENT, Job.WITHDRAW_BEFORE_ACCEPT, Job.DELIVERY]))
    def a_job_tries_anything(self, name, job):
        self.take(SystemActor(job), name)

    @precondition(lambda self: self.dossier.state == S.SUPPLEMENT_REQUIRED)
    @rule()
    def the_citizen_edits_what_was_asked(self):
        supplements.keep_answers(supplements.open_request_of(self.dossier), {"request_detail": f"Để vay vốn, {self.now}."})

    @precondition(lambda self: self.dossier.state == S.PROCESSING and self.dossier.decided_at)
    @rule()
    def the_result_is_signed(self):
        decision = self.dossier.decisions.last()
        for key in papers_in(decision.content):
            if not decision.papers.filter(result_key=key).exists():
                stored = storage.store(f"%PDF-1.4 {decision.pk} {key}".encode())
                IssuedPaper.objects.create(
                    dossier=self.dossier, event=decision.event, decision=decision, result_key=key, kind="result",
                    number=decision.number_of(key), storage_key=stored.storage_key, sha256=stored.sha256, size=stored.size,
                    signed_at=self.now,
                )  # fmt: skip
        self.take(SystemActor(Job.ISSUE), "issue")

    @rule(hours=st.sampled_from([1, 3, 26, 75, 9 * 24]))
    def time_passes(self, hours):
        self.now += dt.timedelta(hours=hours)
        with clock.at(self.now):
            deadlines.run()

    # ------------------------------------------------------------ one step
    def take(self, actor, name):
        """Take the step with inputs that would do, and see that a refused one changed nothing."""
        with clock.at(self.now):
            dossier, user = self.dossier, None if isinstance(actor, SystemActor) else factories.fresh(actor)
            details = self.inputs(name, dossier, user)
            before = self.everything()
            try:
                workflow.advance(dossier, name, actor=user or actor, note=details.pop("note", NOTE), **details)
            except REFUSALS:
                assert self.everything() == before
            else:
                assert self.dossier.events.last().step and self.everything() != before

    def inputs(self, name, dossier, user):
        if name == "ask_supplement" and dossier.open_proposal:
            return {"note": ""}
        if name in ("ask_supplement", "propose_supplement"):
            return {"items": ITEMS}
        if name in ("consult", "ask_confirmation"):
            return {"question": "Đúng chưa?", "hours": 4, "agency": world.agency(OTHER), "past_the_term": True}
        if name == "return_step":
            return {"back_to": dossier.step_runs.filter(state=StepState.DONE).first()}
        if name == "assign":
            return {"holder": self.people["officer"], "step": dossier.open_steps[0] if dossier.open_steps else None}
        if name in ("extend", "apologise") and dossier.due_at:
            return {"new_due_at": max(dossier.due_at, self.now) + dt.timedelta(days=1)}
        if name == "hand_over" and user:
            own = [run for run in own_steps(dossier, user) if run.kind != "sign"]
            return {"step": own[0] if own else None, "product": {"text": "8012345678"}}
        if name == "approve" and user and workflow.may_take(user, dossier, name):
            return {"shown": factories.shown(dossier)}
        if name in ("refuse_substance", "correct_result"):
            return {"content": factories.CONTENT, "action": "revoke", "legal_ground": "Điều 21"}
        if name in ("take", "take_over", "refuse_handover"):
            return {"step": dossier.open_steps[-1] if dossier.open_steps else None}
        return {
            "legal_ground": "Điều 21",
            "originals_returned": True,
            "signed_for_by": "Nguyễn Văn A",
            "amount": 0,
            "evidence": "x",
        }

    def everything(self):
        """What a refused step must leave as it is."""
        dossier = self.dossier
        rows = [dossier.step_runs, dossier.intervals, dossier.supplements, dossier.decisions, dossier.result_drafts]
        kept = [list(manager.order_by("pk").values()) for manager in rows]
        counts = [dossier.events.count(), Message.objects.count(), FollowUp.objects.count(), dossier.papers.count()]
        return Dossier.objects.filter(pk=self.pk).values().get(), kept, counts

    @invariant()
    def all_is_whole(self):
        with clock.at(self.now):
            assert list(invariants.violations()) == []


@pytest.mark.slow
@pytest.mark.django_db
def test_whatever_people_try_the_dossier_stays_whole(desk):
    world.agency(OTHER)
    is_long = hypothesis.settings.get_current_profile_name() in LONG
    shape = {} if is_long else {"max_examples": 6, "stateful_step_count": 20}
    machine = type("LifeHere", (Life,), {"desk": desk})
    run_state_machine_as_test(machine, settings=hypothesis.settings(**shape))
