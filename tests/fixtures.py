"""Fixtures of the portal's own world. `tests/conftest.py` brings them to every test."""

import pytest
from django.db.backends.postgresql.operations import DatabaseOperations

from portal.common import due
from tests import factories, world

_sql_flush = DatabaseOperations.sql_flush


def _flush_past_the_triggers(self, *args, **kwargs):
    """Between transactional tests Django empties all tables. Only the owner of a test database may do that to the history."""
    statements = _sql_flush(self, *args, **kwargs)
    return ["SET session_replication_role = replica", *statements, "SET session_replication_role = DEFAULT"] if statements else []


DatabaseOperations.sql_flush = _flush_past_the_triggers


@pytest.fixture
def desk(db):
    """The four people of the police of phường Điện Biên Phủ, with calendar and the free flagship on offer."""
    world.holidays()
    return factories.Desk()


@pytest.fixture
def run_followups(db):
    """Do everything that is owed, inline, until nothing is due: what relay and worker do together."""

    def run():
        done = 0
        for _ in range(10):
            owed = [(model, pk) for model in due.kinds() for pk in due.lease(model)]
            if not owed:
                return done
            for model, pk in owed:
                done += due.do(model, pk)
        raise AssertionError("work goes on being owed")

    return run


@pytest.fixture(scope="session")
def signing_keys():
    """The development CA, made once for the session: signing itself never makes one."""
    from dossiers.papers.signing import ensure_development_ca

    return ensure_development_ca()
