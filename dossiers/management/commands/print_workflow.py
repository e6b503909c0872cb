"""Prints who may take which step of a dossier out of which state, at which body: for auditors."""

import difflib
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dossiers.workflow import printing


class Command(BaseCommand):
    help = "Print every (state, step, role, body) of the workflow, derived from the code; --check compares it with a file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", metavar="FILE", help="fail with the differences to this reviewed copy")

    def handle(self, *args: Any, check: str | None = None, **options: Any) -> None:
        now = printing.text()
        if check is None:
            self.stdout.write(now, ending="")
            return
        reviewed = Path(check).read_text(encoding="utf-8")
        if reviewed != now:
            differences = difflib.unified_diff(reviewed.splitlines(), now.splitlines(), check, "the code", lineterm="", n=0)
            raise CommandError("\n".join(["the workflow is not the reviewed one:", *differences]))
        self.stdout.write("the workflow is the reviewed one")
