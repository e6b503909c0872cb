"""Admin pages of the catalogue and the calendar. Published versions are read only, because dossiers were filed under them."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline

from accounts.admin import NeverDeleted, ReadOnly
from portal.common.form_fields import ADMIN_FIELDS
from procedures.models import (
    Holiday,
    LifeEvent,
    LifeEventEntry,
    LifeEventSector,
    LocalFee,
    Offering,
    Procedure,
    ProcedureVersion,
    SearchAlias,
    SearchChoice,
    SearchedText,
    Sector,
    Terminal,
    UndecidedHoliday,
)


@admin.register(Sector)
class SectorAdmin(NeverDeleted, ModelAdmin):
    list_display = ["code", "name"]
    search_fields = ["code", "name"]


@admin.register(Procedure)
class ProcedureAdmin(ReadOnly, ModelAdmin):
    """Read only: procedures are changed by `load_data`, which also updates the search columns."""

    list_display = ["code", "short_name", "sector", "declared_level", "listed"]
    list_filter = ["listed", "declared_level"]
    list_select_related = ["sector"]
    search_fields = ["code", "name", "search_folded"]
    fields = ["code", "name", "short_name", "sector", "promulgator", "declared_level", "listed", "facts", "current"]


@admin.register(ProcedureVersion)
class ProcedureVersionAdmin(ReadOnly, ModelAdmin):
    """Read only: versions are drafted and published under /can-bo/danh-muc/."""

    list_display = ["procedure", "number", "state", "effective_from", "effective_to", "declared_level"]
    list_filter = ["state"]
    list_select_related = ["procedure"]
    search_fields = ["procedure__code", "procedure__name"]
    fields = [
        "procedure",
        "number",
        "state",
        "effective_from",
        "effective_to",
        "declared_level",
        "form_key",
        "sha256",
        "document",
    ]
    readonly_fields = ["sha256"]  # not editable by the model

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProcedureVersion]:
        versions = super().get_queryset(request)
        return versions if request.resolver_match.url_name.endswith("_change") else versions.defer("document", "procedure__facts")


@admin.register(Offering)
class OfferingAdmin(ReadOnly, ModelAdmin):
    """Read only: changed under /can-bo/cung-cap/, which keeps the record."""

    list_display = ["procedure", "agency", "receiving_agency", "filing", "valid_from", "valid_to", "source"]
    list_filter = ["filing", "province_code"]
    list_select_related = ["procedure", "agency", "receiving_agency"]
    search_fields = ["procedure__code", "procedure__name", "agency__code", "agency__name"]
    show_full_result_count = False


@admin.register(Terminal)
class TerminalAdmin(NeverDeleted, ModelAdmin):
    """Switches online payment at a place on and off. Its account belongs to the collection point."""

    list_display = ["code", "active", "ready", "switched_at"]
    list_filter = ["active", "ready"]
    search_fields = ["code"]
    fields = ["code", "active", "ready", "switched_at"]

    def get_readonly_fields(self, request: HttpRequest, obj: Terminal | None = None) -> list[str]:
        return ["ready", "switched_at", "code"] if obj else ["ready", "switched_at"]

    def save_model(self, request: HttpRequest, obj: Terminal, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "active" in form.changed_data:
            obj.switch(on=obj.active)


@admin.register(LocalFee)
class LocalFeeAdmin(NeverDeleted, ModelAdmin):
    """Amounts are not changed after dossiers were filed with them: set the end date and add a new row."""

    formfield_overrides = ADMIN_FIELDS
    list_display = ["procedure", "province_code", "fee_line_key", "amount", "effective_from", "effective_to", "source"]
    list_filter = ["province_code"]
    list_select_related = ["procedure"]
    search_fields = ["procedure__code"]
    autocomplete_fields = ["procedure"]

    def get_readonly_fields(self, request: HttpRequest, obj: LocalFee | None = None) -> list[str]:
        return [] if obj is None else [field.name for field in obj._meta.fields if field.name not in ("id", "effective_to")]


@admin.register(Holiday)
class HolidayAdmin(ReadOnly, ModelAdmin):
    """Read only: changed under /can-bo/lich-lam-viec/, which shows what moves first and keeps the record."""

    list_display = ["date", "name", "kind", "source"]
    list_filter = ["kind"]
    date_hierarchy = "date"


@admin.register(UndecidedHoliday)
class UndecidedHolidayAdmin(ModelAdmin):
    formfield_overrides = ADMIN_FIELDS
    list_display = ["name", "first_on", "last_on", "source"]


class LifeEventEntryInline(TabularInline):
    formfield_overrides = ADMIN_FIELDS
    model = LifeEventEntry
    autocomplete_fields = ["procedure"]
    extra = 0


class LifeEventSectorInline(TabularInline):
    formfield_overrides = ADMIN_FIELDS
    model = LifeEventSector
    autocomplete_fields = ["sector"]
    extra = 0


@admin.register(LifeEvent)
class LifeEventAdmin(ModelAdmin):
    formfield_overrides = ADMIN_FIELDS
    list_display = ["name", "audience", "order", "slug", "source"]
    list_filter = ["audience"]
    inlines = [LifeEventEntryInline, LifeEventSectorInline]


@admin.register(SearchAlias)
class SearchAliasAdmin(ModelAdmin):
    """Other ways to ask for a procedure; the search knows them at once."""

    list_display = ["text", "procedure"]
    list_select_related = ["procedure"]
    search_fields = ["text", "procedure__code", "procedure__name"]
    autocomplete_fields = ["procedure"]


class SearchChoiceInline(ReadOnly, TabularInline):
    model = SearchChoice
    fields = ["procedure", "times"]
    extra = 0


@admin.register(SearchedText)
class SearchedTextAdmin(ReadOnly, ModelAdmin):
    """Queries that found nothing certain, and what people chose. One click makes them aliases of the procedure chosen most."""

    list_display = ["text", "outcome", "times", "last_on", "chosen", "alias_link"]
    list_filter = ["outcome"]
    search_fields = ["text"]
    inlines = [SearchChoiceInline]
    actions = ["make_aliases"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SearchedText]:
        return super().get_queryset(request).prefetch_related("choices__procedure")

    @admin.display(description=_("mở nhiều nhất"))
    def chosen(self, row: SearchedText) -> str:
        best = _most_chosen(row)
        return f"{best.procedure} ({best.times})" if best else ""

    @admin.display(description=_("cách gọi"))
    def alias_link(self, row: SearchedText) -> SafeString:
        """A link to the form of a new alias, filled in."""
        best = _most_chosen(row)
        values = {"text": row.text} | ({"procedure": best.procedure_id} if best else {})
        address = f"{reverse('admin:procedures_searchalias_add')}?{urlencode(values)}"
        return format_html('<a href="{}">{}</a>', address, gettext("Thêm cách gọi…"))

    @admin.action(description=_("Thêm làm cách gọi của thủ tục được mở nhiều nhất"), permissions=["add_alias"])
    def make_aliases(self, request: HttpRequest, rows: QuerySet[SearchedText]) -> None:
        added = 0
        for row in rows:
            best = _most_chosen(row)
            if best is None:
                continue
            alias, made = SearchAlias.objects.get_or_create(procedure=best.procedure, text=row.text)
            if made:
                SearchAliasAdmin(SearchAlias, self.admin_site).log_addition(request, alias, [{"added": {}}])
                added += 1
        text = ngettext("Đã thêm %(n)d cách gọi.", "Đã thêm %(n)d cách gọi.", added) % {"n": added}
        self.message_user(request, text, messages.SUCCESS)

    def has_add_alias_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("procedures.add_searchalias")


def _most_chosen(row: SearchedText) -> SearchChoice | None:
    """The choice made most often after this query, or None."""
    return next(iter(row.choices.all()), None)
