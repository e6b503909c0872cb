"""Prove that everything filed is whole: codes, histories, acknowledgements, messages, files and their hashes."""

from django.core.management.base import BaseCommand, CommandError

from dossiers.invariants import broken
from dossiers.models import Dossier, Event


class Command(BaseCommand):
    help = "Checks every filed dossier and every stored file. Exit status 1 when anything is wrong."

    def handle(self, *args, **options):
        found = 0
        for sentence in broken():
            found += 1
            self.stderr.write(sentence)
        if found:
            raise CommandError(f"{found} things are wrong")
        self.stdout.write(f"{Dossier.objects.count()} dossiers, {Event.objects.count()} events: all whole")
