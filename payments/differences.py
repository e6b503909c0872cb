"""Differences between the gateway's books and ours: opened once, each with an owner, closed with an explanation."""

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from payments import assignment, messages
from payments.models import BankCredit, CollectionPoint, Difference, PaymentAttempt, SettlementRun
from payments.permissions import accountants_of, bodies_at, bodies_of_difference, may_own
from portal.common import clock


def open_difference(
    point: CollectionPoint,
    day: dt.date,
    kind: Difference.Kind,
    reference: str,
    *,
    ours: int | None = None,
    theirs: int | None = None,
    attempt: PaymentAttempt | None = None,
    run: SettlementRun | None = None,
    credit: BankCredit | None = None,
) -> Difference | None:
    """Open a difference and notify its owner. One that is open already, or was closed with the same amounts, is not opened again.
    Returns it, or None. Amounts in whole đồng."""
    same = Difference.objects.filter(point=point, day=day, kind=kind, reference=reference)
    if same.filter(Q(closed_at=None) | Q(our_amount=ours, their_amount=theirs)).exists():
        return None
    dossier = attempt.obligation.dossier if attempt else None
    bodies = [attempt.collector_id] if attempt else bodies_at(point)
    try:
        with transaction.atomic():
            difference = Difference.objects.create(
                run=run, point=point, collector=attempt.collector if attempt else None, day=day, kind=kind, reference=reference,
                attempt=attempt, credit=credit, our_amount=ours, their_amount=theirs,
                owner=assignment.least_busy(bodies, dossier),
                opened_at=clock.now(),
            )  # fmt: skip
    except IntegrityError:
        return None  # another transaction opened it at the same time
    messages.difference_opened(difference)
    return difference


def open_wrong_amount(attempt: PaymentAttempt, theirs: int | None) -> Difference | None:
    """The gateway names another amount for this attempt, or one that is not a whole number of đồng (`theirs` None).

    One difference, however often the gateway repeats it: it is filed under the day of the attempt."""
    day = clock.local(attempt.created_at).date()
    return open_difference(
        attempt.point, day, Difference.Kind.AMOUNT, attempt.reference, ours=attempt.amount, theirs=theirs, attempt=attempt
    )


def close_as_matching(point: CollectionPoint, reference: str, kinds: Iterable[str], words: str) -> int:
    """Close the open differences of this reference and these kinds, because both books agree now. Returns how many."""
    found = Difference.objects.filter(point=point, reference=reference, kind__in=kinds, closed_at=None)
    return found.update(closed_at=clock.now(), resolution=words)


@transaction.atomic
def hand_over(difference: Difference, user: User, to: User) -> Difference:
    """Give the difference to a new owner (`to` may be the user). Raises PermissionDenied, AlreadyClosed."""
    difference = _open(difference, user)
    if not may_own(difference, to):
        raise PermissionDenied("only an accountant of the same books takes a difference over")
    difference.owner = to
    difference.save(update_fields=["owner"])
    return difference


@transaction.atomic
def close(difference: Difference, user: User, words: str) -> Difference:
    """Close a difference; `words` is the explanation. Raises PermissionDenied, AlreadyClosed.

    A DOUBLE is closed together with the decision about its credit."""
    difference = _open(difference, user)
    if difference.kind == Difference.Kind.DOUBLE and difference.credit.state == BankCredit.State.DOUBLE:
        raise PermissionDenied("first say whether it is the same credit")
    difference.closed_at, difference.closed_by, difference.resolution = clock.now(), user, words
    difference.save(update_fields=["closed_at", "closed_by", "resolution"])
    return difference


def possible_owners(difference: Difference, *, besides: User | None) -> QuerySet[User]:
    """The people to whom it may be handed over, by name: all who may own it except `besides`."""
    there = accountants_of(bodies_of_difference(difference)).order_by("full_name")
    able = [person.pk for person in there if person != besides and may_own(difference, person)]
    return there.filter(pk__in=able)


class AlreadyClosed(Exception):
    """It was closed in the meantime; `str()` names by whom."""


def _open(difference: Difference, user: User) -> Difference:
    locked = Difference.objects.select_for_update(of=("self",)).get(pk=difference.pk)
    if not may_own(locked, user):
        raise PermissionDenied("only an accountant of the same books decides on a difference")
    if locked.closed_at:
        raise AlreadyClosed(_("%(who)s đã khép chỗ chênh lệch này.") % {"who": locked.closed_by or _("Máy")})
    return locked
