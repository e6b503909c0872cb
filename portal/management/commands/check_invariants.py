"""Check the stored data: histories, papers, messages, files with their hashes, and all sums of money in đồng."""

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from dossiers import invariants as of_dossiers
from payments.accounting import invariants as of_money

CHECKS = [of_dossiers, of_money]  # modules with `violations()`, which yields one sentence per error, and `summary()`, one line


class Command(BaseCommand):
    help = "Checks every filed dossier, every stored file and every đồng. Exit status 1 when anything is wrong."

    def handle(self, *args, **options):
        with transaction.atomic():
            _use_one_snapshot()
            found = [sentence for check in CHECKS for sentence in check.violations()]
            summaries = [check.summary() for check in CHECKS]
        for sentence in found:
            self.stderr.write(sentence)
        if found:
            raise CommandError(f"{len(found)} things are wrong")
        for line in summaries:
            self.stdout.write(line)


def _use_one_snapshot():
    """Read all rows from one snapshot of the database. Does nothing inside a test's transaction, which has already begun."""
    with connection.cursor() as cursor:
        if len(connection.savepoint_ids) == 0:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
