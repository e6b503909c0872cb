"""Queries of the citizen's dashboard: to-do items, counts by state, keyset pages of the list."""

import datetime as dt

from django.db.models import Count, Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dossiers.clock import lateness
from dossiers.fees import payable, wording
from dossiers.models import DeliveryWay, Dossier, SupplementRequest
from dossiers.permissions import citizen_dossiers
from dossiers.states import DossierState as S
from portal.common import clock
from portal.common.dates import long_day, moment
from portal.common.figures import number_in
from portal.common.money import dong
from procedures.models import working_calendar

PAGE_SIZE = 20
MAX_TO_DO, MAX_DRAFTS = 30, 3
URGENCY = [S.SUPPLEMENT_REQUIRED, S.PAYMENT_REQUIRED, S.PROCESSING, S.RETURNED]
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
FIRST_TILES = [S.DRAFT, S.SUPPLEMENT_REQUIRED, S.PAYMENT_REQUIRED, S.PROCESSING, S.COMPLETED, S.NOT_ACCEPTED]
HEAVY = ["version__document", "answers", "asked"]  # large columns that lists do not need


def own(user):
    """The user's own dossiers: filed by them, about them, or for a subject they have a mandate for. Without staff rights."""
    return Dossier.objects.filter(citizen_dossiers(user))


def counts(user):
    """{state: count} with every state, also those without dossiers."""
    found = dict(own(user).order_by().values_list("state").annotate(n=Count("pk")))
    return {state: found.get(state, 0) for state in S}


def tiles(found, chosen=""):
    """(first six, the others): a tile for every state, with its count and a link to its dossiers."""
    rows = {
        state: {
            "count": n,
            "look": state.look,
            "label": state.label,
            "href": f"?trang-thai={state.number or 0}#danh-sach",
            "current": state == chosen,
        }
        for state, n in found.items()
    }
    return [rows[state] for state in FIRST_TILES], [rows[state] for state in S if state not in FIRST_TILES]


def state_of(number):
    """The state for the filter in the URL (its national number, 0 for drafts); empty for anything else."""
    return next((state for state in S if str(state.number or 0) == number), "")


def page(user, *, state="", before=""):
    """(rows, URL of the next page): last changed first, keyset pagination. `before`: key from the URL."""
    rows = (
        own(user)
        .select_related("version__procedure", "receiving_agency", "holder_agency", "person", "organisation", "submitter")
        .defer(*HEAVY)
    )
    if state:
        rows = rows.filter(state=state)
    moment_, _comma, pk = before.partition("_")
    if (last := number_in(pk)) is not None and (at := _moment_of(moment_)):
        rows = rows.filter(Q(updated_at__lt=at) | Q(updated_at=at, pk__lt=last))
    found = list(rows.order_by("-updated_at", "-pk")[: PAGE_SIZE + 1])
    more = ""
    if len(found) > PAGE_SIZE:
        last = found[PAGE_SIZE - 1]
        more = f"?{f'trang-thai={state.number or 0}&' if state else ''}truoc={_number_of(last.updated_at)}_{last.pk}#danh-sach"
    return [_row(dossier, user) for dossier in found[:PAGE_SIZE]], more


def _number_of(moment_):
    """A moment as a number for URLs: microseconds since 1970 UTC."""
    return (moment_ - EPOCH) // dt.timedelta(microseconds=1)


def _moment_of(number):
    microseconds = number_in(number, 17)
    return None if microseconds is None else EPOCH + dt.timedelta(microseconds=microseconds)


def _row(dossier, user):
    meta = []
    if dossier.person_id and dossier.person_id == user.person_id and dossier.submitter_id != user.pk:
        meta.append(_("%s khai thay") % dossier.submitter)
    elif dossier.subject and dossier.filed_for_somebody_else:
        meta.append(_("Nộp thay cho %s") % dossier.subject)
    if dossier.state == S.DRAFT:
        meta.append(_("Sửa lần cuối %s") % moment(dossier.updated_at))
    else:
        if not dossier.status.is_final and dossier.holder_agency:
            meta.append(_("Đang ở: %s") % dossier.holder_agency.name)
        promise = _promise(dossier)
        if promise:
            meta.append(promise % long_day(clock.local(dossier.due_at).date()))
        elif dossier.status.is_final:
            meta.append(_("Xong %s") % long_day(clock.local(dossier.closed_at).date()))
        else:
            meta.append(_("Nộp %s") % long_day(clock.local(dossier.submitted_at).date()))
    return {
        "title": str(dossier.version.procedure), "href": url_of(dossier), "code": dossier.code or "", "meta": meta,
        "look": dossier.status.look, "state_label": dossier.get_state_display(),
    }  # fmt: skip


def _promise(dossier):
    """A format string for the due date; empty when there is none, or while the clock is paused after it."""
    if not dossier.due_at or dossier.decided_at or dossier.status.is_final:
        return ""
    if lateness.is_late(dossier, clock.now(), lateness.PROMISED_DUE):
        return _("Trễ hẹn, hẹn lại %s") if dossier.due_at >= clock.now() else _("Trễ hẹn, đã hẹn %s")
    return _("Hẹn trả %s") if dossier.due_at >= clock.now() else ""


def url_of(dossier):
    return reverse("dossiers:detail", args=[dossier.code]) if dossier.code else reverse("dossiers:resume", args=[dossier.pk])


