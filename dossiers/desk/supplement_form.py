"""The form of a supplement request: tick fields and documents of the dossier, and give a reason for each."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from dossiers import workflow
from dossiers.desk import ready_reasons
from dossiers.desk.forms import MAX_TEXT_LENGTH, StepForm, head_approval_reason
from dossiers.filing import rules
from dossiers.models import SupplementItem
from dossiers.permissions import is_head
from portal.common.vietnamese import clean_text
from procedures.eforms import answer_sections

Target = SupplementItem.Target


@dataclass
class Choice:
    """One item that can be requested: its label, value (`now`), the reason, and `ready` ones to choose from."""

    target: str
    key: str
    label: str
    now: str
    chosen: bool = False
    reason: str = ""
    error: str = ""
    ready: list[str] = field(default_factory=list)

    @property
    def name(self):
        return f"{self.target}:{self.key}"

    @property
    def id(self):
        return f"bs-{self.target}-{self.key}".replace(".", "-")


class SupplementForm(StepForm):
    """All requested items in one request, each with its own reason."""

    template = "dossiers/desk/forms/supplement.html"
    keeps_draft = True

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["note"].label = _("Lời nhắn chung")
        self.groups = [(title, choices) for title, choices in self._groups() if choices]
        self.choices = [choice for _title, choices in self.groups for choice in choices]
        ready = ready_reasons.asked_before(self.dossier)
        for choice in self.choices:
            choice.ready = ready.get((choice.target, choice.key), [])
        if self.is_bound:
            self._read()

    def _groups(self):
        asks = rules.asked_documents(self.dossier)
        yield (
            _("Giấy tờ"),
            [
                Choice(Target.DOCUMENT, ask.key, ask.name, ", ".join(file.name for file in ask.files) or _("chưa có tệp"))
                for ask in asks
            ],
        )
        form = rules.form_of(self.dossier)
        if form is None:
            return
        for section in answer_sections(
            form, rules.known_answers(self.dossier, form), rules.filing_day(self.dossier), long_dates=False
        ):
            yield (
                section.title,
                [
                    Choice(Target.FIELD, row.key, row.label, row.text or (_("bảng") if row.table else _("để trống")))
                    for row in section.rows
                    if not form.fields[row.key].computed
                ],
            )

    def _read(self):
        ticked = set(self.data.getlist("chon"))
        for choice in self.choices:
            choice.chosen = choice.name in ticked
            typed = clean_text(self.data.get(f"ly-do:{choice.name}", ""), lines=True)
            picked = self.data.get(f"mau:{choice.name}", "")
            words = [picked] if picked in choice.ready and picked not in typed else []
            choice.reason = "\n".join([*words, *([typed] if typed else [])])[:MAX_TEXT_LENGTH]

    def clean(self):
        for choice in self.chosen:
            if len(choice.reason) < 5:
                choice.error = _("Ghi lý do: %(label)s.") % {"label": choice.label}
                self.add_error(None, choice.error)
        if not self.chosen:
            self.add_error(None, _("Chọn ít nhất một chỗ cần bổ sung."))

    @property
    def chosen(self):
        return [choice for choice in self.choices if choice.chosen]

    @property
    def faults(self):
        """Rows of the error summary: text and link to the field."""
        own = {choice.error: choice.id for choice in self.chosen if choice.error}
        first = self.choices[0].id if self.choices else ""
        return [
            {"text": words, "href": f"#{own[words]}-why" if words in own else f"#{first}"} for words in self.non_field_errors()
        ]

    @property
    def head_needed(self):
        """Why a head must approve; empty when not needed."""
        return head_approval_reason(self.dossier, workflow.line_of("ask_supplement", self.dossier.state))

    @property
    def user_is_head(self):
        return is_head(self.dossier, self.user)

    def details(self):
        items = [{"target": c.target, "key": c.key, "label": c.label[:300], "reason": c.reason} for c in self.chosen]
        return {"items": items, "approved_by": self.user if self.head_needed and self.user_is_head else None}
