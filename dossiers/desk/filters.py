"""Filters of the desk's lists, as words of the address. Values that mean nothing filter nothing."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from dossiers.clock import lateness
from dossiers.desk import priority, queues
from dossiers.models import DeskVisit, FilingChannel, StepRun, StepState
from dossiers.states import DossierState
from portal.common import clock
from portal.common.figures import UnclearDay, number_in, typed_day_in

ME, NOBODY = "toi", "chua-giao"
YES = "1"
SOON_DAYS = 7


def _day(text):
    try:
        day = typed_day_in(text)
        return day if 2000 <= day.year <= 2100 else None
    except UnclearDay:
        return None


def _midnight(day):
    return dt.datetime.combine(day, dt.time(), clock.LOCAL)


def _filed_from(text, _user):
    day = _day(text)
    return day and Q(submitted_at__gte=_midnight(day))


def _filed_until(text, _user):
    day = _day(text)
    return day and Q(submitted_at__lt=_midnight(day + dt.timedelta(days=1)))


def _holder(text, user):
    if text == NOBODY:
        return Q(holder=None) & ~lateness.for_citizen()
    number = user.pk if text == ME else number_in(text)
    return None if number is None else Q(holder=number)


def _step(text, _user):
    if text in DossierState.values:
        return Q(state=text)
    runs = StepRun.objects.filter(state=StepState.OPEN, name=text)
    return Q(state=DossierState.PROCESSING, pk__in=runs.values("dossier"))


def _lateness(text, _user):
    now, running = clock.now(), lateness.running()
    tomorrow = _midnight(clock.today() + dt.timedelta(days=1))
    found = {
        "qua-han": lambda: lateness.late(now),
        "hom-nay": lambda: running & Q(step_due_at__gte=now, step_due_at__lt=tomorrow),
        "7-ngay": lambda: running & Q(step_due_at__gte=now, step_due_at__lt=now + dt.timedelta(days=SOON_DAYS)),
        "tam-dung": lambda: lateness.for_citizen() | Q(state=DossierState.WITHDRAWN),
    }.get(text)
    return found and found()


def _priority(text, _user):
    if text == YES:
        return priority.anybody()
    return priority.condition(text) if text in priority.LABELS else None


def _unread(text, user):
    return unread(user) if text == YES else None


def unread(user) -> Q:
    """Query condition: something happened since this user had the dossier on screen, or they never had."""
    return ~Q(Exists(DeskVisit.objects.filter(dossier=OuterRef("pk"), user=user, seen_at__gte=OuterRef("updated_at"))))


def _body(text, _user):
    return Q(receiving_agency__code=text) | Q(lead_agency__code=text) | Q(holder_agency__code=text)


FILTERS: dict[str, Callable[[str, Any], Q | None]] = {
    "thu-tuc": lambda text, user: Q(version__procedure__code=text),
    "cach-nop": lambda text, user: Q(channel=text) if text in FilingChannel.values else None,
    "tu": _filed_from,
    "den": _filed_until,
    "nguoi": _holder,
    "co-quan": _body,
    "buoc": _step,
    "han": _lateness,
    "uu-tien": _priority,
    "chua-doc": _unread,
}
KEPT = ("nhom", *FILTERS, "xep")  # words of an address that a saved list keeps
MAX_LENGTH = 200  # characters of a value


def asked(source: Mapping[str, str]) -> dict[str, str]:
    """{word: value} of the known words of an address or a form, without empty ones."""
    found = {word: source.get(word, "").strip()[:MAX_LENGTH] for word in KEPT}
    return {word: value for word, value in found.items() if value}


def apply(dossiers, wanted: Mapping[str, str], user):
    """The dossiers that pass all filters."""
    for word, condition in FILTERS.items():
        if word in wanted and (found := condition(wanted[word], user)):
            dossiers = dossiers.filter(found)
    return dossiers


def unclear_days(wanted: Mapping[str, str]) -> dict[str, str]:
    """{"tu" or "den": why}: days that cannot be read; they do not filter."""
    return {
        word: _("Ghi một ngày có thật, ví dụ 27/11/2026.")
        for word in ("tu", "den")
        if wanted.get(word) and not _day(wanted[word])
    }


def options(user) -> dict[str, list[dict[str, str]]]:
    """{word: what can be chosen}, each {value, label}. Five queries, whatever the number of dossiers."""
    states = [state for state in DossierState if state is not DossierState.DRAFT]
    names, named = queues.open_step_names(user), queues.named_by_open_ones(user)
    holders = [_option(person.pk, person) for person in named.holders if person.pk != user.pk]
    return {
        "thu-tuc": [_option(row.code, row) for row in named.procedures],
        "cach-nop": [_option(*row) for row in FilingChannel.choices],
        "nguoi": [_option(ME, _("Tôi")), _option(NOBODY, _("Chưa giao")), *holders],
        "co-quan": [_option(row.code, row.name) for row in named.bodies],
        "buoc": [_option(state.value, state.label) for state in states] + [_option(name, name) for name in names],
        "han": [
            _option("qua-han", _("Quá hạn")),
            _option("hom-nay", _("Hạn hôm nay")),
            _option("7-ngay", _("Hạn trong 7 ngày tới")),
            _option("tam-dung", _("Đồng hồ đang dừng")),
        ],
        "uu-tien": [_option(YES, _("Mọi nhóm ưu tiên")), *(_option(*row) for row in priority.LABELS.items())],
    }


def _option(value, label):
    return {"value": str(value), "label": str(label)}
