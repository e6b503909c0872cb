"""`./portalctl search-eval FILE`: how well the search answers a file of queries. Needs no database."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from procedures.search import everyday, fitting, measuring

THIRDS_HELP = "for each third of the file: choose the settings on the other two, print the figures on this one"
FIT_HELP = (
    "print the weights of procedures/search/reranking.py that fit the phrases best, each judged without its voice; takes minutes"
)
VOICES_HELP = "measure with the phrases instead: each voice is left out of the index in turn, and its phrases are the queries"


class Command(BaseCommand):
    help = "Prints hit@1, hit@5, MRR, nothing found and p95 (CPU) of the search over a file of queries."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", help="queries as in data/search_queries_dev.json")
        parser.add_argument("--leave-a-voice-out", action="store_true", help=VOICES_HELP)
        parser.add_argument("--leave-a-third-out", action="store_true", help=THIRDS_HELP)
        parser.add_argument("--fit", action="store_true", help=FIT_HELP)
        parser.add_argument("--wrong", action="store_true", help="list the queries whose first answer is wrong")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["leave_a_voice_out"]:
            for voice, phrases, queries in everyday.without_a_voice():
                self._print(voice, measuring.measure(measuring.shipped_index(phrases), queries), options["wrong"])
        elif options["fit"]:
            self.stdout.write(str(fitting.fit(list(fitting.questions()))))
        elif options["file"] and options["leave_a_third_out"]:
            for name, figures in measuring.leave_a_third_out(_queries(options["file"])):
                self._print(name, figures, options["wrong"])
        elif options["file"]:
            self._print(
                options["file"].name, measuring.measure(measuring.shipped_index(), _queries(options["file"])), options["wrong"]
            )
        else:
            raise CommandError("a file of queries, --leave-a-voice-out or --fit")

    def _print(self, name: str, figures: measuring.Figures, wrong: bool) -> None:
        self.stdout.write(
            f"{name}: {figures.queries} queries  hit@1 {figures.hit_1:.3f} (by code {figures.hit_1_by_code:.3f})"
            f"  hit@5 {figures.hit_5:.3f}  MRR {figures.mrr:.3f}  nothing found {figures.nothing:.3f}"
            f"  guessed {figures.guessed:.3f}  p95 {figures.p95:.1f} ms CPU"
            f"  outside questions answered {figures.outside_answered} of {figures.outside}"
        )
        for query, codes in figures.wrong if wrong else ():
            self.stdout.write(f"  {query} -> {', '.join(codes) or 'nothing'}")


def _queries(file: Path) -> list[dict[str, Any]]:
    """The queries of a file. Raises CommandError."""
    try:
        return json.loads(file.read_text("utf-8"))["queries"]
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise CommandError(f"{file}: {problem}") from problem
