"""Steps for many dossiers: a run names what was chosen; each dossier is a row of the outbox with a result of its own.

Nothing is dropped: a code that is missing, of another body, doubled or moved meanwhile gets a row that says so. The request works
off what it can in SECONDS; the worker does the rest, also after a crash.
"""

import datetime as dt
import time

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.models import User
from dossiers import workflow
from dossiers.desk import queues
from dossiers.desk.actions import PRINT
from dossiers.models import BulkItem, BulkRun, Dossier
from dossiers.papers.models import IssuedPaper, PaperKind
from dossiers.permissions import may_open_paper
from dossiers.transitions import inputs
from portal.common import clock, outbox
from portal.common.outbox import OutboxState

MAX_ITEMS = 1000  # dossiers of one run
SECONDS = 4  # that the request works itself
KEPT_UNCONFIRMED = dt.timedelta(days=1)
Outcome = BulkItem.Outcome


class Refused(Exception):
    """The step was not taken for this dossier; `str()` says why."""


def choose(user: User, step: str, codes: list[str]) -> BulkRun:
    """A run that waits for its confirmation. Remembers where each dossier stands now. Old unconfirmed ones of the user go."""
    BulkRun.objects.filter(user=user, confirmed_at=None, asked_at__lt=clock.now() - KEPT_UNCONFIRMED).delete()
    found = queues.dossiers_at_work(user).filter(code__in=codes)
    seen = dict(found.annotate(last=Coalesce(Max("events__sequence"), 0)).order_by().values_list("code", "last"))
    return BulkRun.objects.create(user=user, step=step, asked=[[code, seen.get(code)] for code in codes])


def chosen(run: BulkRun) -> list[Dossier]:
    """The dossiers of a run that its user may see, in the order chosen. Two queries."""
    codes = [code for code, _seen in run.asked]
    found = {dossier.code: dossier for dossier in queues.for_list(queues.dossiers_at_work(run.user).filter(code__in=codes))}
    for dossier in found.values():
        dossier.open_steps = dossier.steps_now  # loaded for the list
    return [found[code] for code in dict.fromkeys(codes) if code in found]


@transaction.atomic
def confirm(run: BulkRun, *, note: str = "", holder: User | None = None) -> None:
    """Make the rows. Idempotent: a second confirmation changes nothing."""
    run = BulkRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if run.confirmed_at:
        return
    run.note, run.holder, run.confirmed_at = note, holder, clock.now()
    run.save(update_fields=["note", "holder", "confirmed_at"])
    ids = dict(Dossier.objects.filter(code__in=[code for code, _seen in run.asked]).values_list("code", "pk"))
    before: set[str] = set()
    rows = []
    for position, (code, seen) in enumerate(run.asked):
        row = BulkItem(run=run, position=position, code=code[:60], seen=seen)
        if code in before:
            _refuse(row, _("Hồ sơ này đã có ở trên trong cùng lần làm."))
        elif seen is None:
            _refuse(row, _("Không có hồ sơ này ở nơi anh chị làm việc."))
        elif position >= MAX_ITEMS:
            _refuse(row, _("Mỗi lần làm nhiều nhất %(n)d hồ sơ. Chưa làm hồ sơ này.") % {"n": MAX_ITEMS})
        else:
            row.dossier_id = ids.get(code)
        before.add(code)
        rows.append(row)
    BulkItem.objects.bulk_create(rows)
    outbox.wake_relay()


def _refuse(row: BulkItem, said: str) -> None:
    row.outcome, row.said, row.due_state, row.done_at = Outcome.REFUSED, said, OutboxState.DONE, clock.now()


def work(run: BulkRun, seconds: float = SECONDS) -> None:
    """Work off rows in order for this long. Failures are left to the worker, which tries again."""
    until = time.monotonic() + seconds
    for pk in run.items.filter(due_state=OutboxState.WAITING).values_list("pk", flat=True):
        if time.monotonic() > until:
            return
        try:
            outbox.do(BulkItem, pk)
        except Exception:  # noqa: BLE001 - logged and scheduled again by the outbox
            continue


@outbox.worker(BulkItem)
def take(row: BulkItem) -> None:
    """Take the step of the run for one dossier, as its user, with the roles they hold now."""
    run = row.run
    try:
        with transaction.atomic():
            _print(row, run) if run.step == PRINT else _advance(row, run)
    except (Refused, inputs.DetailsMissing) as why:
        row.outcome, row.said = Outcome.REFUSED, str(why)
    except workflow.StepNotPossible as moved:
        row.outcome, row.said = Outcome.REFUSED, moved.sentence()
    except PermissionDenied:
        row.outcome, row.said = Outcome.REFUSED, _("Bước này không phải của anh chị ở hồ sơ này.")
    else:
        row.outcome = Outcome.TAKEN
    row.save(update_fields=["outcome", "said"])


def _visible(row, run):
    dossier = queues.dossiers_at_work(run.user).filter(pk=row.dossier_id).first()
    if dossier is None or not run.user.is_active:
        raise Refused(_("Không có hồ sơ này ở nơi anh chị làm việc."))
    return dossier


def _advance(row, run):
    _visible(row, run)
    locked = Dossier.objects.select_for_update(of=("self",)).get(pk=row.dossier_id)
    if locked.events.aggregate(last=Coalesce(Max("sequence"), 0))["last"] != row.seen:
        raise workflow.StepNotPossible(locked, run.step)
    details = {"holder": run.holder} if run.step == "assign" else {}
    workflow.advance(locked, run.step, actor=run.user, note=run.note, **details)


def _print(row, run):
    if slip_of(_visible(row, run), run.user) is None:
        raise Refused(_("Chưa có giấy tiếp nhận, hoặc máy đang lập."))


def slip_of(dossier: Dossier, user: User) -> IssuedPaper | None:
    """The receipt slip in force of this dossier, when the user may open it."""
    if not may_open_paper(dossier, PaperKind.RECEIPT_SLIP, user):
        return None
    return dossier.papers.filter(kind=PaperKind.RECEIPT_SLIP, state=IssuedPaper.State.VALID).order_by("-pk").first()
