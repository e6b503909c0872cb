"""What the results of a dossier may say: papers as proposed by the version, and the difference between two drafts.

A draft is `{"papers": [paper, …]}`; a paper is `{"key", "name", "kind", "made", "title", "form", "demo", "basis", "lines",
"conclusion", "notes"}`. A line is `{"key", "label", "text"}`, or a table `{"key", "label", "columns", "rows"}`. What is made
outside the portal stands as rows (`given`) of one notice.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.addresses import address_text
from dossiers.filing import rules
from dossiers.models import Dossier, ResultDraft, StepState
from dossiers.papers.frozen import content_hash
from dossiers.papers.models import IssuedPaper
from portal.common import clock
from procedures.facts import OfficeDatum, Result
from procedures.results import PERSON_FIELDS, ProposedLine, offered, proposed_lines

Paper = dict[str, Any]
Content = dict[str, Any]
NOTICE = "notice"  # key of the paper that names what was made outside the portal
ELSEWHERE: dict[str, list[tuple[str, str, OfficeDatum]]] = {  # lines the office types about a result made outside: by `made`
    "file": [
        ("number", "Số, ký hiệu", {"type": "text", "required": False}),
        ("date", "Ngày ký", {"type": "date", "required": False}),
    ],
    "object": [
        ("number", "Số", {"type": "text", "required": False}),
        ("date", "Ngày cấp", {"type": "date", "required": False}),
        ("remark", "Ghi chú", {"type": "text", "required": False}),
    ],
    "entry": [
        ("number", "Số vào sổ", {"type": "text", "required": False}),
        ("date", "Ngày vào sổ", {"type": "date", "required": False}),
        ("remark", "Nội dung đã ghi", {"type": "text", "required": False}),
    ],
    "money": [
        ("amount", "Số tiền", {"type": "money", "required": True}),
        ("date", "Chi trả từ ngày", {"type": "date", "required": False}),
        ("remark", "Cách chi trả", {"type": "text", "required": False}),
    ],
}


@dataclass(frozen=True)
class Proposed:
    """One result that may be given, with the lines of its paper. `alternatives`: of a group only one is given."""

    row: Result
    lines: list[ProposedLine]
    answers: dict[str, str] = field(default_factory=dict)  # {line key: text of the answer}, to show where the paper differs

    @property
    def key(self) -> str:
        return self.row["key"]

    @property
    def drawn_here(self) -> bool:
        """Is the paper drawn by the portal?"""
        return self.row["made"] == "portal" and bool(self.row["template"])

    def paper(self, lines: list[Paper], *, conclusion: str, notes: str) -> Paper:
        """The paper with these lines, frozen with the words of its template."""
        template = self.row["template"]
        assert template is not None
        return {
            **self._row(),
            "title": template["title"],
            "form": template["form"] or "",
            "demo": template["certainty"] == "demo",
            "basis": template["legal_basis"] or "",
            "lines": lines,
            "conclusion": conclusion,
            "notes": notes,
        }

    def given(self, lines: list[Paper], file: Paper | None) -> Paper:
        """The row of the notice about this result."""
        return {**self._row(), "lines": lines, "file": file}

    def _row(self) -> Paper:
        return {name: self.row[name] for name in ("key", "name", "kind", "made")}  # type: ignore[literal-required]


@translation.override("vi")
def proposed(dossier: Dossier) -> list[Proposed]:
    """The results an approval may give in this case, in the order of the version. Always in Vietnamese."""
    form = rules.form_of(dossier)
    known, day = rules.context(dossier, form), rules.filing_day(dossier)
    answers = rules.known_answers(dossier, form) if form else {}
    numbers = _numbers_of_steps(dossier)
    found = []
    for row in offered(dossier.version.document, known, day):
        if row["made"] == "portal" and row["template"]:
            lines = proposed_lines(row["template"], form, answers, known, day, _addresses(dossier))
            lines = [_with_number(line, numbers) for line in lines]
        else:
            lines = [ProposedLine(key, label, office=datum) for key, label, datum in ELSEWHERE[_elsewhere(row)]]
        found.append(Proposed(row, lines, {line.key: line.text for line in lines if not line.office and not line.table}))
    return found


def _numbers_of_steps(dossier: Dossier) -> dict[str, str]:
    """{line key: number} that finished steps deliver for lines of the result («Mã số thuế»); the last one counts."""
    runs = [run for run in dossier.step_runs.all() if run.state == StepState.DONE and "text" in run.product]
    return {run.produces["line"]: run.product["text"] for run in runs if run.produces.get("line")}


def _with_number(line: ProposedLine, numbers: Mapping[str, str]) -> ProposedLine:
    return replace(line, text=numbers[line.key]) if line.office and line.key in numbers else line


def _elsewhere(row: Result) -> str:
    return row["made"] if row["made"] in ELSEWHERE else "object"


def _addresses(dossier: Dossier) -> dict[str, str]:
    found = {name: getattr(dossier.person, name, None) for name in PERSON_FIELDS}
    return {name: address_text(address) for name, address in found.items() if address}


def notice(rows: list[Paper], *, conclusion: str = "", notes: str = "") -> Paper:
    """The paper that names what was made outside the portal and is handed over, entered or paid."""
    return {
        "key": NOTICE, "name": "Thông báo kết quả giải quyết", "kind": "notice", "made": "portal",
        "title": "Thông báo kết quả giải quyết", "form": "", "demo": True, "basis": "", "lines": [], "given": rows,
        "conclusion": conclusion, "notes": notes,
    }  # fmt: skip


def filled(dossier: Dossier, write: Callable[[ProposedLine], str], attach: Callable[[Result], Paper]) -> Content:
    """A whole draft without a form, for the demo and for tests: of each group the first result. `write`: what the office writes
    on a line; `attach`: the file made elsewhere."""
    papers: list[Paper] = []
    rows: list[Paper] = []
    groups: set[str] = set()
    for result in proposed(dossier):
        group = result.row["group"]
        if group in groups:
            continue
        if group:
            groups.add(group)
        lines = [_filled(line, write) for line in result.lines]
        if result.drawn_here:
            template = result.row["template"] or {}
            closing = {name: str(template.get(name) or "") for name in ("conclusion", "notes")}
            papers.append(result.paper([line for line in lines if line], **closing))
        else:
            rows.append(
                result.given([line for line in lines if line], attach(result.row) if result.row["made"] == "file" else None)
            )
    return {"papers": [*papers, notice(rows)] if rows else papers}


def _filled(line: ProposedLine, write: Callable[[ProposedLine], str]) -> Paper:
    if line.table:
        return {"key": line.key, "label": line.label, "columns": line.table.headers, "rows": line.table.rows}
    text = line.text or (write(line) if line.office else "")
    side = {"side": line.side} if line.side else {}
    return {"key": line.key, "label": line.label, "text": text, **side} if text else {}


# ---------------------------------------------------------------- the draft of a dossier
def newest(dossier: Dossier) -> ResultDraft | None:
    """The newest revision of the draft; None when nobody has drafted yet."""
    return dossier.result_drafts.select_related("author").last()


def decision_content(dossier: Dossier, content: Content, *, reason: str = "") -> Content:
    """What is frozen and signed: the draft with the dossier and its subject."""
    return {**content, "code": dossier.code, "subject": dossier.subject_name, "reason": reason}


def replacement(dossier: Dossier, content: Content, olds: list[IssuedPaper], reason: str) -> Content:
    """The content of papers that replace these."""
    return decision_content(dossier, {**content, "replaces": _named(olds), "why_replaced": reason})


def revocation(dossier: Dossier, olds: list[IssuedPaper], reason: str, legal_ground: str) -> Content:
    """The content of the decision that revokes these papers."""
    content = {
        "title": "Quyết định về việc thu hồi kết quả đã cấp", "lines": [], "conclusion": "", "legal_ground": legal_ground,
        "revokes": _named(olds),
    }  # fmt: skip
    return decision_content(dossier, content, reason=reason)


def _named(papers: list[IssuedPaper]) -> list[dict[str, str]]:
    """Title, number and day of papers, as another paper names them."""
    days = {paper.pk: clock.local(paper.decision.decided_at) for paper in papers}
    return [{"title": str(paper.title), "number": paper.number, "day": f"{days[paper.pk]:%d/%m/%Y}"} for paper in papers]


def shown_hash(dossier: Dossier, draft: ResultDraft) -> str:
    """The hash of what would be signed now. What is signed must have it."""
    return content_hash(decision_content(dossier, draft.content))


# ---------------------------------------------------------------- what changed
@dataclass(frozen=True)
class Change:
    """One line that is not as before. `place`: «result/line», as marks name it."""

    place: str
    paper: str
    label: str
    old: str
    new: str


def flat(content: Content) -> dict[str, tuple[str, str, str]]:
    """{place: (title of the paper, label, text)} of all that a draft says, in order."""
    found: dict[str, tuple[str, str, str]] = {}
    for paper in content["papers"]:
        title = paper["title"]
        found[f"{paper['key']}/title"] = (title, _("Tên giấy"), title)
        for line in paper["lines"]:
            found[f"{paper['key']}/{line['key']}"] = (title, line["label"], text_of(line))
        for row in paper.get("given", []):
            for line in row["lines"]:
                found[f"{row['key']}/{line['key']}"] = (row["name"], line["label"], text_of(line))
            file = row.get("file")
            if file:
                found[f"{row['key']}/file"] = (row["name"], _("Tệp kèm theo"), f"{file['name']} ({file['sha256'][:12]}…)")
        for key, label in (("conclusion", _("Kết luận")), ("notes", _("Ghi chú trên giấy"))):
            if paper.get(key):
                found[f"{paper['key']}/{key}"] = (title, label, paper[key])
    return found


def text_of(line: Paper) -> str:
    """A line as text; the rows of a table one below the other."""
    return line["text"] if "text" in line else "\n".join("; ".join(row) for row in line["rows"])


def changes(old: Content, new: Content) -> list[Change]:
    """The lines that differ, in the order of the new draft; those that went last."""
    before, after = flat(old), flat(new)
    found = []
    for place in [*after, *(place for place in before if place not in after)]:
        was, now = before.get(place), after.get(place)
        if (was and was[2]) != (now and now[2]):
            title, label, _text = now or was or ("", "", "")
            found.append(Change(place, title, label, was[2] if was else "", now[2] if now else ""))
    return found
