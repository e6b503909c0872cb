"""Messages to the citizen's side that nobody opened: repeated once by text message, then called about by the desk.

Only messages that ask for something, or bring a result, and only while they matter (`KINDS`). The number is the one that the
dossier was filed with. Run every minute by the relay; idempotent: one text message and one call task an event.
"""

import datetime as dt
from functools import reduce
from operator import or_

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.messages.models import Channel, Message, queue_sms
from accounts.messages.sms import register as sms
from accounts.models import LoginKind, Membership
from accounts.roles import Role
from dossiers.choices import DeliveryWay
from dossiers.models import CallTask, Event
from dossiers.states import DossierState
from portal.common import clock
from portal.common.dates import moment
from portal.common.identity import is_mobile
from portal.common.outbox import OutboxState
from procedures.calendar import OfficeHours
from procedures.models import working_calendar

HOURS_TO_REPEAT = 15  # working hours (two days) until an unopened message is repeated
HOURS_TO_CALL = 15  # working hours after the text message
OLDEST = dt.timedelta(days=60)  # older messages are not repeated any more
FROM, UNTIL = dt.time(8), dt.time(17)  # local time in which text messages go out, on working days
BATCH = 200
# {step: while this holds of its event, the message matters}
KINDS = {
    "ask_supplement": Q(dossier__state=DossierState.SUPPLEMENT_REQUIRED),
    "charge": Q(dossier__state=DossierState.PAYMENT_REQUIRED),
    "ask_confirmation": Q(dossier__state=DossierState.PROCESSING, dossier__waiting_on="submitter"),
    "issue": Q(dossier__state=DossierState.COMPLETED, dossier__delivery_way=DeliveryWay.COUNTER),
    "deliver": Q(dossier__state=DossierState.RETURNED, dossier__delivery_way=DeliveryWay.ACCOUNT, dossier__opened_at=None),
}


def run() -> None:
    """The periodic job."""
    now, calendar, office = clock.now(), working_calendar(), OfficeHours.default()
    _end_needless(now)
    local = clock.local(now)
    if not (calendar.is_working(local.date()) and FROM <= local.time() < UNTIL):
        return
    open_too_long = _waiting().filter(at__lte=office.minutes_before(calendar, now, 60 * HOURS_TO_REPEAT))
    for event in open_too_long.filter(repeated=False)[:BATCH]:
        _repeat(event)
    sent_before = office.minutes_before(calendar, now, 60 * HOURS_TO_CALL)
    for event in _waiting().filter(Exists(_texts().filter(_in_vain(sent_before))))[:BATCH]:
        _call(event)


def unopened() -> QuerySet[Event]:
    """Events whose message matters still and was opened by nobody of the citizen's side."""
    matters = reduce(or_, (Q(step=step) & still for step, still in KINDS.items()))
    read = Message.objects.filter(key=_key(), channel=Channel.INBOX, read_at__isnull=False, recipient__kind=LoginKind.CITIZEN)
    later = Event.objects.filter(dossier=OuterRef("dossier"), step=OuterRef("step"), sequence__gt=OuterRef("sequence"))
    return Event.objects.filter(matters, at__gte=clock.now() - OLDEST).exclude(Exists(read)).exclude(Exists(later))


def _waiting() -> QuerySet[Event]:
    """Unopened events about which nobody calls yet, the oldest first. `repeated`: by a text message."""
    found = unopened().filter(call_task=None).annotate(repeated=Exists(_texts())).order_by("at", "pk")
    return found.select_related("dossier__receiving_agency", "dossier__offering", "dossier__holder")


def _key() -> Concat:
    """The key of the messages of an event, for a subquery."""
    return Concat(Value("event:"), Cast(OuterRef("pk"), CharField()))


def _texts() -> QuerySet[Message]:
    return Message.objects.filter(key=_key(), channel=Channel.SMS)


def _in_vain(cutoff: dt.datetime) -> Q:
    """The text message was sent before this moment, or could not be sent."""
    refused = Q(due_state=OutboxState.DONE) & ~Q(last_error="")
    return refused | Q(due_state=OutboxState.DEAD) | Q(due_state=OutboxState.DONE, done_at__lte=cutoff)


def _repeat(event: Event) -> None:
    if sms.current() and is_mobile(event.dossier.subject_phone):
        queue_sms(f"event:{event.pk}", event.dossier.subject_phone, text_of(event))
    else:
        _call(event)


def _call(event: Event) -> None:
    dossier = event.dossier
    way = CallTask.Way.CALL if dossier.subject_phone else CallTask.Way.LETTER
    CallTask.objects.bulk_create([CallTask(event=event, dossier=dossier, way=way, owner=_owner(dossier))], ignore_conflicts=True)


def _owner(dossier):
    """Who calls: who holds it at the desk, else who stands on the duty list; None: any clerk of the desk."""
    seats = Membership.objects.current().filter(role=Role.RECEIVING_CLERK, agency=dossier.receiving_agency_id)
    clerks = {seat.user.username: seat.user for seat in seats.filter(user__is_active=True).select_related("user")}
    holder = dossier.holder and clerks.get(dossier.holder.username)
    duty = (dossier.offering.duty if dossier.offering else {}).get("main", {})
    return holder or clerks.get(duty.get("login"))


def _end_needless(now: dt.datetime) -> None:
    """End the tasks whose message was opened, or does not matter any more. One statement."""
    still = unopened().values("pk")
    CallTask.objects.filter(ended_at=None).exclude(event__in=still).update(outcome=CallTask.Outcome.NEEDLESS, ended_at=now)


@translation.override("vi")
def text_of(event: Event) -> str:
    """The text message: which dossier, what to do, where to ask; no name, no procedure, no link."""
    return _("Cổng dịch vụ công: %s") % " ".join(wanted_by(event))


def wanted_by(event: Event) -> list[str]:
    """What the message of this event asks for, as sentences: of the text message, and of who calls."""
    dossier = event.dossier
    until = dossier.supplement_due_at or dossier.payment_due_at or (dossier.waiting_on == "submitter" and dossier.step_due_at)
    facts = {"code": dossier.code, "until": moment(until) if until else ""}
    wanted = {
        "ask_supplement": _("Hồ sơ %(code)s cần bổ sung trước %(until)s."),
        "charge": _("Hồ sơ %(code)s cần trả phí trước %(until)s."),
        "ask_confirmation": _("Hồ sơ %(code)s cần ông bà xác nhận trước %(until)s."),
        "issue": _("Hồ sơ %(code)s đã có kết quả, mời đến quầy nhận."),
        "deliver": _("Hồ sơ %(code)s đã có kết quả trong tài khoản."),
    }[event.step]
    desk = dossier.receiving_agency
    asks = _("Hỏi: %(phone)s.") % {"phone": desk.desk_phone} if desk.desk_phone else ""
    return [sentence for sentence in (wanted % facts, asks) if sentence]
