"""The form of a supplement request: tick fields and documents of the dossier, and give a reason for each."""

from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dossiers.desk import ready_reasons
from dossiers.desk.forms.base import MAX_MARK_LENGTH, MAX_TEXT_LENGTH, ReasonForm, StepForm
from dossiers.filing import rules
from dossiers.models import SupplementItem
from dossiers.transitions import conditions
from portal.common.vietnamese import clean_text
from procedures.eforms import answer_sections

Target = SupplementItem.Target


@dataclass
class Page:
    """One page of a document that was sent, and what is wrong on it. `address`: where it is opened."""

    pk: int
    number: int
    file: str
    address: str
    words: str = ""

    @property
    def name(self):
        return f"trang:{self.pk}"

    @property
    def mark(self):
        return _("Trang %(n)d: %(words)s") % {"n": self.number, "words": self.words}


@dataclass
class Choice:
    """One item that can be requested: its label, value (`now`), the reason, and `ready` ones to choose from. `pages`: of a
    document."""

    target: str
    key: str
    label: str
    now: str
    chosen: bool = False
    reason: str = ""
    typed: str = ""  # the part of the reason that was typed by itself
    error: str = ""
    ready: list[str] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)

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
            choice.ready = [*ready.get((choice.target, choice.key), []), *choice.ready]
        if self.is_bound:
            self._read()
        else:
            self._fill()

    def _groups(self):
        asks = rules.asked_documents(self.dossier)
        yield (
            _("Giấy tờ"),
            [
                Choice(
                    Target.DOCUMENT,
                    ask.key,
                    ask.name,
                    ", ".join(file.name for file in ask.files) or _("chưa có tệp"),
                    ready=ready_reasons.of_the_version(ask),
                    pages=[Page(file.pk, file.page, file.name, reverse("files:view", args=[file.pk])) for file in ask.files],
                )
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
                    if not form.fields[row.key].computed and not row.is_bound
                ],
            )

    def _read(self):
        ticked = set(self.data.getlist("chon"))
        for choice in self.choices:
            choice.chosen = choice.name in ticked
            typed = clean_text(self.data.get(f"ly-do:{choice.name}", ""), lines=True)
            picked = self.data.get(f"mau:{choice.name}", "")
            words = [picked] if picked in choice.ready and picked not in typed else []
            for page in choice.pages:
                page.words = clean_text(self.data.get(page.name, ""))[:MAX_MARK_LENGTH]
            words += [page.mark for page in choice.pages if page.words and page.mark not in typed]
            choice.typed = typed
            choice.reason = "\n".join([*words, *([typed] if typed else [])])[:MAX_TEXT_LENGTH]

    def _fill(self):
        """What was proposed last for the request that is still to come, also when it was declined: nothing is typed again."""
        events = self.dossier.events.filter(step__in=["propose_supplement", "ask_supplement"]).select_related("text")
        last = events.order_by("sequence").last()
        if last is None or last.step == "ask_supplement":
            return
        asked = {(item["target"], item["key"]): item["reason"] for item in last.text.details.get("proposed", [])}
        for choice in self.choices:
            choice.chosen = (choice.target, choice.key) in asked
            choice.reason = choice.typed = asked.get((choice.target, choice.key), "")
        self.initial["note"] = last.text.note

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
    def why_approval(self):
        """Why a head must approve; empty when not needed."""
        return conditions.why_approval(self.dossier)

    def details(self):
        return {"items": [{"target": c.target, "key": c.key, "label": c.label[:300], "reason": c.reason} for c in self.chosen]}


class ApprovalForm(StepForm):
    """The head approves what was proposed, word by word: nothing is typed."""

    template = "dossiers/desk/forms/supplement_approval.html"
    does = gettext_lazy("Người trình và người duyệt là hai người. Duyệt thì yêu cầu này gửi tới người nộp, đồng hồ dừng.")
    verb = gettext_lazy("Duyệt và gửi")

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        del self.fields["note"]


class DeclineForm(ReasonForm):
    """The head does not approve it, with a reason for who proposed it."""

    template = "dossiers/desk/forms/supplement_approval.html"

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["note"].help_text = _("Người trình đọc được lý do này, người nộp không thấy.")


def ask_form(*args, dossier, **options):
    """The form of the request: the whole list, or the approval of what was proposed."""
    form = ApprovalForm if dossier.open_proposal else SupplementForm
    return form(*args, dossier=dossier, **options)
