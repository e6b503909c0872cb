"""A clerk enters the supplement that a visitor brought or sent: requested items, scans, and the paper the visitor signed."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dossiers import workflow
from dossiers.access_log import log_view
from dossiers.desk.forms.base import SignedForm
from dossiers.desk.views.queue import find, for_staff
from dossiers.files.changing import FilesClosed
from dossiers.files.checking import ACCEPT, megabytes
from dossiers.files.models import Attachment
from dossiers.filing import supplements
from dossiers.filing.views.answering import BUTTONS, Answering, change
from dossiers.filing.views.documents import input_id
from dossiers.models import SupplementItem
from dossiers.permissions import acts_for_a_visitor
from dossiers.states import DossierState
from procedures.eforms import opened_by

SAVE, SEND = "luu", "nop"  # values of the button `viec`


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def answer(request, code):
    """Show the requested items and enter what was brought; «nop» sends it with the signed paper."""
    dossier = find(request, code)
    if not acts_for_a_visitor(dossier, request.user):
        raise PermissionDenied
    row = supplements.open_request_of(dossier)
    if row is None or dossier.state != DossierState.SUPPLEMENT_REQUIRED:
        messages.info(request, _("Hồ sơ này không còn chờ bổ sung."))
        return redirect("desk:dossier", code=dossier.code)
    log_view(request, dossier)
    answering = Answering(dossier, row)
    if request.method == "POST":
        return _save(request, answering)
    return _page(
        request, answering, answering.bound(**opened_by(request.GET)) if answering.asked else None, _form(request, dossier)
    )


def _form(request, dossier, **bound):
    return SignedForm(**bound, step="resubmit", dossier=dossier, user=request.user)


def _save(request, answering):
    dossier, deed = answering.dossier, request.POST.get("viec", SAVE)
    if deed not in (SAVE, SEND):
        raise Http404
    try:
        entered, refused = change(request, answering, source=Attachment.Source.SCAN)
    except FilesClosed as late:
        messages.error(request, late.sentence())
        return redirect("desk:dossier", code=dossier.code)
    if entered and entered.again:
        return redirect(f"{request.path}?{entered.query}#{entered.focus}")
    if not refused and (deed in (SAVE,) or BUTTONS & set(request.POST)):
        return redirect(request.path)
    form = _form(request, dossier, data=request.POST, files=request.FILES)
    errors = answering.errors() if deed in (SEND,) else {}
    missing = {item.key for item in supplements.unanswered(dossier) if item.target == SupplementItem.Target.DOCUMENT}
    words = refused or {key: [_("Thay hoặc thêm ít nhất một tệp.")] for key in missing}
    if not (words or errors) and form.is_valid():
        _send(request, dossier, form)
        return redirect("desk:dossier", code=dossier.code)
    bound = answering.bound(entered=entered, errors=errors) if entered else None
    return _page(request, answering, bound, form, words, status=422)


def _send(request, dossier, form):
    """Send the supplement, or say who was faster."""
    try:
        moved = workflow.advance(dossier, "resubmit", actor=request.user, note=form.cleaned_data["note"], **form.details())
    except workflow.StepNotPossible as impossible:
        messages.error(request, impossible.sentence())
    else:
        messages.success(request, _("Đã nộp bổ sung: %(code)s.") % {"code": moved.code})


def _page(request, answering, bound, form, refused=None, status=200):
    refused = refused or {}
    errors = list(bound.errors) if bound else []
    errors += [{"text": text, "href": f"#{input_id(key)}"} for key, texts in refused.items() for text in texts]
    errors += [{"text": text, "href": f"#id_{name}"} for name, texts in form.errors.items() for text in texts]
    context = {
        "dossier": answering.dossier, "cards": answering.cards(bound, refused), "form": form, "errors": errors,
        "accept": ACCEPT, "limit": megabytes(settings.MAX_UPLOAD_BYTES), "save": SAVE, "send": SEND,
    }  # fmt: skip
    return render(request, "dossiers/desk/intake/supplement.html", context, status=status)
