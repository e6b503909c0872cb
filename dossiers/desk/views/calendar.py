"""The page of the working calendar of a year: lines typed or imported, what they would move, and taking them over."""

from itertools import islice

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dossiers.workflow import recount
from portal.common import clock
from portal.common.figures import number_in
from procedures import year_calendar
from procedures.models import CalendarChange, hash_of

SHOWN = 50  # moved dossiers, changes


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show(request):
    """One year, `?nam=`. «xem» shows what would change and which promised dates would move; «ghi» takes over what was shown
    so, and shows lines that were changed since.

    404 without the permission; 422 for lines that cannot be read, 409 when somebody else changed the year: typed lines stay.
    """
    if not (request.user.is_authenticated and year_calendar.may_set_calendar(request.user)):
        raise Http404
    year = number_in(request.GET.get("nam", "")) or clock.today().year
    if year not in year_calendar.years():
        raise Http404
    seen, undecided = year_calendar.fingerprint(year), year_calendar.undecided_of(year)
    back = _change_named(request, year)
    context = {"text": back.before if back else year_calendar.text_of(year_calendar.rows_of(year)), "decided": [], "back": back}
    status = 200
    if request.method == "POST":
        save = {"xem": False, "ghi": True}.get(request.POST.get("viec", ""))
        if save is None:
            raise Http404
        context["text"] = request.POST.get("lich", "")
        context["decided"] = decided = [row.name for row in undecided if row.name in request.POST.getlist("chot")]
        try:
            shown = request.POST.get("da-xem-truoc") == _hash(context["text"], decided)
            if save and shown and "tep" not in request.FILES:
                changed = year_calendar.save(context["text"], year, request.POST.get("da-xem", ""), decided, by=request.user)
                done = _("Đã ghi. Hạn của hồ sơ đang chạy được tính lại trong ít phút, người nộp được báo ngày mới.")
                messages.success(request, done if changed else _("Không có gì đổi."))
                return redirect(f"{reverse('desk:calendar')}?nam={year}")
            if "tep" in request.FILES:
                content = request.FILES["tep"].read(year_calendar.MAX_FILE + 1)
                context["text"] = year_calendar.decoded(content)
            context |= _preview(context["text"], year, decided)
        except year_calendar.NotReadable as wrong:
            status, context["wrong"] = 422, wrong.sentences
        except year_calendar.Outdated:
            status, context["outdated"] = 409, True
            context |= _preview_or_nothing(context["text"], year, decided)
    context |= {
        "year": year,
        "shipped": year_calendar.shipped_differences(year),
        "years": year_calendar.years(),
        "seen": seen,
        "undecided": [{"row": row, "checked": row.name in context["decided"]} for row in undecided],
        "records": CalendarChange.objects.filter(year=year).select_related("by")[:SHOWN],
    }
    return render(request, "dossiers/desk/calendar.html", context, status=status)


def _change_named(request, year):
    """The change of this year whose lines of before fill the page («?lay-lai=»); None without one. Nothing is stored by it."""
    if request.method == "POST" or "lay-lai" not in request.GET:
        return None
    changes = CalendarChange.objects.filter(year=year).exclude(before="")
    return get_object_or_404(changes, pk=number_in(request.GET["lay-lai"]) or 0)


def _preview(text, year, decided):
    """What the lines would change, and which promised dates would move. Raises NotReadable."""
    rows = year_calendar.read(text, year)
    since = year_calendar.first_changed_day(rows, year, decided)
    moves = recount.preview(year_calendar.calendar_with(rows, year, decided), since) if since else iter(())
    shown = list(islice(moves, SHOWN))
    return {
        "previewed": _hash(text, decided),
        "changes": year_calendar.differences(rows, year, decided),
        "moves": shown,
        "moved": len(shown) + sum(1 for _move in moves),
    }


def _hash(text, decided):
    """Of the lines that a preview was made of; browsers send other line ends than they got."""
    return hash_of({"lines": text.splitlines(), "decided": sorted(decided)})


def _preview_or_nothing(text, year, decided):
    try:
        return _preview(text, year, decided)
    except year_calendar.NotReadable as wrong:
        return {"wrong": wrong.sentences}
