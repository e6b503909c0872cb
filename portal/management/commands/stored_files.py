"""Copy stored files out of the portal's storage, or into it: for backups, and to move from a folder to S3-compatible storage.
Or look whether all files are there that rows of the database name."""

import os
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from dossiers import invariants
from dossiers.files import storage


class Command(BaseCommand):
    help = """save DIR: copies the stored files that DIR lacks. load DIR: stores the files of DIR that the storage lacks.
        check: names each file of a row that is not there or has another SHA-256; exit status 1 when there is one."""
    requires_system_checks = []

    def add_arguments(self, parser):
        ways = parser.add_subparsers(dest="way", required=True)
        for way in ("save", "load"):
            ways.add_parser(way).add_argument("folder", type=Path)
        ways.choices["save"].add_argument("--known", type=Path, help="an older copy, whose files are linked")
        ways.add_parser("check")

    def handle(self, *, way, folder=None, known=None, **options):
        if way == "check":
            return self._check()
        self.stdout.write(str(_save(folder, known) if way == "save" else _load(folder)))

    def _check(self):
        looked_at, wrong = 0, 0
        for row, key, sha256 in invariants.files_of_rows():
            looked_at += 1
            for sentence in invariants.wrong_file(row, key, sha256):
                wrong += 1
                self.stdout.write(f"{sentence}: {key}")
        if wrong:
            raise CommandError(f"{wrong} of {looked_at} files are missing or changed")
        self.stdout.write(f"{looked_at} files: all there, with their SHA-256")


def _save(folder, known):
    """How many files were new to the folder. One that is thrown away in the meantime (a draft's) is left out."""
    saved = 0
    for key in storage.place().all_keys():
        target = folder / key[:2] / key
        if target.exists():
            continue
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        before = known / key[:2] / key if known else None
        if before and before.exists():
            os.link(before, target)
        elif not _fetch(key, target):
            continue
        saved += 1
    return saved


def _fetch(key, target):
    half = target.with_name(f".{target.name}.part")
    try:
        half.write_bytes(storage.read_stored(key))
    except storage.StoredFileMissing:
        return False
    half.replace(target)
    return True


def _load(folder):
    """How many files were new to the storage. Files never change, so one that is there is the same."""
    place = storage.place()
    there, loaded = set(place.all_keys()), 0
    for path in sorted(folder.glob("??/*")):
        if storage.KEY.fullmatch(path.name) and path.name not in there:
            with path.open("rb") as file:
                place.put(path.name, storage.chunks(file))
            loaded += 1
    return loaded
