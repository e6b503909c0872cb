"""Ending a role: sooner, never later. One person does it, the owner is told, and the record says who, when and why.

`hindrances`: rooms above say why a role cannot end yet (its holder has work in hand), by `@ending.hindrance`.
"""

import datetime as dt
from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.messages.models import queue_messages
from accounts.models import Membership, MembershipEnd, User
from accounts.roles import BEYOND_A_BODY, Role
from portal.common.dates import full_day

Hindrance = Callable[[Membership, dt.date], str]
hindrances: list[Hindrance] = []


class NotPossible(Exception):
    """The role cannot end so; `str()` is a sentence for the user."""


def hindrance(function: Hindrance) -> Hindrance:
    """Decorator: `function(membership, last_on)` returns a sentence why the role cannot end then, or an empty text."""
    hindrances.append(function)
    return function


def may_end(actor: User, membership: Membership) -> bool:
    """A system administrator; an administrator of the agency for its own roles. Nobody ends a role of their own."""
    if not actor.is_active or not actor.is_staff_login or actor.pk == membership.user_id:
        return False
    if actor.is_superuser:
        return True
    return membership.role not in BEYOND_A_BODY and membership.agency_id in actor.agencies_with(Role.AGENCY_ADMIN)


def fault_of(membership: Membership, last_on: dt.date) -> str:
    """Why the role cannot end on this day, as a sentence; empty when it can."""
    if last_on < membership.valid_from:
        return _("Ngày cuối ở trước ngày đầu.")
    if membership.valid_to is not None and last_on >= membership.valid_to:
        return _("Vai trò chỉ kết thúc sớm hơn. Muốn giữ lâu hơn thì xin giao vai trò mới.")
    return next((sentence for rule in hindrances if (sentence := rule(membership, last_on))), "")


@transaction.atomic
def end(membership: Membership, last_on: dt.date, reason: str, *, by: User) -> None:
    """Set the last day of the role. Open sessions of its holder end with it. Raises PermissionDenied, NotPossible."""
    row = Membership.objects.select_for_update(of=("self",)).select_related("user", "agency").get(pk=membership.pk)
    if not may_end(by, row):
        raise PermissionDenied("ends a role they do not administer")
    if fault := fault_of(row, last_on):
        raise NotPossible(fault)
    row.valid_to = last_on
    MembershipEnd.objects.create(membership=row, by=by, last_on=row.valid_to, reason=reason)
    row.save(update_fields=["valid_to"])
    with override("vi"):
        facts = {"by": by, "role": row.get_role_display(), "agency": row.agency, "day": full_day(row.valid_to)}
        queue_messages(
            f"role:{row.pk}:end:{row.valid_to}",
            [row.user],
            subject=_("Vai trò của anh/chị kết thúc"),
            body=_("%(by)s cho kết thúc vai trò %(role)s ở %(agency)s, đến hết %(day)s.") % facts,
        )
