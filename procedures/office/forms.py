"""Forms of the catalogue's back-office."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.common.form_fields import DayField
from portal.common.vietnamese import clean_text
from procedures.models import Procedure


class PublishForm(forms.Form):
    """From which day the draft is to be in effect."""

    publish_on = DayField(
        label=_("Có hiệu lực từ ngày"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Ghi ngày có hiệu lực.")},
    )


class NewForm(forms.Form):
    """The code and name of a procedure, and the one whose document it begins with."""

    code = forms.RegexField(
        label=_("Mã thủ tục trong cơ sở dữ liệu quốc gia"),
        regex=r"^[0-9]\.[0-9]{6}$",
        max_length=12,
        error_messages={"required": _("Ghi mã thủ tục."), "invalid": _("Ghi mã gồm một chữ số, dấu chấm, sáu chữ số.")},
    )
    name = forms.CharField(label=_("Tên thủ tục"), max_length=1000, error_messages={"required": _("Ghi tên thủ tục.")})
    source = forms.ModelChoiceField(
        label=_("Chép từ thủ tục có mã"),
        queryset=Procedure.objects.filter(current__isnull=False),
        to_field_name="code",
        widget=forms.TextInput,
        error_messages={
            "required": _("Ghi mã thủ tục để chép."),
            "invalid_choice": _("Không có thủ tục mã này, hoặc chưa có phiên bản."),
        },
    )

    def clean_name(self) -> str:
        """In NFC, on one line."""
        return clean_text(self.cleaned_data["name"])
