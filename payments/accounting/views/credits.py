"""Bank credits: the list, one credit with its forms (assign, return), and the upload of statements."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from dossiers.permissions import is_own_dossier
from payments.accounting import worklists
from payments.accounting.forms import AssignForm, NoteForm, StatementForm
from payments.accounting.views.access import for_accountants, list_page, page, waiting_time
from payments.attempts.references import find_in
from payments.models import BankCredit, CollectionPoint, Difference, PaymentAttempt
from payments.permissions import may_resolve, visible_credits, visible_points
from payments.transfers import matching, statement_files, statements
from payments.transfers.statement_files import MAX_BYTES, UnreadableStatement

State = BankCredit.State
LOOKS = {
    State.NEW: ("clock", ""), State.MATCHED: ("check-c", "ok"), State.UNMATCHED: ("help", "warn"), State.UNDER: ("alert", "warn"),
    State.OVER: ("alert", "warn"), State.LATE: ("clock", "warn"), State.ASSIGNED: ("check", "ok"),
    State.RETURNING: ("back", "info"), State.RETURNED: ("back", ""), State.DOUBLE: ("help", "warn"), State.SAME: ("check", ""),
}  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@for_accountants
def listed(request: HttpRequest) -> HttpResponse:
    """The waiting credits, or all; and the form to upload a statement."""
    posted, everything = request.method == "POST", request.GET.get("tat-ca") == "1"
    points = visible_points(request.user)
    form = StatementForm(request.POST if posted else None, request.FILES if posted else None, points=points)
    if posted and form.is_valid() and _read(request, form):
        return redirect("accounting:credits")
    rows = visible_credits(request.user) if everything else worklists.waiting_credits(request.user)
    return list_page(
        request,
        "payments/accounting/credits.html",
        rows.select_related("point"),
        _row,
        {"everything": everything, "form": form, "has_errors": form.is_bound},
        status=422 if posted else 200,
    )


def _read(request: HttpRequest, form: StatementForm) -> bool:
    """Read the uploaded statement. False if it cannot be read, or not by this person; the form has the error."""
    point, content = form.cleaned_data["point"], form.cleaned_data["file"].read(MAX_BYTES + 1)
    try:
        if _names_own_matter(content, point, request.user):
            form.add_error("file", _("Tệp có tiền của chính anh chị: nhờ kế toán khác nạp."))
            return False
        reading = statements.read_file(point, content, reader=request.user)
    except UnreadableStatement as refusal:
        form.add_error("file", str(refusal))
        return False
    facts = {"new": reading.new, "known": reading.known}
    messages.success(request, _("Đã đọc sao kê: %(new)d khoản mới, %(known)d khoản đã biết.") % facts)
    if reading.doubtful:
        words = _("%(n)d khoản giống khoản đã có nhưng khác số tham chiếu: chưa tính, xem ở mục Chênh lệch.")
        messages.warning(request, words % {"n": reading.doubtful})
    return True


def _names_own_matter(content: bytes, point: CollectionPoint, user: User) -> bool:
    """Does a line name an attempt of this person's own dossier? A file proves payments, so nobody may upload their own."""
    credits = statement_files.read(content, point.account_number).credits
    named = {reference for credit in credits for reference in find_in(credit.content)}
    attempts = PaymentAttempt.objects.filter(reference__in=named).select_related("obligation__dossier")
    return any(is_own_dossier(attempt.obligation.dossier, user) for attempt in attempts)


def _row(credit: BankCredit) -> dict[str, Any]:
    ended = credit.state not in worklists.CREDITS_WAITING
    return {"credit": credit, "look": LOOKS[credit.state], **waiting_time(credit.received_at, ended=ended)}


def find(request: HttpRequest, pk: int) -> BankCredit:
    related = visible_credits(request.user).select_related(
        "point", "attempt__obligation__dossier", "attempt__collector", "return_asked_by", "resolved_by", "double_of"
    )  # fmt: skip
    return get_object_or_404(related, pk=pk)


@require_safe
@for_accountants
def credit(request: HttpRequest, pk: int) -> HttpResponse:
    """One credit: the bank's data, its state, and the possible actions."""
    return _page(request, find(request, pk))


def _forms(found: BankCredit, user: User, data: QueryDict | None = None, slug: str = "") -> dict[str, Any]:
    """The forms of the page; the submitted one is bound."""
    sent = {slug: data}
    others = visible_credits(user).filter(state__in=BankCredit.WAITING, attempt=found.attempt_id).exclude(pk=found.pk)
    others = others if found.attempt_id else others.none()
    return {
        "gan": AssignForm(sent.get("gan"), user=user, others=others),
        "xin-tra": NoteForm(sent.get("xin-tra"), label=_("Vì sao trả lại"), prefix="xin"),
        "da-tra": NoteForm(sent.get("da-tra"), label=_("Số chứng từ ngân hàng"), prefix="tra"),
        "giu-lai": NoteForm(sent.get("giu-lai"), label=_("Vì sao không trả lại nữa"), prefix="giu"),
    }


def _page(
    request: HttpRequest, found: BankCredit, forms: dict[str, Any] | None = None, failed: Form | None = None, *, status: int = 200
) -> HttpResponse:
    user, acts = request.user, may_resolve(found, request.user)
    forms = forms or _forms(found, user)
    returning = found.state == State.RETURNING
    return page(
        request,
        "payments/accounting/credit.html",
        {
            **_row(found),
            "forms": {name.replace("-", "_"): form for name, form in forms.items()},
            "failed": failed,
            "own_matter": not acts,
            "double": found.differences.filter(kind=Difference.Kind.DOUBLE).first(),
            "assigns": acts and found.waits,
            "sends_back": acts and returning and found.return_asked_by_id != user.pk,
            "asked_by_me": acts and returning and found.return_asked_by_id == user.pk,
        },
        status=status,
    )


@require_http_methods(["POST"])
@for_accountants
def step(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Assign a credit, propose its return, record it, or cancel the proposal."""
    found = find(request, pk)
    if slug not in STEPS:
        raise Http404
    forms = _forms(found, request.user, request.POST, slug)
    form, (take, done) = forms[slug], STEPS[slug]
    if not form.is_valid():
        return _page(request, found, forms, form, status=422)
    try:
        take(found, request.user, form.cleaned_data)
    except matching.CannotResolve as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("accounting:credit", pk=pk)


def _assign(found: BankCredit, user: User, data: dict[str, Any]) -> None:
    matching.assign([found, *data.get("together", [])], data["whose"], user, note=data["note"])


STEPS = {
    "gan": (_assign, gettext_lazy("Đã gán tiền này cho hồ sơ.")),
    "xin-tra": (
        lambda found, user, data: matching.propose_return(found, user, note=data["note"]),
        gettext_lazy("Đã đề nghị trả lại. Kế toán khác làm tiếp."),
    ),
    "da-tra": (
        lambda found, user, data: matching.record_return(found, user, note=data["note"]),
        gettext_lazy("Đã ghi: tiền đã trả lại người chuyển."),
    ),
    "giu-lai": (
        lambda found, user, data: matching.cancel_return(found, user, note=data["note"]),
        gettext_lazy("Tiền này lại chờ người xem."),
    ),
}
