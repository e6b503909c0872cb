"""Forms of requests about logins of staff, of ending a role, and of setting one's own password."""

from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, LoginKind, StaffRequest, User
from accounts.roles import Role
from accounts.staffing.requests import administers, grantable_roles
from portal.common import clock
from portal.common.codes import dossier_code_in
from portal.common.form_fields import DayField, MailField
from portal.common.identity import id_number_in
from portal.common.vietnamese import clean_text

Kind = StaffRequest.Kind


class ActorForm(forms.Form):
    """A form whose choices depend on who fills it in."""

    def __init__(self, *args, actor, **options):
        super().__init__(*args, **options)
        self.actor = actor


class AskForm(ActorForm):
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

    def clean(self):
        cleaned = super().clean()
        user = User.objects.filter(username=cleaned.get("username", ""), kind=LoginKind.STAFF).first()
        place = {"agency": cleaned.get("agency"), "role": cleaned.get("role", "")}
        if "username" in cleaned and (user is None or not administers(self.actor, user, **place)):
            self.add_error("username", _("Không có tài khoản cán bộ nào tên như vậy mà anh/chị quản lý."))
        cleaned["user"] = user
        return cleaned

    def facts(self):
        """What `requests.ask` stores besides the user and the reason."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("username", "user", "reason")}


class RoleFields(ActorForm):
    """Which role where, from when to when. An administrator of agencies chooses among these and what they may grant."""

    agency = forms.CharField(
        label=_("Mã cơ quan"), max_length=35, help_text=_("Ví dụ H18.X004.CA."),
        error_messages={"required": _("Nhập mã cơ quan.")},
    )  # fmt: skip
    role = forms.ChoiceField(label=_("Vai trò"), choices=Role.choices, error_messages={"required": _("Chọn vai trò.")})
    valid_from = DayField(label=_("Từ ngày"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    valid_to = DayField(
        label=_("Đến hết ngày"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["role"].choices = [(role.value, role.label) for role in grantable_roles(self.actor)]
        if not self.actor.is_superuser:
            own = Agency.objects.filter(pk__in=self.actor.agencies_with(Role.AGENCY_ADMIN)).order_by("name", "pk")
            choices = [(agency.code, str(agency)) for agency in own]
            self.fields["agency"] = forms.ChoiceField(
                label=_("Cơ quan"), choices=choices, error_messages={"required": _("Chọn cơ quan.")}
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


class RoleForm(RoleFields, AskForm):
    """A role for a login there is."""


LOGIN_NAME = RegexValidator(r"\A[a-z][a-z0-9._-]{2,49}\Z", _("Tên đăng nhập có 3 đến 50 chữ thường không dấu, chữ số, dấu chấm."))


class NewLoginForm(RoleFields):
    """A new login of staff with its first role. Nobody types a password: its owner sets it with a link."""

    username = forms.CharField(
        label=_("Tên đăng nhập"), max_length=50, validators=[LOGIN_NAME], help_text=_("Ví dụ lo.van.truc."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": _("Nhập tên đăng nhập.")},
    )  # fmt: skip
    full_name = forms.CharField(label=_("Họ và tên"), max_length=100, error_messages={"required": _("Nhập họ và tên.")})
    email = MailField(
        label=_("Thư điện tử"), max_length=254,
        help_text=_("Thư của chính cán bộ: liên kết đặt mật khẩu gửi tới đây."),
        error_messages={"required": _("Nhập thư điện tử."), "invalid": _("Thư điện tử chưa đúng, ví dụ ten@coquan.gov.vn.")},
    )  # fmt: skip
    id_number = forms.CharField(
        label=_("Số định danh của cán bộ"), max_length=20, required=False,
        help_text=_("Chỉ để cổng không cho cán bộ tự giải quyết hồ sơ của chính mình."),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Lý do"), max_length=300, help_text=_("Ví dụ: số quyết định phân công."),
        error_messages={"required": _("Ghi lý do.")},
    )  # fmt: skip
    field_order = ["username", "full_name", "email", "id_number", "agency", "role", "valid_from", "valid_to", "reason"]

    def clean_username(self):
        name = self.cleaned_data["username"]
        if User.objects.filter(username=name).exists():
            raise forms.ValidationError(_("Tên đăng nhập này đã có."))
        return name

    def clean_full_name(self):
        return clean_text(self.cleaned_data["full_name"])

    def clean_id_number(self):
        return id_number_in(self.cleaned_data["id_number"])

    def of_the_login(self):
        return {name: self.cleaned_data[name] for name in ("username", "full_name", "email", "id_number")}

    def of_the_role(self):
        return {name: self.cleaned_data[name] for name in ("agency", "role", "valid_from", "valid_to")}


class EndForm(forms.Form):
    """The last day of a role, and why."""

    last_on = DayField(
        label=_("Ngày cuối còn giữ vai trò"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Ghi hôm qua để thôi giữ ngay."), error_messages={"required": _("Nhập ngày.")},
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Lý do"), max_length=300, help_text=_("Ví dụ: chuyển công tác, số quyết định."),
        error_messages={"required": _("Ghi lý do.")},
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
