"""Advice on an e-form in plain words, each with its place. Nothing of it keeps a version from being published."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from portal.common.vietnamese import fold
from procedures.facts import VersionDocument
from procedures.office.conditions import conditions
from procedures.office.form_narrowing import BIND, HIDE, way_of
from procedures.office.vocabulary import WHO, Name, names

MANY_QUESTIONS, MANY_COLUMNS, LONG_SENTENCE = 40, 8, 25
KNOWN_OF_THE_ACCOUNT = (
    "ho chu dem ten",
    "ho va ten",
    "ho ten",
    "so dinh danh",
    "so can cuoc",
    "dien thoai",
    "thu dien tu",
    "email",
)
OF_THE_FILER = ("ap_", "req_", "nguoi_nop_")  # keys of questions about the person who files
IN_DATABASES = ("can cuoc", "ho khau", "giay khai sinh", "dang ky ket hon", "xac nhan cu tru", "so tam tru")
HARD_WORDS = (
    "đương sự", "nêu trên", "theo quy định hiện hành", "quy định của pháp luật hiện hành", "v.v", "nhân thân", "căn cứ vào",
    "hữu quan", "dưới đây gọi là", "thể nhân",
)  # fmt: skip
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Advice:
    """`path`: where, as in `checking.Problem`."""

    path: Path
    sentence: str

    def __str__(self) -> str:
        return self.sentence


def advice(document: VersionDocument) -> list[Advice]:
    """At most one of a kind for a field."""
    return [*_of_form(document), *_of_papers(document), *_of_conditions(document)]


def _fields(document: VersionDocument) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Questions that are asked for this procedure, with their places."""
    form = document["form"]
    for n, section in enumerate(form["sections"] if form else []):
        for m, page in enumerate(section["pages"]):
            for k, field in enumerate(page["fields"]):
                if field["type"] != "note" and way_of(field) not in (HIDE, BIND):
                    yield ("e_form", "sections", n, "pages", m, "fields", k), field


def _of_form(document: VersionDocument) -> Iterator[Advice]:
    fields = list(_fields(document))
    if len(fields) > MANY_QUESTIONS:
        yield Advice(("e_form",), _("Tờ khai hỏi %(n)d câu. Xem câu nào bỏ được.") % {"n": len(fields)})
    for path, field in fields:
        for sentence in _of_field(field):
            yield Advice(path, sentence)


def _of_field(field: Mapping[str, Any]) -> Iterator[str]:
    label = {"label": field["label"]}
    narrowed = field.get("narrowed") or {}
    hint = narrowed.get("help") or field.get("help", "")
    if not hint and not field.get("computed"):
        yield _("Chưa có gợi ý: “%(label)s”.") % label
    if field["key"].startswith(OF_THE_FILER) and not field.get("prefill") and _has(field["label"], KNOWN_OF_THE_ACCOUNT):
        yield _("“%(label)s”: tài khoản người nộp đã có, đừng hỏi lại.") % label
    text = f"{narrowed.get('label') or field['label']}. {hint}"
    for word in HARD_WORDS:
        if word in text.lower():
            yield _("“%(label)s” dùng chữ khó: %(word)s.") % {**label, "word": word}
    if any(len(part.split()) > LONG_SENTENCE for part in text.replace("?", ".").split(".")):
        yield _("“%(label)s” có câu dài quá %(n)d chữ. Tách ra cho dễ đọc.") % {**label, "n": LONG_SENTENCE}
    if len(field.get("columns", [])) > MANY_COLUMNS:
        yield _("Bảng “%(label)s” có %(n)d cột, khó điền trên điện thoại.") % {**label, "n": len(field["columns"])}


def _has(text: str, words: tuple[str, ...]) -> bool:
    plain = " ".join("".join(letter if letter.isalnum() else " " for letter in fold(text)).split())
    return any(word in plain for word in words)


def _of_papers(document: VersionDocument) -> Iterator[Advice]:
    for n, group in enumerate(document["procedure"]["document_groups"]):
        for k, item in enumerate(group["documents"]):
            if item["kind"] == "paper" and item["required"] and not item["replaced_by_data"] and _has(item["name"], IN_DATABASES):
                said = _("Giấy tờ “%(name)s”: cơ sở dữ liệu đã có, xem có phải nộp không.") % {"name": item["name"]}
                yield Advice(("document_groups", n, "documents", k), said)


def _of_conditions(document: VersionDocument) -> Iterator[Advice]:
    """Conditions with a part that no answer fulfils: values that nothing has, questions that this procedure does not ask."""
    known, form = names(document), document["form"]
    rows = [(tuple(path), condition) for path, condition in conditions(document["procedure"])]
    rows += [((*path, "show_if"), field.get("show_if")) for path, field in _fields(document)]
    rows += [(("e_form", "checks", n), check.get("when")) for n, check in enumerate((form or {}).get("checks") or [])]
    fixed = {
        field["key"]: (field.get("narrowed") or {}).get("value")
        for section in (form["sections"] if form else [])
        for page in section["pages"]
        for field in page["fields"]
        if way_of(field) in (HIDE, BIND)
    }
    for path, condition in rows:
        if said := _never(condition, known, fixed):
            yield Advice(path, said)


def _never(condition: Any, known: Mapping[str, Name], fixed: Mapping[str, Any]) -> str:
    """Why a part of this condition can never hold; "". `fixed`: {key: answer, None for no answer} of questions not asked."""
    if not condition:
        return ""
    parts = condition.get("all") or condition.get("any")
    if parts is not None:
        return _contradiction(condition) or next(filter(None, (_never(part, known, fixed) for part in parts)), "")
    name, value, op = known.get(condition["field"]), condition.get("value"), condition["op"]
    wanted = value if isinstance(value, list) else [value]
    if name is None:
        return ""
    said = _("Điều kiện về “%(name)s” không bao giờ đúng trên cổng này.") % {"name": name.label}
    if name.name in fixed:
        answer = fixed[name.name]
        return said if answer is None or (op in ("eq", "in") and answer not in wanted) else ""
    possible = list(WHO) if name.name == "audience" else [option for option, _label in name.options]
    return said if op in ("eq", "in") and possible and not any(part in possible for part in wanted) else ""


def _contradiction(condition: Mapping[str, Any]) -> str:
    """«là A và là B» of the same question."""
    seen: dict[str, Any] = {}
    for part in condition.get("all") or []:
        if part.get("op") == "eq" and seen.setdefault(part["field"], part["value"]) != part["value"]:
            return _("Điều kiện đòi cùng một câu có hai câu trả lời khác nhau, không bao giờ đúng.")
    return ""
