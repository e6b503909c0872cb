"""Advice on an e-form in plain words. Nothing of it keeps a version from being published."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from portal.common.vietnamese import fold
from procedures.eforms.expansion import pages_of
from procedures.facts import VersionDocument
from procedures.office.conditions import conditions
from procedures.office.vocabulary import WHO, Name, names

MANY_QUESTIONS = 40
KNOWN_OF_THE_ACCOUNT = ("ho chu dem ten", "ho va ten", "so dinh danh", "so can cuoc")
IN_DATABASES = ("can cuoc", "ho khau", "giay khai sinh", "dang ky ket hon", "xac nhan cu tru")
HARD_WORDS = ("đương sự", "nêu trên", "theo quy định hiện hành", "quy định của pháp luật hiện hành", "v.v", "nhân thân")


def advice(document: VersionDocument) -> list[str]:
    """Sentences, at most one of a kind for a field."""
    return [*_of_form(document), *_of_papers(document), *_of_conditions(document)]


def _of_form(document: VersionDocument) -> Iterator[str]:
    form = document["form"]
    fields = [field for page in pages_of(form) for field in page["fields"] if field["type"] != "note"] if form else []
    if len(fields) > MANY_QUESTIONS:
        yield _("Tờ khai hỏi %(n)d câu. Xem câu nào bỏ được.") % {"n": len(fields)}
    silent = [field["label"] for field in fields if not field.get("help") and not field.get("computed")]
    if silent:
        yield _("Chưa có gợi ý: %(labels)s.") % {"labels": "; ".join(silent)}
    for field in fields:
        label = {"label": field["label"]}
        if field["key"].startswith(("ap_", "req_")) and not field.get("prefill") and _has(field["label"], KNOWN_OF_THE_ACCOUNT):
            yield _("“%(label)s”: tài khoản người nộp đã có, đừng hỏi lại.") % label
        text = f"{field['label']} {field.get('help', '')}".lower()
        for word in HARD_WORDS:
            if word in text:
                yield _("“%(label)s” dùng chữ khó: %(word)s.") % {**label, "word": word}


def _has(text: str, words: tuple[str, ...]) -> bool:
    plain = " ".join("".join(letter if letter.isalnum() else " " for letter in fold(text)).split())
    return any(word in plain for word in words)


def _of_papers(document: VersionDocument) -> Iterator[str]:
    for group in document["procedure"]["document_groups"]:
        for item in group["documents"]:
            if item["kind"] == "paper" and item["required"] and not item["replaced_by_data"] and _has(item["name"], IN_DATABASES):
                yield _("Giấy tờ “%(name)s”: cơ sở dữ liệu đã có, xem có phải nộp không.") % {"name": item["name"]}


def _of_conditions(document: VersionDocument) -> Iterator[str]:
    known = names(document)
    rows = [condition for _path, condition in conditions(document["procedure"])]
    form = document["form"]
    rows += [field.get("show_if") for page in pages_of(form) for field in page["fields"]] if form else []
    yield from dict.fromkeys(filter(None, (_never(row, known) for row in rows)))


def _never(condition: Any, known: Mapping[str, Name]) -> str:
    """Why a part of this condition can never hold; ""."""
    if not condition:
        return ""
    parts = condition.get("all") or condition.get("any")
    if parts is not None:
        return next(filter(None, (_never(part, known) for part in parts)), "")
    name, value = known.get(condition["field"]), condition.get("value")
    wanted = value if isinstance(value, list) else [value]
    if name is None or condition["op"] not in ("eq", "in"):
        return ""
    possible = list(WHO) if name.name == "audience" else [option for option, _label in name.options]
    if possible and not any(part in possible for part in wanted):
        return _("Điều kiện về “%(name)s” không bao giờ đúng trên cổng này.") % {"name": name.label}
    return ""
