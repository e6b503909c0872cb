"""The transition lines: source and target state, permission, jobs, inputs, effects, paper, clock and messages of each step.

The lines are the only source: tests, the auditors' print and the documentation read them by introspection. A step method
sets fields of the dossier only; `dossiers.workflow.advance` saves, writes the event, the follow-ups and the messages.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, cast

from django.utils.translation import gettext_lazy as _
from django_fsm import RETURN_VALUE, transition

from dossiers import permissions as may
from dossiers.choices import DeliveryStatus, IntervalKind, Job, PaperKind
from dossiers.permissions import Permission
from dossiers.states import ALIVE, DossierState
from dossiers.transitions import conditions, inputs
from dossiers.transitions.choices import Clock, Effect, Tells
from dossiers.transitions.conditions import Condition
from dossiers.transitions.step import Choice, Custom, Step
from portal.common import clock

if TYPE_CHECKING:
    from dossiers.models import Dossier

S = DossierState


def line(
    source: Choice | list[Choice],
    target: Choice,
    *,
    permission: Permission,
    sentence: str,
    conditions: Iterable[Condition] = (),
    jobs: Iterable[Job] = (),
    inputs: Iterable[Callable[[Step], None]] = (),
    before: Iterable[Effect] = (),
    after: Iterable[Effect] = (),
    paper: Choice = None,
    clock: Clock = Clock.NONE,
    interval: Choice = None,
    tells: Iterable[Tells] = (),
) -> Callable[[Any], Any]:
    """Decorator: one edge of the graph.

    `permission`: which users may take it; `jobs`: which jobs may. `inputs`: what must be entered. `before`, `after`: effects
    before and after the event is written. `paper`: a `PaperKind`. `interval`: the `IntervalKind` of a pause. `tells`: who
    gets a message. `sentence`: the text of the timeline.
    """
    custom = Custom(
        jobs=frozenset(jobs),
        inputs=tuple(inputs),
        before=tuple(before),
        after=tuple(after),
        paper=paper,
        clock=clock,
        interval=interval,
        tells=tuple(tells),
        sentence=sentence,
    )
    edge = {"source": source, "target": target, "conditions": list(conditions), "permission": permission, "custom": custom}
    return transition("state", **edge)


def same_state(states: list[Choice], **what: Any) -> Callable[[Any], Any]:
    """Decorator: edges that do not change the state, one for each of these states."""

    def decorate(method: Any) -> Any:
        for state in states:
            method = line(state, state, **what)(method)
        return method

    return decorate


class DossierTransitions:
    """The steps of a dossier. In a method body `self.state` is still the source state."""

    # the fields that the bodies set, declared by `Dossier`
    state: Choice
    came_from: Choice
    came_from_withdrawn: Choice
    submitted_at: dt.datetime | None
    accepted_at: dt.datetime | None
    supplement_due_at: dt.datetime | None
    supplement_proposed_at: dt.datetime | None
    payment_due_at: dt.datetime | None
    reminded_at: dt.datetime | None
    extended_at: dt.datetime | None
    apologised_at: dt.datetime | None
    decided_at: dt.datetime | None
    completed_at: dt.datetime | None
    returned_at: dt.datetime | None
    closed_at: dt.datetime | None
    supplement_count: int
    delivery_status: Choice

    # ------------------------------------------------------------ filing
    @line(
        S.DRAFT, RETURN_VALUE(S.SUBMITTED, S.PAYMENT_REQUIRED), permission=may.any_of(may.may_file, may.enters_for_a_visitor),
        conditions=[
            conditions.form_valid, conditions.required_documents_present, conditions.version_in_effect,
            conditions.offered_for_submission,
        ],
        inputs=[inputs.form_signed_on_paper],
        before=[Effect.TIDY_ANSWERS, Effect.COPY_SUBJECT, Effect.FREEZE_FEES, Effect.WAIT_FOR_PAYMENT, Effect.NUMBER_THE_DOSSIER],
        after=[Effect.KEEP_PAPERS],
        paper=PaperKind.ACKNOWLEDGEMENT, clock=Clock.RECEPTION_STARTS, tells=[Tells.SUBMITTER, Tells.RECEIVING_CLERK],
        sentence=_("Đã nộp hồ sơ"),
    )  # fmt: skip
    def submit(self) -> Choice:
        """File the dossier. With a fee due on submit it is filed, too, and waits in PAYMENT_REQUIRED."""
        self.submitted_at = clock.now()
        waits = conditions.blocks_on_submit(cast("Dossier", self))
        self.came_from = S.SUBMITTED if waits else ""
        return S.PAYMENT_REQUIRED if waits else S.SUBMITTED

    # ------------------------------------------------------------ money
    @line(
        S.PAYMENT_REQUIRED, RETURN_VALUE(S.SUBMITTED, S.ACCEPTED, S.PROCESSING), permission=may.is_receiving_clerk,
        jobs=[Job.PAYMENT], inputs=[inputs.amount_received], before=[Effect.SETTLE_OBLIGATION],
        clock=Clock.RESUME_OR_RECEPTION_STARTS, tells=[Tells.SUBMITTER, Tells.RECEIVING_CLERK],
        sentence=_("Đã trả phí"),
    )  # fmt: skip
    def paid(self) -> Choice:
        """The fee is paid, online or at the counter: back to the state before PAYMENT_REQUIRED."""
        return self._leave_waiting()

    @line(
        S.PAYMENT_REQUIRED, RETURN_VALUE(S.SUBMITTED, S.ACCEPTED, S.PROCESSING), permission=may.is_receiving_clerk,
        inputs=[inputs.exemption_confirmed, inputs.reason], before=[Effect.WAIVE_OBLIGATION],
        clock=Clock.RESUME_OR_RECEPTION_STARTS, tells=[Tells.SUBMITTER], sentence=_("Được miễn phí"),
    )  # fmt: skip
    def waive(self) -> Choice:
        """The clerk confirms that no fee is due."""
        return self._leave_waiting()

    @line(
        S.PAYMENT_REQUIRED, S.STOPPED, permission=may.no_user, jobs=[Job.PAYMENT_DEADLINE],
        conditions=[conditions.payment_deadline_passed, conditions.reminded, conditions.no_open_attempt],
        before=[Effect.CANCEL_OPEN_STEPS], after=[Effect.OWE_LAST_CONTROL_SHEET], paper=PaperKind.STOP_NOTICE,
        clock=Clock.CLOSE, tells=[Tells.SUBMITTER],
        sentence=_("Dừng vì quá hạn trả phí"),
    )  # fmt: skip
    def payment_timeout(self) -> None:
        """Not paid before the deadline, after a reminder."""
        self._close()

    @line(
        S.SUBMITTED, S.PAYMENT_REQUIRED, permission=may.is_receiving_clerk, jobs=[Job.RULE],
        conditions=[conditions.offered_level_4, conditions.payment_blocks_next_step, conditions.amount_positive],
        before=[Effect.WAIT_FOR_PAYMENT], paper=PaperKind.PAYMENT_NOTICE, clock=Clock.RECEPTION_STOPS,
        interval=IntervalKind.PAYMENT, tells=[Tells.SUBMITTER], sentence=_("Cần trả phí trước khi tiếp nhận"),
    )  # fmt: skip
    @line(
        [S.ACCEPTED, S.PROCESSING], S.PAYMENT_REQUIRED, permission=may.works_on_it, jobs=[Job.RULE],
        conditions=[
            conditions.offered_level_4, conditions.payment_blocks_next_step, conditions.amount_positive,
            conditions.applicant_not_asked,
        ],
        before=[Effect.TAKE_BY_WORKING, Effect.WAIT_FOR_PAYMENT], paper=PaperKind.PAYMENT_NOTICE, clock=Clock.PAUSE,
        interval=IntervalKind.PAYMENT, tells=[Tells.SUBMITTER],
        sentence=_("Cần trả phí để làm tiếp"),
    )  # fmt: skip
    def charge(self) -> None:
        """Require a fee that blocks the next step. Only a fee that can be paid online may stop the clock."""
        self.came_from = self.state

    @same_state(
        [S.SUBMITTED, S.ACCEPTED, S.PROCESSING, S.SUPPLEMENT_REQUIRED, S.WITHDRAWN, S.COMPLETED],
        permission=may.is_receiving_clerk, jobs=[Job.PAYMENT], conditions=[conditions.amount_positive],
        inputs=[inputs.amount_received], before=[Effect.SETTLE_OBLIGATION], after=[Effect.OWE_DELIVERY],
        tells=[Tells.SUBMITTER], sentence=_("Đã thu phí"),
    )  # fmt: skip
    def collect(self) -> None:
        """Record the fee of a dossier that does not wait for it: at the counter (level 3), due with the result, or paid early."""

    @same_state(
        [S.ACCEPTED, S.PROCESSING], permission=may.any_of(may.works_on_it, may.is_receiving_clerk),
        conditions=[conditions.amount_not_set], inputs=[inputs.amounts_set, inputs.reason],
        before=[Effect.TAKE_BY_WORKING, Effect.SET_AMOUNTS],
        tells=[Tells.SUBMITTER], sentence=_("Đã tính số phí phải trả"),
    )  # fmt: skip
    def set_fee(self) -> None:
        """Set the amount where the rules leave it to the agency. The amount is frozen, too."""

    # ------------------------------------------------------------ the desk
    @line(
        S.SUBMITTED, S.ACCEPTED, permission=may.is_receiving_clerk, conditions=[conditions.required_documents_present],
        inputs=[inputs.exemption_decided],
        before=[Effect.DECIDE_EXEMPTION, Effect.COPY_STEPS, Effect.FLAG_DIGITISATION, Effect.RECORD_READING],
        paper=PaperKind.RECEIPT_SLIP,
        clock=Clock.START, tells=[Tells.SUBMITTER, Tells.OFFICER], sentence=_("Đã tiếp nhận hồ sơ"),
    )  # fmt: skip
    def accept(self) -> None:
        """Accept the dossier: the clock starts and the due time is set."""
        self.accepted_at = clock.now()

    @line(
        S.SUBMITTED, S.NOT_ACCEPTED, permission=may.is_receiving_clerk, inputs=[inputs.reason],
        paper=PaperKind.REFUSAL_OF_RECEIPT, clock=Clock.CLOSE, tells=[Tells.SUBMITTER],
        sentence=_("Không tiếp nhận hồ sơ"),
    )  # fmt: skip
    def refuse_receipt(self) -> None:
        """Refuse receipt, with the reason in writing."""
        self._close()

    @line(
        S.SUBMITTED, S.SUPPLEMENT_REQUIRED, permission=may.or_approves_supplement(may.is_receiving_clerk),
        conditions=[conditions.first_time_or_head_approved], inputs=[inputs.as_proposed, inputs.items_with_reasons],
        before=[Effect.SET_SUPPLEMENT_TERM],
        after=[Effect.OPEN_SUPPLEMENT], paper=PaperKind.SUPPLEMENT_REQUEST, clock=Clock.RECEPTION_STOPS,
        interval=IntervalKind.SUPPLEMENT, tells=[Tells.SUBMITTER, Tells.PROPOSER], sentence=_("Yêu cầu bổ sung"),
    )  # fmt: skip
    @line(
        [S.ACCEPTED, S.PROCESSING], S.SUPPLEMENT_REQUIRED,
        permission=may.or_approves_supplement(may.any_of(may.is_receiving_clerk, may.works_on_it)),
        conditions=[
            conditions.not_decided, conditions.applicant_not_asked, conditions.first_time_or_head_approved,
            conditions.within_3_working_days_or_head_approved,
        ],
        inputs=[inputs.as_proposed, inputs.items_with_reasons],
        before=[Effect.TAKE_BY_WORKING, Effect.SET_SUPPLEMENT_TERM], after=[Effect.OPEN_SUPPLEMENT],
        paper=PaperKind.SUPPLEMENT_REQUEST, clock=Clock.PAUSE, interval=IntervalKind.SUPPLEMENT,
        tells=[Tells.SUBMITTER, Tells.RECEIVING_CLERK, Tells.PROPOSER],
        sentence=_("Yêu cầu bổ sung"),
    )  # fmt: skip
    def ask_supplement(self) -> None:
        """Request supplements: each field and document with its own reason, all in one request. A head sends what was proposed,
        word by word."""
        self.came_from = self.state
        self.supplement_proposed_at = None
        self.supplement_count += 1
        self.reminded_at = None

    @same_state(
        [S.SUBMITTED, S.ACCEPTED, S.PROCESSING], permission=may.any_of(may.is_receiving_clerk, may.works_on_it),
        conditions=[conditions.not_decided, conditions.applicant_not_asked, conditions.approval_needed],
        inputs=[inputs.items_with_reasons], before=[Effect.TAKE_BY_WORKING, Effect.RECORD_PROPOSAL], tells=[Tells.HEAD],
        sentence=_("Đã trình yêu cầu bổ sung"),
    )  # fmt: skip
    def propose_supplement(self) -> None:
        """Propose a request that a head must approve: a second one, or a late one. A new proposal stands for the one before."""
        self.supplement_proposed_at = clock.now()

    @same_state(
        [S.SUBMITTED, S.ACCEPTED, S.PROCESSING], permission=may.approves_supplement,
        conditions=[conditions.supplement_proposed], inputs=[inputs.reason, inputs.as_proposed], tells=[Tells.PROPOSER],
        sentence=_("Không duyệt yêu cầu bổ sung"),
    )  # fmt: skip
    def decline_supplement(self) -> None:
        """The head does not approve a proposed request, with a reason; the work goes on without it."""
        self.supplement_proposed_at = None

    @line(
        S.SUPPLEMENT_REQUIRED, RETURN_VALUE(S.SUBMITTED, S.ACCEPTED, S.PROCESSING),
        permission=may.any_of(may.is_submitter, may.acts_for_a_visitor),
        conditions=[conditions.all_requested_items_answered], inputs=[inputs.signed_by_the_visitor],
        before=[Effect.RECORD_SIGNED_PAPER, Effect.APPLY_SUPPLEMENT], after=[Effect.KEEP_SIGNED_PAPER],
        paper=PaperKind.SUPPLEMENT_NOTE, clock=Clock.RESTART_IF_ACCEPTED,
        tells=[Tells.RECEIVING_CLERK, Tells.OFFICER, Tells.SUBMITTER], sentence=_("Đã gửi bổ sung"),
    )  # fmt: skip
    def resubmit(self) -> Choice:
        """Send the supplement: back to the state before SUPPLEMENT_REQUIRED."""
        return self._leave_waiting()

    @line(
        S.SUPPLEMENT_REQUIRED, S.STOPPED, permission=may.no_user, jobs=[Job.SUPPLEMENT_DEADLINE],
        conditions=[conditions.supplement_due_passed, conditions.reminded],
        before=[Effect.CANCEL_OPEN_STEPS], after=[Effect.OWE_LAST_CONTROL_SHEET], paper=PaperKind.STOP_NOTICE,
        clock=Clock.CLOSE, tells=[Tells.SUBMITTER],
        sentence=_("Dừng vì quá hạn bổ sung"),
    )  # fmt: skip
    def supplement_timeout(self) -> None:
        """Not answered before the deadline, after a reminder."""
        self._close()

    @line(
        S.ACCEPTED, S.PROCESSING, permission=may.is_receiving_clerk,
        conditions=[conditions.has_a_result, conditions.step_runs_created],
        before=[Effect.OPEN_FIRST_STEPS], paper=PaperKind.CONTROL_SHEET, clock=Clock.RUN,
        tells=[Tells.OFFICER, Tells.SUBMITTER], sentence=_("Đã chuyển cho người xử lý"),
    )  # fmt: skip
    def transfer(self) -> None:
        """Transfer the dossier to the lead agency; its first steps open."""

    @line(
        S.ACCEPTED, S.RETURNED, permission=may.is_receiving_clerk,
        conditions=[conditions.is_only_a_notification, conditions.nothing_owed], clock=Clock.END,
        tells=[Tells.SUBMITTER], sentence=_("Đã ghi nhận thông báo"),
    )  # fmt: skip
    def note_received(self) -> None:
        """End a procedure that is only a notification: the receipt slip is its only paper."""
        self.decided_at = self.returned_at = clock.now()
        self._close()

    # ------------------------------------------------------------ the office
    @line(
        S.PROCESSING, S.PROCESSING, permission=may.holds_the_step, conditions=[conditions.current_step_done],
        inputs=[inputs.own_step, inputs.product_of_the_step, inputs.visit_recorded, inputs.joint_record_signed],
        before=[Effect.CARRY_DRAFT, Effect.CLOSE_STEP_AND_OPEN_NEXT],
        tells=[Tells.OFFICER], sentence=_("Đã chuyển bước"),
    )  # fmt: skip
    def hand_over(self) -> None:
        """One open step is done, with what it must deliver; after the last of a group the next one (or a group) opens."""

    @line(
        S.PROCESSING, S.PROCESSING, permission=may.was_handed_a_step, conditions=[conditions.not_decided],
        inputs=[inputs.step_handed], before=[Effect.TAKE], sentence=_("Đã nhận bàn giao"),
    )  # fmt: skip
    def take(self) -> None:
        """Take an open step that was handed over: from now on this person holds it."""

    @line(
        S.PROCESSING, S.PROCESSING, permission=may.was_handed_a_step,
        conditions=[conditions.not_decided, conditions.applicant_not_asked],
        inputs=[inputs.reason, inputs.step_handed, inputs.can_go_back], before=[Effect.REFUSE_HANDOVER],
        tells=[Tells.OFFICER], sentence=_("Không nhận bàn giao, trả về bước trước"),
    )  # fmt: skip
    def refuse_handover(self) -> None:
        """Do not take a step that was handed over, with a reason: it goes back to the step before; a question to another body
        goes back unanswered."""

    @line(
        S.PROCESSING, S.PROCESSING, permission=may.may_take_over, conditions=[conditions.not_decided],
        inputs=[inputs.reason, inputs.step_headed], before=[Effect.TAKE_OVER], tells=[Tells.OFFICER],
        sentence=_("Trưởng bộ phận nhận làm thay"),
    )  # fmt: skip
    def take_over(self) -> None:
        """The head of a body takes an open step of this body, with a reason, and does it from now on."""

    @same_state(
        [S.SUBMITTED, S.ACCEPTED], permission=may.may_claim, before=[Effect.CLAIM], sentence=_("Đã nhận về làm"),
    )  # fmt: skip
    def claim(self) -> None:
        """A clerk takes a dossier that nobody holds: it is not offered to colleagues any more."""

    @same_state(
        [S.SUBMITTED, S.ACCEPTED], permission=may.holds_it_at_the_desk, before=[Effect.GIVE_BACK],
        sentence=_("Đã trả lại việc chung"),
    )  # fmt: skip
    @line(
        S.PROCESSING, S.PROCESSING, permission=may.holds_a_step, before=[Effect.GIVE_BACK], sentence=_("Đã trả lại việc chung"),
    )  # fmt: skip
    def give_back(self) -> None:
        """Who holds it gives it back: everybody with the role may take it."""

    @same_state(
        [S.SUBMITTED, S.ACCEPTED], permission=may.holds_it_at_the_desk, inputs=[inputs.colleague, inputs.reason],
        before=[Effect.PASS_ON], tells=[Tells.OFFICER], sentence=_("Đã giao cho đồng nghiệp"),
    )  # fmt: skip
    @line(
        S.PROCESSING, S.PROCESSING, permission=may.holds_a_step, inputs=[inputs.colleague, inputs.reason],
        before=[Effect.PASS_ON], tells=[Tells.OFFICER], sentence=_("Đã giao cho đồng nghiệp"),
    )  # fmt: skip
    def pass_on(self) -> None:
        """Who holds it gives it to a colleague with the same role, with a reason."""

    @line(
        S.PROCESSING, S.PROCESSING, permission=may.any_of(may.does_a_step, may.heads_the_lead),
        conditions=[conditions.not_decided, conditions.applicant_not_asked], inputs=[inputs.reason, inputs.earlier_step],
        before=[Effect.CARRY_DRAFT, Effect.GO_BACK_A_STEP], tells=[Tells.OFFICER], sentence=_("Đã trả lại bước trước"),
    )  # fmt: skip
    def return_step(self) -> None:
        """Return to an earlier step, with a reason."""

    @line(
        S.PROCESSING, S.PROCESSING, permission=may.asks_others, conditions=[conditions.not_decided],
        inputs=[inputs.question, inputs.deadline], before=[Effect.TAKE_BY_WORKING, Effect.OPEN_CONSULTATION],
        paper=PaperKind.CONSULTATION, tells=[Tells.OFFICER], sentence=_("Đã gửi xin ý kiến"),
    )  # fmt: skip
    def consult(self) -> None:
        """Consult another agency, with a deadline. The clock of the dossier goes on."""

    @line(
        S.PROCESSING, S.PROCESSING, permission=may.asks_others, conditions=[conditions.not_decided],
        inputs=[inputs.question, inputs.hours_given, inputs.signatories],
        before=[Effect.TAKE_BY_WORKING, Effect.OPEN_JOINT_RECORD], tells=[Tells.OFFICER],
        sentence=_("Đã gửi biên bản chung để ký"),
    )  # fmt: skip
    def send_joint_record(self) -> None:
        """Send one record to several bodies: each signs it off or refuses, and the step that sent it waits for all of them."""

    @line(
        S.PROCESSING, S.PROCESSING, permission=may.asks_the_applicant, conditions=[conditions.step_kind_applicant_confirm],
        inputs=[inputs.question], before=[Effect.ASK_THE_APPLICANT], clock=Clock.PAUSE, interval=IntervalKind.APPLICANT,
        tells=[Tells.SUBMITTER], sentence=_("Chờ người nộp xác nhận"),
    )  # fmt: skip
    def ask_confirmation(self) -> None:
        """Ask the applicant to confirm; the clock is paused."""

    @line(
        S.PROCESSING, S.PROCESSING, permission=may.any_of(may.is_submitter, may.acts_for_a_visitor),
        jobs=[Job.CONFIRMATION_DEADLINE], conditions=[conditions.confirmation_open],
        inputs=[inputs.system_only_if_silence_is_consent, inputs.signed_by_the_visitor],
        before=[Effect.RECORD_SIGNED_PAPER, Effect.RECORD_CONFIRMATION], after=[Effect.KEEP_SIGNED_PAPER],
        clock=Clock.RESUME, tells=[Tells.OFFICER],
        sentence=_("Người nộp đã xác nhận"),
    )  # fmt: skip
    def confirm(self) -> None:
        """The applicant confirms or reports a mistake."""

    @line(
        S.PROCESSING, S.PROCESSING, permission=may.asks_the_applicant,
        conditions=[conditions.confirmation_open, conditions.confirmation_due_passed], inputs=[inputs.reason],
        before=[Effect.RECORD_SILENCE], clock=Clock.RESUME, tells=[Tells.SUBMITTER, Tells.OFFICER],
        sentence=_("Làm tiếp, người nộp không trả lời"),
    )  # fmt: skip
    def go_on_unconfirmed(self) -> None:
        """The applicant's term is over without an answer, and silence is no consent: the officer goes on, with a reason."""

    @line(
        S.PROCESSING, S.PROCESSING, permission=may.no_user, jobs=[Job.CONFIRMATION_DEADLINE],
        conditions=[conditions.confirmation_term_over], before=[Effect.END_THE_WAIT], clock=Clock.RESUME,
        tells=[Tells.SUBMITTER, Tells.OFFICER], sentence=_("Hết hạn xác nhận, người nộp chưa trả lời"),
    )  # fmt: skip
    def confirmation_timeout(self) -> None:
        """The applicant's term is over and silence is no consent: the clock runs again, and the office goes on or asks again."""

    @line(
        S.PROCESSING, S.PROCESSING, permission=may.visits, conditions=[conditions.not_decided],
        inputs=[inputs.own_visit, inputs.visit_announced], before=[Effect.ANNOUNCE_VISIT], tells=[Tells.SUBMITTER],
        sentence=_("Hẹn kiểm tra tại chỗ"),
    )  # fmt: skip
    def announce_visit(self) -> None:
        """Tell the applicant when, where and who comes to check on site. Again when it moves; its step then needs a record."""

    @line(
        S.PROCESSING, S.PROCESSING, permission=may.no_user, jobs=[Job.ANSWER_DEADLINE],
        conditions=[conditions.not_decided, conditions.silence_counts], before=[Effect.RECORD_CONSENT], tells=[Tells.OFFICER],
        sentence=_("Không trả lời đúng hạn, coi như đồng ý"),
    )  # fmt: skip
    def consent_by_silence(self) -> None:
        """A body that was asked has not answered in time, and the law that the step names takes that for consent."""

    @same_state(
        [S.SUBMITTED, S.ACCEPTED], permission=may.heads_the_desk, inputs=[inputs.assignee_has_role],
        before=[Effect.SET_HOLDER], tells=[Tells.OFFICER], sentence=_("Đã giao người giữ hồ sơ"),
    )  # fmt: skip
    @same_state(
        [S.PROCESSING], permission=may.heads_the_work, inputs=[inputs.assignee_has_role],
        before=[Effect.SET_HOLDER], tells=[Tells.OFFICER], sentence=_("Đã giao người giữ hồ sơ"),
    )  # fmt: skip
    def assign(self) -> None:
        """The head of the body that works on it gives the dossier, or one open step, to somebody; also what another one holds."""

    @same_state(
        [S.SUBMITTED, S.PROCESSING], permission=may.no_user, jobs=[Job.GIVE_OUT], inputs=[inputs.fits_the_post],
        before=[Effect.SET_HOLDER], tells=[Tells.OFFICER], sentence=_("Đã giao theo quy tắc của bộ phận"),
    )  # fmt: skip
    def give_out(self) -> None:
        """What nobody holds goes to somebody by the rule that the head of the body chose."""

    @line(
        S.PROCESSING, S.PROCESSING, permission=may.is_head,
        conditions=[conditions.not_decided, conditions.not_extended, conditions.one_working_day_before_due],
        inputs=[inputs.reason, inputs.new_date], before=[Effect.PROMISE_NEW_DATE], paper=PaperKind.APOLOGY,
        clock=Clock.NEW_DUE, tells=[Tells.SUBMITTER], sentence=_("Xin lỗi, hẹn lại ngày trả"),
    )  # fmt: skip
    def extend(self) -> None:
        """Extend the term once, before it ends, with an apology, a reason and a new date. The first due time stays stored."""
        self.extended_at = clock.now()

    @same_state(
        [S.ACCEPTED, S.PROCESSING], permission=may.is_head,
        conditions=[conditions.not_decided, conditions.applicant_not_asked, conditions.extension_no_longer_possible],
        inputs=[inputs.reason, inputs.new_date], before=[Effect.PROMISE_AFTER_MISSING], paper=PaperKind.APOLOGY,
        clock=Clock.NEW_DUE, tells=[Tells.SUBMITTER, Tells.HEAD], sentence=_("Xin lỗi vì trễ, hẹn lại ngày trả"),
    )  # fmt: skip
    def apologise(self) -> None:
        """Late, or sure to be, without an extension: apologise with a reason and a new date, each time anew. The dossier stays
        late by every count."""
        self.apologised_at = clock.now()

    @line(
        S.PROCESSING, S.PROCESSING, permission=may.signs_the_step,
        conditions=[conditions.not_decided, conditions.steps_done, conditions.nothing_owed_before_result],
        inputs=[inputs.own_signatures, inputs.content_frozen],
        before=[Effect.CARRY_DRAFT, Effect.CLOSE_OPEN_STEPS, Effect.RECORD_DECISION],
        after=[Effect.FREEZE_DECISION, Effect.OWE_ISSUE], clock=Clock.END, tells=[Tells.OFFICER],
        sentence=_("Lãnh đạo đã duyệt"),
    )  # fmt: skip
    def approve(self) -> None:
        """Approve the newest draft, which the signer was shown, and freeze it. The clock ends; a job issues the result after
        signing its files."""
        self.decided_at = clock.now()

    @line(
        S.PROCESSING, S.PROCESSING, permission=may.is_signer, conditions=[conditions.not_decided],
        inputs=[inputs.reason, inputs.content_frozen], before=[Effect.CANCEL_OPEN_STEPS, Effect.RECORD_DECISION],
        after=[Effect.FREEZE_DECISION, Effect.OWE_ISSUE], clock=Clock.END, tells=[Tells.OFFICER],
        sentence=_("Lãnh đạo quyết định không giải quyết"),
    )  # fmt: skip
    def refuse_substance(self) -> None:
        """Refuse the application, with reason and legal ground; the result is the notice of refusal."""
        self.decided_at = clock.now()

    @line(
        S.PROCESSING, S.COMPLETED, permission=may.no_user, jobs=[Job.ISSUE],
        conditions=[conditions.decided, conditions.signed_file_stored], after=[Effect.OWE_DELIVERY],
        tells=[Tells.SUBMITTER, Tells.RECEIVING_CLERK], sentence=_("Đã có kết quả"),
    )  # fmt: skip
    def issue(self) -> None:
        """The signed file is stored: the dossier has its result."""
        self.completed_at = clock.now()
        self.delivery_status = DeliveryStatus.READY

    @line(
        S.COMPLETED, S.RETURNED, permission=may.is_receiving_clerk, jobs=[Job.DELIVERY, Job.POST],
        conditions=[conditions.nothing_owed, conditions.not_on_its_way], inputs=[inputs.published_and_notified_or_signed_for],
        before=[Effect.NAME_WHAT_IS_DELIVERED, Effect.RECORD_WHO_TOOK_IT], after=[Effect.OWE_LAST_CONTROL_SHEET],
        tells=[Tells.SUBMITTER],
        sentence=_("Đã trả kết quả"),  # of a revoked one: `workflow.sentence_of`
    )  # fmt: skip
    def deliver(self) -> None:
        """The result was published in the account and announced, signed for at the counter, or delivered by the post."""
        self.returned_at = clock.now()
        self.delivery_status = DeliveryStatus.DELIVERED
        self._close()

    # ------------------------------------------------------------ originals and post
    @same_state(
        [S.SUBMITTED, S.ACCEPTED, S.PROCESSING, S.COMPLETED], permission=may.any_of(may.is_receiving_clerk, may.works_on_it),
        conditions=[conditions.an_original_must_be_shown], inputs=[inputs.original_with_legal_reason],
        before=[Effect.RECORD_ASKED_ORIGINAL], tells=[Tells.SUBMITTER],
        sentence=_("Đề nghị mang bản chính để đối chiếu"),
    )  # fmt: skip
    def ask_original(self) -> None:
        """Ask for an original, for the reason of law that the procedure names. No clock moves: neither here nor when it comes."""

    @same_state(
        [S.COMPLETED], permission=may.is_receiving_clerk,
        conditions=[conditions.goes_by_post, conditions.nothing_owed, conditions.no_parcel_on_its_way],
        inputs=[inputs.whole_address], before=[Effect.ORDER_PARCEL], tells=[Tells.SUBMITTER],
        sentence=_("Đã đặt gửi bưu điện"),
    )  # fmt: skip
    def send_parcel(self) -> None:
        """Order a parcel with the result. Its address is frozen with the order."""

    @same_state(
        [S.COMPLETED], permission=may.no_user, jobs=[Job.POST], inputs=[inputs.parcel_undelivered],
        before=[Effect.NAME_PARCEL], tells=[Tells.SUBMITTER, Tells.RECEIVING_CLERK],
        sentence=_("Bưu điện không giao được"),
    )  # fmt: skip
    def note_undelivered(self) -> None:
        """The post could not deliver the parcel: refused, unknown address, lost, brought back. The desk has the matter again."""

    @same_state(
        [S.COMPLETED], permission=may.no_user, jobs=[Job.POST], inputs=[inputs.parcel_cancelled], before=[Effect.NAME_PARCEL],
        tells=[Tells.SUBMITTER], sentence=_("Đã hủy gửi bưu điện"),
    )  # fmt: skip
    def note_cancelled(self) -> None:
        """The carrier cancelled the parcel before its pick-up, as the desk had asked. The desk has the matter again."""

    @same_state(
        [S.COMPLETED], permission=may.no_user, jobs=[Job.POST], inputs=[inputs.parcel_found], before=[Effect.NAME_PARCEL],
        tells=[Tells.SUBMITTER, Tells.RECEIVING_CLERK], sentence=_("Bưu điện tìm thấy, đang gửi tiếp"),
    )  # fmt: skip
    def note_found(self) -> None:
        """A parcel that could not be delivered is on its way again."""

    # ------------------------------------------------------------ withdrawal, stop, correction
    @line(
        [state for state in ALIVE if state not in (S.WITHDRAWN, S.COMPLETED)], S.WITHDRAWN,
        permission=may.any_of(may.is_submitter, may.acts_for_a_visitor), conditions=[conditions.not_decided],
        inputs=[inputs.signed_by_the_visitor], before=[Effect.RECORD_SIGNED_PAPER], after=[Effect.KEEP_SIGNED_PAPER],
        paper=PaperKind.WITHDRAWAL_REQUEST, clock=Clock.PAUSE,
        interval=IntervalKind.WITHDRAWAL, tells=[Tells.RECEIVING_CLERK, Tells.OFFICER], sentence=_("Xin rút hồ sơ"),
    )  # fmt: skip
    def withdraw(self) -> None:
        """Request a withdrawal. Before acceptance it is confirmed in the same transaction (`workflow.withdraw`)."""
        self.came_from_withdrawn = self.state

    @line(
        S.WITHDRAWN, S.STOPPED, permission=may.any_of(may.is_receiving_clerk, may.is_head),
        jobs=[Job.WITHDRAW_BEFORE_ACCEPT], inputs=[inputs.system_only_if_never_accepted, inputs.originals_returned],
        before=[Effect.CANCEL_OPEN_STEPS], after=[Effect.OWE_LAST_CONTROL_SHEET], paper=PaperKind.STOP_NOTICE,
        clock=Clock.CLOSE, tells=[Tells.SUBMITTER], sentence=_("Đã rút hồ sơ"),
    )  # fmt: skip
    def confirm_withdrawal(self) -> None:
        """Confirm the withdrawal; original documents are given back."""
        self.came_from = self.came_from_withdrawn = ""
        self._close()

    @line(
        S.WITHDRAWN, RETURN_VALUE(S.SUBMITTED, S.ACCEPTED, S.PROCESSING, S.SUPPLEMENT_REQUIRED, S.PAYMENT_REQUIRED),
        permission=may.any_of(may.is_receiving_clerk, may.is_head), inputs=[inputs.reason],
        before=[Effect.GIVE_BACK_TERM], clock=Clock.RESUME,
        tells=[Tells.SUBMITTER], sentence=_("Không đồng ý cho rút"),
    )  # fmt: skip
    def refuse_withdrawal(self) -> Choice:
        """Refuse the withdrawal: back to the state before it."""
        back = S(self.came_from_withdrawn)
        self.came_from_withdrawn = ""
        return back

    @line(
        [S.ACCEPTED, S.PROCESSING, S.SUPPLEMENT_REQUIRED, S.PAYMENT_REQUIRED], S.STOPPED, permission=may.is_head,
        conditions=[conditions.not_decided], inputs=[inputs.reason, inputs.legal_ground],
        before=[Effect.RECORD_LEGAL_GROUND, Effect.CANCEL_OPEN_STEPS], after=[Effect.OWE_LAST_CONTROL_SHEET],
        paper=PaperKind.STOP_NOTICE, clock=Clock.CLOSE, tells=[Tells.SUBMITTER],
        sentence=_("Dừng giải quyết hồ sơ"),
    )  # fmt: skip
    def stop(self) -> None:
        """Stop the dossier on a legal ground."""
        self._close()

    @same_state(
        [S.COMPLETED, S.RETURNED], permission=may.is_signer, conditions=[conditions.result_in_force],
        inputs=[inputs.reason, inputs.new_decision],
        before=[Effect.RECORD_DECISION], after=[Effect.CORRECT_THE_PAPER], tells=[Tells.SUBMITTER],
        sentence=_("Đã sửa kết quả bằng giấy mới"),  # of a revocation: `workflow.sentence_of`
    )  # fmt: skip
    def correct_result(self) -> None:
        """Replace or revoke a wrong result by a decision with its own paper; it is never edited."""

    # ------------------------------------------------------------ shared by the step methods
    def _leave_waiting(self) -> Choice:
        back = S(self.came_from)
        self.came_from = ""
        self.supplement_due_at = self.payment_due_at = None
        return back

    def _close(self) -> None:
        self.came_from = ""
        self.supplement_due_at = self.payment_due_at = None
        self.closed_at = clock.now()
