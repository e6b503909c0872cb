"""Alarms about obligations over their limit: a row each, told to the owner, then the deputies, then the heads, until it is met.

Run every minute. What is told within one quarter of an hour reaches a person as one message, however many alarms it is about.
"""

import datetime as dt
from collections import defaultdict

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.messages.models import Alarm, queue_messages
from accounts.models import Membership, User
from accounts.roles import Role
from dossiers.models import Dossier
from portal.common.dates import age
from portal.common.obligations import COLUMNS
from portal.models import Heartbeat
from portal.obligations import register

Level = Alarm.Level
BATCH = 1_000  # alarms raised in one run; the rest a minute later
SLOT = dt.timedelta(minutes=15)
HOURS_TO_REPEAT = 4  # working hours between two steps up the line, and between repetitions
OPERATORS_REPEAT = dt.timedelta(hours=1)
HOURS_OF_AN_ANSWER = 8  # working hours of silence after somebody took it on
NAMED = 5  # codes of one kind in a message
POSTS = {Level.OWNER: "main", Level.DEPUTY: "deputy", Level.HEAD: "head"}  # of `Offering.duty`


def run():
    """The periodic job. Safe to run twice."""
    hours = register.Hours()
    end_met(hours)
    raise_new(hours)
    tell(hours)
    Heartbeat.beat("alarms")


def end_met(hours):
    """End the alarms whose work is done, or has more time now. One statement for each kind with an alarm."""
    going = Alarm.objects.going()
    for key in going.order_by().values_list("kind", flat=True).distinct():
        late = register.overdue(register.BY_KEY[key], hours).values("owed_row") if key in register.BY_KEY else ()
        going.filter(kind=key).exclude(row__in=late).update(met_at=hours.now)


def raise_new(hours):
    """Write an alarm for each obligation over its limit that has none. One query finds them, one statement writes them."""
    found = register.union([_without_alarm(kind, hours).values(*COLUMNS) for kind in register.OBLIGATIONS])
    rows = [_alarm(row, hours.now) for row in found.order_by("owed_until")[:BATCH]]
    Alarm.objects.bulk_create(rows, ignore_conflicts=True)


def _without_alarm(kind, hours):
    alarms = Alarm.objects.going().filter(kind=kind.key, row=OuterRef("pk"))
    return register.overdue(kind, hours).exclude(Exists(alarms))


def _alarm(row, now):
    kind = register.BY_KEY[row["owed_kind"]]
    with translation.override(None):
        sentence = str(kind.to_citizen)
    return Alarm(
        kind=kind.key, row=row["owed_row"], ends_at=row["owed_until"], raised_at=now, tell_at=_slot(now), to_citizen=sentence,
        dossier_code=row["owed_code"] if kind.of_dossier else "", **_owner(row),
    )  # fmt: skip


def _owner(row):
    return {
        "label": row["owed_code"][:100],
        "agency_id": row["owed_body"],
        "post": row["owed_role"],
        "person_id": row["owed_person"],
    }


def _slot(moment):
    """The end of the quarter of an hour: what falls into it is told together."""
    over = dt.timedelta(minutes=moment.minute % 15, seconds=moment.second, microseconds=moment.microsecond)
    return moment - over + SLOT if over else moment


# ---------------------------------------------------------------- telling
def tell(hours):
    """Tell all alarms that are due, each one level higher than before. A fixed number of queries and one message a person."""
    due = _with_owners_of_now(list(Alarm.objects.going().filter(tell_at__lte=hours.now).order_by("ends_at", "pk")), hours)
    if not due:
        return
    recipients, told = Recipients(due), defaultdict(list)
    secret = register.secret_codes(alarm.dossier_code for alarm in due)
    for alarm in due:
        alarm.is_secret = alarm.dossier_code in secret
        alarm.level, people = recipients.of(alarm)
        alarm.told_at, alarm.told_times = hours.now, alarm.told_times + 1
        alarm.tell_at = _slot(_again_at(alarm, hours))
        for user in people:
            told[user].append(alarm)
    for user, alarms in told.items():
        _send(user, alarms, hours.now)
    fields = ["level", "told_at", "told_times", "tell_at", "label", "agency", "post", "person"]
    Alarm.objects.bulk_update(due, fields, batch_size=BATCH)


def _again_at(alarm, hours):
    if alarm.agency_id is None:
        return hours.now + OPERATORS_REPEAT
    return hours.after(hours.now, HOURS_TO_REPEAT).astimezone(dt.UTC)


def _with_owners_of_now(due, hours):
    """The alarms whose work is still owed, with who owes it now: work may have changed hands, or was done a moment ago."""
    wanted = defaultdict(list)
    for alarm in due:
        wanted[alarm.kind].append(alarm.row)
    parts = [register.rows(register.BY_KEY[key], hours).filter(pk__in=rows).values(*COLUMNS) for key, rows in wanted.items()]
    found = {(row["owed_kind"], row["owed_row"]): row for row in register.union(parts)} if parts else {}
    still = [alarm for alarm in due if (alarm.kind, alarm.row) in found]
    for alarm in still:
        row = found[alarm.kind, alarm.row]
        for name, value in {**_owner(row), "asker": row["owed_asker"], "lead": row["owed_lead"]}.items():
            setattr(alarm, name, value)
    return still


