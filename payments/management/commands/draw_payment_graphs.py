"""Draw the state graphs of attempts and refunds, from `payments.models.states`, into docs/payments.md."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from payments.models.drawing import redrawn

DOCUMENT = settings.BASE_DIR / "docs" / "payments.md"


class Command(BaseCommand):
    help = "Draws both graphs between their marks in docs/payments.md. --check only says whether they are up to date."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; exit status 1 when the file is not up to date")

    def handle(self, *args: Any, check: bool = False, **options: Any) -> None:
        before = DOCUMENT.read_text("utf-8")
        after = redrawn(before)
        if check and before != after:
            raise CommandError("docs/payments.md shows old graphs. Run: manage.py draw_payment_graphs")
        if before != after:
            DOCUMENT.write_text(after, "utf-8")
