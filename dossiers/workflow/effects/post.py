"""Effects of keeping papers, of asking for originals, of handing out and of sending by post."""

from django.utils.translation import gettext as _

from dossiers.choices import UNDELIVERED, Job, ParcelState
from dossiers.custody import keeping
from dossiers.models import Event
from dossiers.papers.models import IssuedPaper
from dossiers.parcels import standing
from dossiers.parcels.carriers import register
from dossiers.parcels.models import Parcel
from dossiers.transitions import conditions
from dossiers.transitions.choices import Effect
from dossiers.transitions.handing_out import TAKEN
from dossiers.transitions.missing import DetailsMissing
from dossiers.transitions.step import Step
from dossiers.workflow.effects.registry import after, before
from portal.common import outbox
from portal.common.identity import to_e164


@after(Effect.KEEP_PAPERS)
def keep_papers(step: Step, event: Event) -> None:
    """What came on paper with the dossier is in custody from its filing on."""
    dossier = step.dossier
    if papers := keeping.counted_at_filing(dossier):
        giver = dossier.intake.bearer or dossier.subject_name
        keeping.receive(dossier, papers, received_from=giver, by=step.user)


@before(Effect.RECORD_ASKED_ORIGINAL)
def record_asked_original(step: Step) -> None:
    name, reason = conditions.originals_with_reason(step.dossier)[step.details["original"]]
    step.recorded["original"] = {"key": step.details["original"], "name": name, "reason": reason}


@before(Effect.RECORD_WHO_TOOK_IT)
def record_who_took_it(step: Step) -> None:
    """At the counter: name, document and right of who signed. By post: the parcel, and whom the post names."""
    if step.job == Job.POST:
        parcel = Parcel.objects.get(pk=step.details["parcel"].pk)
        delivered = standing.deciding(parcel.notices.all())
        step.recorded |= {"parcel": parcel.reference, "signed_for_by": getattr(delivered, "words", "")}
    elif step.user:
        for name in TAKEN:
            if value := str(step.details.get(name, "")).strip():
                step.recorded[name] = value  # type: ignore[literal-required]


@before(Effect.ORDER_PARCEL)
def order_parcel(step: Step) -> None:
    """Write the order. Its row is owed to the carrier; of a parcel handed in by hand it is the whole record."""
    dossier, user, details = step.dossier, step.user, step.details
    assert user is not None
    last = dossier.parcels.order_by("-pk").first()
    carrier, tracking = register.current(), details.get("tracking", "").strip()
    if not carrier.takes_orders and not tracking:
        raise DetailsMissing("tracking", _("Ghi số hiệu bưu gửi trên biên nhận của bưu cục."))
    papers = dossier.papers.filter(decision__isnull=False, state=IssuedPaper.State.VALID).order_by("pk")
    parcel = Parcel.objects.create(
        dossier=dossier, carrier=carrier.key, tracking="" if carrier.takes_orders else tracking,
        state=ParcelState.ORDERED if carrier.takes_orders else ParcelState.PICKED_UP,
        contents=[f"{paper.get_kind_display()} {paper.number}" for paper in papers],
        recipient=details["recipient"].strip(), phone=to_e164(details["phone"]), address=details["address"].strip(),
        payer=standing.payer_after(last), ordered_by=user, ordered_at=step.now, state_at=step.now,
        replaces=last if last and last.state in UNDELIVERED else None,
    )  # fmt: skip
    step.recorded |= {"parcel": parcel.reference, "recipient": parcel.recipient, "phone": parcel.phone, "address": parcel.address}
    outbox.wake_relay()


@before(Effect.NAME_PARCEL)
def name_parcel(step: Step) -> None:
    step.recorded["parcel"] = step.details["parcel"].reference
