"""One worklist as it was asked for: group, search, filters, order. The page and the Excel file share it."""

from functools import cached_property
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.roles import Role
from dossiers.desk import filters, ordering, priority, queues
from dossiers.desk.search import search
from dossiers.permissions import PAPER_ROLES
from dossiers.workflow.assignment import POST
from portal.common import clock, searches
from portal.common.identity import mask_number
from portal.common.spreadsheets import Workbook
from procedures.models import working_calendar

MAX_EXPORTED = 20_000  # rows of one Excel file
CHUNK = 1000


class Worklist:
    """`wanted`: {word of the address: value} (`filters.asked`); `key`: of search words kept in the session, `words`: those."""

    def __init__(self, user, wanted, key="", words=""):
        self.user, self.wanted, self.words = user, dict(wanted), words
        if not self.reads_papers:
            self.wanted.pop("uu-tien", None)
        self.key = key if words else ""

    @classmethod
    def of(cls, request, source):
        """The list that the words of this address or form ask for."""
        key = source.get("tim", "").strip()
        return cls(request.user, filters.asked(source), key, searches.words(request, key))

    @cached_property
    def group(self):
        """The chosen group; own work for who takes steps, all open dossiers for who only reads."""
        acts = self.user.agencies_with(Role.RECEIVING_CLERK, Role.OFFICER, Role.SIGNER, Role.HEAD, Role.DEPUTY)
        usual = queues.MINE if acts else queues.OPEN
        wanted = self.wanted.get("nhom")
        groups = {group.key: group for group in queues.GROUPS}
        return groups.get(wanted) or groups[usual]

    @cached_property
    def reads_papers(self):
        """Does this user read papers anywhere? Others learn nothing from the answers, neither by filter nor by order."""
        return bool(self.user.agencies_with(*PAPER_ROLES))

    @property
    def is_closed(self):
        return self.group.key == queues.CLOSED and not self.words

    @cached_property
    def order(self):
        """(column, falling)"""
        usual = (ordering.CLOSED, True) if self.is_closed else (ordering.DUE, False)
        asked = ordering.asked_order(self.wanted.get("xep", ""), usual)
        return asked if self.reads_papers or asked[0].key != "uu-tien" else usual

    @property
    def is_filtered(self):
        return bool(self.words or any(word in self.wanted for word in filters.FILTERS))

    def dossiers(self):
        """The dossiers of the list, without order. A search looks into all groups."""
        dossiers = queues.dossiers_at_work(self.user)
        if self.words:
            dossiers = search(dossiers, self.words, self.user)
        else:
            dossiers = dossiers.filter(queues.group_condition(self.group.key, self.user))
        return filters.apply(dossiers, self.wanted, self.user)

    def page(self, after="", before=""):
        """A keyset page of the list, with what its rows show."""
        column, falling = self.order
        among = queues.dossiers_at_work(self.user)
        return ordering.keyset_page(
            queues.for_list(self.dossiers()), column, falling=falling, after=after, before=before, among=among
        )

    def query(self, **changed):
        """The words of the address with these changed; empty ones go."""
        kept = {**self.wanted, "nhom": self.group.key, "tim": self.key, **changed}
        return urlencode({word: value for word, value in kept.items() if value})

    def address(self, **changed):
        """The address of this list with these words changed."""
        query = self.query(**changed)
        return f"{reverse('desk:queue')}?{query}" if query else reverse("desk:queue")

    def columns(self):
        """The headings of the table: {label, href, sort}; `sort` as in aria-sort, empty where the list is not ordered by it."""
        now, falling = self.order
        shown = [column for key, column in ordering.COLUMNS.items() if self._shows(key)]
        return [
            {
                "key": column.key,
                "label": column.label,
                "href": self.address(xep=f"-{column.key}" if column is now and not falling else column.key),
                "sort": ("descending" if falling else "ascending") if column is now else "",
            }
            for column in shown
        ]

    def _shows(self, key):
        if key in ("xong", "han"):
            return (key == "xong") == self.is_closed
        if key == "noi":
            return self.shows_desks
        return key != "uu-tien"

    @cached_property
    def shows_desks(self):
        """Several desks: the rows say which."""
        return len(self.user.agencies_with()) > 1 or bool(self.user.agencies_with(Role.INSPECTOR))

    # ------------------------------------------------------------ rows
    def rows(self, dossiers):
        """What the rows show. Identity numbers are masked; answers are not loaded."""
        calendar, files = working_calendar(), queues.files_of(dossiers)
        papers_of = self.user.agencies_with(*PAPER_ROLES)
        unread = self._unread(dossiers)
        return [
            {
                "dossier": dossier,
                "name": dossier.version.procedure.short_name or dossier.version.procedure.name,
                "sla": queues.deadline_tag(dossier, calendar),
                "number": mask_number(dossier.subject_id_number) if dossier.subject_id_number else "",
                "step": _step(dossier),
                "more_steps": max(len(dossier.steps_now) - 1, 0) if dossier.state == "PROCESSING" else 0,
                "supplemented": bool(dossier.supplement_count) and dossier.state in ("SUBMITTED", "ACCEPTED", "PROCESSING"),
                "files": files.get(dossier.pk, 0),
                "holder": _holder(dossier, self.user),
                "submitted": stamp(dossier.submitted_at),
                "unread": dossier.pk in unread,
                "priority": priority.groups_of(dossier.claimed, dossier.birth_date)
                if papers_of & {dossier.receiving_agency_id, dossier.lead_agency_id, dossier.holder_agency_id}
                else [],
            }
            for dossier in dossiers
        ]

    def _unread(self, dossiers):
        rows = queues.dossiers_at_work(self.user).filter(pk__in=[dossier.pk for dossier in dossiers])
        return set(rows.filter(filters.unread(self.user)).values_list("pk", flat=True))

    def workbook(self):
        """The list as an Excel file, MAX_EXPORTED rows at most; every text is a text cell."""
        column, falling = self.order
        dossiers = ordering.ordered(queues.for_list(self.dossiers()), column, falling=falling)
        book = Workbook()
        title = _("%(group)s, lúc %(when)s") % {"group": self.group.label, "when": stamp(clock.now())}
        book.sheet(_("Hồ sơ"), title, _sheet_columns(), self._cells(list(dossiers[:MAX_EXPORTED])))
        return book.content()

    def _cells(self, dossiers):
        for first in range(0, len(dossiers), CHUNK):
            for row in self.rows(dossiers[first : first + CHUNK]):
                dossier = row["dossier"]
                yield (
                    dossier.code, row["name"], dossier.subject_name, row["number"], ", ".join(row["priority"]),
                    row["step"] or dossier.get_state_display(), row["holder"][0], dossier.receiving_agency.name,
                    dossier.get_channel_display(), row["files"], dossier.submitted_at, dossier.step_due_at, dossier.due_at,
                    row["sla"].label.replace("\u00a0", " "),
                )  # fmt: skip


