"""Load the demo's collection points (terminals, accounts) and collecting bodies. Safe to run again."""

import json
import zlib
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from accounts.models import Agency
from payments.attempts.payable import mark_ready_terminals
from payments.models import CollectingBody, CollectionPoint
from portal.common.provenance import set_shipped
from procedures.models import Offering, Terminal


class Command(BaseCommand):
    help = "Loads data/collection_points_demo.json. What people set is not changed, nor are points and bodies with demo off."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        document = json.loads((settings.DATA_DIR / "collection_points_demo.json").read_text("utf-8"))
        for row in document["points"]:
            facts = {name: value for name, value in row.items() if name not in ("code", "certainty")}
            Terminal.objects.get_or_create(code=row["code"])
            point = CollectionPoint.objects.filter(terminal=row["code"]).first()
            if point is None:
                CollectionPoint.objects.bulk_create([CollectionPoint(terminal_id=row["code"], **facts, demo=True)])
            elif point.demo and set_shipped(point, facts):
                CollectionPoint.objects.bulk_update([point], [*facts, "shipped_says"])
        mark_ready_terminals()
        symbols = document["receipts"]
        bodies = Agency.objects.filter(pk__in=Offering.objects.exclude(terminal=None).values("lead_agency"))
        for agency in bodies.filter(collecting=None):
            CollectingBody.objects.create(
                agency=agency,
                tax_code=demo_tax_code(agency.code),
                template_symbol=symbols["template_symbol"],
                series_symbol=symbols["series_symbol"],
                demo=True,
            )
        self.stdout.write(f"{CollectionPoint.objects.count()} points, {CollectingBody.objects.count()} bodies")


def demo_tax_code(agency_code: str) -> str:
    """Ten digits in the form of a tax code that nobody has: it starts with two zeros, which is no province's number."""
    return f"{zlib.crc32(agency_code.encode()) % 10**8:010d}"
