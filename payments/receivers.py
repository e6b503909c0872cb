"""What payments do when a dossier moves, inside the transaction of the step: cash at the counter becomes an attempt and a
receipt; a dossier that closes gives up open attempts and has refundable money proposed for return."""

from django.utils.translation import gettext as _

from dossiers.models import FeeObligation
from dossiers.states import DossierState
from dossiers.workflow import FollowOn, StepReply
from payments.attempts.lifecycle import already_paid, cancel_open
from payments.attempts.settlement import PAYMENT_JOB
from payments.ledger import entries
from payments.models import RefundReason, Way
from payments.receipts import numbering
from payments.refunds import approval

CLOSINGS = {
    "refuse_receipt": RefundReason.REFUSED,
    "refuse_substance": RefundReason.REFUSED,
    "confirm_withdrawal": RefundReason.WITHDRAWN,
    "stop": RefundReason.STOPPED,
    "supplement_timeout": RefundReason.STOPPED,
    "payment_timeout": RefundReason.STOPPED,
}


def hear(sender, step, event, **kwargs):
    """Receiver of `step_taken`. The dossier is locked by the step. Answers with the number of the receipt, or with the step that
    follows from a payment made before, or None."""
    if step.details.get("settled_before"):
        return None  # the receipt of this money was made when it came
    if step.name in ("paid", "collect"):
        obligation = _locked_obligation(step.dossier)
        attempt = step.details.get("attempt") or _cash(obligation, step)
        receipt = numbering.issue(attempt, event)
        words = _("Biên lai số %(number)s. Tệp có chữ ký số nằm trong giấy tờ của hồ sơ sau ít giây.")
        return StepReply(words % {"number": receipt})
    elif step.name == "waive":
        cancel_open(_locked_obligation(step.dossier), cause="settled_otherwise", actor=step.user, job=step.job)
    elif step.name == "refuse_withdrawal" and step.dossier.state == DossierState.PAYMENT_REQUIRED:
        return _goes_on(step)
    elif step.name in CLOSINGS:
        _close(step)
    return None


def _locked_obligation(dossier):
    obligation = FeeObligation.objects.select_for_update(of=("self",)).filter(dossier=dossier).first()
    if obligation:
        obligation.dossier = dossier
        dossier.obligation = obligation
    return obligation


def _cash(obligation, step):
    """The clerk took cash: an attempt that is paid at once. Whatever was open elsewhere is given up, and still watched."""
    cancel_open(obligation, cause="settled_otherwise", actor=step.user)
    attempt = already_paid(
        cause="counter", actor=step.user, obligation=obligation, way=Way.COUNTER, amount=obligation.total,
        collector=step.dossier.lead_agency, opened_by=step.user, settles=True,
    )  # fmt: skip
    entries.received(attempt)
    return attempt


def _goes_on(step):
    """It waits for its fee again, and the fee came while the withdrawal was being looked at: nothing keeps it waiting."""
    obligation = _locked_obligation(step.dossier)
    attempt = obligation.attempts.filter(settles=True).first() if obligation and obligation.is_paid else None
    if attempt is None:
        return None
    return StepReply(follow_ons=(FollowOn("paid", PAYMENT_JOB, details={"attempt": attempt, "settled_before": True}),))


def _close(step):
    obligation = _locked_obligation(step.dossier)
    if obligation is None:
        return
    cancel_open(obligation, cause="dossier_closed", actor=step.user, job=step.job)
    settling = obligation.attempts.filter(settles=True).first()
    if settling:
        propose_for_closing(settling, obligation, CLOSINGS[step.name])


def propose_for_closing(attempt, obligation, reason):
    """Propose to give back what the lines say goes back on this occasion; nothing when none does."""
    back = sum(line.amount or 0 for line in obligation.lines_refundable_on(reason))
    amount = min(back, approval.left(attempt))
    return approval.propose(attempt, reason, amount=amount) if amount else None
