"""The form that registers an endpoint."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from dossiers.webhooks import addresses
from dossiers.webhooks.models import Endpoint


class EndpointForm(forms.ModelForm):
    """Name and https address; the address is looked up, and refused unless it is on the public internet."""

    url = forms.CharField(
        label=_("Địa chỉ nhận"), max_length=addresses.MAX_URL, help_text=_("Bắt đầu bằng https://, trên mạng công cộng.")
    )

    class Meta:
        model = Endpoint
        fields = ["name", "url"]
        labels = {"name": _("Tên phần mềm nhận")}

    def clean_url(self):
        url = self.cleaned_data["url"]
        try:
            addresses.look_up(url)
        except addresses.Refused as refused:
            raise ValidationError(str(refused)) from None
        return url
