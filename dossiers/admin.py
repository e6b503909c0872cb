"""Admin of the follow-ups. Dossiers, files, papers and history are not registered: a system administrator may not see them,
and only `dossiers.workflow` changes the state of a dossier."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.messages.admin import OutboxRowAdmin
from dossiers.models import FollowUp
from portal.common.codes import dossier_code_in


@admin.register(FollowUp)
class FollowUpAdmin(OutboxRowAdmin):
    list_display = ["code", "kind", "due_state", "tries", "fault", "next_at", "done_at"]
    list_filter = ["due_state", "priority", "kind"]
    fields = ["code", "kind", "due_state", "priority", "tries", "fault", "created_at", "next_at", "done_at"]
    readonly_fields = fields
    list_select_related = ["event__dossier"]
    search_fields = ["event__dossier__code"]

    def get_search_results(self, request, queryset, search_term):
        return super().get_search_results(request, queryset, dossier_code_in(search_term) or search_term)

    @admin.display(description=_("mã hồ sơ"))
    def code(self, row):
        return row.event.dossier.code
