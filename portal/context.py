"""What every page's frame shows: the hotline, the place, who is logged in, and how many messages wait."""

from django.conf import settings
from django.utils.functional import SimpleLazyObject
from django.utils.text import capfirst

from accounts.messages.models import Channel, Message
from accounts.roles import Role


def frame(request):
    """Context of base.html. Nothing here asks the database before a template does."""
    match = getattr(request, "resolver_match", None)
    user = getattr(request, "user", None)
    return {
        "hotline": settings.HOTLINE,
        "province_name": settings.PROVINCE_NAME,
        "demo": settings.DEMO,
        "here": match.view_name if match else "",
        "text_size": getattr(request, "text_size", "vua"),
        "theme": getattr(request, "theme", "sang"),
        "unread": SimpleLazyObject(lambda: unread_messages(user)),
        "post": SimpleLazyObject(lambda: post_of(user)),
        "keeps_books": SimpleLazyObject(lambda: keeps_books(user)),
    }


def unread_messages(user):
    """How many messages this person has not opened yet."""
    if user is None or not user.is_authenticated:
        return 0
    return Message.objects.filter(recipient=user, channel=Channel.INBOX, read_at=None).count()


def keeps_books(user):
    """Is this an accountant of some body?"""
    return bool(user and user.is_authenticated and user.agencies_with(Role.ACCOUNTANT))


def post_of(user):
    """Where a member of staff works and as what, in words; empty for everybody else."""
    memberships = list(user.memberships.current().select_related("agency")) if user and user.is_authenticated else []
    agencies = list(dict.fromkeys(membership.agency.name for membership in memberships))
    roles = list(dict.fromkeys(membership.get_role_display() for membership in memberships))
    return {"agency": ", ".join(agencies[:2]), "role": capfirst(", ".join(roles[:3]))}
