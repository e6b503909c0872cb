"""Runs a draft version against filed dossiers and counts what would have been different. Outbox worker, in slices."""

from collections import Counter

from django.db import transaction
from django.utils.translation import gettext as _

from dossiers.files.models import Attachment
from dossiers.models import Dossier, Simulation
from dossiers.simulation.comparing import Places, UnderVersion
from dossiers.states import DossierState
from portal.common import clock, outbox, request_ids
from procedures.calendar import Term
from procedures.models import ProcedureVersion

SLICE = 1000  # dossiers a turn of the worker
MAX_PAIRS = 20  # rows of «from … to …» shown; the others are counted together
NOTHING = {
    "fees": {},
    "contradicts": 0,
    "asked": {},
    "missing": {},
    "dropped": {},
    "terms": {},
    "sooner": 0,
    "later": 0,
    "late": {},
    "desks": {},
}


def filed(procedure, first_on, last_on):
    """The dossiers of a procedure filed on these days, whatever became of them."""
    return Dossier.objects.filter(
        version__procedure=procedure, submitted_at__date__gte=first_on, submitted_at__date__lte=last_on
    ).exclude(state=DossierState.DRAFT)


@transaction.atomic
def ask(draft, first_on, last_on, *, by):
    """Begin a run of the draft as it stands, or begin again."""
    total = filed(draft.procedure, first_on, last_on).count()
    Simulation.objects.update_or_create(
        version=draft.version,
        defaults={
            "sha256": draft.version.sha256, "asked_by": by, "first_on": first_on, "last_on": last_on, "total": total,
            "done": 0, "last_pk": 0, "result": NOTHING, "due_state": outbox.OutboxState.WAITING, "next_at": clock.now(),
            "created_at": clock.now(), "done_at": None, "leased_until": None, "tries": 0, "last_error": "",
            "priority": outbox.Priority.AWAITED, "web_request_id": request_ids.current(),
        },
    )  # fmt: skip
    outbox.wake_relay()


@outbox.worker(Simulation)
def work(row):
    """The next slice. A draft that was saved meanwhile is run from the beginning."""
    version = ProcedureVersion.objects.select_related("procedure").get(pk=row.version_id)
    if row.sha256 != version.sha256:
        row.sha256, row.done, row.last_pk, row.result = version.sha256, 0, 0, NOTHING
    slice_ = list(
        filed(version.procedure, row.first_on, row.last_on)
        .filter(pk__gt=row.last_pk)
        .select_related("offering__receiving_agency", "receiving_agency__hours", "person", "submitter__person")
        .order_by("pk")[:SLICE]
    )
    row.result = counted(row.result, slice_, version)
    row.done += len(slice_)
    row.last_pk = slice_[-1].pk if slice_ else row.last_pk
    row.keep_waiting = len(slice_) == SLICE
    row.total = max(row.total, row.done) if row.keep_waiting else row.done  # more were filed meanwhile, or one was erased
    row.next_at, row.leased_until = clock.now(), None
    row.save(update_fields=["sha256", "total", "done", "last_pk", "result", "next_at", "leased_until"])
    if row.keep_waiting:
        outbox.wake_relay()


def counted(before, dossiers, version):
    """The counts of a run with these dossiers added."""
    counts = {key: Counter(value) if isinstance(value, dict) else value for key, value in before.items()}
    places = Places(version.procedure)
    new = UnderVersion(version, places)
    old = {row.pk: UnderVersion(row, places) for row in ProcedureVersion.objects.filter(pk__in={d.version_id for d in dossiers})}
    files = _files(dossiers)
    for dossier in dossiers:
        filed_under = old[dossier.version_id]
        then, now = filed_under.outcome(dossier), new.outcome(dossier)
        _count_fee(counts, then, now)
        _count_papers(counts, then, now, files.get(dossier.pk, set()), dossier.channel == "online")
        _count_term(counts, filed_under, new, dossier)
        _count_load(counts, dossier, (then, now), (filed_under, new))
    return counts


def _files(dossiers):
    """{dossier id: keys of the documents of which a file is there}."""
    found = {}
    rows = Attachment.objects.current().filter(dossier__in=[dossier.pk for dossier in dossiers])
    for dossier_id, key in rows.values_list("dossier_id", "item_key"):
        found.setdefault(dossier_id, set()).add(key)
    return found


