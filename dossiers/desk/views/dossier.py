"""The page of one dossier on the desk: answers, papers, history, and the steps that can be taken now."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.messages.models import Message
from accounts.roles import Role
from dossiers import permissions, workflow
from dossiers.access_log import files_read, log_view
from dossiers.choices import SeenDocument, TakenAs
from dossiers.clock.timekeeper import Timekeeper
from dossiers.desk import presence, queues, supplements_seen
from dossiers.desk.actions import STEP_PAGES, blocked_steps, offered, quick_steps
from dossiers.desk.forms.holding import earlier_steps
from dossiers.desk.views.queue import find, for_staff
from dossiers.desk.views.results import Review, is_drafted
from dossiers.fees import payable, wording
from dossiers.files import storage
from dossiers.files.checking import megabytes
from dossiers.files.models import NAMES
from dossiers.files.serving import content_response
from dossiers.filing import counter, rules
from dossiers.models import FollowUp
from dossiers.papers import frozen
from dossiers.papers.models import PaperKind
from dossiers.states import DossierState
from dossiers.workflow.assignment import POST
from portal.common import clock
from portal.common.dates import moment
from portal.common.figures import number_in
from portal.common.identity import phone_for_display
from portal.common.lookalikes import strange_letters
from portal.common.outbox import OutboxState
from procedures.eforms import answer_sections, names_in

may_send_again = permissions.any_of(permissions.is_receiving_clerk, permissions.is_head)
WORK_WORDS = {
    "issue": gettext_lazy("Ký và cấp kết quả"),
    "replace": gettext_lazy("Ký và cấp giấy thay thế"),
    "revoke": gettext_lazy("Ký quyết định thu hồi"),
    "deliver": gettext_lazy("Đưa kết quả vào tài khoản người nộp"),
}


@require_safe
@for_staff
def dossier(request, code):
    """Everything the desk may see of one dossier. Logged in the access log."""
    dossier = find(request, code)
    log_view(request, dossier)
    presence.record_visit(request.user, dossier)
    may_see_papers = permissions.may_see_papers(dossier, request.user)
    may_read_answers = permissions.may_read_answers(dossier, request.user)
    timekeeper = Timekeeper(dossier)
    possible = workflow.steps_for(request.user, dossier)
    if dossier.state == DossierState.SUPPLEMENT_REQUIRED and permissions.acts_for_a_visitor(dossier, request.user):
        possible.append("resubmit")  # its page enters the answers first
    steps = offered(name for name in possible if name != "return_step" or earlier_steps(dossier))  # not for the first step
    aside = [(name, page) for name, page in steps if not page.main or (name == "deliver" and dossier.delivery_way != "counter")]
    runs = list(dossier.step_runs.select_related("agency", "holder", "done_by"))
    asks, events = rules.asked_documents(dossier), list(dossier.events.select_related("text"))
    sheets, quick = sheets_of(dossier, request.user, asks), quick_steps(dossier, possible)
    context = {
        "dossier": dossier,
        "phone": phone_for_display(dossier.subject_phone) if dossier.subject_phone else "",
        "odd_names": _odd_names(dossier) if may_see_papers else [],
        "sla": queues.deadline_tag(dossier, timekeeper.calendar),
        "may_see_papers": may_see_papers,
        "may_read_answers": may_read_answers,
        "sections": _sections(dossier, masked=not may_see_papers) if may_read_answers else [],
        "documents": asks,
        "sheets": sheets,
        "shown": shown_of(sheets, request.GET.get("xem", "")),
        "history": _history(dossier, events, may_see_papers),
        "clock": _clock(dossier, timekeeper),
        "runs": runs,
        "holder": _holder(dossier),
        **_money(dossier),
        "supplements": supplements_seen.of(dossier),
        "decisions": _decisions(dossier),
        "parcels": list(
            dossier.parcels.select_related("ordered_by", "owner").prefetch_related("notices__entered_by", "requests__asked_by")
        ),
        "may_ask_the_post": permissions.is_receiving_clerk(dossier, request.user),
        "taken_in_here": _taken_in_here(dossier, request.user),
        "originals_held": dossier.originals.to_return().count(),
        "taken": _taken(events) if may_see_papers else {},
        "review": Review(dossier, request.user) if may_see_papers and is_drafted(dossier) else None,
        "may_draft": permissions.drafts_now(dossier, request.user) and is_drafted(dossier),
        "letters_waiting": dossier.letters.filter(from_office=False, closed_at=None).count(),
        "owed": _owed(dossier),
        "unsent": _unsent(events),
        "may_send_again": may_send_again(dossier, request.user),
        "main_steps": [step for step in steps if step not in aside],
        "quick": [STEP_PAGES[name] for name in quick],
        "seen": len(events),
        "others_here": presence.names_of_others(request.user, dossier),
        "beat": presence.BEAT,
        "other_steps": aside,
        "filed_again": dossier.filed_again.exclude(code=None) if dossier.closed_at or dossier.decided_at else [],
        "held_back": _held_back(dossier, request.user, possible),
        "next_code": queues.next_for(request.user, after=dossier),
    }
    return render(request, "dossiers/desk/dossier.html", context)


def _held_back(dossier, user, possible):
    is_decided = dossier.decided_at and dossier.state == "PROCESSING"
    return [] if is_decided else list(blocked_steps(user, dossier, possible))


def _taken_in_here(dossier, user):
    """Did a clerk of this desk enter it, and does this user see the page with its prints and the signed slip?"""
    entered = counter.handed_in(dossier) is not None and dossier.submitter_id is None
    return entered and permissions.acts_for_a_visitor(dossier, user)


def _decisions(dossier):
    """[(decision, [(paper, its number)])]: what was decided, paper by paper."""
    return [
        (decision, [(words, decision.number_of(key)) for key, words in frozen.papers_in(decision.content).items()])
        for decision in dossier.decisions.select_related("signer")
    ]


def _taken(events):
    """Who took the result at the counter, as the history keeps it; {} when nobody did."""
    event = next((event for event in reversed(events) if event.step == "deliver" and not event.job), None)
    details = getattr(getattr(event, "text", None), "details", {})
    if not details.get("signed_for_by"):
        return {}
    return {
        "name": details["signed_for_by"], "when": moment(event.at), "mandate": details.get("mandate", ""),
        "as": dict(TakenAs.choices).get(details.get("taken_as"), ""),
        "document": dict(SeenDocument.choices).get(details.get("seen_document"), ""), "number": details.get("seen_number", ""),
    }  # fmt: skip


def _money(dossier):
    """The fee by lines, and the claimed priority group."""
    obligation = getattr(dossier, "obligation", None)
    lines = wording.lines_frozen(dossier) if obligation else []
    return {
        "obligation": obligation,
        "fee_lines": lines,
        "fee_is_open": wording.is_open(dossier),
        "claimed": wording.claimed_group(dossier),
        "payment_term_runs": bool(dossier.payment_due_at) and payable.taken_online(dossier),
    }


def _sections(dossier, masked):
    form = rules.form_of(dossier)
    if form is None:
        return []
    return answer_sections(form, rules.known_answers(dossier, form), rules.filing_day(dossier), masked=masked, long_dates=False)


def _odd_names(dossier):
    """[(name, «Ð (U+00D0)»)]: names with letters that look Vietnamese and are others; a register does not find such a name."""
    form = rules.form_of(dossier)
    names = [dossier.subject_name, *(names_in(form, rules.known_answers(dossier, form)) if form else [])]
    if dossier.filed_for_somebody_else and dossier.submitter:
        names.append(dossier.submitter.full_name)
    found = {name: strange_letters(name) for name in names}
    return [(name, ", ".join(f"{c} (U+{ord(c):04X})" for c in letters)) for name, letters in found.items() if letters]


# ---------------------------------------------------------------- papers and files
@dataclass
class Sheet:
    """One document for the viewer: an uploaded file, or a paper made by the portal (`made_here`)."""

    key: str
    title: str
    note: str
    address: str
    picture: bool = False
    made_here: bool = False
    original: str = ""  # URL of the file as received, where the viewer shows another one
    unread: bool = False  # a file that this person has not had on screen

    @property
    def framed(self):
        """URL for the frame: PDF viewer without side bar, fitted to the width."""
        return f"{self.address}#navpanes=0&view=FitH"


def sheets_of(dossier, user, asks):
    """What this user may open: uploaded files in the order of their documents, then papers of the portal, newest first.

    `asks`: the documents that are asked for (`rules.asked_documents`).
    """
    names = {ask.key: ask.name for ask in asks} | NAMES
    read = files_read(dossier, user)
    sheets = [
        Sheet(
            f"tep-{file.pk}",
            names.get(file.item_key) or file.name,
            f"{file.name}, {megabytes(file.size)}",
            reverse("files:view", args=[file.pk]),
            picture=file.content_type.startswith("image/"),
            original=reverse("files:original", args=[file.pk]) if file.is_redrawn else "",
            unread=read.get(file.pk) is None,
        )
        for file in (dossier.attachments.current() if permissions.may_see_papers(dossier, user) else [])
    ]
    for paper in dossier.papers.select_related("decision").order_by("-issued_at", "-pk"):
        if not permissions.may_open_paper(dossier, paper.kind, user):
            continue
        note = paper.number if paper.state == paper.State.VALID else f"{paper.number}, {paper.get_state_display()}"
        paper.dossier = dossier
        sheets.append(Sheet(f"giay-{paper.pk}", str(paper.title), note, f"{paper.get_absolute_url()}?xem", made_here=True))
    return sheets


def shown_of(sheets, wanted):
    """The requested sheet; else the first file or the filled form, else the first sheet, else None."""
    form = str(PaperKind.APPLICATION_FORM.label)
    return next(
        (sheet for sheet in sheets if sheet.key == wanted),
        next((s for s in sheets if not s.made_here or s.title == form), sheets[0] if sheets else None),
    )


# ---------------------------------------------------------------- history and clock
def _history(dossier, events, may_see_papers):
    """Rows of the timeline, newest last, with actor, note, and the files that were not read before the acceptance
    (their names for who may open them)."""
    names = dict(dossier.attachments.values_list("pk", "name")) if may_see_papers else {}
    return [
        {
            "title": workflow.sentence_of(event),
            "who": event.text.actor_name or _("Máy tự làm"),
            "when": moment(event.at),
            "note": event.text.note,
            "unread": _files_not_read(event, names),
            "event": event,
        }
        for event in events
    ]


def _files_not_read(event, names):
    """Names of the files that the person who accepted had not had on screen."""
    read = event.text.details.get("read", {}) if event.step == "accept" else {}
    return [names[number_in(pk)] for pk, at in read.items() if at is None and number_in(pk) in names]


def _holder(dossier):
    """Who holds it now, as texts: a user, else a role at an agency; the citizen while the dossier waits for them."""
    if dossier.status.is_final:
        return {}
    agency = dossier.holder_agency or dossier.receiving_agency
    if dossier.waiting_on == "submitter":
        return {"over": _("Đang chờ"), "name": _("Người nộp"), "role": dossier.get_state_display(), "icon": "pause"}
    if dossier.waiting_on == POST:
        return {"over": _("Đang giữ"), "name": _("Bưu điện"), "role": _("đang mang kết quả đi"), "icon": "mail"}
    role = dict(Role.choices).get(dossier.waiting_on, "")
    name = str(dossier.holder) if dossier.holder else _("Chưa giao ai")
    return {
        "over": _("Đang giữ"),
        "name": name,
        "role": capfirst(f"{role}, {agency}".strip(", ")),
        "phone": agency.desk_phone,
        "icon": "user" if dossier.holder else "users",
    }


def _clock(dossier, timekeeper):
    """The intervals of the dossier, and how its due time is counted day by day."""
    standing = timekeeper.standing(now=clock.now()) if dossier.accepted_at else None
    if standing and dossier.decided_at:
        standing = timekeeper.standing()
    return {
        "standing": standing,
        "moved": dossier.first_promised_due_at != dossier.due_at,
        "intervals": dossier.intervals.all(),
    }


# ---------------------------------------------------------------- failed follow-ups and messages
def _owed(dossier):
    """Follow-ups that failed at least once or were given up, and the pending signing of a result."""
    rows = FollowUp.objects.filter(event__dossier=dossier).exclude(due_state=OutboxState.DONE)
    return [
        {"row": row, "what": _work(row.kind), "late": row.tries > 0 or row.due_state == OutboxState.DEAD}
        for row in rows.filter(Q(tries__gt=0) | Q(due_state=OutboxState.DEAD) | Q(kind="issue")).order_by("pk")
    ]


def _work(kind):
    name, _colon, paper = kind.partition(":")
    return _("Lập giấy: %(paper)s") % {"paper": PaperKind(paper).label} if name == "paper" else WORK_WORDS[name]


def _unsent(events):
    """Messages about these steps whose sending failed."""
    keys = [f"event:{event.pk}" for event in events]
    failing = (
        Message.objects.filter(key__in=keys)
        .exclude(due_state=OutboxState.DONE)
        .filter(Q(tries__gt=0) | Q(due_state=OutboxState.DEAD))
    )
    return failing.select_related("recipient").order_by("pk")


@require_safe
@for_staff
def product(request, code, pk):
    """The PDF that a processing step delivered; with `?anh=2` the second photo of its visit."""
    dossier = find(request, code)
    run = get_object_or_404(dossier.step_runs, pk=pk)
    photos = dict(enumerate(run.visit.get("photos", []), start=1))
    file = photos.get(number_in(request.GET["anh"])) if "anh" in request.GET else run.product.get("file")
    if file is None or not permissions.may_see_papers(dossier, request.user):
        raise Http404
    try:
        content = storage.read_stored(file["storage_key"])
    except storage.StoredFileMissing as missing:
        raise Http404 from missing
    log_view(request, dossier)
    return content_response(content, file["name"], file.get("content_type", "application/pdf"), inline=True)


@require_POST
@for_staff
def again(request, code, kind, pk):
    """Retry a failed follow-up or message: the worker does it, once."""
    dossier = find(request, code)
    if not may_send_again(dossier, request.user):
        raise PermissionDenied
    keys = [f"event:{event}" for event in dossier.events.values_list("pk", flat=True)]
    rows = {
        "viec": FollowUp.objects.filter(event__dossier=dossier), "tin": Message.objects.filter(key__in=keys),
        "buu-gui": dossier.parcels,
    }.get(kind)  # fmt: skip
    if rows is None:
        raise Http404
    get_object_or_404(rows, pk=pk).resend()
    messages.success(request, _("Đã yêu cầu làm lại. Xem lại trang sau ít phút."))
    return redirect("desk:dossier", code=code)
