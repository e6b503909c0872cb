"""`manage.py results_table`: writes docs/results.md, the table of all results of the shipped procedures, from the data folder."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import translation

from procedures.facts import Result, VersionDocument
from procedures.loading import DataFolder
from procedures.loading.publishing import document_of
from procedures.results import ends_by_note
from procedures.wording import Wording

HEAD = """# What the procedures end in

Made from `data/procedures.json` by `manage.py results_table`; a test compares them. Grammar: `docs/catalogue.md`, “Results”.

- Certainty of a row: *seen* = the national database says so in the name of the result (in italics where ours is shorter),
  *derived* = follows from it, from the steps or the answers, *demo* = ours.
- Made: a paper drawn here (*portal*), a file made elsewhere (*file*), a thing handed over (*object*), an *entry*, *money*.
- Lines of our papers: in bold those of the office, with a star where the paper would be void without them. The wording of
  every paper of ours is *demo*; an official form number is printed only where the text of that form is known.

"""
COLUMNS = ("Key", "Result", "Kind", "Given on approval", "When", "One of", "Made", "Certainty")


@translation.override("vi")
def results_table(folder: DataFolder) -> str:
    """The whole document in Markdown."""
    return HEAD + "\n".join(part for facts in folder.procedures() for part in _section(document_of(folder, facts)))


def _section(document: VersionDocument) -> Iterator[str]:
    facts = document["procedure"]
    yield f"## {facts['code']} {facts['short_name']}\n"
    if ends_by_note(facts):
        yield "Ends by `note_received`: recorded, nothing is decided.\n"
    yield "| " + " | ".join(COLUMNS) + " |"
    yield "|" + "---|" * len(COLUMNS)
    words = Wording(document)
    for row in facts["results"]:
        yield "| " + " | ".join(_cells(row, words)) + " |"
    yield ""
    for row in facts["results"]:
        if row["template"]:
            yield _paper(row)


def _cells(row: Result, words: Wording) -> tuple[str, ...]:
    name = row["name"] + (f"<br>*{row['source_name']}*" if "source_name" in row else "")
    given = "yes" if row["outcome"] else "no"
    made = row["made"] + (f" ({row['template']['form']})" if row["template"] and row["template"]["form"] else "")
    return f"`{row['key']}`", name, row["kind"], given, words.condition(row["when"]), row["group"] or "", made, row["certainty"]


def _paper(row: Result) -> str:
    """The lines of a paper, those of the office in bold; a star where they are required."""
    assert row["template"]
    lines = [
        f"**{line['label']}{'*' if line['office']['required'] else ''}**" if "office" in line else line["label"]
        for line in row["template"]["lines"]
    ]
    return f"`{row['key']}`: {'; '.join(lines)}.\n"


class Command(BaseCommand):
    help = "Viết lại docs/results.md: mọi kết quả của các thủ tục, theo dữ liệu."

    def handle(self, *args: Any, **options: Any) -> None:
        (settings.BASE_DIR / "docs/results.md").write_text(results_table(DataFolder()), encoding="utf-8")
