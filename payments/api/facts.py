"""The data of `PaymentSerializer`: the same facts and texts as on the pages of paying."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from dossiers.models import Dossier, FeeObligation
from payments import outcomes
from payments.attempts import ways
from payments.attempts.payable import Payable, payable
from payments.citizen.pages import pay, problem
from payments.citizen.pages.words import attempts_of, is_online, is_settled
from payments.models import EReceipt, PaymentAttempt
from payments.models.states import AttemptState
from portal.common.money import dong


def of(dossier: Dossier) -> dict[str, Any]:
    """The data of one dossier's payments, for its submitter."""
    obligation: FeeObligation | None = getattr(dossier, "obligation", None)
    attempts = attempts_of(obligation) if obligation else []
    offer = payable(dossier) if obligation else None
    looked_at = any(attempt.state == AttemptState.REVIEW for attempt in attempts)
    return {
        "dossier": dossier.code,
        "status": obligation.status if obligation else "none",
        "total": obligation.total if obligation else 0,
        "settled_amount": obligation.settled_amount if obligation else 0,
        "pay_until": dossier.payment_due_at if offer else None,
        "collector": dossier.lead_agency,
        **_sentences(dossier, obligation, attempts, offer),
        "lines": obligation.lines.order_by("pk") if obligation else [],
        "ways": ways.open_now(offer) if offer and not looked_at else [],
        "attempts": attempts,
        "receipts": _receipts(obligation) if obligation else [],
        "refunds": [refund for attempt in attempts for refund in attempt.refunds.all()],
    }


def _sentences(
    dossier: Dossier, obligation: FeeObligation | None, attempts: list[PaymentAttempt], offer: Payable | None
) -> dict[str, Any]:
    """Was money taken, what happened, what to do: of the attempt to show, or of the fee if there is none."""
    online = [attempt for attempt in attempts if is_online(attempt)]
    subject = problem.subject_of(online) if online else None
    told, settled = problem.describe(subject) if subject else None, obligation is not None and is_settled(obligation)
    if subject and told and (not settled or told.money == outcomes.YES or subject.state == AttemptState.REVIEW):
        return {"money_taken": told.money, "sentence": told.happened, "next_step": " ".join(filter(None, [told.now, told.until]))}
    if settled and obligation:
        title, text = pay.paid_words(obligation, attempts)
        return {"money_taken": outcomes.YES, "sentence": f"{title}. {text}", "next_step": ""}
    if offer:
        return {
            "money_taken": None,
            "sentence": _("Trả phí %(sum)s") % {"sum": dong(offer.amount)},
            "next_step": pay.later(dossier),
        }
    return {"money_taken": None, "sentence": pay.why_not(dossier, obligation), "next_step": ""}


def _receipts(obligation: FeeObligation) -> QuerySet[EReceipt]:
    return EReceipt.objects.filter(attempt__obligation=obligation).select_related("paper__dossier").order_by("pk")


def attempt_of(obligation: FeeObligation, reference: str) -> PaymentAttempt:
    """One attempt, reloaded with the related rows that its texts need."""
    return next(attempt for attempt in attempts_of(obligation) if attempt.reference == reference)
