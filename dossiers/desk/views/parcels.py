"""Pages of parcels at the desk: the lists, the label for the envelope, and writing down what a post office told."""

import secrets

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.roles import Role
from dossiers.access_log import log_view
from dossiers.choices import UNDELIVERED, ParcelState
from dossiers.desk import parcels
from dossiers.desk.forms.base import CleanTextField
from dossiers.desk.ordering import by_moment, keyset_page
from dossiers.desk.views.queue import for_staff
from dossiers.files.serving import content_response
from dossiers.parcels import asking, notices
from dossiers.parcels.carriers import register
from dossiers.parcels.carriers.base import Notice
from dossiers.permissions import is_receiving_clerk, may_see_papers
from dossiers.states import DossierState
from portal.common import clock
from portal.common.bar_codes import bar_code_data_uri
from portal.common.identity import phone_for_display
from portal.common.pdf import PdfError, render_pdf


@require_safe
@for_staff
def show(request):
    """One list of parcels, or of dossiers whose result must be sent. What waited longest comes first."""
    user = request.user
    if not user.agencies_with(*parcels.KEEPERS):
        raise Http404
    found = parcels.counts(user)
    first = next((group for group in parcels.GROUPS if found.get(group.key)), parcels.GROUPS[0])
    group = next((group for group in parcels.GROUPS if group.key == request.GET.get("nhom")), first)
    after, before = request.GET.get("sau", ""), request.GET.get("truoc", "")
    if group.key == parcels.TO_SEND:
        rows = parcels.to_send(user).select_related("version__procedure").defer("answers", "asked", "version__document")
        page = keyset_page(rows, by_moment("completed_at"), after=after, before=before)
    else:
        rows = parcels.parcels_of(user).filter(parcels.group_condition(group.key))
        rows = rows.select_related("dossier", "owner", "ordered_by").defer("dossier__answers", "dossier__asked")
        page = keyset_page(rows, by_moment("state_at"), falling=group.key == parcels.DONE, after=after, before=before)
    address = f"{reverse('desk:parcels')}?nhom="
    context = {
        "group": group,
        "groups": [
            {"label": g.label, "count": found.get(g.key), "href": address + g.key, "current": g == group, "hot": g.hot}
            for g in parcels.GROUPS
        ],
        "rows": page.rows if group.key == parcels.TO_SEND else [(row, parcels.is_quiet(row)) for row in page.rows],
        "to_send": group.key == parcels.TO_SEND,
        "back": group.key == parcels.BACK,
        "previous": f"{address}{group.key}&truoc={page.before}" if page.before else "",
        "next": f"{address}{group.key}&sau={page.after}" if page.after else "",
    }
    return render(request, "dossiers/desk/parcels.html", context)


def _find(request, reference, *roles):
    """The parcel, of a dossier at a desk where the user has one of these roles; else 404."""
    found = parcels.parcels_of(request.user).filter(dossier__receiving_agency__in=request.user.agencies_with(*roles))
    parcel = get_object_or_404(found.select_related("dossier__receiving_agency", "dossier__version"), reference=reference)
    if not may_see_papers(parcel.dossier, request.user):
        raise Http404
    return parcel


@require_safe
@for_staff
def label(request, reference):
    """The label for the envelope: both addresses, who pays, and the number as QR code. It does not say what is inside."""
    parcel = _find(request, reference, *parcels.KEEPERS)
    log_view(request, parcel.dossier)
    context = {
        "parcel": parcel,
        "desk": parcel.dossier.receiving_agency,
        "number": parcel.tracking or parcel.reference,
        "bars": bar_code_data_uri(parcel.tracking or parcel.reference),
        "phone": phone_for_display(parcel.phone),
    }
    try:
        content = render_pdf("dossiers/parcels/label.html", context, title=f"Nhãn {parcel.reference}")
    except PdfError:
        return render(request, "dossiers/papers/no_copy.html", {"register": True}, status=503)
    return content_response(content, f"nhan-{parcel.reference}.pdf", "application/pdf", inline=True)


