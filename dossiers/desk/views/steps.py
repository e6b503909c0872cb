"""The page of a step: shows its consequences, reads its inputs, and takes it."""

from functools import partial

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dossiers import permissions, workflow
from dossiers.access_log import log_view
from dossiers.clock.timekeeper import Timekeeper
from dossiers.desk import queues
from dossiers.desk.actions import STEP_OF, STEP_PAGES
from dossiers.desk.forms.base import MAX_TEXT_LENGTH
from dossiers.desk.views.dossier import sheets_of, shown_of
from dossiers.desk.views.queue import find, for_staff
from dossiers.desk.views.results import Review, preview
from dossiers.filing import rules
from dossiers.messages import Reach, reach_of
from dossiers.models import Dossier
from dossiers.papers import frozen
from dossiers.papers.models import PaperKind
from dossiers.transitions import drafts, inputs
from dossiers.transitions.choices import Clock, Tells
from portal.common import clock
from portal.common.dates import moment
from portal.common.identity import phone_for_display
from portal.common.vietnamese import clean_text
from procedures.calendar import Term, due

BESIDE_PAPERS = ("ask_supplement", "propose_supplement", "decline_supplement")  # what is sent is read while it is judged
REVIEWED = ("hand_over", "return_step", "approve")  # steps on whose page the drafted result is read


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def step(request, code, slug):
    """Confirm a step and take it. When the dossier changed since the page was shown, an error says who did what, when."""
    name = STEP_OF.get(slug)
    if name is None:
        raise Http404
    dossier, moved = find(request, code), None
    try:
        if request.method == "POST":
            moved = _moved_since(dossier, name, request.POST.get("seen", ""))
            dossier = find(request, code) if moved else dossier
        line = workflow.possible(dossier, name)
    except workflow.StepNotPossible as impossible:
        return _too_late(request, dossier, name, impossible)
    if moved and not workflow.may_take(request.user, dossier, name):
        return _too_late(request, dossier, name, moved)
    workflow.admit(request.user, dossier, line)
    bound = {"data": request.POST, "files": request.FILES} if request.method == "POST" else {}
    form = STEP_PAGES[name].form(**bound, step=name, dossier=dossier, user=request.user)
    if moved:
        form.full_clean()
        form.add_error(None, _("%(what)s Chưa làm gì cả: xem lại, rồi bấm lần nữa.") % {"what": moved.sentence()})
        return _page(request, dossier, name, line, form)
    if "xem" in request.POST and hasattr(form, "preview") and form.is_valid():
        kind, content = form.preview()
        keys, asked = list(frozen.papers_in(content)), request.POST["xem"]
        if asked == "1" or keys == [""]:  # there is only one to be seen
            asked = keys[0]
        if asked in keys:
            return preview(request, dossier, kind, content, asked)
        form.add_error(None, _("Tờ vừa bấm xem chưa được chọn ở trên."))
    if bound and form.is_valid() and "xem" not in request.POST:
        return _taken(request, dossier, name, form) or _page(request, dossier, name, line, form)
    return _page(request, dossier, name, line, form)


def _moved_since(dossier, name, seen):
    """Lock the dossier and compare its last event with the one shown (`seen`). A StepNotPossible when it differs, else None."""
    locked = Dossier.objects.select_for_update(of=("self",)).get(pk=dossier.pk)
    return workflow.StepNotPossible(locked, name) if str(_last_sequence(locked)) != seen else None


def _too_late(request, dossier, name, moved):
    """The step is no longer possible. Back to the dossier; where something was typed, a page that still shows it."""
    typed = [clean_text(request.POST.get(field, ""), lines=True)[:MAX_TEXT_LENGTH] for field in ("note", "question")]
    if not any(typed):
        messages.error(request, moved.sentence())
        return redirect("desk:dossier", code=dossier.code)
    context = {"dossier": dossier, "page": STEP_PAGES[name], "why": moved.sentence(), "typed": list(filter(None, typed))}
    return render(request, "dossiers/desk/too_late.html", context, status=409)


def _last_sequence(dossier):
    return dossier.events.order_by("-sequence").values_list("sequence", flat=True).first()


def _taken(request, dossier, name, form):
    """Take the step. Returns a redirect, or None when the form has an error."""
    try:
        take = workflow.withdraw if name == "withdraw" else partial(workflow.advance, name=name)
        moved = take(dossier, actor=request.user, note=form.cleaned_data.get("note", ""), **form.details())
    except workflow.StepNotPossible as elsewhere:
        messages.error(request, elsewhere.sentence())
    except inputs.DetailsMissing as lack:
        named = form.field_of(lack.field) if hasattr(form, "field_of") else lack.field
        form.add_error(named if named in form.fields else None, str(lack))
        return None
    else:
        done = {"what": workflow.sentence_of(moved.events.select_related("text").last()), "code": moved.code}
        messages.success(request, _("%(what)s: %(code)s.") % done)
        for sentence in moved.reply_sentences:
            messages.success(request, sentence)
    return redirect("desk:dossier", code=dossier.code)


