"""From which state to which, who may, which jobs, what paper, what happens to the clock, who is told.

These lines are the only source: tests, the auditors' print and the documentation read them by introspection. A method
sets its own fields and nothing else; `dossiers.workflow.advance` saves, writes the event and everything owed.

custom: jobs (names admitted) · needs (what must come with the step, `needs.NEEDS`) · effects (`dossiers.workflow.effects`) ·
paper (a `PaperKind`) · clock, interval (`timekeeping`) · tells (roles) · sentence (for the timeline).
"""

from django.utils.translation import gettext_lazy as _
from django_fsm import GET_STATE, RETURN_VALUE, transition

from dossiers import permissions as may
from dossiers.states import ALIVE, DossierState
from dossiers.transitions import conditions as guards
from portal.common import clock

S = DossierState


def line(
    source,
    target,
    *,
    permission,
    sentence,
    conditions=(),
    jobs=(),
    needs=(),
    effects=(),
    paper=None,
    clock="none",
    interval=None,
    tells=(),
):
    """One edge of the graph, with everything that follows from taking it."""
    custom = {
        "jobs": frozenset(jobs),
        "needs": tuple(needs),
        "effects": tuple(effects),
        "paper": paper,
        "clock": clock,
        "interval": interval,
        "tells": tuple(tells),
        "sentence": sentence,
    }
    return transition("state", source=source, target=target, conditions=list(conditions), permission=permission, custom=custom)


def stays(states, **what):
    """Edges that leave the dossier in the state it is in: one for each of these states."""

    def decorate(method):
        for state in states:
            method = line(state, state, **what)(method)
        return method

    return decorate


def _after_submit(dossier):
    return S.PAYMENT_REQUIRED if guards.blocks_on_submit(dossier) else S.SUBMITTED


