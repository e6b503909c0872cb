"""Erase answers, subject and words of a dossier by law. Run with the database URL of the owner role."""

from django.core.management.base import BaseCommand, CommandError

from dossiers.models import Dossier
from dossiers.workflow import history
from portal.common.owner import require_owner


class Command(BaseCommand):
    help = "Erases answers, subject and all words of a dossier that has ended. Files and papers stay. The history still verifies."

    def add_arguments(self, parser):
        parser.add_argument("code", help="dossier code")
        parser.add_argument("--ground", required=True, help="the legal ground; is kept and shown by the check")

    def handle(self, *args, **options):
        require_owner(Dossier._meta.db_table)
        dossier = Dossier.objects.filter(code=options["code"]).first()
        if dossier is None:
            raise CommandError("no such dossier")
        try:
            history.erase(dossier, ground=options["ground"])
        except ValueError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{dossier.code}: erased; {len(history.problems(Dossier.objects.get(pk=dossier.pk)))} problems")