class Recipients:
    """Who is told of which alarm. The people of all bodies are read in a fixed number of queries."""

    def __init__(self, alarms):
        bodies = {body for alarm in alarms for body in (alarm.agency_id, alarm.lead)}
        seats = Membership.objects.current().filter(agency__in=bodies, user__is_active=True)
        self.seats = defaultdict(list)
        self.logins = defaultdict(dict)
        for seat in seats.select_related("user").order_by("pk"):
            self.seats[seat.agency_id, seat.role].append(seat.user)
            self.logins[seat.agency_id][seat.user.username] = seat.user
        people = {person for alarm in alarms for person in (alarm.person_id, alarm.asker) if person}
        self.people = User.objects.filter(is_active=True).in_bulk(people)
        self.operators = list(User.objects.filter(is_superuser=True, is_active=True))
        at_desks = {alarm.dossier_code for alarm in alarms if alarm.post == Role.RECEIVING_CLERK}
        self.duty = dict(Dossier.objects.filter(code__in=at_desks).values_list("code", "offering__duty"))

    def of(self, alarm):
        """(level reached, people): one level higher than last time, or more where nobody is; without anybody the operators."""
        if alarm.agency_id is None:
            return Level.HEAD, self.operators
        asker = self.people.get(alarm.asker)
        wanted, reached = self._level_wanted(alarm), {asker.pk: asker} if asker else {}
        for level in (Level.OWNER, Level.DEPUTY, Level.HEAD):
            more = self._at(level, alarm)
            reached |= {user.pk: user for user in more}
            if more and level >= wanted:
                return level, list(reached.values())
        return Level.HEAD, list(reached.values()) or self.operators

    def _level_wanted(self, alarm):
        return Level.HEAD if register.BY_KEY[alarm.kind].heads_at_once else alarm.level + 1

    def _at(self, level, alarm):
        on_duty = self._on_duty(POSTS[level], alarm)
        if level == Level.OWNER:
            holder = self.people.get(alarm.person_id)
            return [holder] if holder else on_duty or self.seats[alarm.agency_id, alarm.post]
        role = Role.DEPUTY if level == Level.DEPUTY else Role.HEAD
        bodies = dict.fromkeys(filter(None, (alarm.agency_id, alarm.lead)))
        return on_duty + [user for body in bodies for user in self.seats[body, role]]

    def _on_duty(self, post, alarm):
        """Who stands on the duty list of the offering, while they work at this body."""
        login = (
            (self.duty.get(alarm.dossier_code) or {}).get(post, {}).get("login") if alarm.post == Role.RECEIVING_CLERK else None
        )
        user = self.logins[alarm.agency_id].get(login)
        return [user] if user else []


@translation.override("vi")
def _send(user, alarms, now):
    kinds = defaultdict(list)
    for alarm in alarms:
        kinds[alarm.kind].append(alarm)
    if len(alarms) == 1:
        subject = _("Quá hạn, chưa xong: %(label)s") % {"label": _label(alarms[0])}
    else:
        subject = _("%(n)d việc quá hạn, chưa xong") % {"n": len(alarms)}
    lines = [_line(register.BY_KEY[key], of_kind) for key, of_kind in kinds.items()]
    lines.append(_("Chưa xong thì sẽ báo lại và báo lên cấp trên; xong thì thôi."))
    queue_messages(f"alarms:{now:%Y%m%d%H%M%S}", [user], subject=subject, body="\n".join(lines), link=_link(user, alarms))


def _line(kind, alarms):
    """One kind in words: how many, the longest, some codes. `alarms`: the longest overdue first."""
    facts = {"kind": kind.name, "n": len(alarms), "age": age(alarms[0].ends_at)}
    facts["codes"] = ", ".join(map(_label, alarms[:NAMED]))
    if len(alarms) == 1:
        return _("%(kind)s: quá hạn %(age)s (%(codes)s).") % facts
    facts["codes"] += ", …" if len(alarms) > NAMED else ""
    return _("%(kind)s: %(n)d việc, lâu nhất quá hạn %(age)s (%(codes)s).") % facts


def _label(alarm):
    """What the message calls the work; a confidential dossier has no code there, who holds it finds it in the own list."""
    return str(register.SECRET) if alarm.is_secret else alarm.label


def _link(user, alarms):
    """Where this person finds the work: the register, the one dossier, or their own lists."""
    if register.may_watch(user):
        return reverse("obligations:owed")
    if user.agencies_with(Role.ACCOUNTANT):
        return reverse("accounting:front")
    codes = {"" if alarm.is_secret else alarm.dossier_code for alarm in alarms}
    return reverse("desk:dossier", args=[codes.pop()]) if len(codes) == 1 and "" not in codes else reverse("desk:queue")


# ---------------------------------------------------------------- answering
def take_on(alarm, user):
    """This person looks after it: silence for HOURS_OF_AN_ANSWER. False when it was met in the meantime."""
    hours = register.Hours()
    quiet_until = _slot(hours.after(hours.now, HOURS_OF_AN_ANSWER).astimezone(dt.UTC))
    going = Alarm.objects.going().filter(pk=alarm.pk)
    return bool(going.update(answered_by=user, answered_at=hours.now, tell_at=quiet_until))


def alarms_of(user):
    """The alarms this person may answer: those about what they watch."""
    bodies = register.bodies_watched_by(user)
    return Alarm.objects.all() if bodies is None else Alarm.objects.filter(agency__in=bodies)