def _count_fee(counts, then, now):
    counts["contradicts"] += now.contradicts
    counts["fees"][f"{_amount(then.total)}>{_amount(now.total)}"] += 1


def _amount(total):
    return "" if total is None else str(total)


def _count_papers(counts, then, now, files, online):
    """`asked`: newly mandatory; `missing`: of these, filed online without a file for it; `dropped`: not mandatory any more."""
    for key in now.papers.keys() - then.papers.keys():
        counts["asked"][now.papers[key]] += 1
        counts["missing"][now.papers[key]] += online and key not in files
    for key in then.papers.keys() - now.papers.keys():
        counts["dropped"][then.papers[key]] += 1


def _count_term(counts, filed_under, new, dossier):
    """How the term changes; and whether a decision that was in time would have been late."""
    rows = [side.version.channels.get(dossier.channel, {}).get("processing") for side in (filed_under, new)]
    before, after = (Term.from_data(row).words if row else _("không nhận cách này") for row in rows)
    if before == after:
        return
    counts["terms"][f"{before} → {after}"] += 1
    if dossier.accepted_at is None or not all(rows):
        return
    was, would = (new.due_at(dossier, row) for row in rows)
    if was is None or would is None:
        return
    counts["sooner"] += would < was
    counts["later"] += would > was
    if dossier.decided_at and dossier.due_at and dossier.due_at + (would - was) < dossier.decided_at <= dossier.due_at:
        counts["late"][str(dossier.lead_agency)] += 1


def _count_load(counts, dossier, outcomes, sides):
    """What a dossier asks of its desk then and now: mandatory documents to check, and hours between acceptance and due time.

    Keys: «<measure>><desk>». Without a term on one side its hours are counted on neither.
    """
    desk = str(dossier.receiving_agency)
    counts["desks"][f"dossiers>{desk}"] += 1
    for name, outcome in zip(("papers_then", "papers_now"), outcomes, strict=True):
        counts["desks"][f"{name}>{desk}"] += len(outcome.papers)
    rows = [side.version.channels.get(dossier.channel, {}).get("processing") for side in sides]
    if dossier.accepted_at is None or not all(rows):
        return
    due = [sides[0].due_at(dossier, rows[0])]
    due.append(due[0] if rows[0] == rows[1] else sides[1].due_at(dossier, rows[1]))
    if all(due):
        for name, moment in zip(("hours_then", "hours_now"), due, strict=True):
            counts["desks"][f"{name}>{desk}"] += round((moment - dossier.accepted_at).total_seconds() / 3600)


# ---------------------------------------------------------------- for the page
def desk_rows(result, days):
    """The desks whose work changes, the largest first: {desk, dossiers, papers_then, papers_now, open_then, open_now}. `open_…`:
    dossiers under way at once on average, were each of them to take its whole term; `days`: length of the run."""
    desks = {}
    for key, count in result.get("desks", {}).items():
        name, desk = key.split(">", 1)
        desks.setdefault(desk, Counter())[name] = count
    changed = [
        (desk, row) for desk, row in desks.items()
        if row["papers_then"] != row["papers_now"] or row["hours_then"] != row["hours_now"]
    ]  # fmt: skip
    changed.sort(key=lambda found: (-found[1]["dossiers"], found[0]))
    return [
        {
            "desk": desk, "dossiers": row["dossiers"], "papers_then": row["papers_then"], "papers_now": row["papers_now"],
            "open_then": round(row["hours_then"] / 24 / days, 1), "open_now": round(row["hours_now"] / 24 / days, 1),
        }
        for desk, row in changed[:MAX_PAIRS]
    ]  # fmt: skip


def fee_rows(result):
    """[(before, after, number of dossiers)] of the fees that change, the most frequent first; amounts in đồng or None."""
    pairs = [(*map(_read, pair.split(">")), count) for pair, count in result["fees"].items()]
    changed = sorted((row for row in pairs if row[0] != row[1]), key=lambda row: -row[2])
    return changed[:MAX_PAIRS], sum(row[2] for row in changed[MAX_PAIRS:])


def fee_totals(result):
    """How many would pay more, less, the same; and how many where an amount is not known on one side."""
    totals = Counter()
    for pair, count in result["fees"].items():
        before, after = map(_read, pair.split(">"))
        unknown = before is None or after is None
        same = before == after
        totals["same" if same else "unknown" if unknown else "more" if after > before else "less"] += count
    return totals


def _read(text):
    return int(text) if text else None
