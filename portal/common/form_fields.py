"""Form fields for numbers and days that take ASCII digits only (`portal.common.figures`)."""

from django import forms
from django.db import models


class _AsciiOnly:
    """Mixin: digits of another script are refused with the field's own message for an invalid value."""

    def to_python(self, value):
        if isinstance(value, str) and not value.isascii():
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class NumberField(_AsciiOnly, forms.IntegerField):
    """A whole number."""


class DayField(_AsciiOnly, forms.DateField):
    """A day."""


class TimeField(_AsciiOnly, forms.TimeField):
    """A time of the day."""


# For `ModelAdmin.formfield_overrides`. Only the kinds for which the admin has a widget: the first kind found among the bases of a
# field counts, and all other whole numbers inherit from these.
ADMIN_FIELDS = {
    models.IntegerField: {"form_class": NumberField},
    models.BigIntegerField: {"form_class": NumberField},
    models.DateField: {"form_class": DayField},
    models.TimeField: {"form_class": TimeField},
}