class DossierTransitions:
    """The steps of a dossier. Names are verbs; in a body `self.state` is still the state it leaves."""

    # ------------------------------------------------------------ filing
    @line(
        S.DRAFT, GET_STATE(lambda dossier: _after_submit(dossier), states=[S.SUBMITTED, S.PAYMENT_REQUIRED]),
        permission=may.is_submitter,
        conditions=[
            guards.form_valid, guards.required_documents_present, guards.version_in_effect, guards.offered_for_submission,
        ],
        effects=["tidy_answers", "copy_subject", "freeze_fees", "wait_for_payment", "number_the_dossier"],
        paper="acknowledgement", clock="reception_starts", tells=["submitter", "receiving_clerk"], sentence=_("Đã nộp hồ sơ"),
    )  # fmt: skip
    def submit(self):
        """Hand the dossier in. It never depends on paying: with a fee due at once it waits in PAYMENT_REQUIRED."""
        self.submitted_at = clock.now()
        self.came_from = S.SUBMITTED if _after_submit(self) == S.PAYMENT_REQUIRED else ""

    # ------------------------------------------------------------ money
    @line(
        S.PAYMENT_REQUIRED, RETURN_VALUE(S.SUBMITTED, S.ACCEPTED, S.PROCESSING),
        permission=may.is_receiving_clerk, jobs=["payment"], needs=["amount_received"],
        effects=["settle_obligation"], clock="resume_or_reception_starts",
        tells=["submitter", "receiving_clerk"], sentence=_("Đã trả phí"),
    )  # fmt: skip
    def paid(self):
        """The money has come (confirmed by the gateway, or taken at the counter): go on where the dossier came from."""
        return self._leave_waiting()

    @line(
        S.PAYMENT_REQUIRED, RETURN_VALUE(S.SUBMITTED, S.ACCEPTED, S.PROCESSING),
        permission=may.is_receiving_clerk, needs=["exemption_confirmed", "reason"], effects=["waive_obligation"],
        clock="resume_or_reception_starts", tells=["submitter"], sentence=_("Được miễn phí"),
    )  # fmt: skip
    def waive(self):
        """The clerk confirms that nothing is to be paid."""
        return self._leave_waiting()

    @line(
        S.PAYMENT_REQUIRED, S.STOPPED, permission=may.nobody, jobs=["payment_deadline"],
        conditions=[guards.payment_deadline_passed, guards.reminded, guards.no_open_attempt],
        paper="stop_notice", clock="close", tells=["submitter"], sentence=_("Dừng vì quá hạn trả phí"),
    )  # fmt: skip
    def payment_timeout(self):
        """Nobody paid in time, though reminded."""
        self._close()

    @line(
        S.SUBMITTED, S.PAYMENT_REQUIRED, permission=may.is_receiving_clerk, jobs=["rule"],
        conditions=[guards.offered_level_4, guards.payment_blocks_next_step, guards.amount_positive],
        effects=["wait_for_payment"], paper="payment_notice", clock="reception_stops", interval="payment",
        tells=["submitter"], sentence=_("Cần trả phí trước khi tiếp nhận"),
    )  # fmt: skip
    @line(
        [S.ACCEPTED, S.PROCESSING], S.PAYMENT_REQUIRED, permission=may.is_officer, jobs=["rule"],
        conditions=[guards.payment_blocks_next_step, guards.amount_positive],
        effects=["wait_for_payment"], paper="payment_notice", clock="pause", interval="payment",
        tells=["submitter"], sentence=_("Cần trả phí để làm tiếp"),
    )  # fmt: skip
    def charge(self):
        """Ask for a fee that blocks the next step."""
        self.came_from = self.state

    @stays(
        [S.SUBMITTED, S.ACCEPTED, S.PROCESSING, S.SUPPLEMENT_REQUIRED, S.WITHDRAWN, S.COMPLETED],
        permission=may.is_receiving_clerk, jobs=["payment"],
        conditions=[guards.amount_positive], needs=["amount_received"],
        effects=["settle_obligation", "owe_delivery"], tells=["submitter"], sentence=_("Đã thu phí"),
    )  # fmt: skip
    def collect(self):
        """Take the fee of a dossier that does not wait for it: at the counter (level 3), due on the result, or paid early."""

    @stays(
        [S.ACCEPTED, S.PROCESSING], permission=may.any_of(may.is_officer, may.is_receiving_clerk),
        conditions=[guards.amount_not_set], needs=["amounts_set", "reason"],
        effects=["set_amounts"], tells=["submitter"], sentence=_("Đã tính số phí phải trả"),
    )  # fmt: skip
    def set_fee(self):
        """Say how much it is, where the rules leave the sum to the office. What is set is frozen like the rest."""

    # ------------------------------------------------------------ the desk
    @line(
        S.SUBMITTED, S.ACCEPTED, permission=may.is_receiving_clerk,
        conditions=[guards.required_documents_present], needs=["exemption_decided"],
        effects=["decide_exemption", "copy_steps", "flag_digitisation"], paper="receipt_slip", clock="start",
        tells=["submitter", "officer"], sentence=_("Đã tiếp nhận hồ sơ"),
    )  # fmt: skip
    def accept(self):
        """Take the dossier in: the clock starts and the due time becomes a promise."""
        self.accepted_at = clock.now()

    @line(
        S.SUBMITTED, S.NOT_ACCEPTED, permission=may.is_receiving_clerk, needs=["reason"],
        paper="refusal_of_receipt", clock="close", tells=["submitter"], sentence=_("Không tiếp nhận hồ sơ"),
    )  # fmt: skip
    def refuse_receipt(self):
        """Do not take the dossier in, with the reason in writing."""
        self._close()

    @line(
        S.SUBMITTED, S.SUPPLEMENT_REQUIRED, permission=may.is_receiving_clerk,
        needs=["items_with_reasons", "first_time_or_head_approved"], effects=["set_supplement_term", "open_supplement"],
        paper="supplement_request", clock="reception_stops", interval="supplement",
        tells=["submitter"], sentence=_("Yêu cầu bổ sung"),
    )  # fmt: skip
    @line(
        [S.ACCEPTED, S.PROCESSING], S.SUPPLEMENT_REQUIRED, permission=may.any_of(may.is_receiving_clerk, may.is_officer),
        conditions=[guards.not_decided],
        needs=["items_with_reasons", "first_time_or_head_approved", "within_3_working_days_or_head_approved"],
        effects=["set_supplement_term", "open_supplement"], paper="supplement_request", clock="pause", interval="supplement",
        tells=["submitter", "receiving_clerk"], sentence=_("Yêu cầu bổ sung"),
    )  # fmt: skip
    def ask_supplement(self):
        """Ask once and completely: each field and document named, each with a reason."""
        self.came_from = self.state
        self.supplement_count += 1
        self.reminded_at = None

    @line(
        S.SUPPLEMENT_REQUIRED, RETURN_VALUE(S.SUBMITTED, S.ACCEPTED, S.PROCESSING), permission=may.is_submitter,
        conditions=[guards.all_requested_items_answered], effects=["apply_supplement"], paper="supplement_note",
        clock="restart_if_accepted", tells=["receiving_clerk", "officer", "submitter"], sentence=_("Đã gửi bổ sung"),
    )  # fmt: skip
    def resubmit(self):
        """Send what was asked for; the dossier goes on where it came from."""
        return self._leave_waiting()

    @line(
        S.SUPPLEMENT_REQUIRED, S.STOPPED, permission=may.nobody, jobs=["supplement_deadline"],
        conditions=[guards.supplement_due_passed, guards.reminded], paper="stop_notice", clock="close",
        tells=["submitter"], sentence=_("Dừng vì quá hạn bổ sung"),
    )  # fmt: skip
    def supplement_timeout(self):
        """No answer in the time given, though reminded."""
        self._close()

    @line(
        S.ACCEPTED, S.PROCESSING, permission=may.is_receiving_clerk, conditions=[guards.step_runs_created],
        effects=["open_first_steps"], paper="control_sheet", clock="run", tells=["officer", "submitter"],
        sentence=_("Đã chuyển cho người xử lý"),
    )  # fmt: skip
    def transfer(self):
        """Pass the dossier on to those who process it."""

    @line(
        S.ACCEPTED, S.RETURNED, permission=may.is_receiving_clerk,
        conditions=[guards.is_only_a_notification, guards.nothing_owed],
        clock="end", tells=["submitter"], sentence=_("Đã ghi nhận thông báo"),
    )  # fmt: skip
    def note_received(self):
        """A mere notification ends here: the receipt slip is its paper."""
        self.decided_at = self.returned_at = clock.now()
        self._close()

    # ------------------------------------------------------------ the office
    @line(
        S.PROCESSING, S.PROCESSING, permission=may.holds_the_step, conditions=[guards.current_step_done],
        effects=["close_step_and_open_next"], tells=["officer"], sentence=_("Đã chuyển bước"),
    )  # fmt: skip
    def hand_over(self):
        """The current step is done; the next one (or a parallel group) opens."""

    @line(
        S.PROCESSING, S.PROCESSING, permission=may.any_of(may.is_officer, may.is_head, may.is_signer),
        conditions=[guards.not_decided], needs=["reason", "earlier_step"], effects=["go_back_a_step"], tells=["officer"],
        sentence=_("Đã trả lại bước trước"),
    )  # fmt: skip
    def return_step(self):
        """Back to an earlier step, with a reason."""

    @line(
        S.PROCESSING, S.PROCESSING, permission=may.is_officer, conditions=[guards.not_decided], needs=["question", "deadline"],
        effects=["open_consultation"], paper="consultation", tells=["officer"], sentence=_("Đã gửi xin ý kiến"),
    )  # fmt: skip
    def consult(self):
        """Ask another body for its opinion, with a deadline. The common clock goes on."""

    @line(
        S.PROCESSING, S.PROCESSING, permission=may.is_officer,
        conditions=[guards.step_kind_applicant_confirm], needs=["question"],
        effects=["ask_the_applicant"], clock="pause", interval="applicant", tells=["submitter"],
        sentence=_("Chờ người nộp xác nhận"),
    )  # fmt: skip
    def ask_confirmation(self):
        """Ask the applicant to confirm; the clock waits."""

    @line(
        S.PROCESSING, S.PROCESSING, permission=may.is_submitter, jobs=["confirmation_deadline"],
        conditions=[guards.confirmation_open], effects=["record_confirmation"], clock="resume", tells=["officer"],
        sentence=_("Người nộp đã xác nhận"),
    )  # fmt: skip
    def confirm(self):
        """The applicant confirms or names a mistake."""

    @stays(
        [S.SUBMITTED, S.ACCEPTED, S.PROCESSING], permission=may.is_head, needs=["assignee_has_role"],
        effects=["set_holder"],
        tells=["officer"], sentence=_("Đã giao người giữ hồ sơ"),
    )  # fmt: skip
    def assign(self):
        """Give the dossier to somebody, or to somebody else."""

    @line(
        S.PROCESSING, S.PROCESSING, permission=may.is_head,
        conditions=[guards.not_decided, guards.not_extended, guards.one_working_day_before_due], needs=["reason", "new_date"],
        effects=["promise_new_date"], paper="apology", clock="new_due", tells=["submitter"],
        sentence=_("Xin lỗi, hẹn lại ngày trả"),
    )  # fmt: skip
    def extend(self):
        """Once, in time, with an apology, a reason and a new date. The first promise is kept for the record."""
        self.extended_at = clock.now()

    @line(
        S.PROCESSING, S.PROCESSING, permission=may.is_signer,
        conditions=[guards.not_decided, guards.steps_done, guards.nothing_owed_before_result], needs=["content_frozen"],
        effects=["freeze_decision", "close_open_steps", "owe_issue"], clock="end", tells=["officer"],
        sentence=_("Lãnh đạo đã duyệt"),
    )  # fmt: skip
    def approve(self):
        """Decide and freeze the content. The clock ends; the result is issued once its file is signed and stored."""
        self.decided_at = clock.now()

    @line(
        S.PROCESSING, S.PROCESSING, permission=may.is_signer, conditions=[guards.not_decided],
        needs=["reason", "content_frozen"], effects=["freeze_decision", "close_open_steps", "owe_issue"], clock="end",
        tells=["officer"], sentence=_("Lãnh đạo quyết định không giải quyết"),
    )  # fmt: skip
    def refuse_substance(self):
        """Decide not to grant it, in time, with reason and legal ground; the result is the notice of refusal."""
        self.decided_at = clock.now()

    @line(
        S.PROCESSING, S.COMPLETED, permission=may.nobody, jobs=["issue"], conditions=[guards.decided, guards.signed_file_stored],
        effects=["owe_delivery"], tells=["submitter", "receiving_clerk"], sentence=_("Đã có kết quả"),
    )  # fmt: skip
    def issue(self):
        """The signed file is stored: the result exists."""
        self.completed_at = clock.now()
        self.delivery_status = "ready"

    @line(
        S.COMPLETED, S.RETURNED, permission=may.any_of(may.is_receiving_clerk, may.is_post), jobs=["delivery"],
        conditions=[guards.nothing_owed], needs=["published_and_notified_or_signed_for"], tells=["submitter"],
        sentence=_("Đã trả kết quả"),
    )  # fmt: skip
    def deliver(self):
        """Published in the account and told, or signed for at the counter."""
        self.returned_at = clock.now()
        self.delivery_status = "delivered"
        self._close()

    # ------------------------------------------------------------ ending otherwise
    @line(
        [state for state in ALIVE if state not in (S.WITHDRAWN, S.COMPLETED)], S.WITHDRAWN, permission=may.is_submitter,
        conditions=[guards.not_decided], paper="withdrawal_request", clock="pause", interval="withdrawal",
        tells=["receiving_clerk", "officer"], sentence=_("Xin rút hồ sơ"),
    )  # fmt: skip
    def withdraw(self):
        """Ask for the dossier back. Before acceptance it is confirmed in the same transaction (`workflow.withdraw`)."""
        self.came_from_withdrawn = self.state

    @line(
        S.WITHDRAWN, S.STOPPED, permission=may.any_of(may.is_receiving_clerk, may.is_head), jobs=["withdraw_before_accept"],
        conditions=[guards.system_only_if_never_accepted], needs=["originals_returned"], paper="stop_notice", clock="close",
        tells=["submitter"], sentence=_("Đã rút hồ sơ"),
    )  # fmt: skip
    def confirm_withdrawal(self):
        """The desk confirms; originals go back."""
        self.came_from = self.came_from_withdrawn = ""
        self._close()

    @line(
        S.WITHDRAWN, RETURN_VALUE(S.SUBMITTED, S.ACCEPTED, S.PROCESSING, S.SUPPLEMENT_REQUIRED, S.PAYMENT_REQUIRED),
        permission=may.any_of(may.is_receiving_clerk, may.is_head), needs=["reason"], clock="resume", tells=["submitter"],
        sentence=_("Không đồng ý cho rút"),
    )  # fmt: skip
    def refuse_withdrawal(self):
        """It is too late or the law forbids it: back to where it was."""
        back = S(self.came_from_withdrawn)
        self.came_from_withdrawn = ""
        return back

    @line(
        [S.ACCEPTED, S.PROCESSING, S.SUPPLEMENT_REQUIRED, S.PAYMENT_REQUIRED], S.STOPPED, permission=may.is_head,
        conditions=[guards.not_decided], needs=["reason", "legal_ground"], effects=["record_legal_ground"],
        paper="stop_notice", clock="close", tells=["submitter"], sentence=_("Dừng giải quyết hồ sơ"),
    )  # fmt: skip
    def stop(self):
        """Stop for a legal ground."""
        self._close()

    @stays(
        [S.COMPLETED, S.RETURNED], permission=may.is_signer, needs=["reason", "new_decision"], effects=["correct_the_paper"],
        tells=["submitter"], sentence=_("Đã sửa kết quả bằng giấy mới"),
    )  # fmt: skip
    def correct_result(self):
        """A wrong result is replaced or revoked, never edited."""

    # ------------------------------------------------------------ what the bodies share
    def _leave_waiting(self):
        back = S(self.came_from)
        self.came_from = ""
        self.supplement_due_at = self.payment_due_at = None
        return back

    def _close(self):
        self.came_from = ""
        self.supplement_due_at = self.payment_due_at = None
        self.closed_at = clock.now()

    @property
    def open_steps(self):
        """Processing steps open now, in their order (one query for each dossier object)."""
        if "_open_steps" not in self.__dict__:
            self._open_steps = list(self.step_runs.filter(state="open")) if self.pk else []
        return self._open_steps
