"""Attempts: the list, and one attempt with the history of its money."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dossiers.access_log import log_view
from dossiers.models import FeeLine
from payments import outcomes
from payments.accounting.forms import DecisionForm, RefundForm
from payments.accounting.revenue import FIRST_DAY, KINDS, LAST_DAY, NOT_OURS, Period
from payments.accounting.views.access import age, for_accountants, list_page, page
from payments.attempts import settlement
from payments.models import AttemptMove, PaymentAttempt, Way
from payments.models.states import ATTEMPT_EDGES, AttemptState, IllegalMove
from payments.permissions import bodies_of, is_accountant_of, visible_attempts
from payments.refunds import approval
from portal.common.codes import dossier_code_in, letters_and_digits_in
from portal.common.figures import day_in, number_in

LOOKS = {
    AttemptState.CREATED: ("edit", ""), AttemptState.SENT: ("clock", "info"), AttemptState.PAID: ("check-c", "ok"),
    AttemptState.FAILED: ("x-c", "bad"), AttemptState.CANCELLED: ("back", ""), AttemptState.EXPIRED: ("clock", ""),
    AttemptState.REVIEW: ("eye", "warn"),
}  # fmt: skip
FILTERS = ("tu-khoa", "tinh-trang", "tu", "den", "co_quan", "cach", "loai")
_SIGNATURE = re.compile(r"(SecureHash\W{1,5})[0-9A-Fa-f]{8,}")


@require_safe
@for_accountants
def listed(request: HttpRequest) -> HttpResponse:
    """The attempts of the bodies, newest first; filtered by state, day, body, way, kind, or searched by number."""
    asked = {name: request.GET.get(name, "").strip() for name in FILTERS}
    related = visible_attempts(request.user).select_related("collector", "obligation__dossier__version__procedure")
    rows = _filtered(related.defer("obligation__dossier__answers", "obligation__dossier__version__document"), asked)
    return list_page(
        request,
        "payments/accounting/attempts.html",
        rows,
        lambda attempt: {"attempt": attempt, "look": LOOKS[attempt.state]},
        {
            "asked": asked,
            "state": asked["tinh-trang"],
            "words": asked["tu-khoa"],
            "bodies": [{"value": body.pk, "label": str(body)} for body in bodies_of(request.user)],
            "ways": [{"value": value, "label": label} for value, label in Way.choices],
            "states": [{"value": value, "label": label} for value, label in AttemptState.choices],
            "kind": KINDS.get(asked["loai"], ""),
        },
    )


def _filtered(attempts: QuerySet[PaymentAttempt], asked: Mapping[str, str]) -> QuerySet[PaymentAttempt]:
    if asked["tu-khoa"]:
        words = asked["tu-khoa"]
        named = Q(reference=letters_and_digits_in(words)[:100]) | Q(obligation__dossier__code=dossier_code_in(words)[:100])
        return attempts.filter(named | Q(transaction_no=words[:40]))
    if asked["tinh-trang"] in AttemptState.values:
        attempts = attempts.filter(state=asked["tinh-trang"])
    if asked["cach"] in Way.values:
        attempts = attempts.filter(way=asked["cach"])
    if (body := number_in(asked["co_quan"])) is not None:
        attempts = attempts.filter(collector=body)
    if asked["loai"] == NOT_OURS:
        attempts = attempts.filter(state=AttemptState.PAID, settles=False)
    elif asked["loai"] in KINDS:
        lines = FeeLine.objects.filter(kind=asked["loai"], amount__gt=0)
        attempts = attempts.filter(settles=True, obligation__in=lines.values("obligation"))
    first, last = _day(asked["tu"]) or FIRST_DAY, _day(asked["den"]) or LAST_DAY
    since, before = Period(first, last).moments
    paid = Q(paid_at__gte=since, paid_at__lt=before)
    return attempts.filter(paid | Q(paid_at=None, created_at__gte=since, created_at__lt=before))


def _day(text: str) -> dt.date | None:
    day = day_in(text)
    return day if day and FIRST_DAY <= day <= LAST_DAY else None


def find(request: HttpRequest, reference: str) -> PaymentAttempt:
    """The attempt with this reference, if visible to this person. Raises Http404."""
    related = visible_attempts(request.user).select_related(
        "collector", "point", "opened_by", "obligation__dossier__version__procedure", "obligation__dossier__person",
        "obligation__dossier__submitter", "obligation__dossier__lead_agency",
    )  # fmt: skip
    return get_object_or_404(related, reference=reference)


@require_safe
@for_accountants
def attempt(request: HttpRequest, reference: str) -> HttpResponse:
    """One attempt: state, moves with causes, messages of the gateway, receipts, refunds, ledger."""
    found = find(request, reference)
    return _page(request, found, DecisionForm())


def _page(request: HttpRequest, found: PaymentAttempt, form: DecisionForm, *, status: int = 200) -> HttpResponse:
    log_view(request, found.obligation.dossier)
    own = not is_accountant_of(found, request.user)
    return page(
        request,
        "payments/accounting/attempt.html",
        {
            "attempt": found,
            "dossier": found.obligation.dossier,
            "look": LOOKS[found.state],
            "outcome": outcomes.of_attempt(found),
            "moves": [_move(move) for move in found.moves.select_related("actor", "event")],
            "events": found.events.select_related("refund").order_by("pk"),
            "shown": _raw(found, request.GET.get("nguyen-van", "")),
            "refunds": found.refunds.select_related("requested_by", "approved_by"),
            "receipts": found.receipts.select_related("body", "paper"),
            "entries": found.entries.order_by("pk"),
            "question": found.questions.filter(due_state="waiting").first(),
            "complaints": found.complaints.all(),
            "differences": found.differences.all(),
            "age": age(found.created_at),
            "form": form,
            "decides": found.state == AttemptState.REVIEW and not own,
            "own_matter": own,
            "may_refund": not own
            and approval.refundable(found) > 0
            and not any(refund.is_open for refund in found.refunds.all()),
            "has_errors": form.is_bound,
        },
        status=status,
    )


def _move(move: AttemptMove) -> dict[str, Any]:
    """A move for the template: cause as a sentence, and who did it."""
    cause = ATTEMPT_EDGES.get((move.source, move.target), {}).get(move.cause, move.cause)
    return {"move": move, "cause": cause, "who": move.actor or _("Máy tự làm")}


def _raw(found: PaymentAttempt, wanted: str) -> dict[str, Any] | None:
    """The raw text of one event of the gateway, if it was asked for; signatures are cut out."""
    number = number_in(wanted)
    event = None if number is None else found.events.filter(pk=number).first()
    return event and {"pk": event.pk, "text": _SIGNATURE.sub(r"\1…", event.raw)}


@require_http_methods(["POST"])
@for_accountants
def decide(request: HttpRequest, reference: str) -> HttpResponse:
    """Decide on an attempt under review."""
    found = find(request, reference)
    if not is_accountant_of(found, request.user):
        raise PermissionDenied("nobody decides about money of their own")
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    facts = {"cause": "person", "actor": request.user}
    wanted = AttemptState.PAID if form.cleaned_data["outcome"] == form.RECEIVED else AttemptState.FAILED
    try:
        if found.state != AttemptState.REVIEW:
            raise IllegalMove(found.state)
        if wanted == AttemptState.PAID:
            moved = settlement.settle(reference, note=form.cleaned_data["note"], **facts)
        else:
            moved = settlement.record_outcome(reference, wanted, note=form.cleaned_data["note"], **facts)
    except IllegalMove:
        moved = None
    if moved is None or moved.state != wanted:
        messages.error(request, _("Lần trả này vừa đổi tình trạng, xem lại rồi hãy kết luận."))
    else:
        messages.success(request, _("Đã ghi kết luận cho %(reference)s.") % {"reference": reference})
    return redirect("accounting:attempt", reference=reference)


@require_http_methods(["GET", "HEAD", "POST"])
@for_accountants
def propose(request: HttpRequest, reference: str) -> HttpResponse:
    """Propose a refund of this attempt; another accountant approves it."""
    found = find(request, reference)
    if not is_accountant_of(found, request.user):
        raise PermissionDenied("nobody proposes a refund in a matter of their own")
    form = RefundForm(request.POST if request.method == "POST" else None, attempt=found)
    if form.is_bound and form.is_valid():
        facts = {name: form.cleaned_data.get(name) for name in ("amount", "note", "way")}
        try:
            refund = approval.propose(found, form.cleaned_data["reason"], actor=request.user, **facts)
        except approval.NotRefundable as refusal:
            form.add_error(None, str(refusal))
        else:
            mine = refund.requested_by_id == request.user.pk and refund.amount == facts["amount"]
            words = _("Đã đề nghị. Người khác duyệt thì tiền mới đi.") if mine else _("Đã có một đề nghị hoàn đang mở.")
            messages.success(request, words)
            return redirect("accounting:refund", request_id=refund.request_id)
    context = {"attempt": found, "dossier": found.obligation.dossier, "form": form, "has_errors": form.is_bound}
    return page(request, "payments/accounting/propose.html", context, status=422 if form.is_bound else 200)
