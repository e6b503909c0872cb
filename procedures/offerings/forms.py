"""The forms of an agency's desk, of the amounts of a province, and of the place of an offering."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, OfficeHours
from portal.common.form_fields import DayField, DeskPhoneField, DongField
from procedures.models import Offering, Terminal
from procedures.offerings import moving
from procedures.offerings.local_fees import Row
from procedures.places import desk_hours


class HoursField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        """The hours in words."""
        return "; ".join(desk_hours(obj))


class DeskForm(forms.ModelForm):
    """Checks what an administrator typed; `desks.save` stores it."""

    desk_phone = DeskPhoneField(
        label=_("Điện thoại"),
        max_length=20,
        help_text=_("Số cố định có mã vùng, di động, hoặc số tổng đài. Ví dụ: 0215 382 1234, 1022."),
        error_messages={"required": _("Nhập số điện thoại.")},
    )
    hours = HoursField(
        label=_("Giờ tiếp nhận"),
        queryset=OfficeHours.objects.order_by("key"),
        empty_label=_("Chọn giờ tiếp nhận"),
        help_text=_("Đổi giờ thì hạn của hồ sơ đang giải quyết được tính lại; hạn đã báo cho người dân không sớm lên."),
        error_messages={"required": _("Chọn giờ tiếp nhận.")},
    )

    class Meta:
        model = Agency
        fields = ["desk_name", "desk_address", "desk_phone", "hours"]
        labels = {"desk_name": _("Tên quầy"), "desk_address": _("Địa chỉ")}
        help_texts = {
            "desk_name": _("Người dân thấy tên này ở hướng dẫn, giấy hẹn và tin nhắn."),
            "desk_address": _("Số nhà, đường, xã phường, tỉnh."),
        }
        error_messages = {
            "desk_name": {"required": _("Nhập tên quầy.")},
            "desk_address": {"required": _("Nhập địa chỉ.")},
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("desk_name", "desk_address"):
            self.fields[name].required = True


class AmountForm(forms.Form):
    """Checks the shape of a typed amount; `local_fees.state` stores it. `rows`: the lines left to the province."""

    key = forms.ChoiceField(label=_("Khoản"), error_messages={"required": _("Chọn khoản."), "invalid_choice": _("Chọn khoản.")})
    amount = DongField(
        label=_("Mức thu (đồng)"),
        min_value=0,
        help_text=_("Bằng chữ số, ví dụ 15.000. Ghi 0 khi tỉnh không thu."),
        error_messages={"required": _("Nhập mức thu.")},
    )
    legal_ref = forms.CharField(
        label=_("Nghị quyết"),
        max_length=60,
        help_text=_("Số, ký hiệu của nghị quyết Hội đồng nhân dân tỉnh, ví dụ 12/2026/NQ-HĐND."),
        error_messages={"required": _("Nhập số nghị quyết.")},
    )
    since = DayField(
        label=_("Có hiệu lực từ ngày"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Nhập ngày.")},
    )
    until = DayField(
        label=_("Đến hết ngày"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Để trống khi chưa biết ngày hết hiệu lực."),
    )

    def __init__(self, *args: Any, rows: list[Row], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["key"].choices = [(row.line["key"], row.line["label"]) for row in rows]


class PlaceForm(forms.Form):
    """Where an offering receives, who decides, where its fees are paid; `moving.move` stores it."""

    receiving_agency = forms.ModelChoiceField(
        label=_("Nơi tiếp nhận"),
        queryset=Agency.objects.none(),
        help_text=_("Đổi nơi tiếp nhận thì người trực của nơi cũ thôi trực; quản trị của nơi mới cử người."),
        error_messages={"required": _("Chọn nơi tiếp nhận.")},
    )
    lead_agency = forms.ModelChoiceField(
        label=_("Cơ quan giải quyết"),
        queryset=Agency.objects.none(),
        error_messages={"required": _("Chọn cơ quan giải quyết.")},
    )
    terminal = forms.ModelChoiceField(
        label=_("Điểm thu trên mạng"),
        queryset=Terminal.objects.none(),
        required=False,
        empty_label=_("không thu trên mạng"),
    )

    def __init__(self, *args: Any, offering: Offering, **options: Any) -> None:
        place = {name: getattr(offering, name) for name in ("receiving_agency", "lead_agency", "terminal")}
        super().__init__(*args, initial=place, **options)
        self.fields["receiving_agency"].queryset = moving.desks_for(offering)
        self.fields["lead_agency"].queryset = moving.leads_for(offering)
        self.fields["terminal"].queryset = moving.terminals_for(offering)

    @property
    def place(self) -> moving.Place:
        """What was chosen, once the form is valid."""
        return moving.Place(**self.cleaned_data)
