"""Makes the demo people and dossiers, once. Refused when the setting DEMO is not set."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from dossiers.demo.matters import make_matters
from dossiers.demo.people import make_people
from dossiers.demo.visitors import make_visitors
from dossiers.models import Dossier
from portal.common import outbox


class Command(BaseCommand):
    help = "Makes the demo people (password in the README) and some forty dossiers in every state."

    def handle(self, *args, **options):
        if not getattr(settings, "DEMO", False):
            raise CommandError("Demo people are refused here: DEMO is not set (production settings never set it).")
        with outbox.made_for_demo():
            users = make_people()
            made = 0 if Dossier.objects.exists() else make_matters(users) + make_visitors(users)
        self.stdout.write(f"{len(users)} people, {made} dossiers made")
