"""Admin pages for agencies, territory, office hours and staff logins. Persons, organisations and mandates are not registered."""

import datetime as dt

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from accounts.models import AdministrativeUnit, Agency, Membership, OfficeHours, User
from portal.common.form_fields import ADMIN_FIELDS

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


@admin.register(Agency)
class AgencyAdmin(NeverDeleted, ModelAdmin):
    formfield_overrides = ADMIN_FIELDS
    list_display = ["code", "name", "kind", "desk_phone", "valid_to"]
    list_filter = ["kind", "demo"]
    search_fields = ["code", "name"]
    autocomplete_fields = ["unit", "parent", "successor"]


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
    """The roles of one login. A role is ended by its date and never deleted, so that past actions can still be explained."""

    formfield_overrides = ADMIN_FIELDS
    model = Membership
    autocomplete_fields = ["agency"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request, obj=None):
        """False for the user's own login: administrators must not give themselves access to dossiers."""
        return obj != request.user and super().has_add_permission(request, obj)

    def has_change_permission(self, request, obj=None):
        return obj != request.user and super().has_change_permission(request, obj)


@admin.register(User)
class StaffAdmin(NeverDeleted, UserAdmin, ModelAdmin):
    """Logins of staff. Citizens' logins are not listed: their passwords and contacts are not managed here."""

    form, add_form, change_password_form = UserChangeForm, UserCreationForm, AdminPasswordChangeForm
    list_display = ["username", "full_name", "is_active", "is_superuser", "last_login"]
    list_filter = ["is_active", "is_superuser"]
    search_fields = ["username", "full_name"]
    ordering = ["username"]
    filter_horizontal = []
    readonly_fields = ["is_superuser", "last_login", "date_joined"]  # the database lets its owner alone make administrators
    fieldsets = [
        (None, {"fields": ["username", "password", "full_name", "email"]}),
        (_("Quyền vào hệ thống"), {"fields": ["is_active", "is_superuser"]}),
        (_("Thời điểm"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [(None, {"fields": ["username", "full_name", "email", "password1", "password2"]})]
    inlines = [MembershipInline]

    def get_queryset(self, request):
        staff = Q(person=None) | Q(pk__in=Membership.objects.values("user"))
        return super().get_queryset(request).filter(staff)


@admin.register(Membership)
class MembershipAdmin(NeverDeleted, ModelAdmin):
    formfield_overrides = ADMIN_FIELDS
    list_display = ["user", "role", "agency", "valid_from", "valid_to"]
    list_filter = ["role"]
    list_select_related = ["user", "agency"]
    search_fields = ["user__username", "agency__code", "agency__name"]
    autocomplete_fields = ["user", "agency"]

    def formfield_for_foreignkey(self, db_field, request, **options):
        """Leaves the user's own login out of the choice: administrators must not give a role to themselves."""
        if db_field.name == "user":
            options["queryset"] = User.objects.exclude(pk=request.user.pk)
        return super().formfield_for_foreignkey(db_field, request, **options)
