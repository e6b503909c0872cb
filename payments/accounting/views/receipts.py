"""One receipt on the accountant's desk, to replace or cancel."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from payments.accounting.forms import ReceiptForm
from payments.accounting.views.access import for_accountants, page
from payments.accounting.views.attempts import find
from payments.models import EReceipt
from payments.permissions import is_accountant_of
from payments.receipts import numbering


@require_http_methods(["GET", "HEAD", "POST"])
@for_accountants
def receipt(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Show a receipt; replace it under another name, or cancel it. The reason is public."""
    attempt = find(request, reference)
    found = get_object_or_404(
        EReceipt.objects.select_related("body__agency", "paper", "replaces", "state_by"), pk=pk, attempt=attempt
    )
    may = is_accountant_of(attempt, request.user)
    if request.method == "POST" and not may:
        raise PermissionDenied("nobody ends a receipt in a matter of their own")
    form = ReceiptForm(request.POST if request.method == "POST" else None, receipt=found)
    if form.is_bound and form.is_valid():
        return _ended(request, found, form.cleaned_data)
    context = {
        "receipt": found,
        "attempt": attempt,
        "dossier": attempt.obligation.dossier,
        "successor": EReceipt.objects.filter(replaces=found).first(),
        "form": form if may and found.state == EReceipt.State.VALID else None,
        "has_errors": form.is_bound,
    }
    return page(request, "payments/accounting/receipt.html", context, status=422 if form.is_bound else 200)


def _ended(request: HttpRequest, found: EReceipt, said: dict[str, Any]) -> HttpResponse:
    facts = {"reason": said["reason"]}
    try:
        if said["what"] == ReceiptForm.REPLACE:
            left = numbering.replace(found, request.user, payer_name=said["payer_name"], **facts)
            words = _("Đã lập biên lai %(new)s thay cho %(old)s.")
        else:
            left, words = numbering.cancel(found, request.user, **facts), _("Đã hủy biên lai %(old)s.")
    except numbering.ReceiptEnded as ended:
        messages.error(request, str(ended))
        left = found
    else:
        messages.success(request, words % {"new": left, "old": found})
    return redirect("accounting:receipt", reference=found.attempt.reference, pk=left.pk)
