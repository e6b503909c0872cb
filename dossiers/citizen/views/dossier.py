"""Pages of the citizen's own dossiers: dashboard, detail, receipt slip, result, withdrawal."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.messages.models import Alarm, Channel, Message, mark_read
from dossiers import workflow
from dossiers.access_log import log_view
from dossiers.citizen import dashboard as overview
from dossiers.citizen import delivery, timeline
from dossiers.citizen.forms import ConfirmationForm, WithdrawalForm
from dossiers.clock import lateness
from dossiers.fees import wording
from dossiers.files.checking import megabytes
from dossiers.filing import drafts, judging
from dossiers.filing.views.documents import files_by_paper
from dossiers.models import Dossier, FollowUp
from dossiers.papers.contexts import tracking_url, verification_url
from dossiers.papers.models import OFFICE_PAPERS, IssuedPaper, PaperKind
from dossiers.papers.wording import grouped
from dossiers.permissions import is_submitter, may_open_paper, may_see_papers
from dossiers.states import DossierState
from portal.common import clock
from portal.common.identity import in_groups
from portal.common.outbox import OutboxState
from procedures.eforms import answer_sections

MESSAGES_SHOWN = 5


@never_cache
@require_safe
def dashboard(request):
    """To-do items, counts by state, and the list of dossiers."""
    user = request.user
    state = overview.state_of(request.GET.get("trang-thai", ""))
    found = overview.counts(user)
    first, others = overview.tiles(found, state)
    rows, more = overview.page(user, state=state, before=request.GET.get("truoc", ""))
    return render(
        request,
        "dossiers/citizen/dashboard.html",
        {
            "todo": overview.to_do(user),
            "tiles": first,
            "other_tiles": others,
            "other_count": sum(tile["count"] for tile in others),
            "total": sum(found.values()),
            "state": state,
            "state_is_other": bool(state) and state not in overview.FIRST_TILES,
            "rows": rows,
            "more": more,
            "later": "truoc" in request.GET,
        },
    )


@never_cache
def discard(request, pk):
    """Delete a draft, after a confirmation."""
    draft = drafts.find(pk, user=request.user, session=request.session)
    if draft is None or draft.state != DossierState.DRAFT:
        raise Http404
    if request.method == "POST":
        try:
            drafts.discard(draft)
        except drafts.NoLongerADraft:
            messages.error(request, _("Bản nháp này đã nộp rồi nên không xóa được."))
        else:
            messages.success(request, _("Đã xóa bản nháp và các tệp của nó."))
        return redirect("dossiers:dashboard")
    return render(request, "dossiers/citizen/discard.html", {"draft": draft})


@never_cache
@require_safe
def read_draft(request, pk):
    """A draft that somebody began for this user under a mandate that has ended: to read only."""
    draft = drafts.readable(pk, user=request.user)
    if draft is None:
        raise Http404
    sections = [answer_sections(part.form, part.known, part.day) for part in judging.parts_of(draft) if part.pages]
    context = {"draft": draft, "parts": sections, "papers": files_by_paper(draft)}
    return render(request, "dossiers/citizen/read_draft.html", context)


# ---------------------------------------------------------------- one dossier
def own_dossier(request, code):
    """The dossier with this code; Http404 when the user may not see it. Access by staff is logged."""
    rows = Dossier.objects.visible_to(request.user).select_related(
        "version__procedure",
        "offering__terminal",
        "receiving_agency",
        "lead_agency",
        "holder_agency",
        "holder",
        "submitter__person",
        "person",
        "organisation",
        "obligation",
    )
    dossier = get_object_or_404(rows, code=code)
    log_view(request, dossier)
    return dossier


@never_cache
@require_safe
def detail(request, code):
    """State, holder, timeline, due time, papers, files, and the steps the citizen can take."""
    dossier = own_dossier(request, code)
    user = request.user
    steps = set(workflow.steps_for(user, dossier))
    mine = is_submitter(dossier, user)
    asked = next((run for run in dossier.open_steps if run.asks_applicant), None)
    papers = papers_of(dossier, user)
    obligation = getattr(dossier, "obligation", None)
    fee_lines = wording.lines_frozen(dossier) if obligation else []
    money = wording.notice(dossier, may_pay=mine)
    ending = timeline.ending(dossier)
    return render(
        request,
        "dossiers/citizen/detail.html",
        {
            "dossier": dossier,
            "mine": mine,
            "unopened": dossier.letters.filter(from_office=True, opened_at=None).count() if mine else 0,
            "title": dossier.version.short_name,
            "on_behalf": dossier.subject_name if dossier.filed_for_somebody_else and mine else "",
            "timeline": timeline.timeline(dossier, pay_by=money.until if money else ""),
            "who": timeline.holder(dossier),
            "days": timeline.countdown(dossier),
            "why": timeline.why_this_date(dossier),
            "moved": timeline.moved_promise(dossier),
            "overdue": Alarm.objects.sentences(dossier.code),
            "ending": ending,
            "asked_of_people": timeline.asked_of_people(dossier) if mine else [],
            "filed_again": dossier.filed_again.exclude(code=None) if ending and mine else [],
            "papers": papers,
            "papers_due": _papers_due(dossier),
            **papers_to_come(dossier, papers),
            "files": files_by_paper(dossier) if may_see_papers(dossier, user) else [],
            "letters": _recent_messages(dossier, user),
            "steps": steps,
            "question": asked.question if asked and "confirm" in steps else "",
            "confirmation": ConfirmationForm(),
            "obligation": obligation,
            "fee_lines": fee_lines,
            "fee_note": wording.note_on_refunds(dossier, fee_lines),
            "fee_is_open": wording.is_open(dossier),
            "money": money,
            "request_open": dossier.state == DossierState.SUPPLEMENT_REQUIRED and mine,
            "post": delivery.promise(dossier),
            "parcels": delivery.parcels(dossier) if mine or may_see_papers(dossier, user) else [],
            "has_result": any(paper.is_result for paper in papers),
            "has_slip": dossier.accepted_at is not None,
        },
    )


def papers_of(dossier, user):
    """The issued papers this user may read, newest first. The citizen's side gets a result only after publication."""
    mine = is_submitter(dossier, user)
    papers = dossier.papers.select_related("decision__signer", "decision__agency").order_by("-issued_at", "-pk")
    return [
        paper
        for paper in papers
        if (paper.is_for_citizens or (paper.is_result and not mine)) and may_open_paper(dossier, paper.kind, user)
    ]


