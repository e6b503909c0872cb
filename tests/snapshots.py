"""Snapshots of test data: built once in a test worker, restored later. Rows in PostgreSQL's COPY format, objects pickled.

A test gets the same rows as if they had just been built, in its own transaction. Differences: primary keys are those of the
first time, and default times (`created_at`) are a little older.
"""

import functools
import io
import pickle
import time
from contextlib import contextmanager
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, transaction
from django.db.models import AutoField

from portal.common import clock

APPS = ("accounts", "procedures", "dossiers", "papers", "files", "parcels", "custody", "payments")
_kept = {}
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
    if clock.is_moved() or _holding(_roots()):
        return make()
    if key in _kept:
        return _brought_back(_kept[key])
    return _built(key, make)


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
    """{table: its model} of all our models."""
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in APPS]
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


def _brought_back(snapshot):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # no triggers: the rows are as they left them
        for table, rows in snapshot.rows.items():
            cursor.cursor.copy_expert(f"COPY {table} FROM STDIN (FORMAT binary)", io.BytesIO(rows))
        if snapshot.sequences:
            cursor.execute(snapshot.sequences)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    return pickle.loads(snapshot.made)
