"""Admin pages for agencies, territory, office hours and staff logins. Persons, organisations and mandates are not registered."""

import datetime as dt

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import PAGE_VAR, SEARCH_VAR
from django.contrib.auth.models import Group
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.http import urlencode
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline

from accounts.models import AdministrativeUnit, Agency, LoginKind, Membership, OfficeHours, StaffRequest, User
from accounts.staffing import ending, requests
from portal.common import searches
from portal.common.form_fields import ADMIN_FIELDS, DayField, DeskPhoneField

POSTED_WORDS = "tu-khoa"

admin.site.unregister(Group)  # rights come from memberships, never from Django's groups


class ReadOnly:
    """Mixin: rows are shown but cannot be added, changed or deleted. They come from data files or workers."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class NeverDeleted:
    """Mixin: rows cannot be deleted. To end an agency or a rule, set its end date."""

    def has_delete_permission(self, request, obj=None):
        return False


class PostedSearch:
    """Mixin for lists of people: a search is posted, its words stay in the session, and the address has a key of them alone."""

    change_list_template = "admin/accounts/list_of_people.html"

    def changelist_view(self, request, extra_context=None):
        if request.method == "POST" and POSTED_WORDS in request.POST:
            asked = request.GET.copy()
            for name in (SEARCH_VAR, PAGE_VAR):
                asked.pop(name, None)
            if key := searches.keep(request, request.POST[POSTED_WORDS]):
                asked[SEARCH_VAR] = key
            return redirect(f"{request.path}?{asked.urlencode()}")
        return super().changelist_view(request, extra_context)

    def get_changelist_instance(self, request):
        shown = super().get_changelist_instance(request)
        shown.words = searches.words(request, shown.query)
        return shown

    def get_search_results(self, request, queryset, search_term):
        """`search_term` is a key of the session; anything else finds nobody."""
        words = searches.words(request, search_term)
        if search_term and not words:
            return queryset.none(), False
        return super().get_search_results(request, queryset, words)


@admin.register(Agency)
class AgencyAdmin(NeverDeleted, ModelAdmin):
    formfield_overrides = ADMIN_FIELDS
    list_display = ["code", "name", "kind", "desk_phone", "valid_to", "source"]
    list_filter = ["kind", "demo"]
    search_fields = ["code", "name"]
    autocomplete_fields = ["unit", "parent", "successor"]

    def formfield_for_dbfield(self, db_field, request, **options):
        if db_field.name == "desk_phone":
            options["form_class"] = DeskPhoneField
        return super().formfield_for_dbfield(db_field, request, **options)

    def get_readonly_fields(self, request, obj=None):
        """The code of an agency never changes: dossiers bear it, and an inspector reads by its beginning. Its desk is changed
        under /can-bo/cung-cap/, which keeps the record."""
        return ["code", "desk_name", "desk_address", "desk_phone", "hours"] if obj else []


@admin.register(AdministrativeUnit)
class AdministrativeUnitAdmin(ReadOnly, ModelAdmin):
    list_display = ["code", "name", "kind", "parent", "valid_from", "valid_to"]
    list_filter = ["kind"]
    list_select_related = ["parent"]
    search_fields = ["code", "name", "search_text"]


class OfficeHoursForm(forms.ModelForm):
    """Checks the intervals: {"mon_fri": [["07:30", "11:30"], …], "sat": […]}, local time, sorted, without overlap."""

    class Meta:
        model = OfficeHours
        fields = ["key", "intervals", "note", "certainty"]

    def clean_intervals(self):
        intervals = self.cleaned_data["intervals"]
        try:
            days = {
                name: [dt.time.fromisoformat(edge) for pair in intervals[name] for edge in pair] for name in ("mon_fri", "sat")
            }
            pairs = all(len(pair) == 2 for name in days for pair in intervals[name])
        except (KeyError, TypeError, ValueError):
            raise forms.ValidationError(_('Ghi theo mẫu {"mon_fri": [["07:30", "11:30"]], "sat": []}.')) from None
        if not pairs or not days["mon_fri"] or any(edges != sorted(set(edges)) for edges in days.values()):
            raise forms.ValidationError(_("Các khung giờ phải nối tiếp nhau và không trùng."))
        return intervals


@admin.register(OfficeHours)
class OfficeHoursAdmin(NeverDeleted, ModelAdmin):
    form = OfficeHoursForm
    list_display = ["key", "note", "certainty"]


class MembershipInline(TabularInline):
    """The roles of one login, to read. A role begins by a request that two people make; it is ended on its own page."""

    model = Membership
    formfield_overrides = ADMIN_FIELDS
    fields = readonly_fields = ["role", "agency", "valid_from", "valid_to"]
    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


class StaffForm(forms.ModelForm):
    """A login of staff. Its password is set by its owner; its e-mail address changes by a request that two people make."""

    class Meta:
        model = User
        fields = ["username", "full_name", "email", "id_number", "is_active"]

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        if "email" in self.fields:
            self.fields["email"].required = True
            self.fields["email"].help_text = _("Thư của chính cán bộ: liên kết đặt mật khẩu gửi tới đây.")


@admin.register(User)
class StaffAdmin(NeverDeleted, PostedSearch, ModelAdmin):
    """Logins of staff. Citizens' logins do not exist here, whatever the address. No password is set or seen here."""

    formfield_overrides = ADMIN_FIELDS
    form = StaffForm
    list_display = ["username", "full_name", "is_active", "is_superuser", "last_login"]
    list_filter = ["is_active", "is_superuser"]
    search_fields = ["username", "full_name"]
    ordering = ["username"]
    inlines = [MembershipInline]

    def get_queryset(self, request):
        return super().get_queryset(request).filter(kind=LoginKind.STAFF)

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        raise Http404

    def delete_view(self, request, object_id, extra_context=None):
        """Staff: refused (nobody is deleted). A citizen, or nobody: not there."""
        if self.get_object(request, object_id) is None:
            raise Http404
        return super().delete_view(request, object_id, extra_context)

    def get_fields(self, request, obj=None):
        if obj is None:
            return ["username", "full_name", "email", "id_number"]
        return [
            "username", "full_name", "email", "id_number", "is_active", "is_superuser", "acts", "last_login", "date_joined",
        ]  # fmt: skip

    def get_readonly_fields(self, request, obj=None):
        return [] if obj is None else ["username", "email", "is_superuser", "acts", "last_login", "date_joined"]

    def has_change_permission(self, request, obj=None):
        """Nobody locks, unlocks or renames their own login."""
        return obj != request.user and super().has_change_permission(request, obj)

    def has_view_permission(self, request, obj=None):
        return request.user.is_superuser

    @admin.display(description=_("việc cần hai người"))
    def acts(self, user):
        """Links to the requests that a second person approves."""
        names = [("mat-khau", _("mật khẩu")), ("vai-tro", _("vai trò")), ("thu-dien-tu", _("thư điện tử"))]
        places = [
            (f"{reverse('accounts:staff_ask', args=[slug])}?{urlencode({'tai-khoan': user.pk})}", name) for slug, name in names
        ]
        return format_html_join(" · ", '<a href="{}">{}</a>', places)

    def save_model(self, request, obj, form, change):
        """A new login has no password; a request for a link to set one waits for the second person at once."""
        if not change:
            obj.kind = LoginKind.STAFF
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if not change:
            with override("vi"):  # the reason is stored
                reason = gettext("Tài khoản mới")
            requests.ask(StaffRequest.Kind.PASSWORD, obj, by=request.user, reason=reason)
            messages.info(request, gettext("Người thứ hai duyệt thì liên kết đặt mật khẩu mới được gửi cho cán bộ."))