@translation.override("vi")
def _recent_messages(dossier, user):
    """The last messages about this dossier, found by their link (links are stored with the Vietnamese path).

    All of them count as read now: the page shows what they tell.
    """
    link = reverse("dossiers:detail", args=[dossier.code])
    mark_read(user, link)
    found = Message.objects.filter(recipient=user, channel=Channel.INBOX, link__startswith=link)
    return list(found.order_by("-pk")[:MESSAGES_SHOWN])


def _papers_due(dossier):
    """Is a paper for the citizen still being made?"""
    return (
        FollowUp.objects.filter(event__dossier=dossier, kind__startswith="paper:", due_state=OutboxState.WAITING)
        .exclude(kind__in=[f"paper:{kind}" for kind in OFFICE_PAPERS])
        .exists()
    )


@never_cache
@require_safe
def submitted(request, code):
    """The confirmation after filing: code, next steps, and the acknowledgement when the worker has made it."""
    dossier = own_dossier(request, code)
    mine = is_submitter(dossier, request.user)
    papers = papers_of(dossier, request.user)
    newest = {paper.kind: paper for paper in reversed(papers)}
    money = wording.notice(dossier, may_pay=mine)
    return render(
        request,
        "dossiers/citizen/submitted.html",
        {
            "dossier": dossier,
            "acknowledgement": newest.get(PaperKind.ACKNOWLEDGEMENT),
            "form": newest.get(PaperKind.APPLICATION_FORM),
            "form_to_come": bool(dossier.version.document["form"]) and PaperKind.APPLICATION_FORM not in newest,
            "asked_of_people": timeline.asked_of_people(dossier) if mine else [],
            "next_things": timeline.next_things(dossier, pay_by=money.until if money else ""),
            # The secret opens the tracking page without a login: it belongs to the citizen alone.
            "tracking": tracking_url(dossier) if mine else "",
            "secret_groups": in_groups(dossier.secret, 5) if mine else "",
            "money": money,
            **papers_to_come(dossier, papers),
        },
    )


@never_cache
@require_safe
def slip(request, code):
    """The receipt slip with the due time as a page, with a link to the PDF, which is the official paper."""
    dossier = own_dossier(request, code)
    if dossier.accepted_at is None:
        messages.info(request, _("Chưa có giấy hẹn: cơ quan còn đang kiểm tra hồ sơ."))
        return redirect("dossiers:detail", dossier.code)
    papers = papers_of(dossier, request.user)
    paper = next((paper for paper in papers if paper.kind == PaperKind.RECEIPT_SLIP), None)
    event = dossier.events.select_related("text").filter(step="accept").first()
    return render(
        request,
        "dossiers/citizen/slip.html",
        {
            "dossier": dossier,
            "paper": paper,
            "clerk": event.text.actor_name if event else "",
            "tracking": tracking_url(dossier) if is_submitter(dossier, request.user) else "",
            "files": dossier.attachments.current().count(),
            "obligation": getattr(dossier, "obligation", None),
            **papers_to_come(dossier, papers),
        },
    )


