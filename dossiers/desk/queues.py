"""Queries of the desk's worklists: groups, rows, and the deadline of each dossier. Order and pages: `ordering`; what is asked
for: `filters`, `search`.

A list starts with the dossiers the user may see at work (`permissions.staff_dossiers`) and uses the columns that each step writes
(`waiting_on`, `holder`, `step_due_at`).
"""

from typing import NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Agency, User
from accounts.roles import Role
from dossiers.clock import lateness, rules
from dossiers.desk import presence, priority
from dossiers.files.models import Attachment
from dossiers.models import DeliveryWay, Dossier, StepRun, StepState
from dossiers.permissions import staff_dossiers
from dossiers.states import ALIVE, FINAL, DossierState
from dossiers.workflow.assignment import POST
from portal.common import clock
from portal.common.dates import clock_time
from procedures.models import Procedure

S = DossierState
HEAVY = ["answers", "asked", "term", "delivery_address", "version__document", "version__procedure__facts"]


class Group(NamedTuple):
    """One worklist. `hot`: shown in red when not empty."""

    key: str
    label: str
    hot: bool = False


MINE, LATE, OPEN, CLOSED = "viec-cua-toi", "qua-han", "tat-ca", "da-xong"
GROUPS = [
    Group(MINE, gettext_lazy("Việc của tôi")),
    Group(LATE, gettext_lazy("Quá hạn"), hot=True),
    Group("chua-nhan", gettext_lazy("Chưa nhận bàn giao"), hot=True),
    Group("cho-tiep-nhan", gettext_lazy("Chờ tiếp nhận")),
    Group("dang-xu-ly", gettext_lazy("Đang xử lý")),
    Group("cho-ky", gettext_lazy("Chờ ký")),
    Group("cho-tra", gettext_lazy("Chờ trả kết quả")),
    Group("xin-rut", gettext_lazy("Xin rút")),
    Group("cho-nguoi-nop", gettext_lazy("Chờ người nộp")),
    Group(OPEN, gettext_lazy("Tất cả đang mở")),
    Group(CLOSED, gettext_lazy("Đã xong")),
]


def group_condition(key, user):
    """The query condition of a group for this user."""
    for_signature = Q(waiting_on=Role.SIGNER, state=S.PROCESSING, decided_at=None)
    for_citizen = lateness.for_citizen()
    return {
        MINE: lambda: actionable_by(user),
        LATE: lambda: lateness.late(clock.now()),
        "chua-nhan": lambda: Q(state=S.PROCESSING, take_by__lte=clock.now()),
        "cho-tiep-nhan": lambda: Q(state=S.SUBMITTED),
        "dang-xu-ly": lambda: Q(state__in=[S.ACCEPTED, S.PROCESSING]) & ~for_signature & ~for_citizen,
        "cho-ky": lambda: for_signature,
        "cho-tra": lambda: Q(state=S.COMPLETED),
        "xin-rut": lambda: Q(state=S.WITHDRAWN),
        "cho-nguoi-nop": lambda: for_citizen,
        OPEN: lambda: Q(state__in=ALIVE),
        CLOSED: lambda: Q(state__in=FINAL),
    }[key]()


def actionable_by(user):
    """Query condition: dossiers this user can work on now, by their roles at their agencies, not held by somebody else."""
    free = Q(holder=None) | Q(holder__in={user.pk, *user.stands_in_for})
    desks = user.agencies_with(Role.RECEIVING_CLERK)
    to_hand_out = Q(state=S.COMPLETED) & ~Q(delivery_way=DeliveryWay.ACCOUNT) & ~Q(waiting_on=POST)
    at_the_desk = Q(state__in=[S.SUBMITTED, S.ACCEPTED, S.WITHDRAWN]) | to_hand_out
    headed = user.agencies_with(Role.HEAD, Role.DEPUTY)
    return (
        (Q(receiving_agency__in=desks) & at_the_desk & free)
        | (Q(state=S.WITHDRAWN) | Q(supplement_proposed_at__isnull=False, state__in=[S.SUBMITTED, S.ACCEPTED, S.PROCESSING]))
        & (Q(receiving_agency__in=headed) | Q(lead_agency__in=headed))
        | Q(state=S.PROCESSING, decided_at=None, pk__in=runs_of(user).values("dossier"))
    )


def runs_of(user):
    """Open processing steps that this user may do (`permissions.does_the_step`) and that do not wait for the citizen."""
    wanted = Q(holder=user, agency__in=user.agencies_with(Role.HEAD, Role.DEPUTY))
    for role in {role for role, _agency in user.roles}:
        done_by = Role.HEAD if role == Role.DEPUTY else role
        wanted |= Q(role=done_by, agency__in=user.agencies_with(role))
    free = Q(holder=None) | Q(holder__in={user.pk, *user.stands_in_for})
    runs = StepRun.objects.filter(wanted, free, state=StepState.OPEN)
    return runs.exclude(kind="applicant_confirm", question__gt="", answer="")


def dossiers_at_work(user):
    """All filed dossiers this user may see at work."""
    return Dossier.objects.filter(staff_dossiers(user))


