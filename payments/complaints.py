"""Tickets of payers who say that they have paid: opened and assigned, answered by a person or by the gateway."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import translation

from accounts.models import Membership, User
from accounts.roles import Role
from dossiers.models import Dossier
from dossiers.permissions import is_own_dossier
from payments import assignment, messages, outcomes
from payments.attempts.lifecycle import lock_for_payment
from payments.models import PaymentAttempt, PaymentComplaint
from payments.models.states import AttemptState
from payments.permissions import may_answer
from portal.common import clock

MAX_ANSWER_LENGTH = 500  # characters of an answer


@transaction.atomic
def open_ticket(attempt: PaymentAttempt, user: User | None = None) -> PaymentComplaint | None:
    """The open ticket of an attempt; created, and its owner notified, if there is none. None if the attempt is paid."""
    dossier, _obligation, attempt = lock_for_payment(attempt.reference)
    if attempt.state == AttemptState.PAID:
        return None
    there = attempt.complaints.filter(closed_at=None).first()
    if there:
        return there
    complaint = PaymentComplaint.objects.create(
        attempt=attempt, opened_by=user, opened_at=clock.now(), owner=owner_of(attempt, dossier)
    )
    messages.complaint_opened(complaint)
    return complaint


def owner_of(attempt: PaymentAttempt, dossier: Dossier) -> User | None:
    """The person who must answer: the least busy accountant of the collecting body; if there is none, its head."""
    return assignment.least_busy([attempt.collector_id], dossier) or _head(attempt, dossier)


def _head(attempt: PaymentAttempt, dossier: Dossier) -> User | None:
    seats = Membership.objects.current().filter(role=Role.HEAD, agency__in=[attempt.collector_id, dossier.receiving_agency_id])
    heads = User.objects.filter(is_active=True, pk__in=seats.values("user")).order_by("pk")
    return next((head for head in heads if not is_own_dossier(dossier, head)), None)


@transaction.atomic
def answer(complaint: PaymentComplaint, actor: User, text: str) -> PaymentComplaint:
    """Answer and close the ticket; a second answer changes nothing. Raises PermissionDenied, ValueError for an empty text."""
    _dossier, _obligation, attempt = lock_for_payment(complaint.attempt.reference)
    complaint = PaymentComplaint.objects.select_for_update(of=("self",)).get(pk=complaint.pk)
    complaint.attempt = attempt
    if not may_answer(complaint, actor):
        raise PermissionDenied("only its owner or an accountant of the collecting body answers a complaint")
    if not text.strip():
        raise ValueError("an answer needs words")
    if complaint.closed_at is None:
        _close(complaint, text, actor)
    return complaint


@translation.override("vi")
def answer_by_the_gateway(attempt: PaymentAttempt) -> None:
    """Close the open tickets of a locked attempt with the gateway's final answer."""
    for complaint in attempt.complaints.select_for_update(of=("self",)).filter(closed_at=None):
        complaint.attempt = attempt
        outcome = outcomes.of_attempt(attempt)
        _close(complaint, f"{outcome.sentence} {outcome.next_step}", None)


def _close(complaint: PaymentComplaint, text: str, actor: User | None) -> None:
    complaint.answer, complaint.closed_at, complaint.closed_by = text.strip()[:MAX_ANSWER_LENGTH], clock.now(), actor
    complaint.save(update_fields=["answer", "closed_at", "closed_by"])
    messages.complaint_answered(complaint)
