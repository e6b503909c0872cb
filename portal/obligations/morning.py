"""The morning message: one a working day to each head and deputy, with what is due and what is late at their bodies; and to all
staff, what they get grouped (`accounts.messages.grouping`)."""

import datetime as dt
from collections import defaultdict

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.messages.grouping import KINDS, kind_of
from accounts.messages.models import HeldMessage, queue_messages
from accounts.models import Membership
from dossiers.clock import lateness
from dossiers.models import Dossier
from portal.common import clock
from portal.models import Heartbeat
from portal.obligations import register

NOT_BEFORE = dt.time(7, 30)  # local time
NAME = "morning"  # of the heartbeat that says for which day it was sent


def run():
    """The periodic job: once a working day. Who has nothing due, late or held back gets no message."""
    today, hours = clock.today(), register.Hours()
    if not hours.calendar.is_working(today) or clock.local(hours.now).time() < NOT_BEFORE or _is_sent(today):
        return
    due, late = _due_by_body(hours), register.late_by_body(hours)
    heads, held = _heads(), _held()
    for user in {**heads, **held}:
        bodies = heads.get(user, ())
        facts = [due[body] for body in bodies if body in due], [late[body] for body in bodies if body in late]
        _send(user, *facts, held.get(user, []))
    HeldMessage.objects.filter(pk__in=[row.pk for rows in held.values() for row in rows]).delete()
    Heartbeat.objects.update_or_create(name=NAME, defaults={"at": hours.now})


def _is_sent(today):
    last = Heartbeat.objects.filter(name=NAME).values_list("at", flat=True).first()
    return last is not None and clock.local(last).date() >= today


def _due_by_body(hours):
    """{id of the receiving body: {"today", "tomorrow"}}: promises that end today, and on the next working day. One query."""
    days = {"today": clock.today(), "tomorrow": hours.calendar.next_working_day(clock.today())}
    counts = {name: Count("pk", filter=Q(due_at__date=day)) for name, day in days.items()}
    running = Dossier.objects.filter(lateness.running(), due_at__date__in=days.values(), due_at__gte=hours.now)
    found = running.order_by().values("receiving_agency").annotate(**counts)
    return {row.pop("receiving_agency"): row for row in found}


def _heads():
    """{user: ids of the bodies they head today}."""
    seats = Membership.objects.current().filter(role__in=register.HEADS, user__is_active=True).select_related("user")
    heads = defaultdict(set)
    for seat in seats.order_by("pk"):
        heads[seat.user].add(seat.agency_id)
    return heads


def _held():
    """{user: what was held back for them, oldest first}. One query."""
    held = defaultdict(list)
    for row in HeldMessage.objects.filter(recipient__is_active=True).select_related("recipient").order_by("pk"):
        held[row.recipient].append(row)
    return held


def _news(held):
    """A line for each kind: how many, and the newest."""
    kinds = defaultdict(list)
    for row in held:
        kinds[kind_of(row.key)].append(row)
    words = _("%(kind)s: %(n)d tin, mới nhất: %(newest)s.")
    return [words % {"kind": KINDS[kind], "n": len(rows), "newest": rows[-1].subject} for kind, rows in kinds.items()]


@translation.override("vi")
def _send(user, due, late, held):
    today, tomorrow = (sum(row[name] for row in due) for name in ("today", "tomorrow"))
    causes = defaultdict(int)
    for of_body in late:
        for key, count in of_body.items():
            causes[key] += count
    if not (today or tomorrow or causes or held):
        return
    facts = {"today": today, "tomorrow": tomorrow, "late": sum(causes.values())}
    lines, watches = [], register.may_watch(user)
    if watches:
        words = _("Đến hẹn hôm nay: %(today)d hồ sơ. Ngày làm việc tới: %(tomorrow)d hồ sơ. Quá hạn: %(late)d việc.")
        lines.append(words % facts)
    worst = sorted(causes.items(), key=lambda cause: -cause[1])
    lines += [_("%(kind)s: %(n)d") % {"kind": register.BY_KEY[key].name, "n": count} for key, count in worst]
    subject = _("Việc hôm nay: %(today)d đến hẹn, %(late)d quá hạn") if watches else _("Tin gộp: %(n)d tin")
    queue_messages(
        f"morning:{clock.today():%Y%m%d}",
        [user],
        subject=subject % (facts | {"n": len(held)}),
        body="\n".join(lines + _news(held)),
        link=reverse("obligations:owed" if watches else "desk:queue"),
    )
