"""Form fields for numbers, days, sums and phone numbers: one reading each (`portal.common.figures`, `money`, `identity`)."""

from django import forms
from django.db import models
from django.utils.translation import gettext as _

from portal.common.figures import UnclearDay, typed_day_in
from portal.common.identity import is_service_number, phone_for_display, to_e164
from portal.common.mail_addresses import address_in, fault_of
from portal.common.money import UnclearAmount, dong_in

MAX_SUM_DIGITS = 12


class _AsciiOnly:
    """Mixin: digits of another script are refused with the field's own message for an invalid value."""

    def to_python(self, value):
        if isinstance(value, str) and not value.isascii():
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class NumberField(_AsciiOnly, forms.IntegerField):
    """A whole number."""


class DayField(forms.DateField):
    """A day, in the Vietnamese order or as ISO 8601 (`figures.typed_day_in`); a year has four digits."""

    def to_python(self, value):
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        try:
            return typed_day_in(value)
        except UnclearDay as why:
            raise forms.ValidationError(str(why), code="invalid") from None


class DongField(forms.IntegerField):
    """An amount in whole đồng (`money.dong_in`), at most 12 digits."""

    widget = forms.TextInput

    def __init__(self, **options):
        super().__init__(**options)
        self.widget.attrs.setdefault("inputmode", "numeric")

    def to_python(self, value):
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        try:
            amount = dong_in(value)
        except UnclearAmount as why:
            raise forms.ValidationError(str(why), code="invalid") from None
        if amount >= 10**MAX_SUM_DIGITS:
            raise forms.ValidationError(_("Số tiền quá lớn. Xem lại số chữ số."), code="invalid")
        return amount


class MailField(forms.CharField):
    """An e-mail address (`mail_addresses`)."""

    widget = forms.EmailInput

    def to_python(self, value):
        return address_in(super().to_python(value) or "")

    def validate(self, value):
        super().validate(value)
        if value and (fault := fault_of(value)):
            raise forms.ValidationError(fault, code="invalid")


class PhoneField(forms.CharField):
    """A Vietnamese phone number (`identity.to_e164`), stored as «+84912345678»; shown in groups."""

    def to_python(self, value):
        text = super().to_python(value)
        if not text:
            return text
        number = to_e164(text)
        if number is None:
            words = _("Số điện thoại có 10 số, ví dụ 0912 345 678. Số cố định ghi cả mã vùng.")
            raise forms.ValidationError(words, code="invalid")
        return number

    def prepare_value(self, value):
        return phone_for_display(value) if isinstance(value, str) else value


class DeskPhoneField(PhoneField):
    """The phone of an office, stored as pages show it: a number in groups, or a service number («1022», «1900 1234») as typed."""

    def to_python(self, value):
        text = forms.CharField.to_python(self, value)
        if is_service_number(text):
            return text
        return phone_for_display(super().to_python(text)).replace("\u00a0", " ")


class TimeField(_AsciiOnly, forms.TimeField):
    """A time of the day."""


# For `ModelAdmin.formfield_overrides`. Only the kinds for which the admin has a widget: the first kind found among the bases of a
# field counts, and all other whole numbers inherit from these.
ADMIN_FIELDS = {
    models.IntegerField: {"form_class": NumberField},
    models.BigIntegerField: {"form_class": NumberField},
    models.DateField: {"form_class": DayField},
    models.TimeField: {"form_class": TimeField},
    models.EmailField: {"form_class": MailField},
}
