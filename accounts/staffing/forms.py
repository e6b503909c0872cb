"""Forms of requests about logins of staff, and of setting one's own password."""

from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, LoginKind, StaffRequest, User
from accounts.roles import Role
from accounts.staffing.requests import administers
from portal.common import clock
from portal.common.codes import dossier_code_in
from portal.common.form_fields import DayField, MailField

Kind = StaffRequest.Kind


class AskForm(forms.Form):
    """The login it is about, and why. Subclasses add what is particular to a kind of request."""

    username = forms.CharField(
        label=_("Tên đăng nhập của cán bộ"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": _("Nhập tên đăng nhập.")},
    )
    reason = forms.CharField(
        label=_("Lý do"), max_length=300, help_text=_("Ví dụ: quên mật khẩu, số quyết định phân công."),
        error_messages={"required": _("Ghi lý do.")},
    )  # fmt: skip
    field_order = ["username", "agency", "role", "valid_from", "valid_to", "email", "reason"]

    def __init__(self, *args, actor, **options):
        super().__init__(*args, **options)
        self.actor = actor

    def clean(self):
        cleaned = super().clean()
        user = User.objects.filter(username=cleaned.get("username", ""), kind=LoginKind.STAFF).first()
        if "username" in cleaned and (user is None or not administers(self.actor, user, agency=cleaned.get("agency"))):
            self.add_error("username", _("Không có tài khoản cán bộ nào tên như vậy mà anh/chị quản lý."))
        cleaned["user"] = user
        return cleaned

    def facts(self):
        """What `requests.ask` stores besides the user and the reason."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("username", "user", "reason")}


class RoleForm(AskForm):
    agency = forms.CharField(
        label=_("Mã cơ quan"), max_length=35, help_text=_("Ví dụ H18.X004.CA."),
        error_messages={"required": _("Nhập mã cơ quan.")},
    )  # fmt: skip
    role = forms.ChoiceField(label=_("Vai trò"), choices=Role.choices, error_messages={"required": _("Chọn vai trò.")})
    valid_from = DayField(label=_("Từ ngày"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    valid_to = DayField(
        label=_("Đến hết ngày"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def clean_agency(self):
        agency = Agency.objects.filter(code=dossier_code_in(self.cleaned_data["agency"])).first()
        if agency is None:
            raise forms.ValidationError(_("Không có cơ quan nào mang mã này."))
        return agency

    def clean_valid_from(self):
        day = self.cleaned_data["valid_from"]
        if day < clock.today():
            raise forms.ValidationError(_("Vai trò không bắt đầu trước hôm nay."))
        return day

    def clean(self):
        cleaned = super().clean()
        since, until = cleaned.get("valid_from"), cleaned.get("valid_to")
        if since and until and until < since:
            self.add_error("valid_to", _("Ngày cuối ở trước ngày đầu."))
        return cleaned


class ContactForm(AskForm):
    email = MailField(
        label=_("Thư điện tử mới"), max_length=254,
        error_messages={"required": _("Nhập thư điện tử."), "invalid": _("Thư điện tử chưa đúng, ví dụ ten@coquan.gov.vn.")},
    )  # fmt: skip


FORMS = {Kind.PASSWORD: AskForm, Kind.ROLE: RoleForm, Kind.CONTACT: ContactForm}


class OwnPasswordForm(SetPasswordForm):
    """A new password, twice, typed by its owner."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        first, second = self.fields["new_password1"], self.fields["new_password2"]
        first.label, second.label = _("Mật khẩu mới"), _("Nhập lại mật khẩu mới")
        first.help_text, second.help_text = _("Ít nhất 10 ký tự, không phải mật khẩu hay gặp, không giống tên đăng nhập."), ""
        for field in (first, second):
            field.error_messages["required"] = _("Nhập mật khẩu.")
