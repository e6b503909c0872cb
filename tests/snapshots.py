"""Snapshots of test data: built once in a test worker, restored later. Rows in PostgreSQL's COPY format, objects pickled.

A test gets the same rows as if they had just been built, in its own transaction. Differences: primary keys are those of the
first time, and default times (`created_at`) are a little older.
"""

import functools
import io
import pickle
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from django.apps import apps
from django.conf import UserSettingsHolder, settings
from django.db import connection, transaction
from django.db.models import AutoField
from django.utils import translation

from dossiers.files import storage
from portal.common import clock

SECONDS = 30  # how old a dossier may be that a test gets from `kept_dossier`
_kept = {}
_dossiers = {}
_last = None  # (what `kept` returned last, its key, the number of statements that had written then)
_writes = 0
patches = None  # the `monkeypatch` of the running test, when it has one
cpu_of_building = 0.0  # seconds that this process spent on what later tests get as a copy


@dataclass(frozen=True)
class Snapshot:
    """`rows`: {table: rows in binary COPY format}; `sequences`: statement that sets the sequences; `made`: pickled objects."""

    rows: dict
    sequences: str
    made: bytes


def kept(key, make):
    """The result of `make()` and its rows: built at the first call with this key, restored at later ones.

    Without a snapshot (plain call of `make`) when tables have rows already, or with a moved clock.
    """
    global _last
    if clock.is_moved() or _holding(_roots()):
        return make()
    made = _brought_back(_kept[key]) if key in _kept else _built(key, make)
    if _counted not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, _counted)
    _last = (made, key, _writes)
    return made


def kept_dossier(method):
    """Decorator of a method of a desk that makes a dossier or an attempt: one that was made in this worker less than SECONDS ago
    is brought back with its rows, where nothing can tell the difference.

    Only for a call without arguments, the first thing that a test does with a desk from `kept`: nothing written since, in the
    transaction of a test, on the real clock, in Vietnamese, no setting and nothing else of the code replaced, no queries counted.
    """

    @functools.wraps(method)
    def make(desk, *words, **facts):
        if words or facts or not _untouched(desk):
            return method(desk, *words, **facts)
        key = (_last[1], method.__name__)
        found = _dossiers.get(key)
        if found and found.is_young():
            return found.bring_back()
        return _dossier_built(key, method, desk)

    return make


@dataclass(frozen=True)
class KeptDossier:
    """`added`: the snapshot of the tables that have other rows than with the desk alone; `emptied`: those of them that had rows
    before; `hooks`: what was asked for on commit; `files`: stored files; `built`: when, monotonic seconds."""

    added: Snapshot
    emptied: list
    hooks: list
    files: list
    built: float

    def is_young(self):
        return time.monotonic() - self.built < SECONDS and all(file.exists() for file in self.files)

    def bring_back(self):
        made = _brought_back(self.added, self.emptied)
        for hook, robust in self.hooks:
            transaction.on_commit(hook, robust=robust)
        return made


def _untouched(desk):
    """True when this desk has just come from `kept`, and nothing that a test may change is changed."""
    replaced = patches and (patches._setattr or patches._setitem or patches._cwd or patches._savesyspath is not None)
    return (
        _last is not None
        and _last[0] is desk
        and _last[2] == _writes
        and connection.in_atomic_block
        and not connection.force_debug_cursor
        and connection.execute_wrappers == [_counted]
        and not clock.is_moved()
        and translation.get_language() == "vi"
        and not isinstance(settings._wrapped, UserSettingsHolder)
        and not replaced
    )


def _counted(execute, sql, params, many, context):
    """Counts the statements that may have written."""
    global _writes
    if not str(sql).startswith(("SELECT", "SAVEPOINT", "RELEASE SAVEPOINT")):
        _writes += 1
    return execute(sql, params, many, context)


def _dossier_built(key, method, desk):
    global cpu_of_building, _last
    _last = None  # of the dossiers on the way to this one no snapshots are taken
    before, asked = time.process_time(), len(connection.run_on_commit)
    made = method(desk)
    full, desk_alone = _taken(made), _kept[key[0]].rows
    rows = {table: rows for table, rows in full.rows.items() if rows != desk_alone.get(table)}
    hooks = [(hook, robust) for _savepoints, hook, robust in connection.run_on_commit[asked:]]
    keys = apps.get_model("files", "Attachment").objects.values_list("storage_key", flat=True)
    files = [storage.stored_path(stored) for stored in keys]
    added, emptied = replace(full, rows=rows), [table for table in rows if table in desk_alone]
    _dossiers[key] = KeptDossier(added, emptied, hooks, files, time.monotonic())
    cpu_of_building += time.process_time() - before
    return made


@contextmanager
def rows_of_a_file(blocker, make):
    """The result of `make()`, with its many rows (the country) in a transaction around those of all tests of a file: for a module
    fixture. What the rows refer to is checked once, not again after each test.

    `blocker` is the fixture `django_db_blocker`. Not for transactional tests.
    """
    with blocker.unblock(), transaction.atomic():
        made = make()
        connection.check_constraints()
        yield made
        transaction.set_rollback(True)


def _built(key, make):
    global cpu_of_building
    before = time.process_time()
    made = make()
    _kept[key] = _taken(made)
    cpu_of_building += time.process_time() - before
    return made


@functools.cache
def _models():
    """{table: its model} of all models of our own apps."""
    ours = [app.label for app in apps.get_app_configs() if "site-packages" not in Path(app.path).parts]
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in ours]
    return {model._meta.db_table: model for model in models if model._meta.managed and not model._meta.proxy}


def _column(table):
    """The column that a sequence fills, or ""."""
    key = _models()[table]._meta.pk
    return key.column if isinstance(key, AutoField) else ""


@functools.cache
def _roots():
    """The tables whose rows need no row of another table: while they are empty, all are. Planning a question takes as long as it
    has tables."""
    return [table for table, model in _models().items() if not _parents(model)]


def _parents(model):
    """The other tables of which a row of this model needs a row."""
    links = {field.related_model._meta.db_table for field in model._meta.local_fields if field.is_relation and not field.null}
    return links & _models().keys() - {model._meta.db_table}


def _holding(tables):
    """Those of the tables that have rows."""
    ask = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(ask)
        return sorted(table for (table,) in cursor.fetchall())


def _taken(made):
    rows, sequences = {}, []
    with connection.cursor() as cursor:
        for table in _holding(_models()):
            out = io.BytesIO()
            cursor.cursor.copy_expert(f"COPY {table} TO STDOUT (FORMAT binary)", out)
            rows[table] = out.getvalue()
            if column := _column(table):
                cursor.execute(f"SELECT pg_get_serial_sequence('{table}', '{column}'), max({column}) FROM {table}")
                sequences.append(cursor.fetchone())
    # After a flush reset the sequences they must not return keys of restored rows.
    parts = [f"setval('{name}', greatest({last}, (SELECT last_value FROM {name})))" for name, last in sequences]
    return Snapshot(rows, f"SELECT {', '.join(parts)}" if parts else "", pickle.dumps(made))


def _brought_back(snapshot, emptied=()):
    """What was made, with its rows. `emptied`: tables whose rows are replaced."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # no triggers: the rows are as they left them
        for table in emptied:
            cursor.execute(f"DELETE FROM {table}")
        for table, rows in snapshot.rows.items():
            cursor.cursor.copy_expert(f"COPY {table} FROM STDIN (FORMAT binary)", io.BytesIO(rows))
        if snapshot.sequences:
            cursor.execute(snapshot.sequences)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    return pickle.loads(snapshot.made)
