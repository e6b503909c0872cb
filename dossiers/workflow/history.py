"""Writes, verifies and erases the history. One hash chain for each dossier: every event stores the hash of the one before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db import transaction

from dossiers.choices import FilingChannel
from dossiers.custody.models import CustodyMove
from dossiers.models import GENESIS, AnswerRevision, CounterIntake, Dossier, Event, EventText
from dossiers.papers.frozen import content_hash
from dossiers.parcels.models import ParcelNotice, ParcelRequest
from dossiers.states import DossierState
from portal.common import clock
from portal.common.digests import canonical, flat

if TYPE_CHECKING:
    from dossiers.transitions.step import Step

ERASED = "(đã xóa)"  # in the place of a name that a constraint wants
Content = dict[str, dict[str, Any]]


def append(step: Step, *, source: str, target: str) -> Event:
    """Append the event of this step to the chain. The dossier must be locked; it is saved afterwards, because the database lets a
    filed dossier change its state and its answers only to what its history says. Returns the event."""
    last = step.dossier.events.order_by("-sequence").first()
    event = Event(
        dossier=step.dossier,
        sequence=last.sequence + 1 if last else 1,
        step=step.name,
        source=source,
        target=target,
        actor=step.user,
        job=step.job,
        at=step.now,
        previous_hash=last.hash if last else GENESIS,
    )
    text = EventText(event=event, actor_name=step.actor_name, note=step.note, details=step.recorded)
    event.text_digest = text.digest()
    rows: list[EventText | AnswerRevision] = [text]
    if step.revises:
        revision = AnswerRevision(dossier=step.dossier, kind=step.revises, content=filed_content(step.dossier))
        event.content_digest = revision.digest = revision.computed_digest()
        rows.append(revision)
    event.hash = event.computed_hash()
    event.save(force_insert=True)
    for row in rows:
        row.event = event
        row.save(force_insert=True)
    return event


def filed_content(dossier: Dossier) -> Content:
    """What counts as filed, section by section: answers, whose matter it is, how it came, and the files in force."""
    return {
        "answers": dossier.answers,
        "asked": dossier.asked,
        "subject": {
            "name": dossier.subject_name,
            "id_number": dossier.subject_id_number,
            "address": dossier.subject_address,
            "phone": dossier.subject_phone,
            "email": dossier.subject_email,
        },
        "filing": {
            "procedure": dossier.version.procedure.code,
            "version": dossier.version.number,
            "version_sha256": dossier.version.sha256,
            "channel": dossier.channel,
            "filed_at": _moment(dossier.submitted_at),
            "declared_at": _moment(dossier.declared_at),
            "person": dossier.person_id,
            "organisation": dossier.organisation_id,
            "submitter": dossier.submitter_id,
            "mandate": dossier.mandate_id,
            "entered_by": dossier.entered_by_id,
        }
        | _taken_in(dossier),
        "files": {str(n): file.evidence() for n, file in enumerate(dossier.attachments.current().order_by("pk"), 1)},
    }


def _taken_in(dossier: Dossier) -> dict[str, Any]:
    """How a clerk took it in; nothing for dossiers filed online, so that their content reads as before."""
    intake = getattr(dossier, "intake", None) if dossier.channel != FilingChannel.ONLINE else None
    return {"intake": intake.evidence()} if intake else {}


def _moment(moment: dt.datetime | None) -> str | None:
    return moment.isoformat(timespec="microseconds") if moment else None


# ---------------------------------------------------------------- verifying
def problems(dossier: Dossier) -> list[str]:
    """One sentence for each error in the chain of this dossier, and where the dossier is not what its history says. What was
    erased by law is no error. Sentences name fields, never their values."""
    events = list(dossier.events.select_related("text", "revision", "dossier").order_by("sequence"))
    found = list(_of_the_chain(dossier, events))
    if dossier.code:
        found += _of_the_answers(dossier)
        found += _of_decisions_and_requests(dossier, events)
    return found


def _of_the_chain(dossier: Dossier, events: list[Event]) -> Iterator[str]:
    previous, sequence, state = GENESIS, 0, "DRAFT"
    for event in events:
        sequence += 1
        where = f"{dossier.code} #{event.sequence}"
        if event.sequence != sequence:
            yield f"{where}: a gap before this event"
            sequence = event.sequence
        if event.previous_hash != previous:
            yield f"{where}: does not continue the event before"
        if event.hash != event.computed_hash():
            yield f"{where}: was changed"
        if event.source != state:
            yield f"{where}: starts from {event.source}, the dossier was in {state}"
        text, revision = getattr(event, "text", None), getattr(event, "revision", None)
        if text is None:
            yield f"{where}: its words were deleted"
        elif text.erased_at is None and text.digest() != event.text_digest:
            yield f"{where}: its words were changed"
        if (revision.digest if revision else "") != event.content_digest:
            yield f"{where}: its answers were deleted or exchanged"
        previous, state = event.hash, event.target
    if sequence and state != dossier.state:
        yield f"{dossier.code}: is in {dossier.state}, its history ends in {state}"
    if dossier.code and not sequence:
        yield f"{dossier.code}: filed without history"


def _of_the_answers(dossier: Dossier) -> Iterator[str]:
    revisions = list(dossier.answer_revisions.order_by("pk"))
    for revision in revisions:
        if revision.erased_at is None and revision.computed_digest() != revision.digest:
            yield f"{dossier.code}: the answers kept {revision.kind} were changed"
    if not revisions:
        yield f"{dossier.code}: no answers are kept"
        return
    now = flat(filed_content(dossier))
    if revisions[-1].erased_at:
        if dossier.answers or dossier.asked or dossier.subject_name:
            yield f"{dossier.code}: its answers were erased by law, the dossier still has some"
        return
    kept = flat(revisions[-1].content or {})
    if differ := sorted(key for key in now.keys() | kept.keys() if now.get(key) != kept.get(key)):
        yield f"{dossier.code}: differs from what was filed in {', '.join(differ)}"


def _of_decisions_and_requests(dossier: Dossier, events: list[Event]) -> Iterator[str]:
    """Rows that the office wrote, against the words of their events (which the chain covers)."""
    words = {e.pk: e.text.details for e in events if hasattr(e, "text") and e.text.erased_at is None and e.format > 1}
    decisions = {row.event_id: content_hash(row.content) for row in dossier.decisions.all()}
    requests = {row.event_id: row for row in dossier.supplements.prefetch_related("items")}
    for event in events:
        said = words.get(event.pk, {})
        if "content_sha256" in said and decisions.get(event.pk) != said["content_sha256"]:
            yield f"{dossier.code} #{event.sequence}: its decision was changed or deleted"
        if "signed" in said:
            kept = sorted(file.received_sha256 for file in event.signed_papers.all())
            if kept != sorted(said["signed"]):
                yield f"{dossier.code} #{event.sequence}: the paper that was signed for it was changed or deleted"
        if "items" in said:
            items = requests[event.pk].items.all() if event.pk in requests else []
            asked = [{"target": i.target, "key": i.key, "label": i.label, "reason": i.reason} for i in items]
            if canonical(sorted(asked, key=canonical)) != canonical(sorted(said["items"], key=canonical)):
                yield f"{dossier.code} #{event.sequence}: what it asked for was changed or deleted"


# ---------------------------------------------------------------- erasing
@transaction.atomic
def erase(dossier: Dossier, *, ground: str) -> None:
    """Erase answers, subject and all words of a dossier that has ended, by law. Digests stay, so the chain still verifies.

    Only the owner role of the database may do it. `ground`: the legal ground, kept with the rows. Files, decisions, papers,
    opinions and messages are not touched. Raises ValueError for a dossier still at work or without a ground.
    """
    row = Dossier.objects.select_for_update(of=("self",)).get(pk=dossier.pk)
    if not ground.strip() or not DossierState(row.state).is_final:
        raise ValueError("only what has ended is erased, and only on a legal ground")
    erased = {"salt": "", "erased_at": clock.now(), "erased_ground": ground.strip()}
    row.answer_revisions.filter(erased_at=None).update(content=None, **erased)
    texts = EventText.objects.filter(event__dossier=row, erased_at=None)
    texts.update(actor_name="", note="", details={}, **erased)
    row.supplements.update(edits={})
    row.parcels.update(recipient="", phone="", address="")
    ParcelNotice.objects.filter(parcel__dossier=row).update(words="", raw="")
    ParcelRequest.objects.filter(parcel__dossier=row).update(reason="", words="")
    row.originals.update(received_from="")
    returned = CustodyMove.objects.filter(original__dossier=row).exclude(person="")
    returned.update(person=ERASED, seen_number=ERASED, mandate="")
    row.co_subjects.all().delete()
    words = ("brought_by", "brought_number", "letter_number", "letter_contents", "missing")
    CounterIntake.objects.filter(dossier=row).update(**dict.fromkeys(words, ""))
    row.answers, row.asked, row.delivery_address = {}, {}, None
    subject = [f"subject_{name}" for name in ("name", "id_number", "address", "phone", "email")]
    for name in subject:
        setattr(row, name, "")
    row.save(update_fields=["answers", "asked", "delivery_address", *subject])
