"""Rows that are owed: written in the transaction that owes them, done by a worker, found again by the relay until done.

The broker only carries hints. What is due can always be read from PostgreSQL.
"""

import datetime as dt
import logging
from collections.abc import Callable
from contextlib import contextmanager

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from portal.common import clock

log = logging.getLogger(__name__)

LEASE = dt.timedelta(seconds=30)
MAX_HANDED_OUT = 100  # rows of one kind handed out and not done: a long backlog waits here, not twice over in the broker
CHANNEL = "portal_outbox"
DEAD_AFTER = dt.timedelta(hours=12)


class OutboxState(models.TextChoices):
    WAITING = "waiting", _("chờ làm")
    DONE = "done", _("đã làm")
    DEAD = "dead", _("bỏ cuộc, chờ người xem")


class OutboxRow(models.Model):
    """One thing owed. `next_at` says when to try (again); `leased_until` is database time and keeps two relays apart."""

    due_state = models.CharField(_("tình trạng việc"), max_length=8, choices=OutboxState.choices, default=OutboxState.WAITING)
    next_at = models.DateTimeField(_("làm lúc"), default=clock.now)
    leased_until = models.DateTimeField(_("đã giao tới"), null=True, blank=True, editable=False)
    tries = models.PositiveSmallIntegerField(_("số lần thử"), default=0)
    last_error = models.TextField(_("lỗi gần nhất"), blank=True)
    created_at = models.DateTimeField(_("ghi lúc"), default=clock.now, editable=False)
    done_at = models.DateTimeField(_("xong lúc"), null=True, blank=True)

    stays_owed = False  # set by the worker when the row is not done yet and waits on as it left it: no failure

    class Meta:
        abstract = True

    def retry_delay(self):
        """How long to wait after a failure: 5 s, 10 s, 20 s … at most ten minutes."""
        return dt.timedelta(seconds=min(600, 5 * 2 ** min(self.tries, 7)))

    def resend(self):
        """Ask for it again by hand («gửi lại»)."""
        type(self).objects.filter(pk=self.pk).exclude(due_state=OutboxState.DONE).update(
            due_state=OutboxState.WAITING, next_at=clock.now(), leased_until=None, created_at=clock.now()
        )
        wake_relay()


# Rows do not know their workers: each app registers the functions that do its rows when it is ready.
_workers: dict[type[models.Model], Callable] = {}
_after_commit: dict[type[models.Model], Callable] = {}


def worker(model):
    """Decorator: this function does a row of `model`, in the transaction that holds the row. Safe to run again after a crash."""
    return lambda function: _register(_workers, model, function)


def after_commit(model):
    """Decorator: this function gets the row once its worker's transaction is committed and no lock is held, to speak with
    another program. It does not run when the worker failed; when it fails itself, that is logged."""
    return lambda function: _register(_after_commit, model, function)


def _register(register, model, function):
    if model in register:
        raise LookupError(f"{model.__name__} has a worker already: {register[model].__qualname__}")
    register[model] = function
    return function


def kinds_without_worker():
    """Models of owed rows for which no worker is registered: nobody would ever do them."""
    return [model for model in kinds() if model not in _workers]


def kinds():
    """Every concrete model whose rows are owed."""
    return [model for model in apps.get_models() if issubclass(model, OutboxRow)]


def wake_relay():
    """Wake the relay once the transaction has committed. A hint: PostgreSQL carries it, the broker is never asked."""
    transaction.on_commit(_notify, robust=True)


def _notify():
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")


@transaction.atomic
def lease(model):
    """Ids of rows due now which no other relay holds; they are ours until the lease ends (database time)."""
    waiting = model.objects.filter(due_state=OutboxState.WAITING)
    free = MAX_HANDED_OUT - waiting.filter(leased_until__gte=Now()).count()
    ids = list(
        waiting.select_for_update(skip_locked=True)
        .filter(models.Q(leased_until=None) | models.Q(leased_until__lt=Now()), next_at__lte=Now())
        .order_by("next_at")
        .values_list("pk", flat=True)[: max(0, free)]
    )
    model.objects.filter(pk__in=ids).update(leased_until=Now() + LEASE)
    return ids


def release(model, ids):
    """Give rows back at once: the broker could not be told of them."""
    model.objects.filter(pk__in=ids).update(leased_until=None)


@contextmanager
def claimed(model, pk):
    """The row, locked, or None when it is done or somebody else is at it. On failure it is rolled back and set for later."""
    try:
        with transaction.atomic():
            row = model.objects.select_for_update(skip_locked=True).filter(pk=pk, due_state=OutboxState.WAITING).first()
            yield row
            if row and not row.stays_owed:
                row.due_state, row.done_at, row.last_error = OutboxState.DONE, clock.now(), ""
                row.save(update_fields=["due_state", "done_at", "last_error"])
    except Exception as error:
        _set_for_later(model, pk, error)
        raise


def _set_for_later(model, pk, error):
    with transaction.atomic():
        row = model.objects.select_for_update().get(pk=pk)
        row.tries += 1
        row.last_error = f"{type(error).__name__}: {error}"[:2000]
        row.next_at = clock.now() + row.retry_delay()
        row.leased_until = None
        if clock.now() - row.created_at > DEAD_AFTER:
            row.due_state = OutboxState.DEAD
        row.save(update_fields=["tries", "last_error", "next_at", "leased_until", "due_state"])
    log.warning(
        "owed work failed",
        exc_info=error,
        extra={"kind": model._meta.label, "row": pk, "tries": row.tries, "error": row.last_error},
    )


def do(model, pk):
    """Do one owed row. Answers True when it is done now, False when there was nothing to do or it waits on."""
    with claimed(model, pk) as row:
        if row:
            _workers[model](row)
    if row and model in _after_commit:
        _run_after_commit(row)
    return bool(row) and not row.stays_owed


def _run_after_commit(row):
    try:
        _after_commit[type(row)](row)
    except Exception:
        log.exception("owed work failed after its commit", extra={"kind": row._meta.label, "row": row.pk})
        raise
