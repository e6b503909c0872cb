"""One filled sample for every paper that the portal draws: answers of the applicant, and what the office writes.

`result_samples.json`: {"procedure/result key": {"file"?: of data/samples, "answers"?: changes (null = no answer), "bound"?,
"asked"?, "office": {line key: text}}}. All made up.
"""

import copy
import dataclasses
import datetime as dt
import functools
import json
from pathlib import Path

from django.conf import settings

from procedures.eforms import Form, StaticSources
from procedures.loading import DataFolder
from procedures.loading.publishing import document_of
from procedures.results import proposed_lines

HOME = "Số 12/5 đường Nguyễn Thị Minh Khai, tổ dân phố 7, Phường Xuân Hương - Đà Lạt, Tỉnh Lâm Đồng"
ADDRESSES = {"permanent_address": HOME, "temporary_address": HOME, "current_address": HOME}
LONG_NAME = "Hoàng Phủ Nguyễn Thị Thùy Tường Vỹ Khuê Nghiêm Quỳnh Ngữ Uyển Kduơng Ayũn Êban"
LONG_WORDS = "Ngõ Ưỡn Ẹo, đoạn đường gập ghềnh qua những thửa ruộng bậc thang, nhà sàn ba gian của cụ Nguyễn Thị Ngữ. "


@functools.cache
def sources():
    return StaticSources.from_files(_data("agencies.json"), _data("communes.json"))


@functools.cache
def documents():
    """{code: document as published}."""
    folder = DataFolder()
    return {facts["code"]: document_of(folder, facts) for facts in folder.procedures()}


@functools.cache
def _data(name):
    return json.loads((Path(settings.DATA_DIR) / name).read_text(encoding="utf-8"))


@dataclasses.dataclass(frozen=True)
class Sample:
    """Answers to one procedure and what the office writes on one of its papers."""

    code: str
    key: str
    day: dt.date
    answers: dict
    bound: dict
    asked: dict
    office: dict

    def __repr__(self):
        return f"{self.code}/{self.key}"

    @property
    def document(self):
        return documents()[self.code]

    @property
    def row(self):
        return next(row for row in self.document["procedure"]["results"] if row["key"] == self.key)

    @functools.cached_property
    def form(self):
        return Form(self.document["form"], sources=sources())

    @property
    def given(self):
        """The answers with the bound ones."""
        return {**self.bound, **self.answers}

    @property
    def known(self):
        """All values for conditions."""
        asked = {f"ask.{key}": value for key, value in self.asked.items()}
        return {**self.form.kept(self.given, self.day), **asked, "case": self.asked.get("case")}

    def proposed(self):
        """The lines as proposed to the office."""
        return proposed_lines(self.row["template"], self.form, self.given, self.known, self.day, ADDRESSES)

    def lines(self):
        """The lines as printed: {"key", "label", "text"} or {"key", "label", "columns", "rows"}; without empty ones."""
        found = []
        for line in self.proposed():
            side = {"side": line.side} if line.side else {}
            if line.table:
                found.append({"key": line.key, "label": line.label, "columns": line.table.headers, "rows": line.table.rows})
                continue
            text = self.office.get(line.key, "") if line.office else line.text
            if text:
                found.append({"key": line.key, "label": line.label, "text": text, **side})
        return found

    def long(self):
        """The same with the longest names that people have, long words and long tables: the paper takes two pages."""
        answers = copy.deepcopy(self.answers)
        for field in self.form.fields.values():
            if field.key in answers:
                answers[field.key] = _long(field, answers[field.key])
        office = {line.key: (self.office.get(line.key) or "") for line in self.proposed() if line.office}
        office |= {line.key: LONG_WORDS * 3 for line in self.proposed() if line.office and line.office["type"] == "text"}
        return dataclasses.replace(self, answers=answers, office=office)

    def sparse(self):
        """Only what is required: nothing else was answered, nothing else is written."""
        answers = {
            key: value for key, value in self.answers.items() if key in self.form.fields and self.form.fields[key].required
        }
        required = {line.key for line in self.proposed() if line.office and line.office["required"]}
        return dataclasses.replace(
            self, answers=answers, office={key: text for key, text in self.office.items() if key in required}
        )


def _long(field, value):
    if field.type == "table":
        rows = [{column.key: _long(column, row[column.key]) for column in field.columns if column.key in row} for row in value]
        return rows * 8
    if field.type == "address":
        return {**value, "detail": LONG_WORDS[:100].strip()}
    if field.type not in ("text", "textarea"):
        return value
    limit = field.rules.get("max_length", 100)
    if field.rules.get("format") == "person_name":
        return LONG_NAME[:limit].rsplit(" ", 1)[0]
    return value if "format" in field.rules else (LONG_WORDS * 20)[: min(limit, 300)].strip()


def _sample(place, row):
    code, key = place.split("/")
    form = documents()[code]["form"]["key"]
    filed = _data(f"samples/{row.get('file', form)}.json")
    answers = {key: value for key, value in {**filed["answers"], **row.get("answers", {})}.items() if value is not None}
    bound = {**filed.get("bound", {}), **row.get("bound", {})}
    return Sample(code, key, dt.date.fromisoformat(filed["as_of"]), answers, bound, row.get("asked", {}), row["office"])


@functools.cache
def samples():
    rows = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    return [_sample(place, row) for place, row in rows.items()]
