"""Make the payments of the demo, once: paid, paid twice, refunded, unmatched, differing. Refused if DEMO is not set."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from dossiers.demo.people import make_people
from payments.demo import make_payments
from payments.models import SettlementRun
from portal.common import outbox


class Command(BaseCommand):
    help = "Makes some criminal record dossiers whose fees had every fate, and the settlement files of the last days."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if not getattr(settings, "DEMO", False):
            raise CommandError("Demo money is refused here: DEMO is not set (production settings never set it).")
        with outbox.made_for_demo():
            made = 0 if SettlementRun.objects.exists() else make_payments(make_people())
        self.stdout.write(f"{made} dossiers with money made")
