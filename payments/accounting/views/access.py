"""Shared by the pages of the accountant's desk: access, menu with counts, paging, ages in words."""

import datetime as dt
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from payments.accounting import worklists
from payments.permissions import is_accountant
from portal.common import clock
from portal.common.dates import age
from portal.common.figures import number_in

PAGE = 50  # rows on one page of a list


def for_accountants(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorator: 404 unless the user is an accountant of some body."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_accountant(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Render a page of the desk with its menu. `context["counts"]` avoids computing them twice."""
    counts = context.get("counts") or worklists.counts(request.user)
    menu = _menu(request, counts) if is_accountant(request.user) else []
    return render(request, template, {**context, "counts": counts, "menu": menu}, status=status)


def list_page(
    request: HttpRequest,
    template: str,
    rows: QuerySet,
    row: Callable[[Any], dict[str, Any]],
    context: dict[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """Render a list of `payments/accounting/list.html`: one page of `rows` (a queryset), each converted by `row(object)`."""
    found, further = sliced(request, rows)
    return page(request, template, {"rows": [row(item) for item in found], "next": further, **(context or {})}, status=status)


def _menu(request: HttpRequest, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    here = request.resolver_match.view_name
    places = [
        ("front", _("Hôm nay"), None, ["front"]),
        ("takings", _("Tiền thu"), None, ["takings"]),
        ("attempts", _("Các lần trả"), counts["review"], ["attempts", "attempt", "propose", "receipt"]),
        ("refunds", _("Hoàn tiền"), counts["to_approve"] + counts["to_pay_out"], ["refunds", "refund"]),
        ("reconciliation", _("Đối soát"), None, ["reconciliation"]),
        ("differences", _("Chênh lệch"), counts["differences"], ["differences", "difference"]),
        ("credits", _("Tiền chuyển khoản"), counts["credits"], ["credits", "credit"]),
        ("complaints", _("Phiếu hỏi về tiền"), counts["complaints"], ["complaints", "complaint"]),
    ]
    return [
        {
            "label": label,
            "count": count,
            "href": reverse(f"accounting:{name}"),
            "current": here.removeprefix("accounting:") in pages,
            "hot": True,
        }
        for name, label, count, pages in places
    ]


def sliced(request: HttpRequest, rows: QuerySet) -> tuple[list[Any], str]:
    """(rows of this page, URL of the next page or ""). Ordered by descending pk; `sau` is the last pk of the previous page."""
    after = number_in(request.GET.get("sau", ""))
    if after is not None:
        rows = rows.filter(pk__lt=after)
    found = list(rows.order_by("-pk")[: PAGE + 1])
    if len(found) <= PAGE:
        return found, ""
    kept = {name: value for name, value in request.GET.items() if name != "sau"}
    return found[:PAGE], f"{request.path}?{urlencode(kept | {'sau': found[PAGE - 1].pk})}"


def waiting_time(since: dt.datetime, *, ended: bool = False) -> dict[str, str]:
    """For `_age.html`: age in words and tone; both empty once the row has ended."""
    return {"age": "" if ended else age(since), "tone": "" if ended else tone_of(since)}


def tone_of(since: dt.datetime, *, soon: int = 1, late: int = 3) -> str:
    """The tone of a tag by age; `soon` and `late` in days."""
    days = (clock.now() - since).days
    return "late" if days >= late else "soon" if days >= soon else "ok"
