"""`manage.py load_data`: loads data/ into the database; does nothing when neither data nor database has changed."""

import json
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import AdministrativeUnit, Agency
from procedures.loading import DataFolder, DataRefused, load_all
from procedures.models import Holiday, LifeEvent, LocalFee, Offering, Procedure, ProcedureVersion

COUNTED = (AdministrativeUnit, Agency, Holiday, LifeEvent, LocalFee, Offering, Procedure, ProcedureVersion)


class Command(BaseCommand):
    help = (
        "Nạp địa giới, cơ quan, lịch nghỉ, thủ tục, nơi cung cấp và sự kiện từ thư mục data/. Chạy lại bao nhiêu lần cũng được."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--force", action="store_true", help="nạp lại dù không có gì đổi")

    def handle(self, *args: Any, force: bool = False, **options: Any) -> None:
        try:
            self._load(DataFolder(), settings.VAR_DIR / "catalogue.json", force)
        except DataRefused as refused:
            raise CommandError(str(refused)) from refused

    def _load(self, folder: DataFolder, stamp: Path, force: bool) -> None:
        fingerprint, started = folder.fingerprint(), time.monotonic()
        if not force and _read(stamp) == {"data": fingerprint, "database": _state_of_database()}:
            self.stdout.write(_("Danh mục không có gì đổi."))
            return
        counts = load_all(folder)
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.write_text(json.dumps({"data": fingerprint, "database": _state_of_database()}), "utf-8")
        summary = ", ".join(f"{name} {number}" for name, number in counts.items())
        self.stdout.write(
            _("Đã nạp danh mục trong %(seconds).1f giây: %(told)s") % {"seconds": time.monotonic() - started, "told": summary}
        )


def _read(stamp: Path) -> dict[str, Any] | None:
    try:
        return json.loads(stamp.read_text("utf-8"))
    except (OSError, ValueError):
        return None


def _state_of_database() -> list[int]:
    """The database's oid and row counts, so that another or an emptied database is loaded again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT oid::bigint FROM pg_database WHERE datname = current_database()")
        oid = cursor.fetchone()[0]
    return [oid, *(model.objects.count() for model in COUNTED)]
