"""Parser of bank statement files: CSV in UTF-8 or UTF-16, headings in Vietnamese or English; reads credits only.

One line that cannot be read rejects the whole file; the error message names it.
"""

import csv
import datetime as dt
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext as _

from payments.gateways.bank import MAX_AMOUNT, Credit, is_plausible
from payments.transfers import rewritten
from portal.common import clock
from portal.common.figures import moment_in
from portal.common.money import UnclearAmount, dong_in
from portal.common.vietnamese import fold

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 50_000
MAX_ROWS_TO_HEADINGS = 30  # banks print name and account above the headings
MAX_COLUMNS, MAX_HEADING_LENGTH = 60, 100  # anything wider or longer is ignored or rejected without work
MAX_LINES_NAMED = 5  # bad lines named in one error message

# Headings of several banks, folded (lower case, without diacritics). The first that matches is used.
HEADINGS = {
    "ref": (
        "so tham chieu", "ma giao dich", "so giao dich", "so but toan", "so chung tu", "ma tham chieu", "so ref", "ref no",
        "reference", "reference no", "reference number", "transaction id", "transaction no", "ref", "id", "bank_ref",
    ),
    "at": (
        "ngay giao dich", "thoi gian giao dich", "ngay gio giao dich", "thoi gian", "ngay hieu luc", "ngay hach toan", "ngay",
        "transaction date", "date", "at",
    ),
    "credit": (
        "ghi co", "phat sinh co", "so tien ghi co", "tien vao", "co", "so tien co", "credit", "credit amount",
        "so tien", "amount",
    ),
    "debit": ("ghi no", "phat sinh no", "so tien ghi no", "tien ra", "no", "so tien no", "debit", "debit amount"),
    "content": (
        "noi dung", "noi dung giao dich", "dien giai", "mo ta", "noi dung chuyen khoan", "chi tiet giao dich",
        "description", "details", "content", "remark",
    ),
    "account": ("so tai khoan", "tai khoan", "account", "account number", "account no"),
    "side": ("loai", "loai giao dich", "d/c", "dr/cr", "no/co", "ghi no/co", "type"),
}  # fmt: skip
CAME_IN, WENT_OUT = {"c", "cr", "co", "credit", "ghi co", "+"}, {"d", "dr", "no", "debit", "ghi no", "-"}
MOMENTS = ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%d-%m-%Y %H:%M:%S", "%d-%m-%Y %H:%M", "%d-%m-%Y", "%d.%m.%Y")


class UnreadableStatement(ValueError):
    """Not a statement of this account; `str()` says in Vietnamese what is wrong, and in which line."""


class Rewritten(ValueError):
    """A spreadsheet rewrote the number of a line; `str()` says how."""


@dataclass(frozen=True)
class ParsedStatement:
    """The credits of a file (`Credit`), and the number of other lines: debits, totals."""

    credits: list[Credit]
    skipped: int


def read(content: bytes, account_number: str, known_refs: Iterable[str] = ()) -> ParsedStatement:
    """Parse a file (bytes); `known_refs`: numbers read before from this account. Raises UnreadableStatement."""
    rows, head, columns = _table(_text(content))
    found: dict[int, Credit] = {}
    bad: dict[int, str] = {}
    spoiled: dict[int, str] = {}
    skipped = 0
    for number, row in enumerate(rows[head + 1 :], head + 2):
        cells = {name: row[at].strip() if at < len(row) else "" for name, at in columns.items()}
        if _is_no_credit(cells):
            skipped += 1
            continue
        try:
            found[number] = _credit(cells, row, account_number)
        except Rewritten as why:
            spoiled[number] = str(why)
        except ValueError as why:
            bad[number] = str(why)
    spoiled |= rewritten.damage_in({number: credit.bank_ref for number, credit in found.items()}, known_refs)
    _refuse(bad | spoiled, is_rewritten=bool(spoiled))
    _check_unique_refs(found)
    return ParsedStatement(list(found.values()), skipped)


def _refuse(bad: Mapping[int, str], *, is_rewritten: bool) -> None:
    """Raise UnreadableStatement if there are bad lines ({line: why})."""
    if not bad:
        return
    lines = [_("dòng %(n)d: %(why)s") % {"n": number, "why": bad[number]} for number in sorted(bad)[:MAX_LINES_NAMED]]
    words = _("Không đọc được: %(lines)s. Chưa ghi nhận gì.") % {"lines": "; ".join(lines)}
    advice = _("Nạp tệp gốc tải từ ngân hàng, đừng mở rồi lưu lại bằng bảng tính.")
    raise UnreadableStatement(f"{words} {advice}" if is_rewritten else words)


