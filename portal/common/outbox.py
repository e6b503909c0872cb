"""The outbox: rows of work to do. A row is written in the transaction that needs the work; a worker does it after the commit.

The relay finds due rows in PostgreSQL and hands them to the workers until they are done. The broker only transports row ids:
when it loses one, the relay hands the row out again.

Rows that a person waits for are handed out at once. Of the rows that nobody waits for (BACKGROUND), the oldest first, at most
`settings.OUTBOX_BACKGROUND` are handed out at the same time: they keep no more worker processes busy than that, and never starve.
"""

import datetime as dt
import functools
import logging
from collections.abc import Callable
from contextlib import contextmanager
from contextvars import ContextVar

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from portal.common import clock, request_ids

log = logging.getLogger(__name__)

LEASE = dt.timedelta(seconds=30)
MAX_HANDED_OUT = 100  # rows of one model leased at the same time; a longer backlog waits in the table, not in the broker
CHANNEL = "portal_outbox"
DEAD_AFTER = dt.timedelta(hours=12)


class OutboxState(models.TextChoices):
    WAITING = "waiting", _("chờ làm")
    DONE = "done", _("đã làm")
    DEAD = "dead", _("bỏ cuộc, chờ người xem")


class Priority(models.IntegerChoices):
    AWAITED = 0, _("có người chờ")
    BACKGROUND = 1, _("không ai chờ")


_priority = ContextVar("priority", default=Priority.AWAITED)


def priority_now() -> Priority:
    """The priority of rows written now."""
    return _priority.get()


@contextmanager
def priority(value):
    """Rows written inside get this priority: BACKGROUND for periodic jobs, demo data and the rows that follow from such rows."""
    before = _priority.set(value)
    try:
        yield
    finally:
        _priority.reset(before)


@contextmanager
def made_for_demo():
    """Rows written inside wait in the background, and from the end of the block on, whatever moved clock they were written by."""
    with priority(Priority.BACKGROUND):
        yield
    for model in apps.get_models():
        if issubclass(model, OutboxRow):
            due = model.objects.filter(due_state=OutboxState.WAITING, next_at__lte=clock.now())
            due.update(next_at=clock.now(), created_at=clock.now())


class OutboxRow(models.Model):
    """One row of work. `next_at`: when to try (again). `leased_until` (database time): until then no relay hands it out again.
    `web_request_id`: the request that wrote the row, for logs."""

    due_state = models.CharField(_("tình trạng việc"), max_length=8, choices=OutboxState.choices, default=OutboxState.WAITING)
    priority = models.PositiveSmallIntegerField(_("mức ưu tiên"), choices=Priority.choices, default=priority_now, editable=False)
    next_at = models.DateTimeField(_("làm lúc"), default=clock.now)
    leased_until = models.DateTimeField(_("đã giao tới"), null=True, blank=True, editable=False)
    tries = models.PositiveSmallIntegerField(_("số lần thử"), default=0)
    web_request_id = models.CharField(_("mã yêu cầu"), max_length=32, blank=True, default=request_ids.current, editable=False)
    last_error = models.TextField(_("lỗi gần nhất"), blank=True)
    created_at = models.DateTimeField(_("ghi lúc"), default=clock.now, editable=False)
    done_at = models.DateTimeField(_("xong lúc"), null=True, blank=True)

    keep_waiting = False  # a worker sets it on a row that is not done yet: the row stays WAITING and this is not a failure

    class Meta:
        abstract = True

    def retry_delay(self):
        """The back-off after a failure: 10 s, 20 s, 40 s … at most 600 s."""
        return dt.timedelta(seconds=min(600, 5 * 2 ** min(self.tries, 7)))

    def resend(self):
        """Make the row due now, by hand («gửi lại»), with the full time for new tries. A row that is done is left alone."""
        type(self).objects.filter(pk=self.pk).exclude(due_state=OutboxState.DONE).update(
            due_state=OutboxState.WAITING,
            priority=Priority.AWAITED,
            next_at=clock.now(),
            leased_until=None,
            created_at=clock.now(),
        )
        wake_relay()


# Rows do not import their workers: each app registers the worker functions of its rows in AppConfig.ready().
_workers: dict[type[models.Model], Callable] = {}
_after_commit: dict[type[models.Model], Callable] = {}


def worker(model):
    """Decorator: registers the function that does one row of `model`. It runs in the transaction that locks the row, and must be
    safe to run again after a crash. Raises LookupError for a second worker."""
    return lambda function: _register(_workers, model, function)


def after_commit(model):
    """Decorator: registers a function that gets the row after the worker's transaction has committed, when no lock is held, for
    calls over the network. It does not run when the worker failed. An error of its own is logged and raised."""
    return lambda function: _register(_after_commit, model, function)


def _register(register, model, function):
    if model in register:
        raise LookupError(f"{model.__name__} has a worker already: {register[model].__qualname__}")
    register[model] = function
    return function


def models_without_worker():
    """Outbox models without a registered worker (see `portal.checks`)."""
    return [model for model in kinds() if model not in _workers]


