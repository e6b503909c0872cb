"""manage.py catalogue_file: exports all versions in effect, shows what importing a file would do, or publishes it."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from procedures.models import CatalogueFile, ProcedureVersion, VersionState
from procedures.office import files


class Command(BaseCommand):
    help = "xuất mọi phiên bản đang dùng ra tệp .zip, hoặc nhập một tệp .json, .zip; không có --publish thì chỉ xem trước"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["export", "import"])
        parser.add_argument("file", type=Path)
        parser.add_argument("--publish", action="store_true", help="công bố ngay mọi thủ tục mới và thay đổi")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if options["act"] == "export":
            rows = ProcedureVersion.objects.filter(state=VersionState.PUBLISHED).order_by("procedure__code")
            path.write_bytes(files.archive(rows.iterator(chunk_size=50)))
            self.stdout.write(_("Đã xuất %(n)d thủ tục.") % {"n": rows.count()})
            return
        try:
            content = path.read_bytes()
            entries = files.read(path.name, content)
        except (OSError, files.FileRefused) as refused:
            raise CommandError(str(refused)) from refused
        for row in files.plan(entries):
            self.stdout.write(f"{row.kind:9}{row.code or row.name} {' '.join(row.sentences)}")
        if options["publish"]:
            file = CatalogueFile.objects.create(name=path.name[:200], sha256=files.digest(content), entries=entries)
            try:
                self.stdout.write(_("Đã công bố %(n)d thủ tục.") % {"n": files.publish(file)})
            except files.ImportRefused as refused:
                file.delete()
                raise CommandError(str(refused)) from refused
