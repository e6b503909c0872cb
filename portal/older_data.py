"""Recognises the database of an older portal before migrations run.

A release keeps the migrations of the releases before. Those made between two releases become one to three for each app when
the next is made: a database from between cannot be migrated.
"""

from django.core.management.base import CommandError
from django.db import connections
from django.db.migrations.loader import MigrationLoader

from portal.launch.supervisor import EXIT_WITH_ADVICE

OURS = {
    "accounts", "custody", "dossiers", "files", "messaging", "papers", "parcels", "payments", "portal",
    "procedures", "webhooks",
}  # fmt: skip


def refuse(sender, using, **kwargs):
    """Receiver of `pre_migrate`. Raises CommandError with a sentence that says what to do."""
    loader = MigrationLoader(connections[using], ignore_no_migrations=True)
    unknown = sorted(key for key in set(loader.applied_migrations) - set(loader.disk_migrations) if key[0] in OURS)
    if unknown:
        raise CommandError(
            "Dữ liệu này của bản khác (di trú {}.{} không có trong bản này): giữ bản cũ để đọc, hoặc bắt đầu lại với dữ liệu "
            "trống bằng ./portalctl clean rồi ./portalctl run.".format(*unknown[0]),
            returncode=EXIT_WITH_ADVICE,
        )
