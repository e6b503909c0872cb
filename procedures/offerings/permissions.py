"""Who may change what an agency states about itself. Pages and functions ask here."""

from django.db.models import Q, QuerySet

from accounts.models import PROVINCE_KINDS, Agency, User
from accounts.roles import Role
from procedures.models import Offering
from procedures.models.offering import OfferingQuerySet


def own_agencies(user: User) -> QuerySet[Agency]:
    """The agencies that this person administers today. A membership that has ended counts no more at the next request."""
    if not administers_an_agency(user):
        return Agency.objects.none()
    return Agency.objects.filter(pk__in=user.agencies_with(Role.AGENCY_ADMIN))


def administers_an_agency(user: User) -> bool:
    return user.is_active and user.is_staff_login and bool(user.agencies_with(Role.AGENCY_ADMIN))


def own_and_below(user: User) -> set[int]:
    """Ids of the agencies that this person administers and of those below them, three levels deep (`Agency.parent`): from a
    ministry or a province down to the desk of a commune."""
    own = user.agencies_with(Role.AGENCY_ADMIN) if administers_an_agency(user) else set()
    levels = Q(pk__in=own) | Q(parent__in=own) | Q(parent__parent__in=own) | Q(parent__parent__parent__in=own)
    return set(Agency.objects.filter(levels).values_list("pk", flat=True)) if own else set()


def readable_offerings(user: User) -> OfferingQuerySet:
    """Offerings in force of the own agencies, of those below, and those that an own desk receives."""
    own = user.agencies_with(Role.AGENCY_ADMIN) if administers_an_agency(user) else set()
    readable = Q(agency__in=own_and_below(user)) | Q(receiving_agency__in=own)
    return Offering.objects.current().filter(readable)


def may_set_work(user: User, offering: Offering) -> bool:
    """Steps and ways of delivery: an administrator of the agency that offers the procedure."""
    return administers_an_agency(user) and offering.agency_id in user.agencies_with(Role.AGENCY_ADMIN)


def may_set_duty(user: User, offering: Offering) -> bool:
    """People on duty: an administrator of the agency whose desk receives the dossiers."""
    return administers_an_agency(user) and offering.receiving_agency_id in user.agencies_with(Role.AGENCY_ADMIN)


def may_set_amounts(user: User, agency: Agency) -> bool:
    """Amounts left to provinces: an administrator of the body of the province itself."""
    of_a_province = agency.unit is not None and agency.unit.kind in PROVINCE_KINDS and agency.code == agency.province_code
    return of_a_province and administers_an_agency(user) and agency.pk in user.agencies_with(Role.AGENCY_ADMIN)
