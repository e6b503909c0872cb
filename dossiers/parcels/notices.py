"""Takes the notices about parcels. Each is kept once; what it says moves the dossier, by the door, in the same transaction."""

import logging
from enum import Enum

from django.db import transaction
from django.utils import translation

from accounts.roles import Role, SystemActor
from dossiers import workflow
from dossiers.choices import ON_ITS_WAY, UNDELIVERED, Job, ParcelState
from dossiers.models import Dossier
from dossiers.parcels import standing
from dossiers.parcels.models import Parcel, ParcelNotice
from portal.common import clock

log = logging.getLogger(__name__)
POST_JOB = SystemActor(Job.POST)


class UnknownParcel(LookupError):
    """No parcel of this carrier has this reference."""


class Kept(Enum):
    NEW = "kept"
    KNOWN = "known"


@translation.override("vi")
@transaction.atomic
def keep(notice, *, carrier=None, by=None):
    """Keep a verified notice (`carriers.base.Notice`) and do what follows. `carrier`: its key, when it comes from outside; `by`:
    the clerk who wrote it down. Idempotent by the key of the notice. Raises UnknownParcel."""
    found = Parcel.objects.filter(reference=notice.reference, **({"carrier": carrier} if carrier else {}))
    dossier_id = found.values_list("dossier", flat=True).first()
    if dossier_id is None:
        raise UnknownParcel(notice.reference)
    Dossier.objects.select_for_update(of=("self",)).get(pk=dossier_id)  # the order of locks everywhere: dossier, then parcel
    parcel = Parcel.objects.select_for_update(of=("self",)).get(reference=notice.reference)
    if parcel.notices.filter(key=notice.key).exists():
        return Kept.KNOWN
    now = clock.now()
    ParcelNotice.objects.create(
        parcel=parcel, key=notice.key, state=notice.state, happened_at=min(notice.happened_at, now), received_at=now,
        place=notice.place, words=notice.words, raw=notice.raw, entered_by=by,
    )  # fmt: skip
    _move(parcel)
    return Kept.NEW


def _move(parcel):
    """Set the parcel's state by all its notices, and take the step that follows from a change."""
    deciding = standing.deciding(parcel.notices.all())
    before, parcel.state, parcel.state_at = parcel.state, deciding.state, deciding.happened_at
    if parcel.state == before:
        parcel.save(update_fields=["state_at"])
        return
    if parcel.state in ON_ITS_WAY and before in UNDELIVERED and hasattr(parcel, "replaced_by"):
        parcel.state = before  # found again, but another one is on its way: this one no longer counts until it is delivered
        return
    if parcel.state in UNDELIVERED and before in ON_ITS_WAY:
        parcel.owner = _owner(parcel)
    parcel.save(update_fields=["state", "state_at", "owner"])
    if parcel.state == ParcelState.DELIVERED:
        _take(parcel, "deliver")
    elif parcel.state in UNDELIVERED and before in ON_ITS_WAY:
        step = "note_cancelled" if parcel.state == ParcelState.CANCELLED else "note_undelivered"
        _take(parcel, step, deciding.words)
    elif parcel.state in ON_ITS_WAY and before in UNDELIVERED:
        _take(parcel, "note_found")


def _take(parcel, step, note=""):
    """Take the step; a dossier that was handed out meanwhile has nothing to take, and the notice stays."""
    try:
        workflow.advance(parcel.dossier, step, actor=POST_JOB, note=note, parcel=parcel)
    except workflow.StepNotPossible as moved:
        log.info("notice of a parcel moves nothing", extra={"parcel": parcel.reference, "step": step, "why": moved.sentence()})


def _owner(parcel):
    """Who ordered it, while they work at this desk; else nobody yet, and the desk is told."""
    clerk = parcel.ordered_by
    here = clerk.is_active and clerk.has_role(Role.RECEIVING_CLERK, parcel.dossier.receiving_agency_id)
    return clerk if here else None