class EndingForm(forms.ModelForm):
    """The last day of a role; only sooner, never later."""

    class Meta:
        model = Membership
        fields = ["valid_to"]
        field_classes = {"valid_to": DayField}
        help_texts = {"valid_to": _("Ngày cuối còn giữ vai trò. Ghi hôm qua để thôi giữ ngay.")}

    def clean_valid_to(self):
        last, before = self.cleaned_data["valid_to"], self.initial.get("valid_to")
        if last is None or (before and last > before):
            raise forms.ValidationError(_("Vai trò chỉ kết thúc sớm hơn. Muốn giữ lâu hơn thì xin giao vai trò mới."))
        if fault := ending.fault_of(Membership.objects.get(pk=self.instance.pk), last):
            raise forms.ValidationError(fault)
        return last


@admin.register(Membership)
class MembershipAdmin(NeverDeleted, PostedSearch, ModelAdmin):
    """Roles: to read, and to end. They begin by a request that two people make (`accounts.staffing`)."""

    form = EndingForm
    formfield_overrides = ADMIN_FIELDS
    list_display = ["user", "role", "agency", "valid_from", "valid_to"]
    list_filter = ["role"]
    list_select_related = ["user", "agency"]
    search_fields = ["user__username", "agency__code", "agency__name"]
    fields = ["user", "role", "agency", "valid_from", "valid_to"]
    readonly_fields = ["user", "role", "agency", "valid_from"]

    def has_add_permission(self, request):
        return False

    def save_model(self, request, obj, form, change):
        with override("vi"):  # the reason is stored
            reason = gettext("Trang quản trị")
        ending.end(obj, form.cleaned_data["valid_to"], reason, by=request.user)

    def has_change_permission(self, request, obj=None):
        return (obj is None or obj.user_id != request.user.pk) and super().has_change_permission(request, obj)

    def has_view_permission(self, request, obj=None):
        return request.user.is_superuser
