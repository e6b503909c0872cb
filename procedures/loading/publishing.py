"""Publishes the curated procedures: an immutable version each; a new version when the files have changed."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, cast

from django.db.models import Max
from django.utils.translation import gettext as _

from portal.common import clock
from procedures.eforms import expanded_form
from procedures.facts import Facts, VersionDocument
from procedures.loading.folder import DataFolder, DataRefused
from procedures.loading.rows import day
from procedures.models import CatalogueChange, Procedure, ProcedureVersion, ShippedDocument, VersionState, hash_of
from procedures.results import faults

FIRST_DAY = dt.date(2025, 7, 1)  # start of the two-level local government, which these procedures depend on


def publish(folder: DataFolder, curated: list[dict[str, Any]], entries: Mapping[str, Procedure]) -> None:
    """Publish a new version of every curated procedure whose document has changed. Raises DataRefused."""
    current = {
        version.procedure_id: version
        for version in ProcedureVersion.objects.filter(
            state=VersionState.PUBLISHED, procedure__in=[entries[row["code"]] for row in curated]
        ).defer("document")
    }
    highest = ProcedureVersion.objects.filter(procedure__in=[entries[row["code"]] for row in curated]).values("procedure_id")
    numbers = dict(highest.annotate(highest=Max("number")).values_list("procedure_id", "highest"))  # drafts have numbers, too
    ended = set(CatalogueChange.objects.filter(act=CatalogueChange.Act.END).values_list("procedure_id", flat=True))
    fresh = []
    for row in curated:
        entry, document = entries[row["code"]], document_of(folder, row)
        before = current.get(entry.pk)
        if before is not None and not before.is_shipped:
            _note_difference(entry, document, before)
            continue  # from a page or a file: people's versions stay
        if before is None and entry.current_id is not None and entry.pk in ended:
            continue  # people stopped offering it
        if before is None or before.sha256 != hash_of(document):
            fresh.append(_new_version(entry, document, before, numbers.get(entry.pk, 0) + 1))
    _retire([current[version.procedure_id] for version in fresh if version.procedure_id in current])
    ProcedureVersion.objects.bulk_create(fresh)
    published = {version.procedure_id: version for version in fresh}
    for entry in (entries[row["code"]] for row in curated):
        entry.current = published.get(entry.pk) or current.get(entry.pk) or entry.current
        entry.listed = False
    Procedure.objects.bulk_update([entries[row["code"]] for row in curated], ["current", "listed"])


def _note_difference(entry: Procedure, document: VersionDocument, current: ProcedureVersion) -> None:
    """Keep what the files say of a procedure whose version comes from people, where it differs: its page shows it."""
    digest = hash_of(document)
    if digest == current.sha256:
        ShippedDocument.objects.filter(procedure=entry).delete()
    else:
        values = {"document": document, "sha256": digest, "at": clock.now()}
        ShippedDocument.objects.update_or_create(procedure=entry, defaults=values)


def document_of(folder: DataFolder, row: dict[str, Any]) -> VersionDocument:
    """The document of a version (`procedures.facts.VersionDocument`). Raises DataRefused for results that are not in order."""
    meta = folder.read("procedures.json")["meta"]
    document: VersionDocument = {
        "procedure": cast(Facts, row),  # checked against data/schema
        "form": expanded_form(row["form_key"], folder.read("forms.json")) if row["form_key"] else None,
        "code_lists": meta["code_lists"],
        "defaults": meta["defaults"],
        "amount_set_later": folder.amounts_set_later(row["code"]),
    }
    if found := faults(document):
        raise DataRefused(
            _("Thủ tục %(code)s: kết quả không công bố được: %(faults)s") % {"code": row["code"], "faults": "; ".join(found)}
        )
    return document


def _new_version(entry: Procedure, document: VersionDocument, before: ProcedureVersion | None, number: int) -> ProcedureVersion:
    facts = document["procedure"]
    return ProcedureVersion(
        procedure=entry,
        number=number,
        state=VersionState.PUBLISHED,
        effective_from=clock.today() if before else min(day(facts["decision"]["date"]) or FIRST_DAY, FIRST_DAY),
        document=document,
        sha256=hash_of(document),
        declared_level=facts["declared_level"],
        form_key=facts["form_key"] or "",
        grammar=document["form"]["grammar"] if document["form"] else 1,
        published_at=clock.now(),
    )


def _retire(versions: Iterable[ProcedureVersion]) -> None:
    for version in versions:
        version.state = VersionState.RETIRED
        version.effective_to = max(version.effective_from, clock.today() - dt.timedelta(days=1))
    ProcedureVersion.objects.bulk_update(versions, ["state", "effective_to"])
