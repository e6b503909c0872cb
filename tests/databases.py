"""Test databases: migrated once and copied for each worker; emptied with DELETE instead of TRUNCATE."""

import fcntl
import os
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations

_truncate = DatabaseOperations.sql_flush


def _flush(self, style, tables, *, reset_sequences=False, allow_cascade=False):
    """Replaces Django's `sql_flush` after transactional tests. Triggers are disabled, because the history refuses DELETE.

    Deleting a few rows takes a hundredth of the time of truncating seventy tables. `manage.py flush`, which resets sequences,
    still truncates.
    """
    if not tables:
        return []
    if reset_sequences:
        statements = _truncate(self, style, tables, reset_sequences=True, allow_cascade=allow_cascade)
    else:
        with self.connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in tables))
            statements = [f"DELETE FROM {table}" for (table,) in cursor.fetchall()]
    return ["SET session_replication_role = replica", *statements, "SET session_replication_role = DEFAULT"]


DatabaseOperations.sql_flush = _flush


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, django_db_blocker):
    """With temporary servers the workers copy one migrated template database."""
    if os.environ.get("PORTAL_TEST_SERVERS") == "thrown away" and int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", 1)) > 1:
        with django_db_blocker.unblock():
            connection.settings_dict["TEST"]["TEMPLATE"] = _migrated_once()


def _migrated_once():
    """The name of the migrated template database; the first worker creates it."""
    folder = Path(os.environ["PORTAL_TEST_VAR"])
    test, name = connection.settings_dict["TEST"], f"{os.environ.get('TEST_DATABASE', 'test_portal')}_template"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "template.lock", "a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.seek(0)
        if lock.read() != name:
            worker, test["NAME"] = test["NAME"], name
            first = connection.settings_dict["NAME"]
            connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
            connection.close()
            test["NAME"] = worker
            settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = first
            lock.truncate(0)
            lock.write(name)
    return name
