"""Compare the hash printed on an acknowledgement or a supplement note with the history."""

from django.core.management.base import BaseCommand, CommandError

from dossiers.evidence.acknowledgements import event_as_printed


class Command(BaseCommand):
    help = "Is the history up to there still what was printed? Exit status 1 when it is not."

    def add_arguments(self, parser):
        parser.add_argument("code", help="dossier code")
        parser.add_argument("hash", help="the 64 hex digits on the acknowledgement")

    def handle(self, *args, **options):
        event = event_as_printed(options["code"], options["hash"])
        if event is None:
            raise CommandError("does not match: no such dossier, or its history is not what was printed")
        self.stdout.write(f"{event.dossier.code}: {event.step} at {event.at.isoformat()}, as printed")
