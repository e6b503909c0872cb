"""The page of what is in between: by kind with counts, then each row with its age and owner, the longest overdue first."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.messages.models import Alarm
from accounts.models import Agency, User
from accounts.roles import Role
from portal.common.dates import age, moment
from portal.common.figures import number_in
from portal.obligations import alarms, register
from portal.obligations import overview as numbers

PAGE = 50
MAX_NUMBER = 2**63 - 1  # of a row


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show(request):
    """What is owed. `?loai=` one kind, `?trang=` page. A POST takes on an alarm (`bao-dong`, its number).

    404 for who may not watch, for an unknown kind or page, and for an alarm of other bodies.
    """
    if not register.may_watch(request.user):
        raise Http404
    if request.method == "POST":
        return _take_on(request)
    chosen, number = request.GET.get("loai", ""), _page_number(request)
    if chosen and chosen not in register.BY_KEY:
        raise Http404
    hours, bodies = register.Hours(), register.bodies_watched_by(request.user)
    kinds = [register.BY_KEY[chosen]] if chosen else register.OBLIGATIONS
    found = list(register.worst_first(hours, kinds, bodies)[(number - 1) * PAGE : number * PAGE + 1])
    standing = register.standing(hours, bodies)
    every = [_kind(kind, standing[kind.key], chosen) for kind in register.OBLIGATIONS if _has_part(kind, bodies)]
    every.sort(key=lambda kind: -kind["late"])
    return render(
        request,
        "obligations/owed.html",
        {
            "kinds": [kind for kind in every if kind["count"]],
            "idle": [kind for kind in every if not kind["count"]],
            "rows": _rows(found[:PAGE], hours, request.user),
            "chosen": register.BY_KEY.get(chosen),
            "count": sum(row["count"] for row in standing.values()),
            "late": sum(row["late"] for row in standing.values()),
            "previous": _address(chosen, number - 1) if number > 1 else "",
            "next": _address(chosen, number + 1) if len(found) > PAGE else "",
            "everywhere": bodies is None,
            "heads": bool(request.user.agencies_with(*register.HEADS)),
        },
    )


def _take_on(request):
    number = number_in(request.POST.get("bao-dong", ""))
    if number is None or number > MAX_NUMBER:
        raise Http404
    alarm = get_object_or_404(alarms.alarms_of(request.user), pk=number)
    label = register.SECRET if register.secret_codes([alarm.dossier_code]) else alarm.label
    if alarms.take_on(alarm, request.user):
        words = _("Đã ghi: anh chị lo việc %(label)s. Sau %(n)d giờ làm việc mà chưa xong thì sẽ báo lại.")
        messages.success(request, words % {"label": label, "n": alarms.HOURS_OF_AN_ANSWER})
    else:
        messages.info(request, _("Việc %(label)s không còn quá hạn.") % {"label": label})
    return redirect("obligations:owed")


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
    """The rows in words. Three queries for alarms and names of bodies and people, however many rows."""
    bodies = Agency.objects.in_bulk({row["owed_body"] for row in found if row["owed_body"]})
    people = User.objects.in_bulk({row["owed_person"] for row in found if row["owed_person"]})
    going = Alarm.objects.going().filter(row__in={row["owed_row"] for row in found}).select_related("answered_by")
    told = {(alarm.kind, alarm.row): alarm for alarm in going}
    secret = register.secret_codes(row["owed_code"] for row in found)
    return [
        _row(row, secret, hours, bodies.get(row["owed_body"]), people.get(row["owed_person"]), user)
        | _told(told.get((row["owed_kind"], row["owed_row"])))
        for row in found
    ]


def _told(alarm):
    """What was done about a row that is overdue; empty without an alarm."""
    if alarm is None:
        return {"alarm": None, "told": ""}
    if alarm.told_at is None:
        return {"alarm": alarm, "told": _("Sắp báo")}
    told = _("Báo lần %(n)d lúc %(at)s, tới %(level)s") % {
        "n": alarm.told_times,
        "at": moment(alarm.told_at),
        "level": alarm.get_level_display() if alarm.agency_id else _("người vận hành"),
    }
    return {"alarm": alarm, "told": told}


def _row(row, secret, hours, body, person, user):
    kind = register.BY_KEY[row["owed_kind"]]
    ends = hours.after(row["owed_since"], kind.hours) if kind.hours else row["owed_until"]
    late = row["owed_until"] is not None and row["owed_until"] < hours.now
    hidden = kind.of_dossier and row["owed_code"] in secret
    opens = kind.of_dossier and body and not user.is_superuser and not hidden
    return {
        "kind": kind.name,
        "label": register.SECRET if hidden else row["owed_code"],
        "href": reverse("desk:dossier", args=[row["owed_code"]]) if opens else "",
        "body": body,
        "who": person or (dict(Role.choices).get(row["owed_role"], "") if body else _("Người vận hành cổng")),
        "age": age(row["owed_since"]) if row["owed_since"] else "",
        "tone": "late" if late else "ok",
        "ends": _("Không có hạn") if ends is None else (_("Quá hạn %s") % age(ends) if late else moment(ends)),
    }


# ---------------------------------------------------------------- the head's overview
@never_cache
@require_safe
def overview(request):
    """Load, what is due today and next, late with causes, by person, step and procedure, four weeks. 404 for all but heads."""
    bodies = request.user.agencies_with(*register.HEADS) if register.may_watch(request.user) else ()
    if not bodies:
        raise Http404
    hours = register.Hours()
    late = [(register.BY_KEY[key], row) for key, row in register.standing(hours, bodies).items() if row["late"]]
    late.sort(key=lambda cause: -cause[1]["late"])
    return render(
        request,
        "obligations/overview.html",
        {
            "load": numbers.load(bodies, hours),
            "causes": [_kind(kind, row, "") for kind, row in late],
            "people": [
                row | {"href": _given_at(row["person"], request.user)} for row in _aged(numbers.by_person(bodies, hours.now))
            ],
            "steps": _aged(numbers.by_step(bodies, hours.now)),
            "procedures": _aged(numbers.by_procedure(bodies, hours.now)),
            "weeks": numbers.weeks(bodies),
        },
    )


def _given_at(person, user):
    """Where the head gives to others what this person holds (None: nobody holds it)."""
    if person is None:
        return f"{reverse('desk:queue')}?{urlencode({'nhom': 'tat-ca', 'nguoi': 'chua-giao'})}"
    return "" if person == user.pk else reverse("desk:holdings", args=[person])


def _aged(rows):
    return [row | {"age": age(row["oldest"]) if row["oldest"] else ""} for row in rows]
