"""What a member of staff holds, and why a role cannot end at once: what is held would then be nobody's."""

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from accounts.staffing import ending
from dossiers.models import Dossier, StepRun, StepState
from dossiers.states import ALIVE, DossierState
from portal.common import clock

CODES_NAMED = 5


def held_at_desk(user: User) -> Q:
    """Query condition: dossiers that this person holds at the desk, before or after the work of the office."""
    return Q(holder=user, state__in=ALIVE) & ~Q(state=DossierState.PROCESSING)


def steps_held(user: User):
    """Open steps that this person holds."""
    return StepRun.objects.filter(holder=user, state=StepState.OPEN, dossier__state=DossierState.PROCESSING)


def held_in_role(membership):
    """Dossiers that would be nobody's without this role: held at its desk, or with a step of its role at its body."""
    user, body = membership.user, membership.agency_id
    steps = steps_held(user).filter(agency=body, role=membership.role)
    found = Q(pk__in=steps.values("dossier"))
    if membership.role == Role.RECEIVING_CLERK:
        found |= held_at_desk(user) & Q(receiving_agency=body)
    return Dossier.objects.filter(found)


@ending.hindrance
def holds_dossiers(membership, last_on):
    """A sentence when the role ends before today's end and its holder keeps dossiers in it. A later last day leaves time to hand
    them over; what is then still held goes to the head by an alarm (obligations `left_steps`, `left_desk`)."""
    held = [] if last_on >= clock.today() else list(held_in_role(membership).order_by("code").values_list("code", flat=True))
    if not held:
        return ""
    facts = {"n": len(held), "codes": ", ".join(held[:CODES_NAMED]) + (", …" if len(held) > CODES_NAMED else "")}
    words = _(
        "Người này đang giữ %(n)d hồ sơ (%(codes)s). Trưởng bộ phận giao cho người khác trước, hoặc chọn ngày cuối muộn hơn."
    )
    return words % facts
