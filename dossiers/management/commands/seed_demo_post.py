"""Makes the demo dossiers by post, once. Refused when the setting DEMO is not set."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from dossiers.demo.by_post import make_by_post
from portal.common import outbox


class Command(BaseCommand):
    help = "Makes some demo dossiers whose results go by post, in each state of a parcel."

    def handle(self, *args, **options):
        if not getattr(settings, "DEMO", False):
            raise CommandError("Demo dossiers are refused here: DEMO is not set (production settings never set it).")
        with outbox.priority(outbox.Priority.BACKGROUND):
            made = make_by_post()
        self.stdout.write(f"{made} dossiers by post made")
