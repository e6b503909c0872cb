"""Template context of every page: hotline, province, role of the user, number of unread messages."""

from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.functional import SimpleLazyObject
from django.utils.text import capfirst

from accounts.messages.models import Channel, Message
from accounts.roles import Role
from accounts.staffing.requests import administers_staff
from dossiers.models import DeskSettings
from dossiers.webhooks.permissions import may_keep_webhooks
from portal.obligations.register import may_watch
from procedures.offerings.permissions import administers_an_agency
from procedures.office.permissions import may_read
from procedures.year_calendar import may_set_calendar


def frame(request):
    """Context of base.html. Database queries run only when a template uses the value."""
    match = getattr(request, "resolver_match", None)
    user = getattr(request, "user", None)
    return {
        "hotline": settings.HOTLINE,
        "province_name": settings.PROVINCE_NAME,
        "demo": settings.DEMO,
        "here": match.view_name if match else "",
        "text_size": getattr(request, "text_size", "vua"),
        "theme": getattr(request, "theme", "theo-may"),
        "unread": SimpleLazyObject(lambda: unread_messages(user)),
        "post": SimpleLazyObject(lambda: post_of(user)),
        "takes_in": SimpleLazyObject(lambda: takes_in(user)),
        "keeps_books": SimpleLazyObject(lambda: keeps_books(user)),
        "keys_off": SimpleLazyObject(lambda: keys_off(user)),
        "device_key": SimpleLazyObject(lambda: device_key(user)),
        "reads_catalogue": SimpleLazyObject(lambda: bool(user and user.is_authenticated and may_read(user))),
        "keeps_desks": SimpleLazyObject(lambda: bool(user and user.is_authenticated and administers_an_agency(user))),
        "sets_calendar": SimpleLazyObject(lambda: bool(user and user.is_authenticated and may_set_calendar(user))),
        "watches_work": SimpleLazyObject(lambda: bool(user and may_watch(user))),
        "keeps_webhooks": SimpleLazyObject(lambda: bool(user and may_keep_webhooks(user))),
        "administers_staff": SimpleLazyObject(lambda: bool(user and user.is_authenticated and administers_staff(user))),
    }


def device_key(user):
    """The login in keys of copies on a device: unlike for each login, without saying which."""
    return salted_hmac("portal.device", str(user.pk)).hexdigest()[:12] if user and user.is_authenticated else "khach"


def unread_messages(user):
    """The number of inbox messages this user has not opened."""
    if user is None or not user.is_authenticated:
        return 0
    return Message.objects.filter(recipient=user, channel=Channel.INBOX, read_at=None).count()


def keeps_books(user):
    """True if the user is an accountant at any agency."""
    return bool(user and user.is_authenticated and user.agencies_with(Role.ACCOUNTANT))


def takes_in(user):
    """True if the user takes dossiers in at any agency."""
    return bool(user and user.is_authenticated and user.agencies_with(Role.RECEIVING_CLERK))


def keys_off(user):
    """Has this member of staff switched the keys of the desk off?"""
    return bool(user and user.is_authenticated and DeskSettings.objects.filter(user=user, keys=False).exists())


def post_of(user):
    """{"agency", "role"} of a member of staff in words (at most two agencies, three roles); empty texts for others."""
    memberships = list(user.memberships.current().select_related("agency")) if user and user.is_authenticated else []
    agencies = list(dict.fromkeys(membership.agency.name for membership in memberships))
    roles = list(dict.fromkeys(membership.get_role_display() for membership in memberships))
    return {"agency": ", ".join(agencies[:2]), "role": capfirst(", ".join(roles[:3]))}
