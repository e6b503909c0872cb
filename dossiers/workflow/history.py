"""Writes and verifies the history. One hash chain for each dossier: every event stores the hash of the one before."""

from dossiers.models import GENESIS, Dossier, Event, EventText
from dossiers.transitions.step import Step


def append(step: Step, *, source: str, target: str) -> Event:
    """Append the event of this step to the chain. The dossier must be locked. Returns the event."""
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
    event.hash = event.computed_hash()
    event.save(force_insert=True)
    text.event = event
    text.save(force_insert=True)
    return event


def problems(dossier: Dossier) -> list[str]:
    """One sentence for each error in the chain of this dossier. Erased texts are no error."""
    found: list[str] = []
    previous, sequence, state = GENESIS, 0, "DRAFT"
    for event in dossier.events.select_related("text", "dossier").order_by("sequence"):
        sequence += 1
        where = f"{dossier.code} #{event.sequence}"
        if event.sequence != sequence:
            found.append(f"{where}: a gap before this event")
            sequence = event.sequence
        if event.previous_hash != previous:
            found.append(f"{where}: does not continue the event before")
        if event.hash != event.computed_hash():
            found.append(f"{where}: was changed")
        if hasattr(event, "text") and event.text.digest() != event.text_digest:
            found.append(f"{where}: its words were changed")
        if event.source != state:
            found.append(f"{where}: starts from {event.source}, the dossier was in {state}")
        previous, state = event.hash, event.target
    if sequence and state != dossier.state:
        found.append(f"{dossier.code}: is in {dossier.state}, its history ends in {state}")
    if dossier.code and not sequence:
        found.append(f"{dossier.code}: filed without history")
    return found
