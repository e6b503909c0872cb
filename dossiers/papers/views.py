"""Public check of papers, and download for users who may see the dossier."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from accounts import throttle
from accounts.models import log_access
from dossiers.files import turns
from dossiers.files.checking import megabytes
from dossiers.files.serving import content_response, file_response
from dossiers.files.storage import StoredFileMissing
from dossiers.models import Dossier
from dossiers.papers import frozen, inquiry, making
from dossiers.papers.models import WITH_TRACKING_SECRET, IssuedPaper
from dossiers.permissions import enters_for_a_visitor, is_submitter, may_open_paper
from portal.common import clock
from portal.common.codes import letters_and_digits_in
from portal.common.pdf import PdfError

MAX_FORM_BYTES = 1024 * 1024  # bytes of a request besides its file
FILE_FIELD, CODE_FIELD = "tep", "ma"


@login_not_required
@csrf_exempt  # changes nothing and needs no login: without a cookie the page can be cached
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.non_atomic_requests
def verify(request):
    """Check a paper by code or by file. Works without scripts and without a login; the file is not stored."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.MAX_UPLOAD_BYTES + MAX_FORM_BYTES:
        return _answer(request, inquiry.Answer(inquiry.Outcome.TOO_LARGE))  # refused before the body is read to disk
    code = request.POST.get(CODE_FIELD, "") or request.GET.get(CODE_FIELD, "")
    if code.strip():
        return redirect("papers:verify_code", code=_typed(code))
    if request.method != "POST":
        return _page(request)
    file = request.FILES.get(FILE_FIELD)
    if file is None:
        return _page(request, error=_("Chọn tệp PDF, hoặc gõ mã ghi trên giấy."), status=400)
    if file.size > settings.MAX_UPLOAD_BYTES:
        return _answer(request, inquiry.Answer(inquiry.Outcome.TOO_LARGE))
    try:
        with turns.turn(""):
            return _answer(request, inquiry.about_file(file.read()))
    except turns.Busy:
        return _page(request, error=_("Đang có nhiều người kiểm tra cùng lúc. Chờ một phút rồi gửi lại."), status=503)


@login_not_required
@require_GET
@never_cache
def verify_code(request, code):
    """The page of a paper's QR code: does the paper exist, and is it still valid?"""
    if throttle.is_over_limit(request, "secret"):
        return throttle.refuse(request)
    answer = inquiry.about_code(code)
    if not answer.paper:
        throttle.count_failure(request, "secret")
    return _answer(request, answer, status=200 if answer.paper else 404)


def _readable(request, pk):
    """(paper, its dossier, is it the citizen's side?). Http404 for users who may not see the dossier and its files."""
    paper = get_object_or_404(IssuedPaper.objects.select_related("dossier", "event", "decision"), pk=pk)
    dossier = get_object_or_404(Dossier.objects.visible_to(request.user), pk=paper.dossier_id)
    citizen = is_submitter(dossier, request.user)
    if not may_open_paper(dossier, paper.kind, request.user) or (citizen and not paper.is_for_citizens):
        raise Http404
    return paper, dossier, citizen


@require_GET
@never_cache
def attached(request, pk, key):
    """Download a file made elsewhere that a notice carries. Logged."""
    paper, dossier, _citizen = _readable(request, pk)
    rows = frozen.given_elsewhere(paper.words) if paper.decision_id else []
    file = next((row["file"] for row in rows if row["key"] == key), None)
    if file is None:
        raise Http404
    try:
        response = file_response(file["storage_key"], file["name"], "application/pdf")
    except StoredFileMissing as missing:
        raise Http404 from missing
    log_access(request, "download", f"paper:{paper.pk}", person=dossier.person, organisation=dossier.organisation)
    return response


@require_GET
@never_cache
def download(request, pk, name):
    """Download a paper. 404 for users who may not see the dossier and its files. Logged.

    With the tracking secret for the citizen's side, and for the clerk who took the dossier in and prints it for the visitor.
    """
    paper, dossier, citizen = _readable(request, pk)
    inline = "xem" in request.GET
    try:
        if paper.kind in WITH_TRACKING_SECRET and not (citizen or enters_for_a_visitor(dossier, request.user)):
            response = content_response(making.office_copy(paper), paper.file_name, "application/pdf", inline=inline)
        elif making.is_out_of_date(paper):
            response = content_response(making.present_copy(paper), paper.file_name, "application/pdf", inline=inline)
        else:
            response = file_response(paper.storage_key, paper.file_name, "application/pdf", inline=inline)
    except StoredFileMissing as missing:
        raise Http404 from missing
    except PdfError:
        return render(request, "dossiers/papers/no_copy.html", {"dossier": dossier}, status=503)
    log_access(request, "download", f"paper:{paper.pk}", person=dossier.person, organisation=dossier.organisation)
    if paper.is_result and citizen:
        Dossier.objects.filter(pk=dossier.pk, opened_at=None).update(opened_at=clock.now())
    return response


def _page(request, error="", status=200):
    limit = megabytes(settings.MAX_UPLOAD_BYTES)
    return render(request, "dossiers/papers/verify.html", {"error": error, "limit": limit}, status=status)


def _answer(request, answer, status=200):
    return render(
        request,
        "dossiers/papers/verify_answer.html",
        {"answer": answer, "limit": megabytes(settings.MAX_UPLOAD_BYTES)},
        status=status,
    )


def _typed(code):
    return letters_and_digits_in(code)[:40] or "X"