def _page(request, dossier, name, line, form):
    page = STEP_PAGES[name]
    log_view(request, dossier)
    return render(
        request,
        "dossiers/desk/step.html",
        {
            "dossier": dossier,
            "page": page,
            "form": form,
            "faults": getattr(form, "faults", None),
            "has_errors": form.is_bound and bool(form.errors),
            "seen": _last_sequence(dossier),
            "follows": list(_what_follows(dossier, name, line)),
            "sla": queues.deadline_tag(dossier, Timekeeper(dossier).calendar),
            "review": Review(dossier, request.user)
            if name in REVIEWED and permissions.may_see_papers(dossier, request.user)
            else None,
            **_beside(dossier, request.user, name),
            "may_draft": name in REVIEWED and _drafts_here(dossier, request.user, name),
        },
        status=422 if form.is_bound and form.errors else 200,
    )


def _beside(dossier, user, name):
    """The papers to read on this page, and the one that is open."""
    sheets = sheets_of(dossier, user, rules.asked_documents(dossier)) if name in BESIDE_PAPERS else []
    return {"sheets": sheets, "shown": shown_of(sheets, "")}


def _drafts_here(dossier, user, name):
    """Is the drafted result this person's work on this page? Who closes a step that delivers something else does not draft."""
    here = name != "hand_over" or drafts.drafting_step(dossier) in permissions.own_steps(dossier, user)
    return here and permissions.drafts_now(dossier, user)


def _what_follows(dossier, name, line):
    """Yield (icon, sentence): what the portal does after this step, from its transition line."""
    if name == "accept":
        yield "cal", _promise(dossier)
    if name == "hand_over":
        yield "swap", _next_step(dossier)
    if line.custom["paper"]:
        yield "doc", _("Cổng lập: %(paper)s.") % {"paper": PaperKind(line.custom["paper"]).label}
    if line.custom["clock"] in (Clock.PAUSE, Clock.RECEPTION_STOPS):
        yield "pause", _("Đồng hồ của cơ quan dừng, chờ người nộp.")
    if name in ("approve", "refuse_substance"):
        yield "stamp", _("Cổng ký số bằng chứng thư của %(agency)s rồi trả kết quả.") % {"agency": dossier.lead_agency}
    if Tells.SUBMITTER in line.custom["tells"]:
        yield "mail", _told(dossier)


def _told(dossier):
    """How the citizen hears of the step; the portal says so when it cannot tell them."""
    phone = phone_for_display(dossier.subject_phone) if dossier.subject_phone else ""
    return {
        Reach.ACCOUNT: _("Người nộp được báo ngay."),
        Reach.MAIL: _("Người nộp không có tài khoản: cổng gửi thư điện tử."),
        Reach.PHONE: _("Người nộp không có tài khoản và thư điện tử: cổng không báo được, gọi %(phone)s.") % {"phone": phone},
        Reach.NONE: _("Người nộp không để lại cách liên lạc: cổng không báo được, trao giấy tại quầy."),
    }[reach_of(dossier)]


def _promise(dossier):
    """The due time that the receipt slip would promise if the dossier were accepted now."""
    timekeeper = Timekeeper(dossier)
    term = Term.from_data(dossier.version.channels.get(dossier.channel, {}).get("processing", {}))
    at = due(timekeeper.calendar, timekeeper.hours, clock.now(), term).at
    if at is None:
        return _("Thủ tục này không có ngày hẹn cố định.")
    return _("Tiếp nhận bây giờ thì hẹn trả %(when)s (%(term)s).") % {"when": moment(at), "term": term.words}


def _next_step(dossier):
    """A sentence about the step that opens when the current one is closed."""
    if len(dossier.open_steps) > 1:
        return _("Bước sau mở khi các bước song song đều xong.")
    here = max((run.position for run in dossier.open_steps), default=-1)
    later = (
        dossier.step_runs.filter(state="waiting", position__gt=here)
        .select_related("agency")
        .order_by("round", "position")
        .first()
    )
    if later is None:
        return _("Không còn bước nào sau bước này.")
    return capfirst(_("bước sau: %(step)s, ở %(agency)s.") % {"step": later.name, "agency": later.agency})
