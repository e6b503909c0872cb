"""What every page of the accountant's desk shares: who may be here, the menu with what waits, ages in words."""

from functools import wraps
from urllib.parse import urlencode

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from payments.accounting import worklists
from payments.permissions import is_accountant
from portal.common import clock
from portal.common.figures import number_in

PAGE = 50  # rows of a list shown at once


def for_accountants(view):
    """The page exists for people who keep the books of some body; for everybody else there is no such page."""

    @never_cache
    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not is_accountant(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def page(request, template, context, *, status=200):
    """A page of the desk with its menu. `counts` may come along when the view has asked for them already."""
    counts = context.get("counts") or worklists.counts(request.user)
    menu = _menu(request, counts) if is_accountant(request.user) else []
    return render(request, template, {**context, "counts": counts, "menu": menu}, status=status)


def list_page(request, template, rows, row, context=None, *, status=200):
    """A list of `payments/accounting/list.html`: one page of `rows` (a queryset), each as `row(object)` shows it."""
    found, further = sliced(request, rows)
    return page(request, template, {"rows": [row(item) for item in found], "next": further, **(context or {})}, status=status)


def _menu(request, counts):
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


def sliced(request, rows):
    """(rows of this page, address of the next page or ""). Newest first by their key: `sau` is the last key seen."""
    after = number_in(request.GET.get("sau", ""))
    if after is not None:
        rows = rows.filter(pk__lt=after)
    found = list(rows.order_by("-pk")[: PAGE + 1])
    if len(found) <= PAGE:
        return found, ""
    kept = {name: value for name, value in request.GET.items() if name != "sau"}
    return found[:PAGE], f"{request.path}?{urlencode(kept | {'sau': found[PAGE - 1].pk})}"


def age(since):
    """How long ago, in words: minutes, hours, then days."""
    minutes = max(0, int((clock.now() - since).total_seconds() // 60))
    if minutes < 60:
        return ngettext("%(n)d phút", "%(n)d phút", minutes) % {"n": minutes}
    if minutes < 48 * 60:
        return ngettext("%(n)d giờ", "%(n)d giờ", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)d ngày", "%(n)d ngày", minutes // 1440) % {"n": minutes // 1440}


def waiting_time(since, *, ended=False):
    """How long a row has waited, for `_age.html`: age in words and tone, both empty once it has ended."""
    return {"age": "" if ended else age(since), "tone": "" if ended else tone_of(since)}


def tone_of(since, *, soon=1, late=3):
    """The tone of a deadline tag by age in days."""
    days = (clock.now() - since).days
    return "late" if days >= late else "soon" if days >= soon else "ok"
