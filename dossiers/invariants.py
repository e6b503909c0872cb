"""Invariants of filed dossiers, which must hold also after a crash. Used by `manage.py check_invariants` and the fault tests."""

import hashlib

from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from accounts.messages.models import Message
from accounts.models import AdministratorChange, User
from dossiers.choices import IntervalKind, Job, ParcelState
from dossiers.evidence import anchors
from dossiers.files import storage
from dossiers.files.models import Attachment
from dossiers.models import Anchor, AnswerRevision, Decision, Dossier, Event, FollowUp, Letter, ResultDraft, StepRun
from dossiers.papers import frozen
from dossiers.papers.models import IssuedPaper, NumberCounter, PaperNumber
from dossiers.parcels import standing
from dossiers.parcels.models import Parcel
from dossiers.states import DossierState
from dossiers.workflow import history


def violations():
    """Yield one sentence for each violation. Work that still waits in the outbox is no violation."""
    for dossier in Dossier.objects.exclude(state=DossierState.DRAFT).order_by("pk").iterator(chunk_size=200):
        yield from history.problems(dossier)
        yield from _papers_and_messages(dossier)
        yield from _steps_and_clock(dossier)
    for row, key, sha256 in files_of_rows():
        yield from wrong_file(row, key, sha256)
    yield from anchors.problems()
    yield from _numbers()
    yield from _parcels()
    yield from _administrators()


def files_of_rows():
    """(row, storage key, SHA-256) of every stored file that a row names."""
    for row in Attachment.objects.order_by("pk").iterator(chunk_size=200):
        yield row, row.storage_key, row.sha256
        if row.is_redrawn:
            yield row, row.original_key, row.original_sha256
    for row in IssuedPaper.objects.order_by("pk").iterator(chunk_size=200):
        yield row, row.storage_key, row.sha256
    for model, files in ((Letter, _of_letter), (StepRun, _of_step), (ResultDraft, _of_draft)):
        for row in model.objects.order_by("pk").iterator(chunk_size=200):
            for file in files(row):
                yield row, file["storage_key"], file["sha256"]


def _of_letter(letter):
    return letter.files


def _of_step(run):
    return [*filter(None, [run.product.get("file")]), *run.visit.get("photos", [])]


def _of_draft(draft):
    return [row["file"] for paper in draft.content["papers"] for row in frozen.given_elsewhere(paper)]


def summary():
    """What was checked, in one line."""
    events, old = Event.objects.count(), Event.objects.filter(format=Event.Format.TEXTS, step="submit").count()
    erased = AnswerRevision.objects.filter(erased_at__isnull=False).count()
    line = (
        f"{Dossier.objects.count()} dossiers, {events} events, {Anchor.objects.exclude(document='').count()} anchors: all whole"
    )
    if old:
        line += f"; {old} filed before answers were kept: of these nothing older than their first anchor proves the answers"
    return f"{line}; {erased} revisions erased by law" if erased else line


def _administrators():
    """System administrators, against the rows that a trigger writes when the owner of the database makes one."""
    last = AdministratorChange.objects.filter(user=OuterRef("pk")).order_by("-pk").values("is_superuser")[:1]
    for user in User.objects.annotate(said=Coalesce(Subquery(last), False)).exclude(is_superuser=F("said")):
        yield f"login {user.pk}: is_superuser was changed past the trigger"


def _parcels():
    """Parcels against their notices, and dossiers that the post ended."""
    for parcel in Parcel.objects.filter(replaced_by=None).prefetch_related("notices").iterator(chunk_size=200):
        said = standing.deciding(parcel.notices.all())
        if said and said.state != parcel.state:
            yield f"parcel {parcel.reference}: stands as {parcel.state}, its notices say {said.state}"
    ended = Event.objects.filter(step="deliver", job=Job.POST).values("dossier")
    for dossier in Dossier.objects.filter(pk__in=ended).exclude(parcels__state=ParcelState.DELIVERED):
        yield f"{dossier.code}: delivered by the post, which delivered nothing"