# ---------------------------------------------------------------- what to do now
def to_do(user):
    """What the citizen must do, most urgent first, for ui/todo.html; and the most recently changed drafts."""
    waiting = (
        Q(state__in=[S.SUPPLEMENT_REQUIRED, S.PAYMENT_REQUIRED])
        | Q(state=S.PROCESSING, waiting_on="submitter")
        | Q(state=S.RETURNED, delivery_way=DeliveryWay.ACCOUNT, opened_at=None)
    )
    requests = Prefetch(
        "supplements", SupplementRequest.objects.filter(sent_at=None).prefetch_related("items"), to_attr="open_requests"
    )
    mine = (
        own(user)
        .select_related("version__procedure", "offering__terminal", "obligation")
        .defer(*HEAVY)
        .order_by("-updated_at", "-pk")
    )
    rows = sorted(
        mine.filter(waiting).prefetch_related(requests)[:MAX_TO_DO], key=lambda row: (URGENCY.index(row.state), _deadline(row))
    )
    _mark_taken_online(rows)
    drafts = mine.filter(state=S.DRAFT, submitter=user)[:MAX_DRAFTS]
    calendar = working_calendar()
    return [ITEMS[row.state](row, calendar) for row in [*rows, *drafts]]


def _mark_taken_online(rows):
    """Set `taken_online` on the rows, computed once for each procedure version and offering."""
    waiting = [row for row in rows if row.state == S.PAYMENT_REQUIRED]
    places = {(row.version_id, row.offering_id): row for row in waiting}
    online = {place: payable.taken_online(row) for place, row in places.items()}
    for row in waiting:
        row.taken_online = online[row.version_id, row.offering_id]


def _deadline(row):
    due = row.supplement_due_at or row.payment_due_at
    return due.timestamp() if due else 0


def _item(row, *, title, text, href, action, icon, deadline="", tone=""):
    return {
        "look": row.status.look, "state_label": row.get_state_display(), "deadline": deadline, "title": title, "text": text,
        "href": href, "action": action, "icon": icon, "tone": tone,
    }  # fmt: skip


def _supplement(row, calendar):
    request = row.open_requests[-1] if row.open_requests else None
    items = list(request.items.all()) if request else []
    if len(items) == 1:
        words = _("Bổ sung: %s") % items[0].label
    else:
        words = ngettext("Bổ sung %(n)d mục", "Bổ sung %(n)d mục", len(items)) % {"n": len(items)}
    reason = _("cán bộ ghi: “%s”") % items[0].reason if items else ""
    return _item(
        row, title=words, text=f"{row.version.procedure} · {reason}", deadline=until(row.supplement_due_at, calendar),
        href=reverse("dossiers:supplement", args=[row.code]), action=_("Bổ sung"), icon="edit",
    )  # fmt: skip


def _payment(row, calendar):
    obligation = row.obligation
    online = wording.payment_url(row, offered=row.taken_online)
    if obligation.attempt_open:
        text = _("%s · đang có một lần trả chưa xong, mở để xem tiền đã trừ chưa.")
    elif online:
        text = _("%s · chưa trả thì hồ sơ chưa đi tiếp.")
    else:
        text = _("%s · trả tại quầy, chưa trả thì hồ sơ chưa đi tiếp.")
    return _item(
        row, title=_("Trả phí %s") % dong(obligation.total), text=text % row.version.procedure,
        deadline=until(row.payment_due_at, calendar) if online else "",
        href=online or reverse("dossiers:detail", args=[row.code]),
        action=_("Trả phí") if online else _("Xem cách trả"), icon="wallet", tone="pay",
    )  # fmt: skip


def _confirmation(row, calendar):
    return _item(
        row, title=_("Đọc và xác nhận điều cơ quan hỏi"), text=str(row.version.procedure),
        href=reverse("dossiers:detail", args=[row.code]) + "#xac-nhan", action=_("Xem và xác nhận"), icon="check",
    )  # fmt: skip


def _result(row, calendar):
    return _item(
        row, title=_("Mở kết quả: %s") % row.version.procedure, text=_("Đã có từ %s.") % moment(row.returned_at),
        href=reverse("dossiers:result", args=[row.code]), action=_("Xem kết quả"), icon="doc", tone="ok",
    )  # fmt: skip


def _draft(row, calendar):
    return _item(
        row, title=_("Làm tiếp: %s") % row.version.procedure, text=_("Chưa nộp. Sửa lần cuối %s.") % moment(row.updated_at),
        href=reverse("dossiers:resume", args=[row.pk]), action=_("Làm tiếp"), icon="edit", tone="plain",
    )  # fmt: skip


ITEMS = {
    S.SUPPLEMENT_REQUIRED: _supplement,
    S.PAYMENT_REQUIRED: _payment,
    S.PROCESSING: _confirmation,
    S.RETURNED: _result,
    S.DRAFT: _draft,
}


def until(due, calendar):
    """A deadline in words: «Còn 4 ngày làm việc, đến hết thứ sáu, 28 tháng 8»; empty for None."""
    if due is None:
        return ""
    day = clock.local(due).date()
    left = calendar.working_days_between(clock.today(), day)
    if due < clock.now():
        return _("Đã quá hạn %s") % long_day(day)
    if left <= 0:
        return _("Hạn cuối là hôm nay")
    words = ngettext("Còn %(n)d ngày làm việc", "Còn %(n)d ngày làm việc", left) % {"n": left}
    return _("%(left)s, đến hết %(day)s") % {"left": words, "day": long_day(day)}
