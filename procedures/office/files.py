"""Versions as JSON files: one file a procedure, or many in a zip archive. Reading, what an import would do, importing.

A file: {"format": 1, "based_on": sha256 of the version that was exported, or null, "document": the version's document}
(data/schema/procedure_file.schema.json). Exported, imported and published, a document keeps its hash.
"""

import hashlib
import io
import json
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from portal.common import clock
from portal.common.archives import UNREADABLE
from procedures.models import CatalogueFile, Procedure, ProcedureVersion, VersionDraft, VersionState, hash_of
from procedures.office import drafts
from procedures.office.checking import Problem, problems, shape_problems
from procedures.office.differences import differences

FORMAT = 1
MAX_BYTES, MAX_ENTRIES, MAX_UNPACKED = 20_000_000, 6000, 300_000_000
MAX_SHOWN = 10  # problems of one file
PARTS: Mapping[str, tuple[type, ...]] = {
    "procedure": (dict,),
    "form": (dict, type(None)),
    "code_lists": (dict,),
    "defaults": (dict,),
    "amount_set_later": (list,),
}
ZIP_DAY = (1980, 1, 1, 0, 0, 0)  # the same archive for the same content


class FileRefused(Exception):
    """The file cannot be read at all; `str()` is a sentence for the user."""


