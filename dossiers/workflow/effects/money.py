"""Effects on the fee obligation, in whole đồng. Attempts, refunds and receipts belong to `payments`."""

from dossiers.filing import rules
from dossiers.models import AnswerRevision, FeeLine, FeeObligation, PaymentStatus
from dossiers.states import DossierState
from dossiers.transitions import conditions
from dossiers.transitions.choices import Effect
from dossiers.transitions.step import Step
from dossiers.workflow.effects.registry import before
from procedures.fees import Fees


@before(Effect.FREEZE_FEES)
def freeze_fees(step: Step) -> None:
    """Store the fee lines computed now, in whole đồng; later changes of the catalogue do not affect them."""
    dossier = step.dossier
    fees = rules.fees(dossier)
    if fees.is_free and not fees.provisional:
        dossier.payment_status = PaymentStatus.NONE
        return
    provisional = fees.provisional or fees.total is None
    dossier.payment_status = PaymentStatus.PROVISIONAL if provisional else PaymentStatus.DUE
    obligation = FeeObligation(dossier=dossier, status=dossier.payment_status, timing=dossier.version.facts["payment_timing"])
    _write_lines(obligation, fees)


def _write_lines(obligation: FeeObligation, fees: Fees) -> None:
    obligation.total = fees.total
    obligation.save()
    obligation.lines.all().delete()
    names = {f.name for f in FeeLine._meta.fields}
    FeeLine.objects.bulk_create(
        FeeLine(obligation=obligation, **{key: value for key, value in row.items() if key in names}) for row in fees.rows()
    )


@before(Effect.DECIDE_EXEMPTION)
def decide_exemption(step: Step) -> None:
    """Confirm or refuse the claimed priority group; when refused, the fee is computed again without it."""
    dossier = step.dossier
    if not conditions.claims_exemption(dossier):
        return
    obligation, group = dossier.obligation, dossier.asked["priority_group"]
    step.recorded["exemption"] = {"group": group, "decided": step.details["exemption"]}
    if step.details["exemption"] == "refuse":
        dossier.asked = {**dossier.asked, "priority_group": None, "refused_priority_group": group}
        step.revises = AnswerRevision.Kind.EXEMPTION_REFUSED
        _write_lines(obligation, rules.fees(dossier))
    _set_status(obligation, step)


def _set_status(obligation: FeeObligation, step: Step) -> None:
    """DUE when the total is positive, WAIVED when it is 0; unchanged while the total is not set."""
    if obligation.total is None:
        return
    obligation.status = FeeObligation.Status.DUE if obligation.total else FeeObligation.Status.WAIVED
    obligation.settled_at = None if obligation.total else step.now
    obligation.save(update_fields=["total", "status", "settled_at"])
    step.dossier.payment_status = PaymentStatus.DUE if obligation.total else PaymentStatus.WAIVED


@before(Effect.SET_AMOUNTS)
def set_amounts(step: Step) -> None:
    """Store the amounts set by an officer, {fee line key: đồng}; creates one line when the obligation has none."""
    obligation, amounts = step.dossier.obligation, step.details["amounts"]
    for line in obligation.lines_to_set():
        line.unit_price, line.amount = None, amounts[line.key]
        line.save()
    obligation.total = sum(line.amount for line in obligation.lines.all())
    step.recorded["amounts"] = amounts
    _set_status(obligation, step)


@before(Effect.WAIT_FOR_PAYMENT)
def wait_for_payment(step: Step) -> None:
    dossier = step.dossier
    if dossier.state == DossierState.PAYMENT_REQUIRED:
        term = dossier.version.facts["payment_deadline"] or dossier.version.document["defaults"]["payment_deadline"]
        dossier.payment_due_at = step.timekeeper.working_deadline(step.now, term)
        dossier.reminded_at = None


@before(Effect.SETTLE_OBLIGATION)
def settle_obligation(step: Step) -> None:
    """Mark the obligation as paid, by the clerk (cash) or by the payment job. With `settled_before` (paid while a withdrawal
    was pending) it is left as it is."""
    obligation = step.dossier.obligation
    step.recorded["amount"] = obligation.total
    if step.details.get("settled_before"):
        return
    obligation.status = FeeObligation.Status.PAID if step.job else FeeObligation.Status.PAID_AT_COUNTER
    obligation.settled_at, obligation.settled_amount = step.now, obligation.total
    obligation.save(update_fields=["status", "settled_at", "settled_amount"])
    step.dossier.payment_status = PaymentStatus.PAID
    step.dossier.paid_online = bool(step.job)


@before(Effect.WAIVE_OBLIGATION)
def waive_obligation(step: Step) -> None:
    obligation = step.dossier.obligation
    obligation.status, obligation.settled_at = FeeObligation.Status.WAIVED, step.now
    obligation.save(update_fields=["status", "settled_at"])
    step.dossier.payment_status = PaymentStatus.WAIVED
    step.recorded["evidence"] = step.details["evidence"]