def _papers_and_messages(dossier):
    filed = dossier.events.filter(step="submit").first()
    if filed is None:
        yield f"{dossier.code}: was never filed"
        return
    owed = FollowUp.objects.filter(event=filed, kind="paper:acknowledgement").exclude(due_state="done").exists()
    if not owed and not dossier.papers.filter(kind="acknowledgement").exists():
        yield f"{dossier.code}: has no acknowledgement, and none is owed"
    if dossier.submitter_id and not Message.objects.filter(key=f"event:{filed.pk}", recipient=dossier.submitter_id).exists():
        yield f"{dossier.code}: the submitter was not told of the filing"
    has_result = dossier.state in (DossierState.COMPLETED, DossierState.RETURNED)
    if has_result:
        yield from _papers_of_decisions(dossier)
    yield from _drafts(dossier)


WAITS = {
    DossierState.SUBMITTED: IntervalKind.RECEPTION,
    DossierState.SUPPLEMENT_REQUIRED: IntervalKind.SUPPLEMENT,
    DossierState.PAYMENT_REQUIRED: IntervalKind.PAYMENT,
    DossierState.WITHDRAWN: IntervalKind.WITHDRAWAL,
}


def _steps_and_clock(dossier):
    """The open interval of the clock is the one that the state explains, and what has ended has no open step."""
    ended = bool(dossier.decided_at) or dossier.status.is_final
    runs = list(dossier.open_steps)
    if ended and runs:
        yield f"{dossier.code}: is decided or closed, and the step «{runs[0]}» is open"
    if dossier.state == DossierState.PROCESSING and not ended and not runs:
        yield f"{dossier.code}: is processed, and no step is open"
    asked = any(run.waits_for_applicant for run in runs)
    running = IntervalKind.APPLICANT if asked else IntervalKind.RUNNING
    expected = set() if ended else {WAITS.get(dossier.state, running)}
    found = set(dossier.intervals.filter(ended_at=None).exclude(kind=IntervalKind.OUTAGE).values_list("kind", flat=True))
    if found != expected:
        yield f"{dossier.code} ({dossier.state}): its clock counts {sorted(found)}, the state means {sorted(expected)}"


def _papers_of_decisions(dossier):
    """Each decision has the papers of its content, each once (owed ones may still come)."""
    for decision in dossier.decisions.prefetch_related("papers"):
        made = sorted(paper.result_key for paper in decision.papers.all())
        owed = FollowUp.objects.filter(event=decision.event_id).exclude(due_state="done").exists()
        if made != sorted(frozen.papers_in(decision.content)) and (made or not owed):
            yield f"{dossier.code}: has a result without its paper"
        if decision.outcome == Decision.Outcome.REVOKED:
            numbers = [row["number"] for row in decision.content["revokes"]]
            revoked = dossier.papers.filter(number__in=numbers, decision__isnull=False)
            if revoked.exclude(state=IssuedPaper.State.REVOKED).exists():
                yield f"{dossier.code}: a paper was revoked and is still in force"


def _drafts(dossier):
    """The drafts are those that the history names."""
    drafts = {draft.number: draft for draft in dossier.result_drafts.all()}
    for draft in drafts.values():
        if frozen.content_hash(draft.content) != draft.content_hash:
            yield f"{dossier.code}: draft {draft.number} of its result was changed"
    for event in dossier.events.filter(text__details__has_key="draft").select_related("text"):
        named = event.text.details["draft"]
        if named["number"] not in drafts or drafts[named["number"]].content_hash != named["sha256"]:
            yield f"{dossier.code} #{event.sequence}: the draft it names was changed or deleted"


def _numbers():
    """Each series of numbers is whole: 1, 2, 3 … up to its counter."""
    given = PaperNumber.objects.filter(body=OuterRef("body"), series=OuterRef("series"), year=OuterRef("year")).order_by()
    count = given.values("body").annotate(n=Count("pk")).values("n")
    for row in NumberCounter.objects.annotate(given=Coalesce(Subquery(count), 0)).exclude(last=F("given")).select_related("body"):
        yield f"numbers {row.series}-{row.body.code} of {row.year}: {row.last} were given, {row.given} are there"


def wrong_file(row, key, sha256):
    """Yield a sentence when the file of this row is not there, or was changed."""
    name = f"{row._meta.verbose_name} {row.pk}"
    digest = hashlib.sha256()
    try:
        with storage.open_stored(key) as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except (OSError, storage.StoredFileMissing) as error:
        yield f"{name}: its file cannot be read ({error.__class__.__name__})"
        return
    if digest.hexdigest() != sha256:
        yield f"{name}: its file was changed"
