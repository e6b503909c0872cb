"""Revenue per period, body, way and kind, with refunds subtracted; also as an Excel file."""

import datetime as dt
from collections.abc import Collection
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.models import Agency
from payments.accounting import export, revenue
from payments.accounting.forms import BookDay
from payments.accounting.views.access import for_accountants, page
from payments.models import PaymentAttempt, Refund, Way
from payments.models.states import RefundState
from payments.permissions import bodies_of
from portal.common import clock

MAX_DAYS = 366  # of one period


class RevenueForm(forms.Form):
    """The filters of the page. Default: this month, by day."""

    tu = BookDay(label=gettext_lazy("Từ ngày"), required=False)
    den = BookDay(label=gettext_lazy("Đến ngày"), required=False)
    co_quan = forms.ModelChoiceField(queryset=None, label=gettext_lazy("Cơ quan"), required=False)
    cach = forms.ChoiceField(choices=[("", ""), *Way.choices], label=gettext_lazy("Cách trả"), required=False)
    theo = forms.ChoiceField(choices=[("", ""), *revenue.STEPS.items()], label=gettext_lazy("Xem theo"), required=False)

    def __init__(self, *args: Any, bodies: QuerySet[Agency], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["co_quan"].queryset = bodies
        today = clock.today()
        self.period, self.step, self.way, self.bodies = revenue.Period(today.replace(day=1), today), revenue.DAY, "", bodies

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        last = cleaned.get("den") or max(self.period.last, cleaned.get("tu") or dt.date.min)
        first = cleaned.get("tu") or last.replace(day=1)
        if first > last:
            self.add_error("tu", _("Ngày đầu phải trước ngày cuối."))
        elif (last - first).days >= MAX_DAYS:
            self.add_error("tu", _("Chọn nhiều nhất một năm."))
        else:
            self.period = revenue.Period(first, last)
        self.step, self.way = cleaned.get("theo") or revenue.DAY, cleaned.get("cach") or ""
        if cleaned.get("co_quan"):
            self.bodies = self.bodies.filter(pk=cleaned["co_quan"].pk)
        return cleaned


@require_safe
@for_accountants
def show(request: HttpRequest) -> HttpResponse:
    """Totals by way, kind and body; then the rows, each with a link to its payments."""
    form = RevenueForm(request.GET, bodies=bodies_of(request.user))
    form.is_valid()
    bodies = {body.pk: body for body in form.bodies}
    rows = revenue.rows(list(bodies), form.period, form.step, form.way)
    period = form.period
    return page(
        request,
        "payments/accounting/takings.html",
        {
            "form": form,
            "has_errors": bool(form.errors),
            "period": period,
            "rows": [_row(row, bodies[row.body]) for row in rows],
            "total": revenue.total_of(rows, revenue.paid_attempts(list(bodies), period, form.way).count()),
            "by_way": revenue.grouped(rows, "way_name"),
            "by_kind": revenue.grouped(rows, "kind_name"),
            "by_body": [(bodies[pk], total) for pk, total in revenue.grouped(rows, "body")],
            "bodies": [{"value": body.pk, "label": str(body)} for body in bodies_of(request.user)],
            "ways": [{"value": value, "label": label} for value, label in Way.choices],
            "steps": [{"value": value, "label": label} for value, label in revenue.STEPS.items()],
            "chosen": {name: request.GET.get(name, "") for name in form.fields},
            "export": f"{reverse('accounting:takings_export')}?{urlencode(request.GET, doseq=True)}",
            "shortcuts": _shortcuts(request),
        },
        status=200 if form.is_valid() else 422,
    )


def _shortcuts(request: HttpRequest) -> list[dict[str, str]]:
    today = clock.today()
    monday, first = today - dt.timedelta(days=today.weekday()), today.replace(day=1)
    before = first - dt.timedelta(days=1)
    kept = {name: value for name, value in request.GET.items() if name in ("co_quan", "cach", "theo") and value}
    return [
        {"label": label, "href": f"?{urlencode(kept | {'tu': since.isoformat(), 'den': until.isoformat()})}"}
        for label, since, until in [
            (_("Hôm nay"), today, today),
            (_("Tuần này"), monday, today),
            (_("Tháng này"), first, today),
            (_("Tháng trước"), before.replace(day=1), before),
        ]
    ]


def _row(row: revenue.Row, body: str) -> dict[str, Any]:
    return {"row": row, "body": body, "href": _drill(row), "what": f"{row.way_name}, {row.kind_name}"}


def _drill(row: revenue.Row) -> str:
    asked = {"tu": row.begins.isoformat(), "den": row.ends.isoformat(), "co_quan": row.body, "cach": row.way, "loai": row.kind}
    return f"{reverse('accounting:attempts')}?{urlencode(asked | {'tinh-trang': 'paid'})}"


@require_safe
@for_accountants
def excel(request: HttpRequest) -> HttpResponse:
    """The rows of the page, with their payments and refunds, as an .xlsx file."""
    form = RevenueForm(request.GET, bodies=bodies_of(request.user))
    form.is_valid()
    names = {body.pk: str(body) for body in form.bodies}
    rows = revenue.rows(list(names), form.period, form.step, form.way)
    dates = {"first": f"{form.period.first:%d/%m/%Y}", "last": f"{form.period.last:%d/%m/%Y}"}
    title = _("Tiền thu phí, lệ phí từ %(first)s đến %(last)s") % dates
    attempts = revenue.paid_attempts(list(names), form.period, form.way).order_by("paid_at", "pk")
    content = export.takings_workbook(rows, _for_export(attempts), _refunds(list(names), form), names, title)
    answer = HttpResponse(content, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    name = f"tien-thu-{form.period.first:%Y%m%d}-{form.period.last:%Y%m%d}.xlsx"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _for_export(attempts: QuerySet[PaymentAttempt]) -> QuerySet[PaymentAttempt]:
    """With the related rows that the file needs; without the large JSON columns."""
    related = attempts.select_related("collector", "obligation__dossier__version__procedure")
    return related.defer("obligation__dossier__answers", "obligation__dossier__version__document")


def _refunds(bodies: Collection[int], form: RevenueForm) -> QuerySet[Refund]:
    since, before = form.period.moments
    done = Refund.objects.filter(
        attempt__collector__in=bodies, state=RefundState.DONE, done_at__gte=since, done_at__lt=before
    )  # fmt: skip
    done = done.filter(attempt__way=form.way) if form.way else done
    related = done.select_related("attempt__obligation__dossier", "requested_by", "approved_by")
    return related.defer("attempt__obligation__dossier__answers").order_by("done_at", "pk")
