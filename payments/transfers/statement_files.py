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
from portal.common import clock
from portal.common.figures import moment_in
from portal.common.vietnamese import fold

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 50_000
MAX_ROWS_TO_HEADINGS = 30  # banks print name and account above the headings
MAX_COLUMNS, MAX_HEADING_LENGTH, MAX_AMOUNT_LENGTH = 60, 100, 40  # anything wider or longer is ignored or rejected without work
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


@dataclass(frozen=True)
class ParsedStatement:
    """The credits of a file (`Credit`), and the number of other lines: debits, totals."""

    credits: list[Credit]
    skipped: int


def read(content: bytes, account_number: str) -> ParsedStatement:
    """Parse a file (bytes). Raises UnreadableStatement for the whole file."""
    rows = _rows(_text(content))
    head, columns = _headings(rows)
    found, bad, skipped = [], [], 0
    for number, row in enumerate(rows[head + 1 :], head + 2):
        cells = {name: row[at].strip() if at < len(row) else "" for name, at in columns.items()}
        if _is_no_credit(cells):
            skipped += 1
            continue
        try:
            found.append(_credit(cells, row, account_number))
        except ValueError as why:
            bad.append(_("dòng %(n)d: %(why)s") % {"n": number, "why": why})
    if bad:
        raise UnreadableStatement(_("Không đọc được: %(lines)s. Chưa ghi nhận gì.") % {"lines": "; ".join(bad[:MAX_LINES_NAMED])})
    _check_unique_refs(found)
    return ParsedStatement(found, skipped)


def _text(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise UnreadableStatement(_("Tệp lớn quá 5 MB. Chia theo ngày rồi nạp từng tệp."))
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = content.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableStatement(_("Tệp không dùng mã chữ UTF-8 hay UTF-16. Lưu lại dạng CSV UTF-8 rồi nạp.")) from None
    if "\0" in text:
        raise UnreadableStatement(_("Đây không phải tệp CSV. Mở bằng bảng tính, lưu dạng CSV UTF-8 rồi nạp."))
    return unicodedata.normalize("NFC", text)


def _rows(text: str) -> list[list[str]]:
    first = text[:4000]
    delimiter = max(",;\t", key=first.count)
    try:
        rows = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), MAX_ROWS + 1))
    except csv.Error:
        raise UnreadableStatement(_("Tệp không đọc được theo dạng CSV.")) from None
    if len(rows) > MAX_ROWS:
        raise UnreadableStatement(_("Tệp có quá %(n)d dòng. Chia theo ngày rồi nạp từng tệp.") % {"n": MAX_ROWS})
    return rows


def _headings(rows: list[list[str]]) -> tuple[int, dict[str, int]]:
    """(row number, {name: column}) of the first row with headings for reference, time, credit and content."""
    for number, row in enumerate(rows[:MAX_ROWS_TO_HEADINGS]):
        named = [_heading(cell[:MAX_HEADING_LENGTH]) for cell in row[:MAX_COLUMNS]]
        columns = {
            what: next(named.index(word) for word in words if word in named)
            for what, words in HEADINGS.items()
            if any(word in named for word in words)
        }
        if {"ref", "at", "credit", "content"} <= columns.keys():
            return number, columns
    raise UnreadableStatement(
        _("Không thấy dòng tiêu đề có đủ: số tham chiếu, ngày giao dịch, ghi có, nội dung. Lấy tệp sao kê chi tiết.")
    )


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
    if cells.get("account") and re.sub(r"[\s.\-]", "", cells["account"]) != account_number:
        raise ValueError(_("của tài khoản khác"))
    if cells.get("side") and fold(cells["side"]).strip() not in CAME_IN:
        raise ValueError(_("không rõ tiền vào hay ra"))
    if cells.get("debit", "").strip("-–0., "):
        raise ValueError(_("vừa ghi nợ vừa ghi có"))
    if not re.fullmatch(r"[!-~]{1,60}", cells["ref"]):
        raise ValueError(_("số tham chiếu lạ"))
    raw = "\t".join(cell.strip() for cell in row)[:4000]
    return Credit(cells["ref"], amount_of(cells["credit"]), cells["content"], moment_of(cells["at"]), raw)


_AMOUNT = re.compile(
    r"(?P<whole>[0-9]{1,3}(?:(?P<group>[., ])[0-9]{3}(?:(?P=group)[0-9]{3})*)?|[0-9]{4,12})(?:(?P<point>[.,])0{1,2})?"
)


def amount_of(text: str) -> int:
    """«200.000», «200,000.00», «+200 000 VND» as whole đồng. Raises ValueError for fractions and ambiguous amounts."""
    if len(text) > MAX_AMOUNT_LENGTH:
        raise ValueError(_("số tiền %(text)s") % {"text": text[:30]})
    plain = re.sub(r"(?i)\s*(vnd|vnđ|đồng|đ)$", "", text.replace("\u00a0", " ").strip()).lstrip("+").strip()
    read = _AMOUNT.fullmatch(plain)
    digits = re.sub(r"[., ]", "", read["whole"]) if read and (not read["point"] or read["point"] != read["group"]) else ""
    if not digits or not 0 < int(digits) <= MAX_AMOUNT:
        raise ValueError(_("số tiền %(text)s") % {"text": text[:30]})
    return int(digits)


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


def _check_unique_refs(credits: Iterable[Credit]) -> None:
    seen = set()
    for credit in credits:
        if credit.bank_ref in seen:
            raise UnreadableStatement(_("Số tham chiếu %(ref)s có hai lần. Chưa ghi nhận gì.") % {"ref": credit.bank_ref})
        seen.add(credit.bank_ref)
