"""Makes the demo dossiers of the last four weeks and those by post, once. Refused when the setting DEMO is not set."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from dossiers.demo.by_post import make_by_post
from dossiers.demo.four_weeks import make_four_weeks
from portal.common import outbox


class Command(BaseCommand):
    help = "Makes demo dossiers of four weeks over all channels, and some whose results go by post, in each state of a parcel."

    def handle(self, *args, **options):
        if not getattr(settings, "DEMO", False):
            raise CommandError("Demo dossiers are refused here: DEMO is not set (production settings never set it).")
        with outbox.made_for_demo():
            weeks, made = make_four_weeks(), make_by_post()
        self.stdout.write(f"{weeks} dossiers of four weeks, {made} by post made")
