"""«Tôi đã trả tiền»: the gateway is asked at once; without a final answer, a ticket is opened and assigned."""

from accounts.models import User
from payments import complaints
from payments.enquiries import schedule
from payments.models import PaymentAttempt, PaymentComplaint
from payments.models.states import AttemptState


def claim(attempt: PaymentAttempt, user: User | None = None) -> PaymentComplaint | None:
    """Handle a payer's claim to have paid: ask the gateway, then open a ticket unless its answer is final. Call it outside any
    transaction. Returns the ticket, or None when the answer was final.

    A second claim, after the gateway had answered that nothing was paid, always opens a ticket.
    """
    denied_before = attempt.resolved_at is not None
    known = schedule.ask_now(attempt, force=True).attempt
    if known.state == AttemptState.PAID or (known.resolved_at and not denied_before):
        return None
    return complaints.open_ticket(known, user)
