"""The command line of `./portalctl`."""

import argparse
import datetime as dt
import shutil
import sys
from pathlib import Path

from . import console, needs, serve
from .missing import Missing
from .places import Places

EPILOG = """\
biến môi trường:
  PORT            cổng của trang web (mặc định 8000); cổng thanh toán, bưu điện, nhà mạng giả lập dùng ba số kế tiếp
  DATABASE_URL    dùng máy chủ PostgreSQL này, không chạy bản đi kèm
  DATABASE_OWNER_URL  địa chỉ của vai chủ, chỉ dùng để tạo bảng (mặc định như DATABASE_URL)
  REDIS_URL       dùng máy chủ Redis này, không chạy bản đi kèm
  POST_API_URL    dùng bưu điện này (cùng POST_CLIENT, POST_SECRET), không chạy bản giả lập
  SMS_API_URL     dùng nhà mạng này (cùng SMS_CLIENT, SMS_SECRET), không chạy bản giả lập
  VNPAY_PAY_URL   dùng cổng thanh toán này (cùng VNPAY_API_URL, VNPAY_SECRETS), không chạy bản giả lập
  BACKUP_DIR      nơi run cất nhật ký của cơ sở dữ liệu, mỗi phút ít nhất một lần, cho backup và restore
  PORTAL_VAR      nơi giữ dữ liệu (mặc định var/)
  HOST, WEB_PROCESSES, WORKER_PROCESSES  của lệnh serve: địa chỉ nghe (mặc định 127.0.0.1), số tiến trình (mặc định 2)
"""
PASSES_ARGUMENTS = (
    "test",
    "payment-faults",
    "filing-faults",
    "scale-drill",
    "search-eval",
    "bench",
)  # unknown arguments are passed to the program they start


def main(words: list[str]) -> int:
    """Run one command. Exit codes: 0 success, 1 failure, 2 something is missing, 130 Ctrl-C."""
    console.use_utf8()
    asked, rest = _parser().parse_known_args(words)
    if rest and asked.verb not in PASSES_ARGUMENTS:
        _parser().error(f"không hiểu: {' '.join(rest)}")
    try:
        return _do(asked, rest)
    except Missing as missing:
        console.warn(f"\n  {missing}")
        return 2
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="portalctl",
        description="Cổng dịch vụ công: chạy thử, kiểm tra, dọn.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("run", help="dựng mọi thứ cần thiết rồi chạy cổng với dữ liệu thử")
    test = verbs.add_parser("test", help="chạy mọi phép kiểm; thêm tham số của pytest để chỉ chạy các phép thử đó")
    test.add_argument("--fast", action="store_true", help="chỉ các phép thử nhanh: dưới bốn phút, dùng hằng ngày")
    test.add_argument("--today", type=_day, help="chạy như thể hôm nay là ngày này, ví dụ 2027-02-07; cần gói faketime")
    verbs.add_parser("check", help="chỉ kiểm định dạng, kiểu, tầng, tệp di trú và cấu hình")
    verbs.add_parser(
        "payment-faults",
        help="trả tiền qua mọi sự cố rồi qua kill -9, in bảng kết quả; --help nói thêm",
        add_help=False,
    )
    verbs.add_parser(
        "filing-faults",
        help="nộp hồ sơ trong khi từng chương trình bị kill -9, in bảng kết quả; --help nói thêm",
        add_help=False,
    )
    verbs.add_parser("bench", help="đo mỗi trang tốn bao nhiêu, in bảng kết quả; --help nói thêm", add_help=False)
    verbs.add_parser(
        "scale-drill",
        help="hai trang web, hai bộ xử lý việc, cơ sở dữ liệu có bản đứng chờ; từng phần hỏng, in bảng kết quả",
        add_help=False,
    )
    verbs.add_parser(
        "search-eval",
        help="đo phần tìm thủ tục trên một tệp câu tìm, in bảng kết quả; --help nói thêm",
        add_help=False,
    )
    started = verbs.add_parser("serve", help="chạy một chương trình của cổng khi vận hành thật, cấu hình từ biến môi trường")
    started.add_argument("role", choices=serve.COMMANDS)
    asked = verbs.add_parser("healthy", help="mã thoát 0 khi chương trình ấy đang làm việc")
    asked.add_argument("role", choices=serve.COMMANDS.keys() - {"migrate"})
    for verb, what in (
        ("backup", "sao lưu cơ sở dữ liệu, tệp và khóa vào thư mục ấy"),
        ("restore", "dựng lại từ thư mục ấy vào nơi còn trống"),
        ("drill", "diễn tập: dựng lại vào nơi trống, kiểm tra, in số giây mất và số giây dựng"),
        ("upgrade-drill", "diễn tập: nâng cấp một bản chép của dữ liệu cũ ở thư mục ấy, in số giây phải dừng"),
    ):
        verbs.add_parser(verb, help=what).add_argument("folder", type=Path)
    verbs.choices["backup"].add_argument("--files-only", action="store_true", help="chỉ thêm tệp mới vào bản sao gần nhất")
    verbs.choices["restore"].add_argument("--at", type=_moment, help="dựng lại đến lúc này, ví dụ 2026-11-29T10:20:30+07:00")
    verbs.choices["restore"].add_argument("--cluster", type=Path, help="thư mục dữ liệu của máy chủ PostgreSQL khác")
    clean = verbs.add_parser("clean", help="xóa var/ cùng mọi dữ liệu trong đó, sau khi hỏi")
    clean.add_argument("--yes", action="store_true", help="xóa luôn, không hỏi")
    verbs.metavar = " | ".join(verbs.choices)
    return parser


