"""Lists that staff saved under a name: their own, and those that a head shares with a body."""

from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse

from accounts.models import Agency
from accounts.roles import Role
from dossiers.models import SavedList

MAX_LISTS = 30  # of one person


class TooMany(Exception):
    """This person has MAX_LISTS lists."""


def seen_by(user):
    """The lists this user may open: their own, and those shared with a body where they work."""
    return SavedList.objects.filter(Q(owner=user, agency=None) | Q(agency__in=user.agencies_with())).order_by("name", "pk")


def kept_by(user):
    """The lists this user may delete: their own, and the shared ones of bodies they head."""
    return SavedList.objects.filter(Q(owner=user, agency=None) | Q(agency__in=user.agencies_with(Role.HEAD, Role.DEPUTY)))


def bodies_shared_by(user):
    """The bodies with which this user may share a list: those they head."""
    return [
        {"value": body.pk, "label": body.name}
        for body in Agency.objects.filter(pk__in=user.agencies_with(Role.HEAD, Role.DEPUTY)).order_by("name")
    ]


def of(user, wanted):
    """The side bar: {label, href, current, pk, shared, kept}. `wanted`: the words of the list shown now."""
    kept = user.agencies_with(Role.HEAD, Role.DEPUTY)
    return [
        {
            "label": row.name,
            "href": f"{reverse('desk:queue')}?{urlencode(row.query)}",
            "current": row.query == wanted,
            "pk": row.pk,
            "shared": row.agency_id is not None,
            "kept": row.agency_id is None or row.agency_id in kept,
        }
        for row in seen_by(user)
    ]


def save(user, name, query, agency=None):
    """Keep this list under a name; the list of that name is replaced. Raises TooMany."""
    same = SavedList.objects.filter(name=name, agency=agency)
    if agency is None:
        same = same.filter(owner=user)
    if not same.exists() and user.saved_lists.count() >= MAX_LISTS:
        raise TooMany
    where = {"name": name, "agency": agency, **({"owner": user} if agency is None else {})}
    return SavedList.objects.update_or_create(
        defaults={"query": query}, create_defaults={"owner": user, "query": query}, **where
    )[0]