def _text(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise UnreadableStatement(_("Tệp lớn quá 5 MB. Chia theo ngày rồi nạp từng tệp."))
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = content.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableStatement(_("Tệp không dùng mã chữ UTF-8 hay UTF-16. Chọn CSV UTF-8 khi tải tệp từ ngân hàng.")) from None
    if "\0" in text:
        raise UnreadableStatement(
            _("Đây không phải tệp CSV. Chọn dạng CSV khi tải từ ngân hàng; bảng tính lưu lại làm mất số tham chiếu dài.")
        )
    return unicodedata.normalize("NFC", text)


def _table(text: str) -> tuple[list[list[str]], int, dict[str, int]]:
    """(rows, row number of the headings, {name: column}), read with the delimiter by which the headings are found."""
    first = text[:4000]
    delimiters = sorted(",;\t", key=first.count, reverse=True)
    broken = False
    for delimiter in delimiters:
        try:
            rows = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), MAX_ROWS + 1))
        except csv.Error:
            broken = True
            continue
        if found := _headings(rows):
            if len(rows) > MAX_ROWS:
                raise UnreadableStatement(_("Tệp có quá %(n)d dòng. Chia theo ngày rồi nạp từng tệp.") % {"n": MAX_ROWS})
            return rows, *found
    if broken:
        raise UnreadableStatement(_("Tệp không đọc được theo dạng CSV."))
    raise UnreadableStatement(
        _("Không thấy dòng tiêu đề có đủ: số tham chiếu, ngày giao dịch, ghi có, nội dung. Lấy tệp sao kê chi tiết.")
    )


def _headings(rows: list[list[str]]) -> tuple[int, dict[str, int]] | None:
    """(row number, {name: column}) of the first row with headings for reference, time, credit and content, or None."""
    for number, row in enumerate(rows[:MAX_ROWS_TO_HEADINGS]):
        named = [_heading(cell[:MAX_HEADING_LENGTH]) for cell in row[:MAX_COLUMNS]]
        columns = {
            what: next(named.index(word) for word in words if word in named)
            for what, words in HEADINGS.items()
            if any(word in named for word in words)
        }
        if {"ref", "at", "credit", "content"} <= columns.keys():
            return number, columns
    return None


def _heading(cell: str) -> str:
    """A heading folded and without units; of a bilingual one («Có/Credit») the first part, unless HEADINGS has the whole."""
    whole = re.sub(r"[\s:*]+", " ", re.sub(r"\(.*?\)", "", fold(cell))).strip()
    return whole if whole in HEADINGS["side"] else whole.split("/")[0].strip()


def _is_no_credit(cells: Mapping[str, str]) -> bool:
    """Is it a debit, a total or an empty line?"""
    side, text = fold(cells.get("side", "")).strip(), cells["credit"]
    nothing = not text or re.fullmatch(r"[-–0.,\s]*", text) is not None or text.startswith(("-", "−", "("))
    return not (cells["ref"] and cells["at"]) or nothing or side in WENT_OUT


def _credit(cells: Mapping[str, str], row: list[str], account_number: str) -> Credit:
    account = re.sub(r"[\s.\-]", "", cells.get("account", ""))
    if rewritten.is_exponent(cells.get("account", "")) or rewritten.has_lost_zeros(account, account_number):
        raise Rewritten(_("bảng tính đã viết lại số tài khoản thành %(account)s") % {"account": cells["account"][:30]})
    if account and account != account_number:
        raise ValueError(_("của tài khoản khác"))
    if cells.get("side") and fold(cells["side"]).strip() not in CAME_IN:
        raise ValueError(_("không rõ tiền vào hay ra"))
    if cells.get("debit", "").strip("-–0., "):
        raise ValueError(_("vừa ghi nợ vừa ghi có"))
    if damage := rewritten.damage(cells["ref"]):
        raise Rewritten(damage)
    if not re.fullmatch(r"[!-~]{1,60}", cells["ref"]):
        raise ValueError(_("số tham chiếu lạ"))
    raw = "\t".join(cell.strip() for cell in row)[:4000]
    return Credit(cells["ref"], amount_of(cells["credit"]), cells["content"], moment_of(cells["at"]), raw)


def amount_of(text: str) -> int:
    """«200.000», «200,000.00», «+200 000 VND» as whole đồng (`money.dong_in`). Raises ValueError for 0 and unclear amounts."""
    try:
        amount = dong_in(text.strip().removeprefix("+"))
    except UnclearAmount:
        amount = 0
    if not 0 < amount <= MAX_AMOUNT:
        raise ValueError(_("số tiền %(text)s") % {"text": text[:30]})
    return amount


def moment_of(text: str) -> dt.datetime:
    """A moment in one of MOMENTS or ISO 8601; without a zone it is Asia/Ho_Chi_Minh. Raises ValueError."""
    at = next(filter(None, (_read_as(form, text) for form in (*MOMENTS, ""))), None)
    if at is None or not is_plausible(at):
        raise ValueError(_("ngày giờ %(text)s") % {"text": text[:30]})
    return at


def _read_as(form: str, text: str) -> dt.datetime | None:
    """The moment in this format ("": ISO 8601), or None."""
    at = moment_in(text, form)
    return at if at is None or at.tzinfo else at.replace(tzinfo=clock.LOCAL)


def _check_unique_refs(credits: Mapping[int, Credit]) -> None:
    """`credits`: {line: Credit}."""
    seen: dict[str, int] = {}
    for number, credit in credits.items():
        first = seen.setdefault(credit.bank_ref, number)
        if first != number:
            facts = {"ref": credit.bank_ref, "first": first, "n": number}
            raise UnreadableStatement(_("Số tham chiếu %(ref)s có hai lần, ở dòng %(first)d và %(n)d. Chưa ghi nhận gì.") % facts)
