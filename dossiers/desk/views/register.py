"""The register of a desk (form 07): page, print and Excel file."""

from urllib.parse import urlencode

from django import forms
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import log_access
from dossiers.desk import register
from dossiers.files.serving import content_response
from dossiers.papers.contexts import register_context
from dossiers.papers.models import PaperKind
from dossiers.papers.rendering import render_paper
from dossiers.states import DossierState
from portal.common import clock
from portal.common.figures import is_digits
from portal.common.form_fields import DayField
from portal.common.pdf import PdfError
from procedures.models import Procedure

PAGE = 100
MAX_DAYS = 366
MAX_EXPORTED = 20_000  # rows of one Excel file
PRINTED = 200  # rows of one PDF, a longer register is printed in parts: drawing must end within `rendering.TIMEOUT_SECONDS`
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STATES = [state for state in DossierState if state is not DossierState.DRAFT]


class RegisterForm(forms.Form):
    """The filters. Default: this month, the first body, everything."""

    co_quan = forms.ModelChoiceField(queryset=None, required=False)
    tu = DayField(label=gettext_lazy("Từ ngày"), required=False)
    den = DayField(label=gettext_lazy("Đến ngày"), required=False)
    thu_tuc = forms.ModelChoiceField(queryset=Procedure.objects.only("code"), to_field_name="code", required=False)
    trang_thai = forms.ChoiceField(choices=[("", ""), *((state.value, state.label) for state in STATES)], required=False)

    def __init__(self, *args, bodies, **options):
        super().__init__(*args, **options)
        self.fields["co_quan"].queryset = bodies
        self.body = bodies[0]
        self.period = register.Period(clock.today().replace(day=1), clock.today())

    def clean(self):
        cleaned = super().clean()
        self.body = cleaned.get("co_quan") or self.body
        last = cleaned.get("den") or max(self.period.last, cleaned.get("tu") or self.period.last)
        first = cleaned.get("tu") or last.replace(day=1)
        if first > last:
            self.add_error("tu", _("Ngày đầu phải trước ngày cuối."))
        elif (last - first).days >= MAX_DAYS or not 2000 <= first.year <= last.year <= 2100:
            self.add_error("tu", _("Chọn nhiều nhất một năm."))
        else:
            self.period = register.Period(first, last)
        return cleaned

    def numbers(self):
        procedure = self.cleaned_data.get("thu_tuc")
        return register.numbers(
            self.body, self.period, procedure=procedure.code if procedure else "", state=self.cleaned_data.get("trang_thai") or ""
        )


def _form(request):
    """The bound form. Http404 for who keeps no register, and for another body."""
    bodies = register.bodies_of(request.user) if request.user.is_authenticated else None
    if not bodies:
        raise Http404
    form = RegisterForm(request.GET, bodies=bodies)
    form.is_valid()
    if "co_quan" in form.errors:
        raise Http404
    return form


@require_safe
@never_cache
def show(request):
    """The rows of the period, 100 a page."""
    form = _form(request)
    page = Paginator(form.numbers(), PAGE).get_page(request.GET.get("trang"))
    asked = {name: value for name, value in request.GET.items() if name in form.fields and value}
    query = urlencode(asked)
    return render(
        request,
        "dossiers/desk/register.html",
        {
            "form": form,
            "body": form.body,
            "period": form.period,
            "page": page,
            "rows": [register.shown(row) for row in register.entries(page)],
            "bodies": [{"value": body.pk, "label": body.name} for body in form.fields["co_quan"].queryset],
            "procedures": register.procedures_in(form.body, form.period),
            "states": [{"value": state.value, "label": state.label} for state in STATES],
            "chosen": {name: request.GET.get(name, "") for name in form.fields},
            "query": query,
            "too_long": page.paginator.count > MAX_EXPORTED,
            "exported": MAX_EXPORTED,
            "prints": _prints(page.paginator.count, query),
            "xlsx": f"{reverse('desk:register_xlsx')}?{query}",
        },
        status=422 if form.errors else 200,
    )


def _prints(count, query):
    """The PDFs of `count` rows: their addresses, and their rows where there are several."""
    address, firsts = f"{reverse('desk:register_pdf')}?{query}", range(0, count, PRINTED)
    return [
        {"href": f"{address}&phan={part}", "rows": f"{first + 1}–{min(first + PRINTED, count)}" if count > PRINTED else ""}
        for part, first in enumerate(firsts, start=1)
    ]


@require_safe
@never_cache
def pdf(request):
    """A part (`phan`, default 1) of the register on A4, always in Vietnamese. Logged. 404 for filters that cannot be read and
    for a part without rows."""
    form = _readable(request)
    part = request.GET.get("phan", "1")
    first = (int(part) - 1) * PRINTED if is_digits(part, 4) else -1
    rows = list(form.numbers()[first : first + PRINTED]) if first >= 0 else []
    if first < 0 or first and not rows:
        raise Http404
    context = register_context(form.body, register.entries(rows), form.period.words, clock.now())
    try:
        content = render_paper(PaperKind.REGISTER, context)
    except PdfError:
        return render(request, "dossiers/papers/no_copy.html", {"register": True}, status=503)
    return _file(request, form, content, "pdf", "application/pdf")


@require_safe
@never_cache
def xlsx(request):
    """The register as an Excel file. Logged. 404 for filters that cannot be read or too many rows."""
    form = _readable(request)
    rows = list(form.numbers()[: MAX_EXPORTED + 1])
    if len(rows) > MAX_EXPORTED:
        raise Http404
    return _file(request, form, register.workbook(form.body, form.period, register.entries(rows)), "xlsx", XLSX)


def _readable(request):
    form = _form(request)
    if form.errors:
        raise Http404
    return form


def _file(request, form, content, ending, content_type):
    period = f"{form.period.first:%Y%m%d}-{form.period.last:%Y%m%d}"
    log_access(request, "download", f"register:{form.body.code}:{period}"[:60])
    return content_response(content, f"so-theo-doi-{form.body.code}-{period}.{ending}", content_type)
