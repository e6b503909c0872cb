"""The page of what is in between: by kind with counts, then each row with its age and owner, the longest overdue first."""

from urllib.parse import urlencode

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import Agency, User
from accounts.roles import Role
from portal.common.dates import age, moment
from portal.common.figures import number_in
from portal.obligations import register

PAGE = 50


@never_cache
@require_safe
def show(request):
    """What is owed. `?loai=` one kind, `?trang=` page. 404 for who may not watch, and for an unknown kind or page."""
    if not register.may_watch(request.user):
        raise Http404
    chosen, number = request.GET.get("loai", ""), _page_number(request)
    if chosen and chosen not in register.BY_KEY:
        raise Http404
    hours, bodies = register.Hours(), register.bodies_watched_by(request.user)
    kinds = [register.BY_KEY[chosen]] if chosen else register.OBLIGATIONS
    found = list(register.worst_first(hours, kinds, bodies)[(number - 1) * PAGE : number * PAGE + 1])
    standing = register.standing(hours, bodies)
    return render(
        request,
        "obligations/owed.html",
        {
            "kinds": [_kind(kind, standing[kind.key], chosen) for kind in register.OBLIGATIONS if _has_part(kind, bodies)],
            "rows": _rows(found[:PAGE], hours, request.user),
            "chosen": register.BY_KEY.get(chosen),
            "count": sum(row["count"] for row in standing.values()),
            "late": sum(row["late"] for row in standing.values()),
            "previous": _address(chosen, number - 1) if number > 1 else "",
            "next": _address(chosen, number + 1) if len(found) > PAGE else "",
            "everywhere": bodies is None,
        },
    )


def _page_number(request):
    number = number_in(request.GET.get("trang", "1"))
    if not number or number > 10_000:
        raise Http404
    return number


def _has_part(kind, bodies):
    return bodies is None or not kind.is_technical


def _address(chosen, number):
    asked = {"loai": chosen} if chosen else {}
    asked |= {"trang": number} if number > 1 else {}
    return reverse("obligations:owed") + (f"?{urlencode(asked)}" if asked else "")


def _kind(kind, counts, chosen):
    """A line of the table of kinds."""
    return {
        "name": kind.name,
        "href": _address(kind.key, 1),
        "current": kind.key == chosen,
        "limit": _limit(kind),
        "age": age(counts["oldest"]) if counts["oldest"] else "",
        **counts,
    }


def _limit(kind):
    if kind.hours:
        return _("%(n)d giờ làm việc") % {"n": kind.hours}
    if kind.within:
        minutes = int(kind.within.total_seconds()) // 60
        return _("%(n)d phút") % {"n": minutes} if minutes < 120 else _("%(n)d giờ") % {"n": minutes // 60}
    return _("hạn ghi ở từng việc")


def _rows(found, hours, user):
    """The rows in words. Two queries for the names of bodies and people, however many rows."""
    bodies = Agency.objects.in_bulk({row["body"] for row in found if row["body"]})
    people = User.objects.in_bulk({row["person"] for row in found if row["person"]})
    return [_row(row, hours, bodies.get(row["body"]), people.get(row["person"]), user) for row in found]


def _row(row, hours, body, person, user):
    kind = register.BY_KEY[row["kind"]]
    ends = hours.after(row["began"], kind.hours) if kind.hours else row["ends"]
    late = row["ends"] is not None and row["ends"] < hours.now
    opens = kind.of_dossier and body and not user.is_superuser
    return {
        "kind": kind.name,
        "label": row["label"],
        "href": reverse("desk:dossier", args=[row["label"]]) if opens else "",
        "body": body,
        "who": person or (dict(Role.choices).get(row["post"], "") if body else _("Người vận hành cổng")),
        "age": age(row["began"]) if row["began"] else "",
        "tone": "late" if late else "ok",
        "ends": _("Không có hạn") if ends is None else (_("Quá hạn %s") % age(ends) if late else moment(ends)),
    }
