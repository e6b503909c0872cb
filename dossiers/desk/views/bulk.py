"""One step for several dossiers: chosen in a list, confirmed on one page, taken one by one, with a result for each."""

import io

import pikepdf
from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Q
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dossiers.access_log import log_view
from dossiers.desk import bulk_runs, ordering, queues
from dossiers.desk.actions import PRINT, PRINT_PAGE, STEP_PAGES, bulk_steps
from dossiers.desk.forms.base import MAX_TEXT_LENGTH
from dossiers.desk.forms.holding import people_for
from dossiers.desk.views.queue import for_staff
from dossiers.desk.worklist import Worklist
from dossiers.files import storage
from dossiers.files.serving import content_response
from dossiers.models import BulkItem, BulkRun
from portal.common.outbox import OutboxState
from portal.common.vietnamese import clean_text

MAX_CODE_LENGTH = 60
MIN_REASON = 5
NOTES = {  # steps for which words may be needed; the same for all chosen dossiers
    "hand_over": gettext_lazy("Ý kiến, ghi cho từng hồ sơ đã chọn"),
    "assign": gettext_lazy("Lý do, nếu đang có người giữ"),
    "refuse_receipt": gettext_lazy("Lý do, gửi và in trên phiếu của từng người nộp"),
}
NEED_NOTE = ("refuse_receipt",)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def together(request):
    """Choose: the picked dossiers, or the whole list they stand in. Shows the page to confirm."""
    name = request.POST.get("buoc", "")
    if name not in dict(bulk_steps(request.user)):
        if request.method == "POST":
            raise Http404
        return redirect("desk:queue")
    codes = [clean_text(code)[:MAX_CODE_LENGTH] for code in request.POST.getlist("hs")]
    if "ca-danh-sach" in request.POST:
        listed = Worklist.of(request, QueryDict(request.POST.get("danh-sach", "")))
        column, falling = listed.order
        rows = ordering.ordered(listed.dossiers(), column, falling=falling).values_list("code", flat=True)
        codes = list(rows[: bulk_runs.MAX_ITEMS])
    codes = [code for code in codes if code]
    if not codes:
        messages.warning(request, _("Chọn ít nhất một hồ sơ trong danh sách."))
        return redirect("desk:queue")
    return redirect("desk:bulk", pk=bulk_runs.choose(request.user, name, codes).pk)


def _find(request, pk):
    return get_object_or_404(BulkRun.objects.select_related("user"), pk=pk, user=request.user)


@require_safe
@for_staff
def run(request, pk):
    """What is to be confirmed; afterwards how far it is, and what became of each dossier."""
    found = _find(request, pk)
    return _results(request, found) if found.confirmed_at else _confirm_page(request, found)


def _page(step):
    return PRINT_PAGE if step == PRINT else STEP_PAGES[step]


def _confirm_page(request, found, error="", status=200):
    dossiers = bulk_runs.chosen(found)
    codes = [code for code, _seen in found.asked]
    here = {dossier.code for dossier in dossiers}
    people = people_for(dossiers, request.user) if found.step == "assign" else []
    return render(
        request,
        "dossiers/desk/bulk_confirm.html",
        {
            "run": found,
            "page": _page(found.step),
            "dossiers": dossiers,
            "missing": [code for code in dict.fromkeys(codes) if code not in here],
            "doubled": len(codes) - len(set(codes)),
            "most": bulk_runs.MAX_ITEMS if len(codes) >= bulk_runs.MAX_ITEMS else 0,
            "note": clean_text(request.POST.get("ghi-chu", ""), lines=True),
            "note_label": NOTES.get(found.step, ""),
            "people": [{"value": person.pk, "label": str(person)} for person in people],
            "error": error,
        },
        status=status,
    )


@transaction.non_atomic_requests  # each dossier has a transaction of its own
@require_POST
@for_staff
def confirm(request, pk):
    """Take the step: at once for as many dossiers as a few seconds allow, the rest by the worker."""
    found = _find(request, pk)
    if not found.confirmed_at:
        if found.step not in dict(bulk_steps(request.user)):
            raise Http404
        note = clean_text(request.POST.get("ghi-chu", ""), lines=True)[:MAX_TEXT_LENGTH]
        holder = None
        if found.step == "assign":
            people = people_for(bulk_runs.chosen(found), request.user)
            holder = next((person for person in people if str(person.pk) == request.POST.get("nguoi")), None)
            if holder is None:
                return _confirm_page(request, found, _("Chọn người nhận."), 422)
        if found.step in NEED_NOTE and len(note) < MIN_REASON:
            return _confirm_page(request, found, _("Ghi lý do để người nộp hiểu."), 422)
        bulk_runs.confirm(found, note=note, holder=holder)
        bulk_runs.work(found)
    return redirect("desk:bulk", pk=found.pk)


def _results(request, found):
    items = found.items.select_related("dossier__version__procedure").defer(
        "dossier__answers", "dossier__asked", "dossier__version__document"
    )
    visible = queues.dossiers_at_work(request.user).filter(pk__in=found.items.values("dossier"))
    done = Q(due_state=OutboxState.DONE)
    counts = found.items.aggregate(
        all=Count("pk"),
        taken=Count("pk", filter=done & Q(outcome=BulkItem.Outcome.TAKEN)),
        refused=Count("pk", filter=done & Q(outcome=BulkItem.Outcome.REFUSED)),
        failing=Count("pk", filter=~done & Q(tries__gt=0)),
    )
    left = counts["all"] - counts["taken"] - counts["refused"]
    return render(
        request,
        "dossiers/desk/bulk_result.html",
        {
            "run": found,
            "page": _page(found.step),
            "items": items,
            "visible": set(visible.values_list("pk", flat=True)),
            "counts": counts,
            "left": left,
            "ended": counts["taken"] + counts["refused"],
            "prints": found.step == PRINT and counts["taken"] and not left,
        },
    )


@require_safe
@for_staff
def print_slips(request, pk):
    """The receipt slips of a run as one PDF. Each is logged."""
    found = get_object_or_404(BulkRun, pk=pk, user=request.user, step=PRINT, confirmed_at__isnull=False)
    book = pikepdf.Pdf.new()
    for item in found.items.filter(outcome=BulkItem.Outcome.TAKEN).select_related(
        "dossier__version__procedure", "dossier__person"
    ):
        slip = bulk_runs.slip_of(item.dossier, request.user)
        if slip is None:
            continue
        with pikepdf.Pdf.open(io.BytesIO(storage.read_stored(slip.storage_key))) as paper:
            book.pages.extend(paper.pages)
        log_view(request, item.dossier)
    if not len(book.pages):
        raise Http404
    content = io.BytesIO()
    book.save(content)
    return content_response(content.getvalue(), f"giay-tiep-nhan-{found.pk}.pdf", "application/pdf", inline=True)