# ---------------------------------------------------------------- writing
def text_of(version: ProcedureVersion) -> str:
    """The file of one version."""
    content = {"format": FORMAT, "based_on": version.sha256, "document": version.document}
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def archive(versions: Iterable[ProcedureVersion]) -> bytes:
    """All these versions in a zip archive, «<code>.json» each. The same bytes for the same versions."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for version in versions:
            packed.writestr(zipfile.ZipInfo(f"{version.facts['code']}.json", ZIP_DAY), text_of(version), zipfile.ZIP_DEFLATED)
    return made.getvalue()


def digest(content: bytes) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(content).hexdigest()


# ---------------------------------------------------------------- reading
def read(name: str, content: bytes) -> list[dict[str, Any]]:
    """[{"name", "content"}] of a JSON file, or of the JSON files of a zip archive. Raises FileRefused."""
    if len(content) > MAX_BYTES:
        raise FileRefused(_("Tệp lớn quá %(n)d MB.") % {"n": MAX_BYTES // 1_000_000})
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return [{"name": name, "content": _parsed(name, content)}]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            rows = [row for row in packed.infolist() if row.filename.endswith(".json")]
            if not rows or len(rows) > MAX_ENTRIES or sum(row.file_size for row in rows) > MAX_UNPACKED:
                raise FileRefused(_("Tệp nén không có tệp .json nào, hoặc có nhiều quá."))
            return [{"name": row.filename[:200], "content": _parsed(row.filename, packed.read(row))} for row in rows]
    except UNREADABLE as broken:
        raise FileRefused(_("Tệp nén bị hỏng.")) from broken


def _parsed(name: str, content: bytes) -> Any:
    """The JSON value, texts in NFC. Raises FileRefused, naming the file and the line."""
    try:
        text = unicodedata.normalize("NFC", content.decode("utf-8-sig"))
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except json.JSONDecodeError as broken:
        place = {"name": name, "line": broken.lineno}
        raise FileRefused(_("%(name)s, dòng %(line)d: không phải JSON đúng cách viết.") % place) from broken
    except UnicodeDecodeError as broken:
        raise FileRefused(_("%(name)s: không phải chữ UTF-8.") % {"name": name}) from broken
    except RecursionError as broken:
        raise FileRefused(_("%(name)s: lồng nhau quá nhiều tầng.") % {"name": name}) from broken
    except ValueError as broken:
        raise FileRefused(_("%(name)s: không đọc được như JSON: %(why)s") % {"name": name, "why": broken}) from broken


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError(_("một khóa ghi hai lần"))
    if "\x00" in "".join([*found, *(value for value in found.values() if isinstance(value, str))]):
        raise ValueError(_("có ký tự không lưu được"))
    return found


def _no_constant(text: str) -> Any:
    raise ValueError(text)


# ---------------------------------------------------------------- what would happen
@dataclass
class Row:
    """One file of an import. `kind`: create, change, same, conflict, wrong. `differences`: as of two versions."""

    name: str
    kind: str
    code: str = ""
    title: str = ""
    sentences: list[str] = field(default_factory=list)
    differences: list[dict[str, str]] = field(default_factory=list)


def plan(entries: list[dict[str, Any]]) -> list[Row]:
    """What importing these would do, file by file. Nothing is imported while one of them is wrong or in conflict."""
    codes = [_code(entry["content"]) for entry in entries]
    known = {row.code: row for row in Procedure.objects.filter(code__in=codes).select_related("current")}
    drafted = set(VersionDraft.objects.filter(procedure__code__in=codes).values_list("procedure__code", flat=True))
    rows = []
    for entry, code in zip(entries, codes, strict=True):
        row = _row(entry, code, known.get(code), code in drafted)
        if codes.count(code) > 1 and row.kind != "wrong":
            row.kind, row.sentences = "wrong", [_("Thủ tục này có trong hai tệp.")]
        rows.append(row)
    return rows


def _code(content: Any) -> str:
    try:
        return str(content["document"]["procedure"]["code"])
    except (KeyError, TypeError):
        return ""


def _row(entry: Mapping[str, Any], code: str, procedure: Procedure | None, drafted: bool) -> Row:
    content, name = entry["content"], entry["name"]
    if sentences := wrong(content):
        return Row(name, "wrong", code, "", sentences)
    document, current = content["document"], procedure.current if procedure else None
    row = Row(name, "create", code, document["procedure"]["name"])
    if current is not None:
        if current.sha256 == hash_of(document) and current.state == VersionState.PUBLISHED:
            return Row(name, "same", code, row.title)
        row.kind, row.differences = "change", differences(current.facts, document["procedure"])
        if current.document["form"] != document["form"]:
            row.differences.append({"place": _("Tờ khai"), "old": _("bản đang dùng"), "new": _("bản trong tệp, có khác")})
        if content["based_on"] is not None and content["based_on"] != current.sha256:
            row.kind = "conflict"
            row.sentences.append(_("Tệp sửa từ một bản không phải bản đang dùng trên cổng. Xuất lại bản đang dùng rồi sửa."))
    if drafted:
        row.kind = "conflict"
        row.sentences.append(_("Thủ tục này đang có một bản thảo."))
    return row


def wrong(content: Any) -> list[str]:
    """Why this is no file of a procedure that could be published, each with its place; [] when it is one."""
    keys = {"format", "based_on", "document"}
    if not isinstance(content, dict) or set(content) != keys or content["format"] != FORMAT:
        return [_("Không phải tệp thủ tục của cổng: cần đúng các khóa format, based_on, document.")]
    document = content["document"]
    if not isinstance(content["based_on"], (str, type(None))) or not isinstance(document, dict) or set(document) != set(PARTS):
        return [_("Không phải tệp thủ tục của cổng: document phải có đúng các phần %(parts)s.") % {"parts": ", ".join(PARTS)}]
    for part, kinds in PARTS.items():
        if not isinstance(document[part], kinds):
            return [_("Phần %(part)s ghi không đúng kiểu.") % {"part": part}]
    if not isinstance(document["code_lists"].get("priority_groups"), list) or "payment_deadline" not in document["defaults"]:
        return [_("Phần code_lists hoặc defaults thiếu mục.")]
    found = shape_problems(document) or problems(document)
    return [_words(problem) for problem in found[:MAX_SHOWN]]


def _words(problem: Problem) -> str:
    return f"{problem.place}: {problem.sentence}" if problem.place else problem.sentence


# ---------------------------------------------------------------- importing
class ImportRefused(Exception):
    """Nothing was imported; `str()` is a sentence for the user."""


@transaction.atomic
def to_drafts(file: CatalogueFile, *, by: User) -> int:
    """Open a draft for each procedure of the file that is new or changed; a second person publishes each. All or nothing."""
    file = CatalogueFile.objects.select_for_update().get(pk=file.pk)
    wanted = _wanted(file)
    for document in wanted:
        drafts.from_file(document, file, by=by)
    _used(file)
    return len(wanted)


@transaction.atomic
def publish(file: CatalogueFile) -> int:
    """Publish all at once, for the operator at the command line: an empty portal, or a copy of another one."""
    wanted = _wanted(file)
    for document in wanted:
        drafts.publish_from_file(document, file)
    _used(file)
    return len(wanted)


def _wanted(file: CatalogueFile) -> list[dict[str, Any]]:
    """The documents to import. Raises ImportRefused."""
    if file.used_at is not None:
        raise ImportRefused(_("Tệp này đã nhập rồi."))
    rows = plan(file.entries)
    if any(row.kind in ("wrong", "conflict") for row in rows):
        raise ImportRefused(_("Còn tệp sai hoặc xung đột, chưa nhập gì."))
    return [
        entry["content"]["document"]
        for entry, row in zip(file.entries, rows, strict=True)
        if row.kind in ("create", "change")
    ]  # fmt: skip


def _used(file: CatalogueFile) -> None:
    file.used_at, file.entries = clock.now(), []
    file.save()
