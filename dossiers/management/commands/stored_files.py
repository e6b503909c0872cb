"""Copy stored files out of the portal's storage, or into it: for backups, and to move from a folder to S3-compatible storage."""

import os
from pathlib import Path

from django.core.management.base import BaseCommand

from dossiers.files import storage


class Command(BaseCommand):
    help = "save DIR: copies the stored files that DIR lacks. load DIR: stores the files of DIR that the storage lacks."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("way", choices=["save", "load"])
        parser.add_argument("folder", type=Path)
        parser.add_argument("--known", type=Path, help="of save: an older copy, whose files are linked")

    def handle(self, *, way, folder, known, **options):
        copied = _save(folder, known) if way == "save" else _load(folder)
        self.stdout.write(str(copied))


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
