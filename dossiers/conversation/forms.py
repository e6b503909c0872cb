"""Forms of letters and notes."""

import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from dossiers import conversation
from portal.common.vietnamese import clean_text


class WritingForm(forms.Form):
    """One text. `sent_key` makes a form that is sent twice one row; a page shows a new one each time."""

    text = forms.CharField(
        required=False,
        max_length=conversation.MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"max_length": _("Viết ngắn lại, nhiều nhất 2.000 chữ cái.")},
    )
    sent_key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, data=None, *, label, text=""):
        super().__init__(data, initial={"sent_key": uuid.uuid4(), "text": text})
        self.fields["text"].label = label

    def clean_text(self):
        return clean_text(self.cleaned_data["text"], lines=True)

    def clean_sent_key(self):
        return self.cleaned_data["sent_key"] or uuid.uuid4()