def kinds():
    """All concrete outbox models."""
    return [model for model in apps.get_models() if issubclass(model, OutboxRow)]


def wake_relay():
    """Wake the relay when the transaction commits (PostgreSQL NOTIFY). Only saves time: the relay also polls every second."""
    transaction.on_commit(_notify, robust=True)


def _notify():
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")


def priorities_due():
    """{priority: kinds with a free row of it that is due}. One statement: an idle relay asks every second."""
    models_by_label = {model._meta.label: model for model in kinds()}
    due = {priority: [] for priority in Priority}
    with connection.cursor() as cursor:
        cursor.execute(_any_due())
        for label, priority in cursor.fetchall():
            due[priority].append(models_by_label[label])
    return due


@functools.cache
def _any_due():
    """The condition of `_due`, for every kind and priority at once."""
    return " UNION ALL ".join(
        f"SELECT '{model._meta.label}', {priority:d} WHERE EXISTS (SELECT FROM {model._meta.db_table}"
        f" WHERE due_state = '{OutboxState.WAITING}' AND priority = {priority:d} AND next_at <= statement_timestamp()"
        " AND (leased_until IS NULL OR leased_until < statement_timestamp()))"
        for model in kinds()
        for priority in Priority
    )


def lease(model):
    """Lease the awaited rows due now that no other relay holds, for LEASE (database time). Returns their ids."""
    free = MAX_HANDED_OUT - _waiting(model, Priority.AWAITED).filter(leased_until__gte=Now()).count()
    return _lease(model, Priority.AWAITED, free)


def lease_background(among):
    """Lease background rows of these kinds, the oldest first, up to the limit. Returns (model, id) pairs."""
    oldest = {model: _due(model, Priority.BACKGROUND).aggregate(at=models.Min("next_at"))["at"] for model in among}
    due = sorted((model for model, at in oldest.items() if at), key=oldest.get)
    if not due:
        return []
    free = settings.OUTBOX_BACKGROUND - sum(
        _waiting(model, Priority.BACKGROUND).filter(leased_until__gte=Now()).count() for model in kinds()
    )
    leased = []
    for model in due:
        leased += [(model, pk) for pk in _lease(model, Priority.BACKGROUND, free - len(leased))]
    return leased


def _waiting(model, priority):
    return model.objects.filter(due_state=OutboxState.WAITING, priority=priority)


def _due(model, priority):
    free = models.Q(leased_until=None) | models.Q(leased_until__lt=Now())
    return _waiting(model, priority).filter(free, next_at__lte=Now())


@transaction.atomic
def _lease(model, priority, limit):
    if limit <= 0:
        return []
    due = _due(model, priority).select_for_update(skip_locked=True).order_by("next_at")
    ids = list(due.values_list("pk", flat=True)[:limit])
    model.objects.filter(pk__in=ids).update(leased_until=Now() + LEASE)
    return ids


def release(model, ids):
    """End the lease of these rows at once, because the broker could not be reached."""
    model.objects.filter(pk__in=ids).update(leased_until=None)


@contextmanager
def claimed(model, pk):
    """The row, locked; None when it is done or another worker holds the lock. On an error the transaction is rolled back, the
    retry is scheduled, and the error is raised again."""
    try:
        with transaction.atomic():
            row = model.objects.select_for_update(skip_locked=True).filter(pk=pk, due_state=OutboxState.WAITING).first()
            yield row
            if row and not row.keep_waiting:
                row.due_state, row.done_at, row.last_error = OutboxState.DONE, clock.now(), ""
                row.save(update_fields=["due_state", "done_at", "last_error"])
    except Exception as error:
        _schedule_retry(model, pk, error)
        raise


def _schedule_retry(model, pk, error):
    with transaction.atomic():
        row = model.objects.select_for_update().get(pk=pk)
        row.tries += 1
        row.last_error = f"{type(error).__name__}: {error}"[:2000]
        row.next_at = clock.now() + row.retry_delay()
        row.leased_until = None
        if clock.now() - row.created_at > DEAD_AFTER:
            row.due_state = OutboxState.DEAD
        row.save(update_fields=["tries", "last_error", "next_at", "leased_until", "due_state"])
    with request_ids.working_for(row.web_request_id):
        log.warning(
            "owed work failed",
            exc_info=error,
            extra={"kind": model._meta.label, "row": pk, "tries": row.tries, "error": row.last_error},
        )


def do(model, pk):
    """Do one row. True when it is done now; False when there was nothing to do or the row keeps waiting."""
    with claimed(model, pk) as row:
        if row:
            with priority(row.priority), request_ids.working_for(row.web_request_id):
                _workers[model](row)
            if row.priority == Priority.BACKGROUND:
                wake_relay()  # for the next background row
    if row and model in _after_commit:
        with request_ids.working_for(row.web_request_id):
            _run_after_commit(row)
    return bool(row) and not row.keep_waiting


def _run_after_commit(row):
    try:
        _after_commit[type(row)](row)
    except Exception:
        log.exception("owed work failed after its commit", extra={"kind": row._meta.label, "row": row.pk})
        raise
