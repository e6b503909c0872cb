"""What payments do when a dossier takes a step, in the transaction of the step: cash at the counter becomes an attempt and a
receipt; when a dossier closes, open attempts are cancelled and refundable money is proposed for refund."""

from typing import Any, cast

from django.utils.translation import gettext as _

from dossiers.fees.ending import OCCASIONS
from dossiers.models import Dossier, Event, FeeObligation
from dossiers.states import DossierState
from dossiers.workflow import FollowOn, Step, StepReply
from payments.attempts.lifecycle import cancel_open, create_paid_attempt
from payments.attempts.settlement import PAYMENT_JOB
from payments.ledger import entries
from payments.models import PaymentAttempt, Refund, RefundReason, Way
from payments.receipts import numbering
from payments.refunds import approval

CLOSINGS = {step: RefundReason(occasion) for step, occasion in OCCASIONS.items()}


def on_step_taken(sender: object, step: Step, event: Event, **kwargs: Any) -> StepReply | None:
    """Receiver of `step_taken`; the step has locked the dossier. Returns the message with the number of the receipt, or the
    follow-on step for a payment made before, or None."""
    if step.details.get("settled_before"):
        return None  # the receipt was issued when the money was received
    if step.name in ("paid", "collect"):
        obligation = _fee_owed(step.dossier)
        attempt = cast(PaymentAttempt | None, step.details.get("attempt")) or _record_cash(obligation, step)
        receipt = numbering.issue(attempt, event)
        words = _("Biên lai số %(number)s. Tệp có chữ ký số nằm trong giấy tờ của hồ sơ sau ít giây.")
        return StepReply(words % {"number": receipt})
    elif step.name == "waive":
        cancel_open(_fee_owed(step.dossier), cause="settled_otherwise", actor=step.user, job=step.job)
    elif step.name == "refuse_withdrawal" and step.dossier.state == DossierState.PAYMENT_REQUIRED:
        return _resume_paid(step)
    elif step.name in CLOSINGS:
        _close_payments(step)
    return None


def _locked_obligation(dossier: Dossier) -> FeeObligation | None:
    """The locked obligation of a dossier, bound to this object; None without a fee."""
    obligation = FeeObligation.objects.select_for_update(of=("self",)).filter(dossier=dossier).first()
    if obligation:
        obligation.dossier = dossier
        dossier.obligation = obligation
    return obligation


def _fee_owed(dossier: Dossier) -> FeeObligation:
    """The same for steps whose conditions ask for a fee."""
    obligation = _locked_obligation(dossier)
    if obligation is None:
        raise FeeObligation.DoesNotExist(f"{dossier} owes no fee")
    return obligation


def _record_cash(obligation: FeeObligation, step: Step) -> PaymentAttempt:
    """Create a paid attempt for cash taken at the counter. Open attempts are cancelled; their late success is still noticed."""
    cancel_open(obligation, cause="settled_otherwise", actor=step.user)
    attempt = create_paid_attempt(
        cause="counter", actor=step.user, obligation=obligation, way=Way.COUNTER, amount=obligation.total,
        collector=step.dossier.lead_agency, opened_by=step.user, settles=True,
    )  # fmt: skip
    entries.received(attempt)
    return attempt


def _resume_paid(step: Step) -> StepReply | None:
    """After a refused withdrawal the dossier waits for its fee. If that was paid in the meantime, follow on with «paid»."""
    obligation = _locked_obligation(step.dossier)
    attempt = obligation.attempts.filter(settles=True).first() if obligation and obligation.is_paid else None
    if attempt is None:
        return None
    return StepReply(follow_ons=(FollowOn("paid", PAYMENT_JOB, details={"attempt": attempt, "settled_before": True}),))


def _close_payments(step: Step) -> None:
    obligation = _locked_obligation(step.dossier)
    if obligation is None:
        return
    cancel_open(obligation, cause="dossier_closed", actor=step.user, job=step.job)
    settling = obligation.attempts.filter(settles=True).first()
    if settling:
        propose_for_closing(settling, obligation, CLOSINGS[step.name])


def propose_for_closing(attempt: PaymentAttempt, obligation: FeeObligation, reason: str) -> Refund | None:
    """Propose to refund the fee lines that are refundable for `reason`. Returns the refund, or None if no line is."""
    back = sum(line.amount or 0 for line in obligation.lines_refundable_on(reason))
    amount = min(back, approval.refundable(attempt))
    return approval.propose(attempt, reason, amount=amount) if amount else None
