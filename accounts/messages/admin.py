"""Admin list of messages: state, errors, and the action to send again. Text and recipient are not shown."""

from django.contrib import admin, messages
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from accounts.admin import ReadOnly
from accounts.messages.models import Message
from accounts.models import PasswordLink
from portal.common.outbox import OutboxState


class OutboxRowAdmin(ReadOnly, ModelAdmin):
    """Base for outbox rows: their state, and the action «làm lại» (retry) for those that are not done."""

    list_filter = ["due_state", "priority"]
    actions = ["ask_again"]
    ordering = ["-pk"]
    show_full_result_count = False

    @admin.display(description=_("loại lỗi"))
    def fault(self, row):
        """The class of the last error, without its text, which may hold an email address."""
        return row.last_error.partition(":")[0][:60]

    @admin.action(description=_("Làm lại, gửi lại"), permissions=["view"])
    def ask_again(self, request, rows):
        owed = rows.exclude(due_state=OutboxState.DONE)
        for row in owed:
            row.resend()
        messages.success(request, _("Đã yêu cầu làm lại %(n)d việc.") % {"n": len(owed)})


@admin.register(Message)
class MessageAdmin(OutboxRowAdmin):
    list_display = ["key", "channel", "due_state", "tries", "fault", "next_at", "done_at"]
    list_filter = ["channel", "due_state", "priority"]
    fields = ["key", "channel", "due_state", "priority", "tries", "fault", "created_at", "next_at", "done_at"]
    readonly_fields = fields
    search_fields = ["key"]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("subject", "body", "link")


@admin.register(PasswordLink)
class PasswordLinkAdmin(OutboxRowAdmin):
    """Was the link sent? Neither the link nor the address is shown."""

    list_display = ["login", "due_state", "tries", "fault", "next_at", "done_at", "expires_at", "used_at"]
    fields = readonly_fields = list_display
    list_select_related = ["request__user"]

    @admin.display(description=_("tên đăng nhập"))
    def login(self, link):
        return link.request.user.username