def _sheet_columns():
    return [
        (_("Mã hồ sơ"), "text", 24), (_("Thủ tục"), "text", 40), (_("Chủ hồ sơ"), "text", 28),
        (_("Số giấy tờ (che)"), "text", 16), (_("Nhóm ưu tiên"), "text", 18), (_("Đang ở bước"), "text", 24),
        (_("Người giữ"), "text", 24),
        (_("Nơi tiếp nhận"), "text", 36), (_("Cách nộp"), "text", 14), (_("Số tệp"), "number", 8), (_("Nộp lúc"), "moment", 17),
        (_("Hạn bước này"), "moment", 17), (_("Hẹn trả"), "moment", 17), (_("Tình trạng hạn"), "text", 20),
    ]  # fmt: skip


def _step(dossier):
    """The name of the first open step; empty outside PROCESSING."""
    return dossier.steps_now[0].name if dossier.steps_now and dossier.state == "PROCESSING" else ""


def _holder(dossier, user):
    """(who, role) as texts: a user, the citizen, or not assigned."""
    if dossier.waiting_on == "submitter":
        return _("Người nộp"), ""
    if dossier.waiting_on == POST:
        return _("Bưu điện"), ""
    if dossier.holder_id == user.pk:
        return _("Tôi"), ""
    at_office = dossier.state == "PROCESSING"  # for other states the state is enough
    role = dict(Role.choices).get(dossier.waiting_on, "") if at_office else ""
    if dossier.holder:
        return str(dossier.holder), role
    return (_("Chưa giao").replace(" ", "\u00a0"), role) if dossier.waiting_on else ("–", "")


def stamp(moment):
    """Local date and time: «21/8 08:05»; with the year when it is not this one: «30/12/2025 08:05»."""
    local = clock.local(moment)
    day = f"{local.day}/{local.month}" if local.year == clock.today().year else f"{local.day}/{local.month}/{local.year}"
    return f"{day} {local:%H:%M}"