def counts(user):
    """{key of group: count}, in one query over the open dossiers. The group of closed dossiers is not counted."""
    filters = {group.key.replace("-", "_"): group_condition(group.key, user) for group in GROUPS if group.key != CLOSED}
    found = dossiers_at_work(user).filter(state__in=ALIVE).aggregate(**{key: Count("pk", filter=q) for key, q in filters.items()})
    return {key.replace("_", "-"): count for key, count in found.items()}


class Named(NamedTuple):
    """What the open dossiers of a list name, in the order of a filter."""

    procedures: list
    bodies: list
    holders: list


def named_by_open_ones(user):
    """Procedures, receiving bodies and holders of the open dossiers, for the filters. Four queries."""
    open_ones = dossiers_at_work(user).filter(state__in=ALIVE).order_by()
    rows = list(open_ones.values_list("version__procedure", "receiving_agency", "holder").distinct())
    procedures, bodies, holders = ({pk for pk in column if pk} for column in zip(*rows, strict=True)) if rows else ((), (), ())
    return Named(
        list(Procedure.objects.filter(pk__in=procedures).only("code", "name", "short_name").order_by("short_name", "code")),
        list(Agency.objects.filter(pk__in=bodies).only("code", "name").order_by("name", "code")),
        list(User.objects.filter(pk__in=holders).only("full_name", "username").order_by("full_name", "pk")),
    )


def open_step_names(user):
    """Names of the processing steps that are open, for the filter."""
    at_work = dossiers_at_work(user).filter(state=S.PROCESSING).values("pk")
    steps = StepRun.objects.filter(state=StepState.OPEN, dossier__in=at_work).order_by("name")
    return list(steps.values_list("name", flat=True).distinct())


def next_for(user, after=None):
    """Code of the most urgent dossier this user can work on, except `after`; None when there is none. What a colleague has on
    screen comes last."""
    waiting = dossiers_at_work(user).filter(actionable_by(user)).exclude(pk=after.pk if after else None)
    waiting = waiting.annotate(looked_at=Exists(presence.others_at(user).filter(dossier=OuterRef("pk"))))
    return waiting.order_by("looked_at", F("step_due_at").asc(nulls_last=True), "pk").values_list("code", flat=True).first()


# ---------------------------------------------------------------- rows
def for_list(dossiers):
    """Load what the rows show, in two queries for any number of rows, without the large JSON columns."""
    steps = Prefetch("step_runs", StepRun.objects.filter(state=StepState.OPEN), to_attr="steps_now")
    return (
        dossiers.select_related("version__procedure", "holder", "holder_agency", "receiving_agency")
        .annotate(claimed=priority.claimed_group(), birth_date=F("person__birth_date"))
        .defer(*HEAVY)
        .prefetch_related(steps)
    )


def files_of(dossiers):
    """{dossier id: number of files in force}, in one query."""
    rows = Attachment.objects.current().filter(dossier__in=[dossier.pk for dossier in dossiers]).order_by()
    return dict(rows.values_list("dossier").annotate(n=Count("pk")))


# ---------------------------------------------------------------- deadlines
class Tag(NamedTuple):
    """The deadline of a dossier as a label. tone: late, today, soon, ok, hold."""

    tone: str
    label: str


def deadline_tag(dossier, calendar):
    """The deadline tag of a dossier. While it waits for the citizen the clock is paused: hold."""
    state = S(dossier.state)
    if state in FINAL:
        return Tag("hold", _("Xong %(day)s") % {"day": _short(dossier.closed_at)})
    if state is S.COMPLETED:
        return Tag("ok", _("Có kết quả %(day)s") % {"day": _short(dossier.completed_at)})
    if dossier.decided_at:
        return Tag("ok", _("Đang cấp kết quả"))
    if state is S.WITHDRAWN:
        return Tag("hold", _("Tạm dừng"))
    if lateness.is_for_citizen(dossier):
        until = dossier.step_due_at
        return Tag("hold", _("Chờ đến %(day)s") % {"day": _short(until)} if until else _("Đang chờ"))
    return _running_tag(dossier, calendar)


def _running_tag(dossier, calendar):
    due_at = dossier.step_due_at
    if due_at is None:
        return Tag("ok", _("Không có hạn"))
    left = rules.days_left(calendar, clock.now(), due_at)
    if lateness.is_late(dossier, clock.now()):
        due_at = lateness.counted_due(dossier)
        left = rules.days_left(calendar, clock.now(), due_at)
        if clock.local(due_at).date() == clock.today():
            return Tag("late", _("Quá hạn từ %(time)s") % {"time": clock_time(due_at)})
        return Tag("late", _("Quá hạn %(n)d ngày") % {"n": -left})
    if left == 0:
        return Tag("today", _("Hôm nay %(time)s") % {"time": clock_time(due_at)})
    return Tag("soon" if left == 1 else "ok", _("Còn %(n)d ngày") % {"n": left})


def _short(moment):
    """Day and month of the local date: «3/12»; with the year when it is not this one."""
    if moment is None:
        return ""
    local = clock.local(moment)
    return f"{local.day}/{local.month}" + (f"/{local.year}" if local.year != clock.today().year else "")
