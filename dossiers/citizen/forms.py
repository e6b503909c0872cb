"""Forms of citizens for filed dossiers: withdrawal, and confirmation asked by the agency."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.common.vietnamese import clean_text

MAX_NOTE_LENGTH = 2000


class WithdrawalForm(forms.Form):
    """The reason of a withdrawal; optional."""

    note = forms.CharField(
        label=gettext_lazy("Vì sao rút?"),
        required=False,
        max_length=MAX_NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": gettext_lazy("Viết ngắn lại, nhiều nhất 2.000 chữ cái.")},
    )

    def clean_note(self):
        return clean_text(self.cleaned_data["note"], lines=True)


class ConfirmationForm(forms.Form):
    """Agree, or describe the mistake."""

    AGREE, WRONG = "dung", "sai"

    choice = forms.ChoiceField(
        label=gettext_lazy("Nội dung trên đã đúng chưa?"),
        choices=[(AGREE, gettext_lazy("Đúng, làm tiếp")), (WRONG, gettext_lazy("Có chỗ chưa đúng"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("Chỗ nào chưa đúng?"),
        required=False,
        max_length=MAX_NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("choice") == self.WRONG and not clean_text(cleaned.get("note", ""), lines=True):
            self.add_error("note", _("Ghi rõ chỗ nào chưa đúng."))
        return cleaned

    @property
    def answer(self):
        """The text stored as note of the step."""
        note = clean_text(self.cleaned_data["note"], lines=True)
        agreed = self.cleaned_data["choice"] == self.AGREE
        return _("Đúng, đồng ý.") + (f" {note}" if note else "") if agreed else _("Chưa đúng: %s") % note
