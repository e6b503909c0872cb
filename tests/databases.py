"""Test databases: migrated once for each set of migrations, copied for each worker; emptied with DELETE, not TRUNCATE."""

import fcntl
import functools
import hashlib
import itertools
import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import TransactionTestCase

from portal.common import migrations
from portal.launch.places import Places
from portal.launch.postgres import find_binaries

REACH = ("host", "port", "user", "password")  # libpq reads PGHOST and so on
_truncate = DatabaseOperations.sql_flush


def _flush(self, style, tables, *, reset_sequences=False, allow_cascade=False):
    """Replaces Django's `sql_flush`. Triggers are disabled, because the history refuses DELETE.

    Deleting a few rows takes a hundredth of the time of truncating seventy tables. `manage.py flush`, which resets sequences,
    still truncates.
    """
    if not tables:
        return []
    shutil.rmtree(settings.ANCHOR_DIR, ignore_errors=True)  # copies of the anchors that are deleted here
    if reset_sequences:
        statements = _truncate(self, style, tables, reset_sequences=True, allow_cascade=allow_cascade)
    else:
        with self.connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in tables))
            statements = [f"DELETE FROM {table}" for (table,) in cursor.fetchall()]
    return ["SET session_replication_role = replica", *statements, "SET session_replication_role = DEFAULT"]


DatabaseOperations.sql_flush = _flush


@functools.cache
def _tables():
    """All tables but those that migrations fill. With them kept, nothing has to be made anew after each test (post_migrate)."""
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return [name for name in names if name not in ("django_content_type", "auth_permission")]


def empty(_test=None):
    """What follows a transactional test, in the place of Django's command `flush`."""
    connection.ops.execute_sql_flush(_flush(connection.ops, no_style(), _tables()))


TransactionTestCase._fixture_teardown = empty


TIDIED_EACH = 20  # tests
DEAD_ROWS = 2000  # in a table that is tidied
_since = itertools.count(1)


def tidy():
    """After every TIDIED_EACH tests do what autovacuum would do, at a moment when no test has rows of its own."""
    if next(_since) % TIDIED_EACH or connection.connection is None or connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_stat_user_tables WHERE n_dead_tup > %s", [DEAD_ROWS])
        if tables := [f'"{table}"' for (table,) in cursor.fetchall()]:
            cursor.execute(f"VACUUM {', '.join(tables)}")


@contextmanager
def past_the_triggers():
    """Inside this block no trigger runs, as for an owner of the database who switched them off: for tampering, and to make a
    dossier what no step could make it."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        yield cursor
        cursor.execute("SET session_replication_role = DEFAULT")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, django_db_blocker):
    """With temporary servers the databases of the workers are copies of one migrated template database."""
    if os.environ.get("PORTAL_TEST_SERVERS") == "thrown away":
        with django_db_blocker.unblock():
            connection.settings_dict["TEST"]["TEMPLATE"] = _migrated_once()


def _migrated_once():
    """The name of the migrated template database; the first worker creates it."""
    folder = Path(os.environ["PORTAL_TEST_VAR"])
    name = f"{os.environ.get('TEST_DATABASE', 'test_portal')}_template"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "template.lock", "a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.seek(0)
        if lock.read() != name:
            _make(name)
            lock.truncate(0)
            lock.write(name)
    return name


def _make(name):
    """Create the template database: from the dump of an earlier run with the same migrations, else by migrating.

    For each worker Django runs `migrate` over its copy: it finds nothing to do, and sends post_migrate (permissions, grants).
    """
    binaries = find_binaries(Places.of()).folder
    dump = Places.of().for_tests().var / "migrated" / f"{_digest()}.sql"
    address = connection.settings_dict
    reach = os.environ | {
        f"PG{word.upper()}": str(value) for word, value in connection.get_connection_params().items() if word in REACH
    }
    if dump.exists():
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name}")
            cursor.execute(f"CREATE DATABASE {name}")
        words = ["--quiet", "--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output", os.devnull]
        subprocess.run([binaries / "psql", *words, "--file", dump, name], env=reach, check=True)
        return
    test, first = address["TEST"], address["NAME"]
    worker, test["NAME"] = test["NAME"], name
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.close()
    test["NAME"] = worker
    settings.DATABASES["default"]["NAME"] = address["NAME"] = first
    shutil.rmtree(dump.parent, ignore_errors=True)
    dump.parent.mkdir(parents=True)
    unfinished = dump.with_suffix(".part")
    subprocess.run([binaries / "pg_dump", "--no-owner", "--no-privileges", "--file", unfinished, name], env=reach, check=True)
    unfinished.rename(dump)


def _digest():
    """Changes with every migration of ours and with the locked packages (Django's migrations, PostgreSQL)."""
    files = [Places.of().lock_file("dev"), Path(migrations.__file__)]
    for app in apps.get_app_configs():
        files += sorted(Path(app.path).glob("migrations/*.py"))
    return hashlib.sha256(b"".join(b"%s\0%s\0" % (os.fsencode(file), file.read_bytes()) for file in files)).hexdigest()[:16]
