"""Read a statement file of one account, for banks without an API."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from payments.models import CollectionPoint
from payments.transfers import statements
from payments.transfers.statement_files import UnreadableStatement


class Command(BaseCommand):
    help = "Reads a bank statement (CSV, UTF-8 or UTF-16) of a collection point. The same file again adds nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("point", help="code of the collection point, for example DMH18CAN")
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        point = CollectionPoint.objects.filter(terminal=options["point"]).first()
        if point is None:
            raise CommandError(f"Không có điểm thu {options['point']}.")
        try:
            read = statements.read_file(point, options["file"].read_bytes())
        except OSError as error:
            raise CommandError(f"Không mở được tệp: {error.strerror}.") from error
        except UnreadableStatement as why:
            raise CommandError(str(why)) from why
        if read.doubtful:
            self.stdout.write(
                f"{read.doubtful} khoản giống khoản đã có nhưng khác số tham chiếu: chưa tính, kế toán xem ở mục Chênh lệch."
            )
        self.stdout.write(f"{read.new} khoản mới, {read.known} khoản đã biết, {read.skipped} dòng không phải tiền vào.")
