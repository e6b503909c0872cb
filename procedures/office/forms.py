"""Forms of the catalogue's back-office."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.common.form_fields import DayField


class PublishForm(forms.Form):
    """From which day the draft is to be in effect."""

    publish_on = DayField(
        label=_("Có hiệu lực từ ngày"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Ghi ngày có hiệu lực.")},
    )
