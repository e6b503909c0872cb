"""Outages: the page on which heads of bodies record and cancel them."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from dossiers.desk.forms.base import CleanTextField
from dossiers.models import Outage
from dossiers.workflow import outages

SHOWN = 50  # newest outages on the page


class OutageForm(forms.Form):
    """An outage: body, from, to, reason."""

    agency = forms.ModelChoiceField(queryset=None, label=gettext_lazy("Cơ quan"), required=False)
    started = forms.DateTimeField(
        label=gettext_lazy("Bắt đầu"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    ended = forms.DateTimeField(
        label=gettext_lazy("Kết thúc"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )
    reason = CleanTextField(
        rows=3, label=gettext_lazy("Lý do"), max_length=outages.MAX_REASON, help_text=gettext_lazy("Ví dụ: bảo trì hệ thống.")
    )

    def __init__(self, *args, user, **options):
        super().__init__(*args, **options)
        field = self.fields["agency"]
        field.queryset = outages.bodies_of(user)
        field.required = not user.is_superuser
        field.empty_label = gettext_lazy("Tất cả các cơ quan") if user.is_superuser else None
        for name in ("started", "ended"):
            words = _("Ghi ngày và giờ ở mục “%s”.") % self.fields[name].label
            self.fields[name].error_messages = {"required": words, "invalid": words}
        self.fields["reason"].error_messages["required"] = _("Ghi rõ lý do, nhiều nhất 2000 chữ.")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show(request):
    """The recorded outages and the form for a new one."""
    if not _keeps(request.user):
        raise Http404
    form = OutageForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            outages.record(request.user, given["agency"], given["started"], given["ended"], given["reason"])
        except outages.OutageRefused as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            messages.success(request, _("Đã ghi. Ngày hẹn của các hồ sơ đang chạy được tính lại, người nộp được báo một lần."))
            return redirect("desk:outages")
    lead = _(
        "Hệ thống ngừng thì cơ quan không làm được hồ sơ: thời gian ấy không tính vào thời hạn. Ngày hẹn chỉ lùi, không sớm lại."
    )
    context = {"title": _("Sự cố, bảo trì"), "lead": lead, "button": _("Ghi sự cố"), "form": form}
    context["rows"] = _visible(request.user)[:SHOWN]
    return render(request, "dossiers/desk/outages.html", context, status=_status(form))


def _status(form):
    return 422 if form.is_bound and form.errors else 200


def _keeps(user):
    return (
        user.is_authenticated
        and user.is_active
        and user.is_staff_login
        and (user.is_superuser or outages.bodies_of(user).exists())
    )


def _visible(user):
    rows = Outage.objects.select_related("agency", "entered_by", "cancelled_by")
    return rows if user.is_superuser else rows.filter(Q(agency__in=outages.bodies_of(user)) | Q(agency=None))


@never_cache
@require_POST
def cancel(request, pk):
    """Cancel an outage, with a reason."""
    if not _keeps(request.user):
        raise Http404
    row = get_object_or_404(_visible(request.user), pk=pk)
    try:
        outages.cancel(request.user, row, request.POST.get("reason", ""))
    except outages.OutageRefused as refusal:
        messages.error(request, str(refusal))
    except PermissionDenied:
        raise Http404 from None
    else:
        messages.success(request, _("Đã hủy. Ngày đã hẹn với người nộp không bị kéo sớm lại."))
    return redirect("desk:outages")
