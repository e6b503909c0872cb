"""The front page: worklists with counts, today's revenue, and whether today's ledger balances."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from payments.accounting import revenue, worklists
from payments.accounting.views.access import for_accountants, page
from payments.ledger import balance
from payments.models import LedgerEntry
from payments.permissions import bodies_of
from portal.common import clock


@require_safe
@for_accountants
def front(request: HttpRequest) -> HttpResponse:
    """The worklists with their counts, also 0; then the sums of today."""
    bodies = list(bodies_of(request.user))
    counts, today = worklists.counts(request.user), clock.today()
    rows = revenue.rows([body.pk for body in bodies], revenue.Period(today, today))
    entries = LedgerEntry.objects.filter(collector__in=bodies)
    return page(
        request,
        "payments/accounting/front.html",
        {
            "counts": counts,
            "tiles": _tiles(counts),
            "bodies": bodies,
            "today": today,
            "total": revenue.total_of(rows, revenue.paid_attempts(bodies, revenue.Period(today, today)).count()),
            "by_way": revenue.grouped(rows, "way_name"),
            "proofs": [(_("Hôm nay"), balance.sums(entries.filter(day=today))), (_("Từ trước tới nay"), balance.sums(entries))],
        },
    )


def _tiles(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    tiles = [
        ("to_approve", _("hoàn tiền chờ tôi duyệt"), "stamp", "pay", "refunds", "?nhom=cho-duyet&cua-toi=1"),
        ("to_pay_out", _("hoàn tiền phải tự chuyển trả"), "wallet", "pay", "refunds", "?nhom=tu-chuyen&cua-toi=1"),
        ("owed", _("tiền phải trả lại, chưa ai đề nghị"), "alert", "bad", "refunds", "?nhom=chua-de-nghi"),
        ("review", _("lần trả chưa rõ, chờ người xem"), "eye", "warn", "attempts", "?tinh-trang=review"),
        ("my_complaints", _("phiếu hỏi tôi phải trả lời"), "msg", "warn", "complaints", "?cua-toi=1"),
        ("my_differences", _("chênh lệch tôi phải giải thích"), "swap", "warn", "differences", "?cua-toi=1"),
        ("credits", _("tiền chuyển khoản chưa rõ của ai"), "bank", "warn", "credits", ""),
        ("with_the_bank", _("khoản hoàn đang ở ngân hàng"), "clock", "info", "refunds", "?nhom=ngan-hang"),
    ]
    return [
        {"count": counts[key], "label": label, "icon": icon, "tone": tone, "href": reverse(f"accounting:{name}") + query}
        for key, label, icon, tone, name, query in tiles
    ]
