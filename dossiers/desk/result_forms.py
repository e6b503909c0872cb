"""The text of a result: suggested from the dossier, corrected by the signer.

The final text is frozen and signed.
"""

import re
from typing import NotRequired, TypedDict

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.addresses import address_text
from dossiers.desk.forms import MAX_TEXT_LENGTH, CleanTextField, ReasonForm, StepForm
from dossiers.filing import rules
from portal.common.vietnamese import clean_text
from procedures.eforms import answer_sections
from procedures.facts import ResultTemplate
from procedures.results import PERSON_FIELDS, offered, proposed_lines

MAX_LINES = 60
SPARE_LINES = 2  # empty lines for additions


class Line(TypedDict):
    label: str
    text: str


class Wording(TypedDict):
    """The text that a result prints; frozen as the content of the decision."""

    title: str
    lines: list[Line]
    tables: list[dict]
    conclusion: str
    basis: NotRequired[str]


def first_wording(dossier) -> Wording:
    """The suggestion from the version and the answers."""
    template = _template(dossier)
    return _from_template(dossier, template) if template else _of_all_answers(dossier)


def _template(dossier) -> ResultTemplate | None:
    """The template of the first result that an approval may give; None when it has none."""
    found = offered(dossier.version.document, rules.context(dossier), rules.filing_day(dossier))
    return found[0]["template"] if found else None


def _from_template(dossier, template: ResultTemplate) -> Wording:
    """The lines of the template, in order. Unanswered lines are left out; lines written by the office start as proposed."""
    form = rules.form_of(dossier)
    answers = rules.known_answers(dossier, form) if form else {}
    lines = proposed_lines(template, form, answers, rules.context(dossier, form), rules.filing_day(dossier), _addresses(dossier))
    tables = [
        {"label": line.label, "columns": line.table.headers, "rows": line.table.rows} for line in lines if line.table is not None
    ]
    wording: Wording = {
        "title": template["title"],
        "lines": [{"label": line.label, "text": line.text} for line in lines if line.table is None],
        "tables": tables,
        "conclusion": template["conclusion"] or "",
    }
    if template["legal_basis"]:
        wording["basis"] = template["legal_basis"]
    return wording


def _of_all_answers(dossier) -> Wording:
    """Without a template: the name of the first result that may be given, and all answers."""
    found = offered(dossier.version.document, rules.context(dossier), rules.filing_day(dossier))
    title = found[0]["name"] if found else dossier.version.name
    return {
        "title": re.sub(r"\s*\([^)]*\)$", "", title),
        "lines": [line for line in _answered(dossier).values() if line["text"]][:MAX_LINES],
        "tables": _tables(dossier),
        "conclusion": "",
    }


def _sections(dossier):
    form = rules.form_of(dossier)
    if form is None:
        return []
    return answer_sections(form, rules.known_answers(dossier, form), rules.filing_day(dossier), long_dates=False)


def _answered(dossier):
    """{key: {"label", "text"}} of all answers of the form, without tables."""
    return {
        row.key: {"label": row.label, "text": row.text} for section in _sections(dossier) for row in section.rows if not row.table
    }


def _addresses(dossier):
    """{name: text} of the person's addresses."""
    found = {name: getattr(dossier.person, name, None) for name in PERSON_FIELDS}
    return {name: address_text(address) for name, address in found.items() if address}


def _tables(dossier):
    return [
        {"label": row.label, "columns": row.table.headers, "rows": row.table.rows}
        for section in _sections(dossier)
        for row in section.rows
        if row.table and row.table.rows
    ]


class DecisionForm(StepForm):
    """The content of the result: a title, lines of label and text, a conclusion. A line without text is left out."""

    template = "dossiers/desk/forms/decision.html"
    title = CleanTextField(label=_("Tên giấy"), max_length=300)
    conclusion = CleanTextField(rows=3, label=_("Kết luận"), required=False)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.wording = self.suggested()
        self.fields["title"].initial = self.wording["title"]
        self.fields["conclusion"].initial = self.wording["conclusion"]
        self.fields["note"].help_text = ""
        self.lines = self._typed() if self.is_bound else self.wording["lines"] + [{"label": "", "text": ""}] * SPARE_LINES

    def suggested(self):
        return first_wording(self.dossier)

    def _typed(self):
        labels, texts = self.data.getlist("ten"), self.data.getlist("loi")
        pairs = list(zip(labels, texts, strict=False))[: MAX_LINES + SPARE_LINES]
        return [
            {"label": clean_text(label)[:200], "text": clean_text(text, lines=True)[:MAX_TEXT_LENGTH]} for label, text in pairs
        ]

    def clean(self):
        if not self.kept_lines:
            self.add_error(None, _("Giấy cần ít nhất một dòng nội dung."))
        if any(not line["label"] for line in self.kept_lines):
            self.add_error(None, _("Dòng nào có nội dung thì phải có tên dòng."))

    @property
    def kept_lines(self):
        return [line for line in self.lines if line["text"]]

    @property
    def content(self):
        """The content that will be frozen."""
        words = self.cleaned_data if self.is_bound and self.is_valid() else self.wording
        basis = {"basis": self.wording["basis"]} if self.wording.get("basis") else {}
        return {
            "title": words["title"],
            "lines": self.kept_lines,
            "tables": self.wording.get("tables", []),
            "conclusion": words["conclusion"],
            **basis,
        }

    def details(self):
        return {"content": self.content}


class RefusalForm(ReasonForm):
    """Refusal: the notice prints the reason and the legal ground."""

    legal_ground = CleanTextField(label=_("Căn cứ pháp luật"), max_length=300, help_text=_("Điều, khoản, văn bản"))

    def details(self):
        title = str(_("Thông báo không giải quyết hồ sơ"))
        return {"content": {"title": title, "lines": [], "conclusion": "", "legal_ground": self.cleaned_data["legal_ground"]}}


class CorrectForm(DecisionForm):
    """Replace or revoke a wrong result. The old file stays stored, and the check by its code shows the new state."""

    template = "dossiers/desk/forms/correct.html"
    action = forms.ChoiceField(
        label=_("Làm gì với giấy đã cấp"),
        widget=forms.RadioSelect,
        choices=[("replace", _("Cấp giấy mới thay thế")), ("revoke", _("Thu hồi, không cấp giấy mới"))],
    )
    note = CleanTextField(
        rows=3, min_length=5, label=_("Lý do"), help_text=_("Người nộp được báo, và trang kiểm tra giấy nói lý do này.")
    )

    def suggested(self):
        content = self.dossier.decisions.last().content
        return {"tables": [], "conclusion": "", **content}

    def details(self):
        action = self.cleaned_data["action"]
        return {"action": action, "content": self.content if action == "replace" else None}
