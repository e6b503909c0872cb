"""The form of an agency's desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, OfficeHours
from portal.common.form_fields import DeskPhoneField
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