class TellForm(forms.Form):
    """What a post office told of a parcel that was handed in there."""

    state = forms.ChoiceField(
        label=gettext_lazy("Bưu điện báo"), widget=forms.RadioSelect,
        choices=[(s.value, s.label) for s in ParcelState if s in UNDELIVERED - {ParcelState.NOT_TAKEN, ParcelState.CANCELLED}
                 or s in (ParcelState.IN_TRANSIT, ParcelState.DELIVERED)],
    )  # fmt: skip
    words = CleanTextField(
        label=gettext_lazy("Theo giấy nào, ai nói"), max_length=300, min_length=5,
        help_text=gettext_lazy("Ví dụ: giấy báo phát số 12, người ký nhận Lò Văn Páo."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def note(request, reference):
    """Write down what the post office told. Only of parcels that no machine reports on."""
    parcel = _find(request, reference, Role.RECEIVING_CLERK)
    known = register.carrier_of(parcel).takes_orders or parcel.dossier.state != DossierState.COMPLETED
    if known or not is_receiving_clerk(parcel.dossier, request.user):
        raise Http404
    form = TellForm(request.POST if request.method == "POST" else None)
    for field in form.fields.values():
        field.error_messages["required"] = _("Điền mục “%s”.") % field.label
    if form.is_valid():
        given = form.cleaned_data
        told = Notice(parcel.reference, secrets.token_hex(8), given["state"], clock.now(), "", given["words"], "")
        notices.keep(told, by=request.user)
        messages.success(request, _("Đã ghi: %(what)s.") % {"what": ParcelState(given["state"]).label})
        return redirect("desk:dossier", code=parcel.dossier.code)
    context = {"parcel": parcel, "form": form}
    return render(request, "dossiers/desk/parcel_note.html", context, status=422 if form.is_bound else 200)


def _of_the_desk(request, reference):
    """The parcel, for a clerk of the desk that sent it; else 404."""
    parcel = _find(request, reference, Role.RECEIVING_CLERK)
    if not is_receiving_clerk(parcel.dossier, request.user):
        raise Http404
    return parcel


@require_POST
@for_staff
def ask(request, reference):
    """Ask the carrier where the parcel is. The answer comes to the page of the dossier."""
    parcel = _of_the_desk(request, reference)
    if asking.ask(parcel, asking.WHERE, by=request.user) is None:
        messages.error(request, _("Bưu gửi này không hỏi qua mạng được nữa."))
    else:
        messages.success(request, _("Đang hỏi bưu điện. Câu trả lời hiện ở mục bưu gửi sau ít giây."))
    return redirect("desk:dossier", code=parcel.dossier.code)


class CancelForm(forms.Form):
    """Why a parcel is not to go out."""

    reason = CleanTextField(
        label=gettext_lazy("Vì sao hủy"), max_length=300, min_length=5,
        help_text=gettext_lazy("Ví dụ: ghi sai địa chỉ, người dân xin đến nhận. Chỉ cán bộ đọc."),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def cancel(request, reference):
    """Cancel a parcel before its pick-up. The carrier decides: it may have it already."""
    parcel = _of_the_desk(request, reference)
    form = CancelForm(request.POST if request.method == "POST" else None)
    form.fields["reason"].error_messages["required"] = _("Điền mục “%s”.") % form.fields["reason"].label
    if not parcel.may_be_cancelled:
        messages.error(request, _("Bưu điện đã lấy bưu gửi này, hoặc không còn chờ lấy: không hủy được nữa."))
        return redirect("desk:dossier", code=parcel.dossier.code)
    if form.is_valid():
        asking.ask(parcel, asking.CANCEL, by=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("Đã xin bưu điện hủy. Bưu điện trả lời ở mục bưu gửi sau ít giây."))
        return redirect("desk:dossier", code=parcel.dossier.code)
    return render(
        request, "dossiers/desk/parcel_cancel.html", {"parcel": parcel, "form": form}, status=422 if form.is_bound else 200
    )
