"""The tickets of «Tôi đã trả tiền», with owner and age."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from dossiers.access_log import log_view
from payments import complaints, outcomes
from payments.accounting.forms import NoteForm
from payments.accounting.views.access import for_accountants, list_page, page, waiting_time
from payments.permissions import is_accountant, may_answer, sees_attempt, visible_complaints


@require_safe
@for_accountants
def listed(request: HttpRequest) -> HttpResponse:
    """The open or the answered tickets; all, or mine."""
    closed, mine = request.GET.get("xong") == "1", request.GET.get("cua-toi") == "1"
    rows = visible_complaints(request.user).filter(closed_at__isnull=not closed)
    rows = rows.filter(owner=request.user) if mine else rows
    related = rows.select_related("attempt__collector", "attempt__obligation__dossier", "owner", "closed_by")
    return list_page(
        request,
        "payments/accounting/complaints.html",
        related.defer("attempt__obligation__dossier__answers"),
        lambda complaint: {"complaint": complaint, **waiting_time(complaint.opened_at)},
        {"closed": closed, "mine": mine},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def complaint(request: HttpRequest, pk: int) -> HttpResponse:
    """One ticket: the state of the attempt, and the form to answer. Also for an owner who is not an accountant: the head of a
    body without accountants."""
    related = visible_complaints(request.user).select_related(
        "attempt__collector", "attempt__point", "attempt__obligation__dossier__person", "owner", "closed_by", "opened_by",
        "attempt__obligation__dossier__submitter",
    )  # fmt: skip
    found = get_object_or_404(related, pk=pk)
    form = NoteForm(
        request.POST if request.method == "POST" else None,
        label=_("Trả lời người hỏi"),
        hint=_("Nói rõ tiền có bị trừ hay không, và làm gì tiếp. Người hỏi nhận được đúng lời này."),
    )
    if form.is_bound and form.is_valid():
        answered = complaints.answer(found, request.user, form.cleaned_data["note"])
        if answered.closed_by_id == request.user.pk and answered.answer == form.cleaned_data["note"]:
            messages.success(request, _("Đã trả lời."))
        else:
            messages.error(request, _("Phiếu này đã được trả lời trước đó."))
        return redirect("accounting:complaint", pk=pk)
    log_view(request, found.attempt.obligation.dossier)
    return page(
        request,
        "payments/accounting/complaint.html",
        {
            "complaint": found,
            "attempt": found.attempt,
            "dossier": found.attempt.obligation.dossier,
            "keeps_books": is_accountant(request.user),
            "sees_attempt": sees_attempt(found.attempt, request.user),
            "outcome": outcomes.of_attempt(found.attempt),
            **waiting_time(found.opened_at),
            "form": form,
            "has_errors": form.is_bound,
            "answers": found.closed_at is None and may_answer(found, request.user),
        },
        status=422 if form.is_bound else 200,
    )
