"""Fixtures of the portal's data. Imported by `tests/conftest.py` for all tests."""

import os
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import override_settings
from django.utils import translation

from dossiers.models import grants
from portal.common import outbox
from tests import factories, money, snapshots, world


@pytest.fixture(autouse=True)
def in_vietnamese():
    """Every test starts in Vietnamese, also after a test that activated English."""
    translation.activate("vi")


@pytest.fixture
def desk(db):
    """Staff of the police of phường Điện Biên Phủ, with the calendar."""
    return snapshots.kept("desk", _desk)


@pytest.fixture
def money_desk(db, signing_keys):
    """Staff for dossiers with a fee: clerk, officer, signer, head, two accountants; with the calendar."""
    return snapshots.kept("money_desk", _money_desk)


def _desk():
    world.holidays()
    return factories.Desk()


def desk_in_the_country():
    """The same staff where all provinces and communes are, for `snapshots.rows_of_a_file`."""
    world.country()
    return _desk()


def _money_desk():
    world.holidays()
    return money.MoneyDesk()


@pytest.fixture
def run_followups(db):
    """Function: work off the outbox inline until nothing is due. Returns the number of rows done."""

    def run():
        done = 0
        for _ in range(10):
            owed = [(model, pk) for model in outbox.kinds() for pk in outbox.lease(model)]
            if not owed:
                return done
            for model, pk in owed:
                done += outbox.do(model, pk)
        raise AssertionError("work goes on being owed")

    return run


@pytest.fixture(scope="session")
def signing_keys():
    """The development CA, made once for all workers of the run."""
    from dossiers.papers.signing import ensure_development_ca

    own, shared = Path(settings.SIGNING_DIR), Path(os.environ["PORTAL_TEST_VAR"]) / "signing"
    if not (own / "development-ca.key").exists():
        with override_settings(SIGNING_DIR=shared):
            ensure_development_ca()
        shutil.copytree(shared, own, dirs_exist_ok=True)
    return ensure_development_ca()


@pytest.fixture
def application_role(db):
    """Name of the application database role, with current grants; created when it does not exist."""
    role = settings.DATABASE_APP_ROLE
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if not cursor.fetchone():
            cursor.execute(f"CREATE ROLE {role}")
    grants._grant("default")
    return role
