"""Settlement files, and the differences found in them, each with owner and age until it is explained."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from payments import differences
from payments.accounting.forms import DoubleForm, HandOverForm, NoteForm, SettlementForm
from payments.accounting.views.access import for_accountants, list_page, page, waiting_time
from payments.gateways.base import MAX_SETTLEMENT_BYTES, UnreadableFile
from payments.models import Difference, SettlementRun
from payments.permissions import may_own, visible_differences, visible_fetches, visible_points, visible_runs
from payments.reconciliation import runs as reconciliation
from payments.transfers import matching


@require_http_methods(["GET", "HEAD", "POST"])
@for_accountants
def runs(request: HttpRequest) -> HttpResponse:
    """The files read so far, those still to be fetched, and a form for one more. The same file again changes nothing."""
    points = visible_points(request.user)
    posted = request.method == "POST"
    form = SettlementForm(request.POST if posted else None, request.FILES if posted else None, points=points)
    if posted and form.is_valid() and (run := _read(request, form)):
        words = {"day": f"{run.day:%d/%m/%Y}", "n": run.their_count}
        messages.success(request, _("Đã đối soát ngày %(day)s: %(n)d dòng trong tệp.") % words)
        return redirect("accounting:reconciliation")
    return list_page(
        request,
        "payments/accounting/reconciliation.html",
        visible_runs(request.user).select_related("point", "read_by"),
        lambda run: _run(run, request.user),
        {
            "form": form,
            "has_errors": form.is_bound,
            "awaited": visible_fetches(request.user).exclude(due_state="done").select_related("point"),
        },
        status=422 if posted else 200,
    )


def _read(request: HttpRequest, form: SettlementForm) -> SettlementRun | None:
    """Read the uploaded file. Returns the run, or None if it cannot be read; the form has the error."""
    point, day, file = (form.cleaned_data[name] for name in ("point", "day", "file"))
    try:
        return reconciliation.read_file(point, day, file.read(MAX_SETTLEMENT_BYTES + 1), reader=request.user)
    except UnreadableFile as refusal:
        form.add_error("file", str(refusal))
        return None


def _run(run: SettlementRun, user: User) -> dict[str, Any]:
    """`open`: the differences of this run on the user's own list; those of another body at the same point are not theirs."""
    return {
        "run": run,
        "differing": run.their_total - run.our_total,
        "open": visible_differences(user).filter(run=run, closed_at=None).count(),
        "waiting": run.proofs.filter(due_state="waiting").count(),
    }


@require_safe
@for_accountants
def listed(request: HttpRequest) -> HttpResponse:
    """The open differences, or the closed ones; all, or mine."""
    closed, mine = request.GET.get("xong") == "1", request.GET.get("cua-toi") == "1"
    rows = visible_differences(request.user).filter(closed_at__isnull=not closed)
    rows = rows.filter(owner=request.user) if mine else rows
    return list_page(
        request,
        "payments/accounting/differences.html",
        rows.select_related("point", "collector", "owner", "attempt"),
        lambda difference: {"difference": difference, **waiting_time(difference.opened_at)},
        {"closed": closed, "mine": mine},
    )


def find(request: HttpRequest, pk: int) -> Difference:
    related = visible_differences(request.user).select_related(
        "point", "collector", "owner", "closed_by", "run", "attempt__obligation__dossier", "credit__double_of"
    )  # fmt: skip
    return get_object_or_404(related, pk=pk)


@require_safe
@for_accountants
def difference(request: HttpRequest, pk: int) -> HttpResponse:
    """One difference: both amounts, the attempt, the owner."""
    return _page(request, find(request, pk))


def _page(request: HttpRequest, found: Difference, bound: dict[str, Form] | None = None, *, status: int = 200) -> HttpResponse:
    decides = found.kind == Difference.Kind.DOUBLE and found.closed_at is None
    forms = {
        "mot-hay-hai": DoubleForm(),
        "chuyen": HandOverForm(colleagues=differences.possible_owners(found, besides=found.owner)),
        "xong": NoteForm(label=_("Đã làm gì, vì sao khác nhau")),
    } | (bound or {})
    return page(
        request,
        "payments/accounting/difference.html",
        {
            "difference": found,
            **waiting_time(found.opened_at),
            "hand_over": forms["chuyen"],
            "close": None if decides else forms["xong"],
            "double": forms["mot-hay-hai"] if decides else None,
            "failed": next(iter(bound.values())) if bound else None,
            "acts": found.closed_at is None and may_own(found, request.user),
            "takes": found.owner_id != request.user.pk,
        },
        status=status,
    )


@require_http_methods(["POST"])
@for_accountants
def step(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Take a difference, hand it over, close it with an explanation, or decide whether a credit came once or twice."""
    found = find(request, pk)
    if slug not in ("nhan", "chuyen", "xong", "mot-hay-hai") or (slug == "mot-hay-hai" and found.credit is None):
        raise Http404
    form = None
    if slug == "chuyen":
        form = HandOverForm(request.POST, colleagues=differences.possible_owners(found, besides=found.owner))
    elif slug == "mot-hay-hai":
        form = DoubleForm(request.POST)
    elif slug == "xong":
        form = NoteForm(request.POST, label=_("Đã làm gì, vì sao khác nhau"))
    if form and not form.is_valid():
        return _page(request, found, {slug: form}, status=422)
    try:
        _take(found, request.user, slug, form)
    except (differences.AlreadyClosed, matching.CannotResolve) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Đã ghi."))
    return redirect("accounting:difference", pk=pk)


def _take(found: Difference, user: User, slug: str, form: Form) -> None:
    if slug == "xong":
        differences.close(found, user, form.cleaned_data["note"])
    elif slug == "mot-hay-hai":
        is_same = form.cleaned_data["what"] == DoubleForm.SAME
        matching.decide_double(found, user, is_same=is_same, note=form.cleaned_data["note"])
    else:
        differences.hand_over(found, user, form.cleaned_data["to"] if form else user)