def _do(asked: argparse.Namespace, rest: list[str]) -> int:
    here = Places.of()
    if asked.verb == "clean":
        return clean(here, consented=asked.yes)
    if asked.verb == "run":
        from .run import run

        return run(here, needs.chosen_port())
    if asked.verb in ("serve", "healthy"):
        return getattr(serve, asked.verb)(here, asked.role)
    if asked.verb in ("backup", "restore", "drill"):
        from . import backup

        options = {name: value for name, value in vars(asked).items() if name not in ("verb", "folder")}
        return getattr(backup, asked.verb)(here, asked.folder.resolve(), **options)
    if asked.verb == "upgrade-drill":
        from .upgrade import upgrade_drill

        return upgrade_drill(here, asked.folder.resolve())
    if asked.verb in ("payment-faults", "filing-faults", "scale-drill", "bench"):
        from .faults import faults

        return faults(here, asked.verb, rest)
    if asked.verb == "search-eval":
        from .search_eval import search_eval

        return search_eval(here, rest)
    from .prove import prove

    if asked.verb == "check":
        return prove(here, [], only_static=True)
    return prove(here, rest, only_static=False, fast=asked.fast, today=asked.today)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"không phải ngày: {text}, viết như 2027-02-07") from None


def _moment(text: str) -> dt.datetime:
    """A moment with its offset from UTC. Without one it would be another moment on another machine."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"không phải thời điểm: {text}, viết như 2026-11-29T10:20:30+07:00")
    return moment


def clean(here: Places, *, consented: bool) -> int:
    """Remove all data of this checkout after the user has agreed. Raises Missing while a portal or test run uses it."""
    from .lock import refuse_while_running
    from .postgres import outside_home

    outside = [home for place in here.all() for home in (outside_home(place), outside_home(place, old=True))]
    folders = [folder for folder in (here.var, *outside) if folder.exists()]
    if not folders:
        console.say("  Không có gì để dọn.")
        return 0
    refuse_while_running(here)
    named = " và ".join(map(str, folders))
    if not consented and not _agrees(f"  Xóa {named}: mất mọi hồ sơ, giấy tờ và khóa ký trong đó. Gõ «xóa» để đồng ý: "):
        console.say("  Giữ nguyên.")
        return 1
    for folder in folders:
        shutil.rmtree(folder)
    console.say(f"  Đã xóa {named}.")
    return 0


def _agrees(question: str) -> bool:
    if not sys.stdin.isatty():
        console.say(question + "\n  Không có ai để hỏi. Muốn xóa thật: ./portalctl clean --yes")
        return False
    try:
        return input(question).strip().casefold() in {"xóa", "xoá", "xoa"}
    except EOFError:
        return False