def papers_to_come(dossier, papers):
    """For pages that wait for a paper: the URL to ask, and what it answers while there are only these papers."""
    return {"papers_poll": reverse("dossiers:papers_seen", args=[dossier.code]), "papers_seen": str(len(papers))}


@never_cache
@require_safe
def papers_seen(request, code):
    """For polling by pages that wait for a paper. JSON: `seen`, the number of papers this user may read, as text."""
    dossier = get_object_or_404(Dossier.objects.visible_to(request.user), code=code)
    return JsonResponse({"seen": str(len(papers_of(dossier, request.user)))})


@never_cache
@require_safe
def result(request, code):
    """The result to download, with its signature and verification code. The time of the first opening is stored."""
    dossier = own_dossier(request, code)
    mine = is_submitter(dossier, request.user)
    readable = papers_of(dossier, request.user)
    papers = [paper for paper in readable if paper.is_result][::-1]
    if not papers or not may_see_papers(dossier, request.user):
        messages.info(request, _("Chưa có kết quả để xem ở đây."))
        return redirect("dossiers:detail", dossier.code)
    wanted = next((paper for paper in papers if str(paper.pk) == request.GET.get("giay")), None)
    valid = [paper for paper in papers if paper.state == IssuedPaper.State.VALID]
    paper = wanted or next(iter(valid), papers[-1])
    paper.dossier = dossier
    if mine and dossier.opened_at is None:
        Dossier.objects.filter(pk=dossier.pk, opened_at=None).update(opened_at=clock.now())
    return render(
        request,
        "dossiers/citizen/result.html",
        {
            "dossier": dossier,
            "paper": paper,
            "decision": paper.decision,
            "words": paper.words,
            "together": valid if len(valid) > 1 else [],
            "size": megabytes(paper.size),
            "older": [other for other in papers if other.pk != paper.pk and other not in valid],
            "revocations": [other for other in readable if other.kind == PaperKind.REVOCATION],
            "verify": verification_url(paper.verification_code),
            "check_code": grouped(paper.verification_code),
            "early": _punctuality(dossier),
        },
    )


def _punctuality(dossier):
    """«trước hẹn», «đúng hẹn»; empty when late or without a due time."""
    if not dossier.due_at or not dossier.decided_at or lateness.was_decided_late(dossier):
        return ""
    return _("trước hẹn") if clock.local(dossier.decided_at).date() < clock.local(dossier.due_at).date() else _("đúng hẹn")


# ---------------------------------------------------------------- steps a citizen takes
@never_cache
def withdraw(request, code):
    """Request a withdrawal: immediate before acceptance; afterwards the desk decides."""
    dossier = own_dossier(request, code)
    if not workflow.may_take(request.user, dossier, "withdraw"):
        messages.error(request, _not_now(dossier, "withdraw"))
        return redirect("dossiers:detail", dossier.code)
    form = WithdrawalForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        done = _("Đã rút hồ sơ.") if dossier.accepted_at is None else _("Đã gửi đề nghị rút. Cơ quan sẽ trả lời.")
        _take(request, done, lambda: workflow.withdraw(dossier, actor=request.user, note=form.cleaned_data["note"]))
        return redirect("dossiers:detail", dossier.code)
    return render(
        request, "dossiers/citizen/withdraw.html", {"dossier": dossier, "form": form, "at_once": dossier.accepted_at is None}
    )


@never_cache
@require_POST
def confirm(request, code):
    """Answer the question of the agency: agree, or describe the mistake."""
    dossier = own_dossier(request, code)
    form = ConfirmationForm(request.POST)
    if form.is_valid():
        _take(
            request, _("Đã gửi câu trả lời cho cơ quan."),
            lambda: workflow.advance(dossier, "confirm", actor=request.user, note=form.answer),
        )  # fmt: skip
    else:
        messages.error(request, _("Chọn một ý, và nếu có chỗ sai thì ghi rõ chỗ nào."))
    return redirect("dossiers:detail", dossier.code)


def _take(request, done, step):
    """Take the step and add the success message `done`; or an error message that says why not."""
    try:
        step()
    except workflow.StepNotPossible as impossible:
        messages.error(request, impossible.sentence())
    except PermissionDenied:
        messages.error(request, _("Tài khoản này không làm được việc đó với hồ sơ này."))
    else:
        messages.success(request, done)


def _not_now(dossier, name):
    """Why the step is not possible, in a sentence."""
    try:
        workflow.possible(dossier, name)
    except workflow.StepNotPossible as impossible:
        return impossible.sentence()
    return _("Tài khoản này không làm được việc đó với hồ sơ này.")
