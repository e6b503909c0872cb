"""A database from before the squashed migrations is recognised, and one sentence says what to do."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from portal.launch.supervisor import EXIT_WITH_ADVICE

pytestmark = pytest.mark.django_db


def test_data_of_this_version_migrates():
    call_command("migrate", verbosity=0)


def test_data_of_an_older_portal_is_refused_before_anything_is_touched():
    MigrationRecorder(connection).record_applied("payments", "0007_who_handed_a_statement_in")
    with pytest.raises(CommandError, match=r"payments\.0007_who_handed_a_statement_in .* \./portalctl clean") as refused:
        call_command("migrate", verbosity=0)
    assert refused.value.returncode == EXIT_WITH_ADVICE and "\n" not in str(refused.value)


def test_migrations_of_libraries_are_their_own_affair():
    MigrationRecorder(connection).record_applied("axes", "9999_of_tomorrow")
    call_command("migrate", verbosity=0)
