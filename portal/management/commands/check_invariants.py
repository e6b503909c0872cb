"""Prove that everything filed and paid is whole: histories, papers, messages, files and their hashes, money to the last đồng."""

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from dossiers import invariants as of_dossiers
from payments.accounting import invariants as of_money

CHECKS = [of_dossiers, of_money]  # each: `broken()` yields a sentence for each thing that is wrong, `totals()` is one line


class Command(BaseCommand):
    help = "Checks every filed dossier, every stored file and every đồng. Exit status 1 when anything is wrong."

    def handle(self, *args, **options):
        with transaction.atomic():
            _one_moment()
            found = [sentence for check in CHECKS for sentence in check.broken()]
            totals = [check.totals() for check in CHECKS]
        for sentence in found:
            self.stderr.write(sentence)
        if found:
            raise CommandError(f"{len(found)} things are wrong")
        for line in totals:
            self.stdout.write(line)


def _one_moment():
    """See the database as it stands at one moment, whatever is being paid meanwhile (a test's transaction has begun already)."""
    with connection.cursor() as cursor:
        if len(connection.savepoint_ids) == 0:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
