"""Who may see money, and who may act on it. Each rule is a predicate over one row and, beside it, the query of the same rule.

Seeing: an accountant of the body that collects sees its attempts, refunds, complaints, differences and bank credits, own
matters too. Money that belongs to no known fee is seen by the accountants of every body that collects at its point. A
complaint is also seen by the person who has to answer it. Whatever is not visible answers 404.

Acting: never in a matter of one's own. That a refund takes two people is `payments.refunds.approval`.
"""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from accounts.models import Agency, Membership, User
from accounts.roles import Role
from dossiers.models import Dossier
from dossiers.permissions import is_own_dossier, own_dossiers
from payments.models import (
    BankCredit,
    CollectionPoint,
    Difference,
    PaymentAttempt,
    PaymentComplaint,
    Refund,
    SettlementFetch,
    SettlementRun,
)
from procedures.models import Offering


# ---------------------------------------------------------------- bodies and their accountants
def is_accountant(user: User) -> bool:
    """Is this person an accountant of any body today?"""
    return bool(user.is_active and user.agencies_with(Role.ACCOUNTANT))


def bodies_of(user: User) -> QuerySet[Agency]:
    """The bodies of which this person is an accountant today."""
    return Agency.objects.filter(pk__in=user.agencies_with(Role.ACCOUNTANT)) if user.is_active else Agency.objects.none()


def accountants_of(agencies: Iterable[int]) -> QuerySet[User]:
    """The reverse: active users who are accountants of these bodies (ids)."""
    seats = Membership.objects.current().filter(role=Role.ACCOUNTANT, agency__in=agencies)
    return User.objects.filter(is_active=True, pk__in=seats.values("user"))


# ---------------------------------------------------------------- collection points
def visible_points(user: User) -> QuerySet[CollectionPoint]:
    """The points at which the bodies of this accountant collect, or have collected: late money still goes to an old account."""
    bodies = bodies_of(user).values("pk")
    offered = Offering.objects.filter(lead_agency__in=bodies, terminal__isnull=False).values("terminal")
    used = PaymentAttempt.objects.filter(collector__in=bodies, point__isnull=False).values("point")
    return CollectionPoint.objects.filter(Q(terminal__in=offered) | Q(pk__in=used))


def bodies_at(point: CollectionPoint) -> set[int]:
    """The reverse: ids of the bodies that collect at this point, or have collected there."""
    offered = Offering.objects.filter(terminal=point.terminal_id, lead_agency__isnull=False).values_list("lead_agency", flat=True)
    used = PaymentAttempt.objects.filter(point=point).order_by().values_list("collector", flat=True)
    return {*offered.distinct(), *used.distinct()}


def sees_point(point: CollectionPoint, user: User) -> bool:
    return _keeps_books_of(bodies_at(point), user)


# ---------------------------------------------------------------- rows of one body
def sees_attempt(attempt: PaymentAttempt, user: User) -> bool:
    return _keeps_books_of([attempt.collector_id], user)


def visible_attempts(user: User) -> QuerySet[PaymentAttempt]:
    return PaymentAttempt.objects.filter(collector__in=bodies_of(user).values("pk"))


def sees_refund(refund: Refund, user: User) -> bool:
    return sees_attempt(refund.attempt, user)


def visible_refunds(user: User) -> QuerySet[Refund]:
    return Refund.objects.filter(attempt__collector__in=bodies_of(user).values("pk"))


def sees_complaint(complaint: PaymentComplaint, user: User) -> bool:
    return user.is_active and (complaint.owner_id == user.pk or sees_attempt(complaint.attempt, user))


def visible_complaints(user: User) -> QuerySet[PaymentComplaint]:
    if not user.is_active:
        return PaymentComplaint.objects.none()
    return PaymentComplaint.objects.filter(Q(attempt__collector__in=bodies_of(user).values("pk")) | Q(owner=user))


# ---------------------------------------------------------------- rows of a body or, when the body is unknown, of a point
def bodies_of_credit(credit: BankCredit) -> set[int]:
    """Ids of the bodies whose accountants are responsible for this credit."""
    return {credit.attempt.collector_id} if credit.attempt else bodies_at(credit.point)


def sees_credit(credit: BankCredit, user: User) -> bool:
    return _keeps_books_of(bodies_of_credit(credit), user)


def visible_credits(user: User) -> QuerySet[BankCredit]:
    bodies, points = bodies_of(user).values("pk"), visible_points(user).values("pk")
    return BankCredit.objects.filter(Q(attempt__collector__in=bodies) | Q(attempt=None, point__in=points))


def bodies_of_difference(difference: Difference) -> set[int]:
    """Ids of the bodies whose accountants are responsible for this difference."""
    return {difference.collector_id} if difference.collector_id else bodies_at(difference.point)


def sees_difference(difference: Difference, user: User) -> bool:
    return _keeps_books_of(bodies_of_difference(difference), user)


def visible_differences(user: User) -> QuerySet[Difference]:
    bodies, points = bodies_of(user).values("pk"), visible_points(user).values("pk")
    return Difference.objects.filter(Q(collector__in=bodies) | Q(collector=None, point__in=points))


# ---------------------------------------------------------------- rows of a point
def visible_runs(user: User) -> QuerySet[SettlementRun]:
    return SettlementRun.objects.filter(point__in=visible_points(user).values("pk"))


def visible_fetches(user: User) -> QuerySet[SettlementFetch]:
    return SettlementFetch.objects.filter(point__in=visible_points(user).values("pk"))


# ---------------------------------------------------------------- acting: never in a matter of one's own
def is_accountant_for(dossier: Dossier, user: User) -> bool:
    """An accountant of the lead agency (which collects the fee), and the dossier is not their own matter."""
    return _keeps_books_of([dossier.lead_agency_id], user) and not is_own_dossier(dossier, user)


def dossiers_with_fees(user: User) -> QuerySet[Dossier]:
    """The query of `is_accountant_for`, of dossiers that owe or owed a fee."""
    fees = Dossier.objects.filter(lead_agency__in=bodies_of(user).values("pk"), obligation__isnull=False)
    return fees.exclude(pk__in=_own_matters(user))


def is_accountant_of(attempt: PaymentAttempt, user: User) -> bool:
    """Sees the attempt, and its dossier is not their own matter."""
    return sees_attempt(attempt, user) and not is_own_dossier(attempt.obligation.dossier, user)


def not_own(refunds: QuerySet[Refund], user: User) -> QuerySet[Refund]:
    """These refunds without those of the user's own matters. With `visible_refunds`: the query of `is_accountant_of`."""
    return refunds.exclude(attempt__obligation__dossier__in=_own_matters(user))


def may_answer(complaint: PaymentComplaint, user: User) -> bool:
    """Its owner, or an accountant of the body."""
    return sees_complaint(complaint, user) and not is_own_dossier(complaint.attempt.obligation.dossier, user)


def may_own(difference: Difference, user: User) -> bool:
    """May take over a difference, hand it over and close it."""
    own = difference.attempt is not None and is_own_dossier(difference.attempt.obligation.dossier, user)
    return sees_difference(difference, user) and not own


def may_resolve(credit: BankCredit, user: User) -> bool:
    """May assign this credit to a fee, or return it."""
    own = credit.attempt is not None and is_own_dossier(credit.attempt.obligation.dossier, user)
    return sees_credit(credit, user) and not own


def _keeps_books_of(bodies: Iterable[int], user: User) -> bool:
    return user.is_active and any(user.has_role(Role.ACCOUNTANT, body) for body in bodies)


def _own_matters(user: User) -> QuerySet[Dossier]:
    return Dossier.objects.filter(own_dossiers(user))
