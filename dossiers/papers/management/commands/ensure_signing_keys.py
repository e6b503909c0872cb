from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from dossiers.papers.certificates import ensure_development_ca


class Command(BaseCommand):
    """Run at the first start of a demo or development portal. Idempotent."""

    help = "Make the test authority that issues signing certificates to agencies, if there is none. Refused in production."

    def handle(self, *args, **options):
        if not settings.DEMO:
            raise CommandError(
                f"A real portal signs with certificates of the government's authority: put them in {settings.SIGNING_DIR}."
            )
        self.stdout.write(f"{ensure_development_ca()}")
