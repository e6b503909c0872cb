"""Refunds: lists by state, and one refund with the actions this person may take, or the reason why not."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from payments.accounting import worklists
from payments.accounting.forms import DocumentForm, NoteForm
from payments.accounting.views.access import age, for_accountants, list_page, page, waiting_time
from payments.models import PaymentAttempt, Refund, RefundMove, RefundWay
from payments.models.states import OPEN_REFUND, REFUND_EDGES, IllegalMove, RefundState
from payments.permissions import is_accountant_of, visible_refunds
from payments.refunds import approval

LOOKS = {
    RefundState.REQUESTED: ("clock", "warn"), RefundState.APPROVED: ("check", "info"), RefundState.DECLINED: ("x-c", ""),
    RefundState.SENT: ("send", "info"), RefundState.PROCESSING: ("clock", "info"), RefundState.UNKNOWN: ("help", "warn"),
    RefundState.DONE: ("check-c", "ok"), RefundState.REFUSED: ("x-c", "bad"),
}  # fmt: skip
NOT_PROPOSED = "chua-de-nghi"
GROUPS = {
    "cho-duyet": gettext_lazy("Chờ duyệt"),
    "tu-chuyen": gettext_lazy("Phải tự chuyển trả"),
    "ngan-hang": gettext_lazy("Đang ở ngân hàng"),
    "tu-choi": gettext_lazy("Ngân hàng từ chối"),
    NOT_PROPOSED: gettext_lazy("Phải trả lại, chưa ai đề nghị"),
    "xong": gettext_lazy("Đã hoàn"),
    "tat-ca": gettext_lazy("Tất cả"),
}
MINE = {  # of a group, the refunds on which this person may act: (title, query)
    "cho-duyet": (gettext_lazy("Chờ tôi duyệt"), approval.to_approve),
    "tu-chuyen": (gettext_lazy("Chờ tôi chuyển trả"), approval.to_pay_out),
}


@require_safe
@for_accountants
def listed(request: HttpRequest) -> HttpResponse:
    """One list for each group, newest first, with ages. `cua-toi`: only those on which this person may act."""
    group = request.GET.get("nhom", "")
    group = group if group in GROUPS else "cho-duyet"
    mine = request.GET.get("cua-toi") == "1" and group in MINE
    title, rows = (MINE[group][0], MINE[group][1](request.user)) if mine else (GROUPS[group], _of_group(group, request.user))
    owed = worklists.owed_without_refund(request.user)
    context = {
        "group": group,
        "title": title,
        "groups": [
            {
                "label": label,
                "href": f"?nhom={key}",
                "current": key == group and not mine,
                "count": _count(key, request.user, owed),
            }
            for key, label in GROUPS.items()
        ],
    }
    if group == NOT_PROPOSED:
        context["rows"] = [{"attempt": attempt, "amount": amount, "age": age(attempt.paid_at)} for attempt, amount in owed]
        return page(request, "payments/accounting/owed.html", context)
    rows = rows.select_related("attempt__collector", "attempt__obligation__dossier", "requested_by", "approved_by")
    rows = rows.defer("attempt__obligation__dossier__answers")
    return list_page(request, "payments/accounting/refunds.html", rows, _row, context)


def _of_group(group: str, user: User) -> QuerySet[Refund]:
    rows = visible_refunds(user)
    return {
        "cho-duyet": lambda: rows.filter(state=RefundState.REQUESTED),
        "tu-chuyen": lambda: rows.filter(state=RefundState.APPROVED, way=RefundWay.BY_HAND),
        "ngan-hang": lambda: worklists.with_the_bank(user),
        "tu-choi": lambda: rows.filter(state=RefundState.REFUSED),
        NOT_PROPOSED: lambda: rows.none(),
        "xong": lambda: rows.filter(state=RefundState.DONE),
        "tat-ca": lambda: rows,
    }[group]()


def _count(group: str, user: User, owed: Sequence[tuple[PaymentAttempt, int]]) -> int | None:
    if group in ("xong", "tat-ca"):
        return None
    return len(owed) if group == NOT_PROPOSED else _of_group(group, user).count()


def _row(refund: Refund) -> dict[str, Any]:
    return {
        "refund": refund,
        "look": LOOKS[refund.state],
        **waiting_time(refund.approved_at or refund.requested_at, ended=not refund.is_open),
        "proposer": refund.requested_by or _("Cổng tự đề nghị"),
    }


def find(request: HttpRequest, request_id: str) -> Refund:
    related = visible_refunds(request.user).select_related(
        "attempt__collector", "attempt__point", "attempt__obligation__dossier__person", "requested_by", "approved_by",
        "attempt__obligation__dossier__submitter",
    )  # fmt: skip
    return get_object_or_404(related, request_id=request_id)


@require_safe
@for_accountants
def refund(request: HttpRequest, request_id: str) -> HttpResponse:
    """One refund: amount, reason, proposer, moves, and the possible actions."""
    return _page(request, find(request, request_id))


def _page(request: HttpRequest, found: Refund, bound: dict[str, Form] | None = None, *, status: int = 200) -> HttpResponse:
    forms = {
        "duyet": NoteForm(label=_("Ghi chú khi duyệt"), required=False, prefix="duyet"),
        "khong-duyet": NoteForm(label=_("Vì sao không duyệt"), prefix="khong"),
        "da-chuyen": DocumentForm(),
    } | (bound or {})
    own = not is_accountant_of(found.attempt, request.user)
    requested = found.state == RefundState.REQUESTED
    decides = requested and approval.may_decide(found, request.user)
    return page(
        request,
        "payments/accounting/refund.html",
        {
            **_row(found),
            "attempt": found.attempt,
            "dossier": found.attempt.obligation.dossier,
            "moves": [_move(move) for move in found.moves.select_related("actor")],
            "forms": {name.replace("-", "_"): form for name, form in forms.items()},
            "failed": next(iter(bound.values())) if bound else None,
            "own_matter": own,
            "own_part": requested and not own and not decides,
            "own_proposal": found.requested_by_id == request.user.pk,
            "others": [str(person) for person in approval.deciders(found)[:5]] if requested else [],
            "decides": decides,
            "pays_out": found.is_to_be_paid_out and approval.may_pay_out(found, request.user),
            "instead": _instead(found) if found.state == RefundState.REFUSED else None,
            "again": found.state in (RefundState.REFUSED, RefundState.DECLINED) and not own and _may_propose(found.attempt),
        },
        status=status,
    )


def _instead(refund: Refund) -> Refund | None:
    """The open refund of the same money, which the portal proposed when the bank refused this one."""
    return refund.attempt.refunds.filter(state__in=OPEN_REFUND, requested_by=None).exclude(pk=refund.pk).first()


def _may_propose(attempt: PaymentAttempt) -> bool:
    return approval.refundable(attempt) > 0 and not any(refund.is_open for refund in attempt.refunds.all())


def _move(move: RefundMove) -> dict[str, Any]:
    cause = REFUND_EDGES.get((move.source, move.target), {}).get(move.cause, move.cause)
    return {"move": move, "cause": cause, "who": move.actor or _("Máy tự làm")}


@require_http_methods(["POST"])
@for_accountants
def step(request: HttpRequest, request_id: str, slug: str) -> HttpResponse:
    """Approve or decline a refund, or record its payout. `refunds.approval` enforces the two-person rule."""
    found = find(request, request_id)
    if slug not in STEPS:
        raise Http404
    form, take, done = STEPS[slug]
    form = form(request.POST)
    if not form.is_valid():
        return _page(request, found, {slug: form}, status=422)
    try:
        take(found, request.user, form.cleaned_data)
    except IllegalMove:
        messages.error(request, _("Khoản hoàn này vừa được người khác xử lý."))
    else:
        messages.success(request, done)
    return redirect("accounting:refund", request_id=request_id)


STEPS = {
    "duyet": (
        lambda data: NoteForm(data, label=_("Ghi chú khi duyệt"), required=False, prefix="duyet"),
        lambda found, user, data: approval.approve(found, user, note=data["note"]),
        gettext_lazy("Đã duyệt. Tiền bắt đầu được trả lại."),
    ),
    "khong-duyet": (
        lambda data: NoteForm(data, label=_("Vì sao không duyệt"), prefix="khong"),
        lambda found, user, data: approval.decline(found, user, note=data["note"]),
        gettext_lazy("Đã ghi là không duyệt."),
    ),
    "da-chuyen": (
        DocumentForm,
        lambda found, user, data: approval.paid_out(found, user, document=data["document"]),
        gettext_lazy("Đã ghi: tiền đã trả lại."),
    ),
}
