"""What the forms of the steps share. A form checks that the input is well formed; `workflow.advance` checks everything else.

`details()`: the keyword arguments of `workflow.advance` besides the note.
"""

from django import forms
from django.utils.translation import gettext_lazy as _

from dossiers.files import receiving
from dossiers.files.checking import ACCEPT
from dossiers.files.models import SIGNED_PAPER
from dossiers.permissions import NOTE_SHOWN_STEPS
from portal.common.vietnamese import clean_text

MAX_TEXT_LENGTH, MAX_MARK_LENGTH = 4000, 500  # characters


class CleanTextField(forms.CharField):
    """Text field that cleans its input: NFC, no control characters, single spaces. `rows`: a textarea of this height."""

    def __init__(self, *, rows=None, **options):
        self.lines = bool(rows)
        widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput
        super().__init__(max_length=options.pop("max_length", MAX_TEXT_LENGTH), widget=widget, **options)

    def to_python(self, value):
        return clean_text(super().to_python(value) or "", lines=self.lines)


class StepForm(forms.Form):
    """Form of a step without inputs of its own. `note` is stored in the history and, for some steps, shown to the citizen."""

    template = "dossiers/desk/forms/plain.html"
    keeps_draft = False  # is there a button that keeps what is typed, to go on later?
    note = CleanTextField(rows=3, required=False, label=_("Ghi chú vào lịch sử"))

    def __init__(self, *args, step, dossier, user, **options):
        self.dossier, self.user = dossier, user
        super().__init__(*args, **options)
        if not self.fields["note"].help_text:
            shown = step in NOTE_SHOWN_STEPS
            self.fields["note"].help_text = (
                _("Người nộp đọc được ghi chú này.") if shown else _("Chỉ người làm hồ sơ này đọc được, người nộp không thấy.")
            )

    def full_clean(self):
        for field in self.fields.values():  # not in __init__: subclasses rename fields there
            words = _("Chọn ở mục “%s”.") if isinstance(field, forms.ChoiceField | forms.BooleanField) else _("Điền mục “%s”.")
            field.error_messages["required"] = words % field.label
        super().full_clean()

    def details(self):
        """Keyword arguments of `workflow.advance` besides the note."""
        return {}

    @property
    def own_fields(self):
        """The bound fields in display order: the note last."""
        return [self[name] for name in self.fields if name != "note"] + [self["note"]]


class ReasonForm(StepForm):
    """A step that needs a reason."""

    note = CleanTextField(
        rows=4,
        min_length=5,
        label=_("Lý do"),
        help_text=_("Viết cho người nộp hiểu: chỗ nào, vì sao, làm gì tiếp. Lý do được gửi và in trên giấy."),
    )


class ScansField(forms.FileField):
    """Several files at once, as a list."""

    widget = type("ScansInput", (forms.FileInput,), {"allow_multiple_selected": True})

    def clean(self, data, initial=None):
        return [super(ScansField, self).clean(file, initial) for file in data] if data else super().clean(None, initial)


class SignedForm(StepForm):
    """A citizen's step that a clerk takes: with scans of the paper that the citizen signed."""

    signed = ScansField(
        label=_("Bản quét giấy người dân đã ký"),
        widget=ScansField.widget(attrs={"accept": ACCEPT}),
        help_text=_("Ảnh hoặc PDF. Gửi rồi thì không xóa được."),
    )

    def clean_signed(self):
        uploads = receiving.check(SIGNED_PAPER, self.cleaned_data["signed"], who=f"user:{self.user.pk}")
        if sentences := [f"{upload.name}: {upload.sentence}" for upload in uploads if upload.sentence]:
            raise forms.ValidationError(sentences)
        return [upload.checked for upload in uploads]

    def details(self):
        return {"signed": self.cleaned_data["signed"]}


class OneOfStepsForm(StepForm):
    """A step about one of the open processing steps: chosen where there are several, else the only one."""

    step = forms.TypedChoiceField(widget=forms.RadioSelect, empty_value=None)
    step_label = ""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.runs = {str(run.pk): run for run in self.choices_of_steps()}
        self.fields["step"].label = self.step_label
        self.fields["step"].choices = [(pk, f"{run.name} – {run.agency}") for pk, run in self.runs.items()]
        if len(self.runs) == 1:
            del self.fields["step"]

    def choices_of_steps(self):
        """The `StepRun`s of which one is meant."""
        raise NotImplementedError

    @property
    def chosen(self):
        """The chosen `StepRun`, of a valid form."""
        return self.runs[self.cleaned_data["step"]] if "step" in self.fields else next(iter(self.runs.values()))

    def details(self):
        return {"step": self.chosen}
