"""The lists of parcels at a desk: to send, on their way, undelivered, delivered."""

from typing import NamedTuple

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy

from accounts.roles import Role
from dossiers.choices import ON_ITS_WAY, UNDELIVERED, DeliveryWay, ParcelState
from dossiers.models import Dossier
from dossiers.parcels.asking import QUIET_AFTER
from dossiers.parcels.models import Parcel
from dossiers.permissions import staff_dossiers
from dossiers.states import DossierState
from portal.common import clock
from portal.common.outbox import OutboxState

KEEPERS = (Role.RECEIVING_CLERK, Role.HEAD, Role.DEPUTY)


class Group(NamedTuple):
    key: str
    label: str
    hot: bool = False


TO_SEND, BACK, AWAY, DONE = "cho-gui", "khong-giao-duoc", "dang-di", "da-phat"
GROUPS = [
    Group(BACK, gettext_lazy("Không giao được"), hot=True),
    Group(TO_SEND, gettext_lazy("Chờ gửi")),
    Group(AWAY, gettext_lazy("Đang đi")),
    Group(DONE, gettext_lazy("Đã phát")),
]


def dossiers_of(user):
    """The dossiers whose results this user hands out or watches over."""
    return Dossier.objects.filter(staff_dossiers(user), receiving_agency__in=user.agencies_with(*KEEPERS))


def parcels_of(user):
    return Parcel.objects.filter(dossier__in=dossiers_of(user))


def to_send(user):
    """Results by post without any parcel yet."""
    return dossiers_of(user).filter(state=DossierState.COMPLETED, delivery_way=DeliveryWay.POST, parcels=None)


def group_condition(key):
    return {
        BACK: Q(state__in=UNDELIVERED, replaced_by=None, dossier__state=DossierState.COMPLETED),
        AWAY: Q(state__in=ON_ITS_WAY),
        DONE: Q(state=ParcelState.DELIVERED),
    }[key]


def counts(user):
    """{key: count} of the groups that somebody must work on, in two queries."""
    filters = {name: Count("pk", filter=group_condition(key)) for name, key in (("back", BACK), ("away", AWAY))}
    found = parcels_of(user).aggregate(**filters)
    return {BACK: found["back"], AWAY: found["away"], TO_SEND: to_send(user).count()}


def is_quiet(parcel):
    """On its way, and nothing heard for so long that somebody should ask; or the carrier never answered the order."""
    unheard = parcel.state == ParcelState.ORDERED and parcel.due_state == OutboxState.DEAD
    return unheard or parcel.is_on_its_way and parcel.state_at < clock.now() - QUIET_AFTER
