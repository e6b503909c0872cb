"""The pages on which results are drafted, signed, refused and corrected: what is typed becomes the content of papers.

Fields follow from the version of the procedure (`papers.drafting.proposed`), so these are no Django forms.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dossiers.choices import RESULT_KINDS
from dossiers.desk import pdf_files
from dossiers.desk.forms.base import MAX_TEXT_LENGTH, CleanTextField, ReasonForm, StepForm
from dossiers.files.checking import UploadRefused
from dossiers.models import Dossier, ResultDraft
from dossiers.papers import drafting
from dossiers.papers.drafting import Content, Paper, Proposed
from dossiers.papers.models import IssuedPaper, PaperKind
from portal.common.figures import UnclearDay, typed_day_in
from portal.common.money import UnclearAmount, dong, dong_in
from portal.common.vietnamese import clean_text
from procedures.facts import OfficeDatum
from procedures.results import ProposedLine

TEXT: OfficeDatum = {"type": "text", "required": False}
EMPTY = gettext_lazy("“%s” cần ít nhất một dòng nội dung.")
NUMBER = re.compile(r"[0-9]{1,3}(\.[0-9]{3})+(,[0-9]+)?|[0-9]+(,[0-9]+)?")


@dataclass
class Line:
    """One line of a paper as an input. `answer`: what the applicant wrote; `fixed`: not to be typed."""

    place: str  # «result/line», as marks and changes name it
    label: str
    text: str = ""
    datum: OfficeDatum = field(default_factory=lambda: TEXT)
    answer: str | None = None
    fixed: bool = False
    table: Paper | None = None
    side: str = ""
    error: str = ""
    mark: str = ""

    @property
    def name(self) -> str:
        return self.place.replace("/", ".")

    @property
    def id(self) -> str:
        return self.place.replace("/", "--")

    @property
    def differs(self) -> bool:
        return bool(self.answer) and self.text != self.answer

    @property
    def key(self) -> str:
        return self.place.rpartition("/")[2]

    @property
    def options(self) -> list[dict[str, str]]:
        return [{"value": option, "label": option} for option in self.datum.get("options", [])]

    def read(self, typed: str) -> None:
        """Take what was typed, in the spelling that is printed; `error` says what is wrong with it."""
        self.text = clean_text(typed, lines=True)[:MAX_TEXT_LENGTH]
        if not self.text:
            self.error = _("Điền mục “%s”.") % self.label if self.datum["required"] else ""
            return
        try:
            self.text = READERS[self.datum["type"]](self)
        except (UnclearDay, UnclearAmount, ValueError) as why:
            self.error = f"{self.label}: {why}"

    def frozen(self) -> Paper:
        if self.table:
            return self.table
        return {"key": self.key, "label": self.label, "text": self.text} | ({"side": self.side} if self.side else {})


def _number(line: Line) -> str:
    if not NUMBER.fullmatch(line.text):
        raise ValueError(_("ghi một số, ví dụ 1.250 hoặc 75,5."))
    return line.text


def _option(line: Line) -> str:
    if line.text not in line.datum.get("options", []):
        raise ValueError(_("chọn một trong các mục có sẵn."))
    return line.text


READERS: dict[str, Callable[[Line], str]] = {
    "text": lambda line: line.text,
    "date": lambda line: f"{typed_day_in(line.text):%d/%m/%Y}",
    "number": _number,
    "money": lambda line: dong(dong_in(line.text)),
    "choice": _option,
}


@dataclass
class Sheet:
    """One result on the form: chosen or not, its lines, and what stands below them. `file`: what was made elsewhere."""

    key: str
    title: str
    lines: list[Line]
    proposed: Proposed | None = None
    chosen: bool = True
    conclusion: str = ""
    notes: str = ""
    file: Paper | None = None
    file_error: str = ""
    has_closing: bool = True  # conclusion and notes of its own; what a notice lists has none
    dossier_id: int = 0

    @property
    def is_empty(self) -> bool:
        """Would the portal draw a paper without a line?"""
        return self.has_closing and not self.frozen_lines

    @property
    def takes_file(self) -> bool:
        return self.proposed is not None and self.proposed.row["made"] == "file"

    @property
    def kept_file(self) -> str:
        """The file that was checked, signed, for a hidden input: the form may come back without it."""
        return pdf_files.signed(self.file, str(self.dossier_id))

    @property
    def frozen_lines(self) -> list[Paper]:
        return [line.frozen() for line in self.lines if line.table or line.text]

    def read(self, post: Mapping[str, str]) -> None:
        for line in self.lines:
            if not line.fixed:
                line.read(post.get(line.name, ""))
        self.conclusion = clean_text(post.get(f"{self.key}.conclusion", ""), lines=True)[:MAX_TEXT_LENGTH]
        self.notes = clean_text(post.get(f"{self.key}.notes", ""), lines=True)[:MAX_TEXT_LENGTH]

    def read_file(self, kept: str, upload: UploadedFile | None, who: str) -> None:
        """The file of this POST, else the one sent before. It is checked like any upload and must be a PDF."""
        if kept:
            file = pdf_files.unsigned(kept, str(self.dossier_id))
            self.file = dict(file) if file else None
        if upload is None:
            if self.file is None:
                self.file_error = _("Chọn tệp PDF của “%s”.") % self.title
            return
        try:
            self.file = dict(pdf_files.store_pdf(upload, who))
        except UploadRefused as refusal:
            self.file_error = str(refusal)


@dataclass
class Choice:
    """Results of which one is given (`one`), or which are given together and may be unticked."""

    sheets: list[Sheet]
    name: str
    one: bool
    error: str = ""


class DraftForm:
    """The draft of all results of a dossier. `post`: what was typed; without it the newest draft, or the proposal."""

    def __init__(
        self,
        dossier: Dossier,
        draft: ResultDraft | None,
        post: QueryDict | None = None,
        files: MultiValueDict[str, UploadedFile] | None = None,
        *,
        who: str = "",
        marks: Mapping[str, str] | None = None,
    ) -> None:
        self.dossier, self.draft, self.post = dossier, draft, post
        self.sheets = [_proposed_sheet(dossier, proposal, draft) for proposal in drafting.proposed(dossier)]
        self.choices = _choices_of(self.sheets)
        self.closing = _closing_of(draft)
        for line in self.all_lines:
            line.mark = (marks or {}).get(line.place, "")
        if post is not None:
            self._read(post, files or MultiValueDict(), who)

    @property
    def all_lines(self) -> Iterable[Line]:
        return (line for sheet in self.sheets for line in sheet.lines)

    def _read(self, post: QueryDict, files: MultiValueDict[str, UploadedFile], who: str) -> None:
        for choice in self.choices:
            for sheet in choice.sheets:
                sheet.chosen = len(choice.sheets) == 1 and choice.one or sheet.key in post.getlist(choice.name)
            if choice.one and not any(sheet.chosen for sheet in choice.sheets):
                choice.error = _("Chọn kết quả sẽ cấp.")
        for sheet in self.sheets:
            sheet.read(post)
            if sheet.chosen and sheet.takes_file:
                sheet.read_file(post.get(f"{sheet.key}.file-kept", ""), files.get(f"{sheet.key}.file"), who)
        self.closing = {name: clean_text(post.get(f"{drafting.NOTICE}.{name}", ""), lines=True) for name in self.closing}

    @property
    def errors(self) -> list[dict[str, str]]:
        """[{text, href}] for the summary of errors; only of what is chosen."""
        if self.post is None:
            return []
        found = [{"text": choice.error, "href": f"#{choice.name}"} for choice in self.choices if choice.error]
        for sheet in self._chosen:
            found += [{"text": line.error, "href": f"#{line.id}"} for line in sheet.lines if line.error]
            if sheet.is_empty and not any(line.error for line in sheet.lines):
                found.append({"text": EMPTY % sheet.title, "href": ""})
            if sheet.file_error:
                found.append({"text": sheet.file_error, "href": f"#{sheet.key}--file"})
        if not found and not self._chosen:
            found.append({"text": _("Chọn ít nhất một kết quả."), "href": ""})
        return found

    @property
    def _chosen(self) -> list[Sheet]:
        return [sheet for sheet in self.sheets if sheet.chosen]

    @property
    def notice_needed(self) -> bool:
        """Is any of the results made outside the portal, so that a notice names it?"""
        return any(sheet.proposed and not sheet.proposed.drawn_here for sheet in self.sheets)

    @property
    def content(self) -> Content:
        """The draft as it stands; complete only without errors."""
        papers, rows = [], []
        for sheet in self._chosen:
            assert sheet.proposed is not None
            if sheet.proposed.drawn_here:
                papers.append(sheet.proposed.paper(sheet.frozen_lines, conclusion=sheet.conclusion, notes=sheet.notes))
            else:
                rows.append(sheet.proposed.given(sheet.frozen_lines, sheet.file))
        if rows:
            papers.append(drafting.notice(rows, **self.closing))
        return {"papers": papers}


def _proposed_sheet(dossier: Dossier, proposal: Proposed, draft: ResultDraft | None) -> Sheet:
    """The input for one result: as drafted, else as proposed."""
    row = proposal.row
    drafted = _drafted(draft, proposal.key)
    texts = {line["key"]: line["text"] for line in drafted["lines"] if "text" in line} if drafted else None
    template = row["template"] if proposal.drawn_here else None
    fixed = {line["key"] for line in template["lines"] if "text" in line} if template else set()
    return Sheet(
        key=proposal.key,
        title=template["title"] if template else row["name"],
        lines=[_line(proposal, line, texts, line.key in fixed) for line in proposal.lines],
        proposed=proposal,
        chosen=drafted is not None if draft else row["group"] is None,
        conclusion=(drafted or {}).get("conclusion", "") if drafted else (template["conclusion"] or "" if template else ""),
        notes=(drafted or {}).get("notes", "") if drafted else (template["notes"] or "" if template else ""),
        file=(drafted or {}).get("file"),
        has_closing=proposal.drawn_here,
        dossier_id=dossier.pk,
    )


def _drafted(draft: ResultDraft | None, key: str) -> Paper | None:
    if draft is None:
        return None
    return next((row for paper in draft.content["papers"] for row in paper.get("given", [paper]) if row["key"] == key), None)


def _line(proposal: Proposed, line: ProposedLine, texts: Mapping[str, str] | None, fixed: bool) -> Line:
    place = f"{proposal.key}/{line.key}"
    if line.table:
        table = {"key": line.key, "label": line.label, "columns": line.table.headers, "rows": line.table.rows}
        return Line(place, line.label, table=table, fixed=True)
    text = line.text if texts is None or fixed else texts.get(line.key, "")
    answer = None if line.office or fixed else line.text
    return Line(place, line.label, text, line.office or TEXT, answer, fixed, side=line.side or "")


def _choices_of(sheets: list[Sheet]) -> list[Choice]:
    """Results in groups of which one is given; those without a group together."""
    groups: dict[str | None, list[Sheet]] = {}
    for sheet in sheets:
        groups.setdefault(sheet.proposed.row["group"] if sheet.proposed else None, []).append(sheet)
    choices = [Choice(found, f"nhom-{group}", True) if group else Choice(found, "cap", False) for group, found in groups.items()]
    for choice in choices:
        if choice.one and len(choice.sheets) == 1:
            choice.sheets[0].chosen = True
    if len(sheets) == 1:
        choices[0].one = True
    return choices


def _closing_of(draft: ResultDraft | None) -> dict[str, str]:
    """What stands below the rows of the notice."""
    papers: list[Paper] = draft.content["papers"] if draft else []
    notice = next((paper for paper in papers if paper["key"] == drafting.NOTICE), Paper())
    return {name: notice.get(name, "") for name in ("conclusion", "notes")}


# ---------------------------------------------------------------- forms of steps
class ApproveForm(StepForm):
    """Signing the newest draft. `shown`: hash of what stands on the page; anything else is not signed."""

    template = "dossiers/desk/forms/approve.html"
    shown = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["note"].help_text = ""

    def details(self) -> dict[str, Any]:
        return {"shown": self.cleaned_data["shown"]}


class RefusalForm(ReasonForm):
    """Refusal: the notice prints the reason and the legal ground."""

    template = "dossiers/desk/forms/refusal.html"
    legal_ground = CleanTextField(
        label=gettext_lazy("Căn cứ pháp luật"), max_length=300, help_text=gettext_lazy("Điều, khoản, văn bản")
    )

    def details(self) -> dict[str, Any]:
        content = {"title": "Thông báo không giải quyết hồ sơ", "lines": [], "conclusion": ""}
        return {"content": {**content, "legal_ground": self.cleaned_data["legal_ground"]}}

    def preview(self) -> tuple[PaperKind, Content]:
        """(kind, content) of the paper that would be signed."""
        content = drafting.decision_content(self.dossier, self.details()["content"], reason=self.cleaned_data["note"])
        return PaperKind.REFUSAL_OF_SUBSTANCE, content


class CorrectForm(ReasonForm):
    """Replace or revoke results that are wrong. Old files stay stored, and the check by their codes shows the new state."""

    template = "dossiers/desk/forms/correct.html"
    action = forms.ChoiceField(
        label=gettext_lazy("Làm gì với giấy đã cấp"),
        widget=forms.RadioSelect,
        choices=[
            ("replace", gettext_lazy("Cấp giấy mới thay thế")),
            ("revoke", gettext_lazy("Thu hồi bằng quyết định, không cấp giấy mới")),
        ],
    )
    which = forms.MultipleChoiceField(label=gettext_lazy("Giấy nào"), widget=forms.CheckboxSelectMultiple)
    legal_ground = CleanTextField(
        label=gettext_lazy("Căn cứ pháp luật của việc thu hồi"), max_length=300, required=False,
        help_text=gettext_lazy("Chỉ cần khi thu hồi: điều, khoản, văn bản."),
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["note"].help_text = gettext_lazy("Người nộp được báo, và trang kiểm tra giấy nói lý do này.")
        papers = self.dossier.papers.filter(kind__in=RESULT_KINDS, state=IssuedPaper.State.VALID).select_related("decision")
        self.papers = {paper.result_key or "giay": paper for paper in papers}
        self.fields["which"].choices = [(key, f"{paper.title}, số {paper.number}") for key, paper in self.papers.items()]
        self.several = len(self.papers) > 1
        if not self.several:
            del self.fields["which"]
        if any(not paper.replaceable for paper in papers):
            self.fields["action"].choices = [("revoke", gettext_lazy("Thu hồi bằng quyết định, không cấp giấy mới"))]
        self.sheets = [_issued_sheet(self.dossier, key, paper) for key, paper in self.papers.items()]
        if self.is_bound:
            for sheet in self.sheets:
                sheet.read(self.data)

    @property
    def chosen(self) -> list[Sheet]:
        wanted = self.cleaned_data.get("which", []) if self.several else list(self.papers)
        return [sheet for sheet in self.sheets if sheet.key in wanted]

    def clean(self) -> None:
        if self.cleaned_data.get("action") == "revoke":
            if not self.cleaned_data.get("legal_ground"):
                self.add_error("legal_ground", _("Ghi căn cứ pháp luật của việc thu hồi."))
            return
        for line in (line for sheet in self.chosen for line in sheet.lines if line.error):
            self.add_error(None, line.error)
        for sheet in self.chosen:
            if sheet.is_empty and not self.papers[sheet.key].words.get("given"):
                self.add_error(None, EMPTY % sheet.title)

    def details(self) -> dict[str, Any]:
        keys = [self.papers[sheet.key].result_key for sheet in self.chosen]
        if self.cleaned_data["action"] == "revoke":
            return {"action": "revoke", "keys": keys, "legal_ground": self.cleaned_data["legal_ground"]}
        papers = [_mended(self.papers[sheet.key], sheet) for sheet in self.chosen]
        content = papers[0] if papers and not self.papers[self.chosen[0].key].result_key else {"papers": papers}
        return {"action": "replace", "keys": keys, "content": content}

    def preview(self) -> tuple[PaperKind, Content]:
        """(kind, content) of the paper that would be signed."""
        olds, details = [self.papers[sheet.key] for sheet in self.chosen], self.details()
        if details["action"] == "revoke":
            ground = details["legal_ground"]
            return PaperKind.REVOCATION, drafting.revocation(self.dossier, olds, self.cleaned_data["note"], ground)
        return PaperKind.RESULT, drafting.replacement(self.dossier, details["content"], olds, self.cleaned_data["note"])


def _issued_sheet(dossier: Dossier, key: str, paper: IssuedPaper) -> Sheet:
    """The words of an issued paper as inputs. What the office typed is checked by its type where the version still knows it."""
    words = paper.words
    data = {f"{p.key}/{line.key}": line.office for p in drafting.proposed(dossier) for line in p.lines if line.office}
    lines = []
    for owner, number, line in _lines_with_owner(key, words):
        place = f"{owner}/{line.get('key', f'dong-{number}')}"
        if "columns" in line:
            lines.append(Line(place, line["label"], table=line, fixed=True))
        else:
            lines.append(Line(place, line["label"], line["text"], data.get(place) or TEXT, side=line.get("side", "")))
    return Sheet(key, paper.title, lines, conclusion=words.get("conclusion", ""), notes=words.get("notes", ""))


def _lines_with_owner(key: str, words: Paper) -> list[tuple[str, int, Paper]]:
    rows = [(key, n, line) for n, line in enumerate(words.get("lines", []), start=1)]
    for row in words.get("given", []):
        rows += [(row["key"], n, line) for n, line in enumerate(row["lines"], start=1)]
    return rows


def _mended(paper: IssuedPaper, sheet: Sheet) -> Paper:
    """The words of the paper with the lines as typed."""
    of = {line.place: line.frozen() for line in sheet.lines if line.table or line.text}
    words = {
        name: value
        for name, value in paper.words.items()
        if name not in ("code", "subject", "reason", "replaces", "why_replaced")
    }
    mended = {**words, "lines": [line for place, line in of.items() if place.startswith(f"{sheet.key}/")]}
    if "given" in words:
        mended["given"] = [
            {**row, "lines": [line for place, line in of.items() if place.startswith(f"{row['key']}/")]} for row in words["given"]
        ]
    return {**mended, "conclusion": sheet.conclusion, "notes": sheet.notes}
