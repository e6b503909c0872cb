"""Taking people in at the counter and by post: choose the procedure, name the applicant, type the form in one page, file it."""

from dataclasses import dataclass, field

from django.conf import settings
from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import log_access
from accounts.roles import Role
from dossiers import workflow
from dossiers.access_log import log_view
from dossiers.choices import SIGNED_FORM, PaperKind
from dossiers.custody.models import Original
from dossiers.desk.intake_forms import ApplicantForm, BroughtForm, SheetsInput
from dossiers.fees import payable
from dossiers.files.changing import FilesClosed, open_files, signed_files
from dossiers.files.checking import ACCEPT, megabytes
from dossiers.files.models import OTHER_PAPERS, SIGNED_PAPER, Attachment
from dossiers.files.receiving import check, receive, sender_of
from dossiers.filing import counter, drafts, intake, judging, rules
from dossiers.filing.views.documents import input_id, tiles
from dossiers.filing.views.review import form_pdf
from dossiers.states import DossierState
from dossiers.transitions import inputs
from portal.common import clock
from portal.common.figures import number_in
from portal.common.vietnamese import fold
from procedures.eforms import BoundPage, opened_by, page_errors, print_context
from procedures.models import Offering

SHOWN = 20  # procedures of the list
SAVE, FILE, ACCEPT_TOO, RENEW, PASS = "luu", "ghi-nhan", "tiep-nhan", "ban-moi", "chuyen"
DEEDS = {SAVE, FILE, ACCEPT_TOO, RENEW, PASS}  # values of the buttons `viec`
REMOVE, TURN, UP = "xoa", "xoay", "len"  # buttons at a scan


# ---------------------------------------------------------------- the procedure
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request):
    """The procedures that the clerk's bodies take in, by words without accents, and the drafts that are open.

    POST: go on with the draft of a colleague who is gone or away.
    """
    bodies = _bodies(request.user)
    if request.method == "POST":
        return _take_over(request)
    words = request.GET.get("tu-khoa", "").strip()
    rows = [row for row in _named(bodies) if _is_meant(row, words)]
    chosen = Offering.objects.filter(pk__in=[row["pk"] for row in rows[:SHOWN]]).select_related(
        "procedure__current", "receiving_agency"
    )
    shown = sorted(chosen, key=lambda row: (row.procedure.current.short_name, row.pk))
    context = {
        "offerings": shown, "more": max(0, len(rows) - SHOWN), "words": words, "drafts": intake.drafts_of(request.user)[:SHOWN],
        "left_behind": intake.left_behind(request.user)[:SHOWN],
        "several": len(bodies) > 1, "kept_days": drafts.KEPT_WITHOUT_ACCOUNT.days,
    }  # fmt: skip
    return render(request, "dossiers/desk/intake/choose.html", context)


def _take_over(request):
    found = get_object_or_404(intake.left_behind(request.user), pk=number_in(request.POST.get("nhan", "")) or 0)
    intake.pass_on(found, request.user)
    return redirect("desk:intake_draft", found.pk)


def _bodies(user):
    """Ids of the bodies where this user takes dossiers in; 404 for everybody else."""
    bodies = user.agencies_with(Role.RECEIVING_CLERK) if user.is_authenticated and user.is_staff_login else set()
    if not bodies:
        raise Http404
    return bodies


def _named(bodies):
    """Number, code and names of the offerings of these bodies that have a version in force."""
    rows = Offering.objects.current().filter(receiving_agency__in=bodies, procedure__listed=False)
    names = ("pk", "procedure__code", "procedure__name", "procedure__short_name")
    return rows.exclude(procedure__current=None).order_by("procedure__short_name", "procedure__code", "pk").values(*names)


def _is_meant(row, words):
    text = fold(" ".join([row["procedure__code"], row["procedure__short_name"], row["procedure__name"]]))
    return all(word in text for word in fold(words).split())


# ---------------------------------------------------------------- the applicant
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def applicant(request, pk):
    """Find or enter the applicant, and begin the draft. The number is posted: it never stands in an address."""
    offering = get_object_or_404(
        Offering.objects.current()
        .filter(receiving_agency__in=_bodies(request.user), procedure__listed=False)
        .exclude(procedure__current=None)
        .select_related("procedure__current", "receiving_agency", "terminal", "lead_agency"),
        pk=pk,
    )
    form = ApplicantForm(request.POST if request.method == "POST" else None)
    candidates, why = [], ""
    if form.is_bound and form.is_valid():
        entered = form.applicant()
        try:
            draft = intake.start(request.user, offering, form.cleaned_data["channel"], entered, request.POST.get("la-ai", ""))
        except intake.WhoIsIt as question:
            candidates = [_candidate(request, subject, form, entered) for subject in question.candidates]
        except intake.Unnamed:
            form.add_error("name", _("Chưa có ai mang số này trên cổng. Nhập tên như trên giấy tờ đang xem."))
        except ValueError as refusal:
            why = str(refusal)
        else:
            return redirect("desk:intake_draft", draft.pk)
    context = {
        "offering": offering, "version": offering.procedure.current, "form": form, "candidates": candidates, "why": why,
        "new": intake.SOMEBODY_ELSE if candidates and _may_be_new(form) else "",
        "refused": {} if form.is_bound else _refused(offering),
    }  # fmt: skip
    return render(request, "dossiers/desk/intake/applicant.html", context, status=422 if form.is_bound else 200)


def _refused(offering):
    """The sentences for the channels that this offering does not take; empty when all are taken."""
    channels = dict(ApplicantForm.base_fields["channel"].choices)
    reasons = {key: counter.why_not_here(offering.procedure.current, offering, key) for key in channels}
    return list(dict.fromkeys(why for why in reasons.values() if why))


def _candidate(request, subject, form, entered):
    """One of those who have the number, for the question. That the clerk saw it is recorded."""
    is_organisation = entered.is_organisation
    log_access(request, "view", f"number:{subject.pk}", **{"organisation" if is_organisation else "person": subject})
    born = None if is_organisation else subject.birth_date
    return {"value": subject.pk, "name": str(subject), "born": born, "disputed": not is_organisation and not subject.id_number}


def _may_be_new(form):
    """May the clerk say that it is somebody else? A name is needed; a tax code has one owner only."""
    entered = form.applicant()
    return bool(entered.name) and not entered.is_organisation


# ---------------------------------------------------------------- the one long page
@dataclass
class Desk:
    """A draft at the counter during one request."""

    draft: object
    refused: dict = field(default_factory=dict)  # {item key: [sentences]} of uploads that were not taken
    entered: dict = field(default_factory=dict)  # {page key: PageInput}
    sheets: SheetsInput | None = None
    brought: BroughtForm | None = None
    judged: bool = False  # show what is still wrong
    changed: bool = False  # saved in another window since this page was opened
    touched: str = ""  # item key of the scan that a button turned, moved or removed

    def __post_init__(self):
        self.today = clock.today()
        self.parts = judging.parts_of(self.draft)
        self.brought = self.brought or BroughtForm(instance=self.draft.intake)

    @property
    def intake(self):
        return self.draft.intake

    @property
    def beside(self):
        """What is wrong and belongs to no question of the form: [{text, href}]."""
        found = [{"text": text, "href": f"#id_{name}"} for name, texts in self.brought.errors.items() for text in texts]
        if self.judged:
            found += [{"text": text, "href": f"#id_{name}"} for name, text in self.brought.lacks().items()]
        return found

    def url(self, query=""):
        return reverse("desk:intake_draft", args=[self.draft.pk]) + query


def _draft(request, pk):
    draft = intake.find(pk, request.user) if request.user.is_authenticated else None
    if draft is None:
        raise Http404
    return draft


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request, pk):
    """The whole form in one page; after filing what to print and to do next. Pressed twice, it files once."""
    dossier = _draft(request, pk)
    if dossier.state != DossierState.DRAFT:
        return _filed(request, dossier)
    log_view(request, dossier)
    if request.method == "POST":
        return _save(request, dossier)
    return _page(request, Desk(dossier))


def _save(request, dossier):
    """Save everything that was typed and sent, also what is wrong; then do what the button says."""
    deed = request.POST.get("viec", SAVE)
    if deed not in DEEDS:
        raise Http404
    if not dossier.version.in_effect():
        return _renew(request, dossier, deed)
    desk = Desk(dossier)
    changes = _read(request, desk)
    try:
        drafts.save(dossier, revision=_revision(request), **changes)
        _change_files(request, desk)
    except drafts.ChangedElsewhere:
        desk.changed = True
        return _page(request, desk, status=409)
    except (drafts.NoLongerADraft, FilesClosed):
        return redirect(desk.url())
    intake.fill_in(dossier)
    again = next((entered for entered in desk.entered.values() if entered.again), None)
    wrong = not desk.brought.is_valid() or bool(desk.sheets.errors or desk.refused)
    if desk.brought.is_valid():
        desk.brought.save()
    if again is not None:
        return redirect(desk.url(f"?{again.query}" if again.query else "") + (f"#{again.focus}" if again.focus else ""))
    if wrong:
        return _page(request, Desk(dossier, desk.refused, {}, desk.sheets, desk.brought), status=422)
    if deed in (FILE, ACCEPT_TOO):
        return _file(request, Desk(dossier, brought=desk.brought, judged=True), accept=deed in (ACCEPT_TOO,))
    if deed in (PASS,):
        return _pass_on(request, dossier)
    messages.success(request, _("Đã lưu."))
    return redirect(desk.url() + (f"#g-{input_id(desk.touched)}" if desk.touched else ""))


def _pass_on(request, dossier):
    """Hand the saved draft to the chosen colleague of this desk."""
    to = next((user for user in intake.colleagues(dossier) if str(user.pk) == request.POST.get("cho-ai", "")), None)
    if to is None:
        messages.error(request, _("Đã lưu, chưa chuyển: chọn đồng nghiệp cùng bộ phận."))
        return redirect(reverse("desk:intake_draft", args=[dossier.pk]))
    intake.pass_on(dossier, to)
    messages.success(request, _("Đã chuyển cho %(name)s: hồ sơ nằm trong “Bản đang nhập dở” của người đó.") % {"name": to})
    return redirect("desk:intake")


def _read(request, desk):
    """Read all pages of the form, the portal's questions, who brought it and what came on paper."""
    changes = {"answers": {}, "asked": {}}
    for part in desk.parts:
        for page in part.pages:
            desk.entered[page.key], more = drafts.read_into(desk.draft, part, page, request.POST)
            for name, value in more.items():
                changes[name] = {**changes[name], **value} if name in ("answers", "asked") else value
    desk.sheets = SheetsInput.read(request.POST, rules.asked_documents(desk.draft, files=[]))
    desk.intake.papers = desk.sheets.papers
    desk.brought = BroughtForm(request.POST, instance=desk.intake)
    return changes


def _revision(request):
    written = request.POST.get("revision", "")
    number = number_in(written)
    return -1 if written and number is None else number


def _change_files(request, desk):
    """Take the scans that were sent and remove one, as the buttons say."""
    if not request.FILES and not {REMOVE, TURN, UP} & set(request.POST):
        return
    keys = {*(ask.key for ask in rules.asked_documents(desk.draft, files=[])), OTHER_PAPERS, SIGNED_FORM}
    uploads = []
    for name in request.FILES:
        key = name.removeprefix("tep-")
        if key in keys:
            uploads += check(key, request.FILES.getlist(name), who=sender_of(request))
    with open_files(desk.draft) as files:
        for name, deed in ((REMOVE, files.remove), (TURN, files.turn), (UP, files.move_up)):
            if name in request.POST and (file := deed(number_in(request.POST[name]))):
                desk.touched = file.item_key
        desk.refused = receive(files, uploads, uploaded_by=request.user, source=Attachment.Source.SCAN).refused


def _renew(request, dossier, deed):
    """The procedure has a new version: the draft moves to it when the clerk says so."""
    current = dossier.version.procedure.current
    if deed in (RENEW,) and current is not None and current.in_effect():
        drafts.carry_over(dossier)
        messages.success(request, _("Đã chuyển sang bản mới của thủ tục. Xem lại từng mục."))
    return redirect("desk:intake_draft", dossier.pk)


def _file(request, desk, *, accept):
    """File it; with `accept` also take it into work. What is missing or wrong is shown at its place."""
    if desk.beside or any(page.errors for page in _bound_pages(desk)):
        return _page(request, desk, status=422)
    try:
        dossier = workflow.submit(desk.draft, actor=request.user, declared_at=clock.now())
    except inputs.DetailsMissing as lack:
        desk.refused[lack.field] = [str(lack)]
        return _page(request, desk, status=422)
    except drafts.NoLongerADraft:
        messages.error(request, _("Bản nháp này đã xóa."))
        return redirect("desk:intake")
    except workflow.StepNotPossible as impossible:
        messages.error(request, impossible.sentence())
        return redirect(desk.url())
    messages.success(request, _("Đã ghi nhận hồ sơ %(code)s.") % {"code": dossier.code})
    if accept:
        _accept(request, dossier)
    return redirect(desk.url())


def _accept(request, dossier):
    """Take the dossier into work, or say why it waits."""
    try:
        workflow.advance(dossier, "accept", actor=request.user)
    except workflow.StepNotPossible as impossible:
        messages.warning(request, _("Chưa tiếp nhận: %(why)s") % {"why": impossible.sentence()})
    except inputs.DetailsMissing as lack:
        messages.warning(request, _("Chưa tiếp nhận: %(why)s") % {"why": lack})
    else:
        messages.success(request, _("Đã tiếp nhận. In giấy hẹn cho người nộp."))


def _bound_pages(desk, request=None):
    """The pages of the form and of the portal's questions, to be shown under each other."""
    query = request.GET if request else {}
    pages = []
    for part in desk.parts:
        origins = {} if part.is_portal else drafts.origins_of(desk.draft, part.form) if part.form else {}
        for page in part.pages:
            errors = page_errors(part.form, page, part.known, desk.today) if desk.judged else None
            pages.append(
                BoundPage(
                    part.form,
                    page,
                    part.known,
                    desk.today,
                    entered=desk.entered.get(page.key),
                    errors=errors,
                    origins=origins,
                    **opened_by(query),
                )  # fmt: skip
            )
    return pages


def _page(request, desk, status=200):
    dossier, brought = desk.draft, desk.brought
    files = list(dossier.attachments.current())
    asks = rules.asked_documents(dossier, files=files)
    pages = _bound_pages(desk, request)
    papers = [_paper(ask, desk) for ask in asks if not ask.replaced_by_data]
    other, signed = (_loose(key, files, desk) for key in (OTHER_PAPERS, SIGNED_FORM))
    rows = [*papers, other, signed]
    context = {
        "draft": dossier, "desk": desk, "pages": pages, "papers": papers, "other": other, "signed": signed, "brought": brought,
        "errors": [error for page in pages for error in page.errors] + desk.beside
        + [{"text": text, "href": f"#{row['id']}"} for row in rows for text in row["errors"]],
        "accept": ACCEPT, "limit": megabytes(settings.MAX_UPLOAD_BYTES), "fees": rules.fees(dossier),
        "in_effect": dossier.version.in_effect(), "is_letter": "letter_number" in brought.fields,
        "by_data": [ask for ask in asks if ask.replaced_by_data],
        "deeds": {"save": SAVE, "file": FILE, "accept": ACCEPT_TOO, "renew": RENEW, "pass": PASS},
        "colleagues": [{"value": user.pk, "label": user.full_name} for user in intake.colleagues(dossier)],
        "kept_days": drafts.KEPT_WITHOUT_ACCOUNT.days,
    }  # fmt: skip
    return render(request, "dossiers/desk/intake/draft.html", context, status=status)


def _paper(ask, desk):
    """One paper: the sheets that came, the scans, and what is wrong with them."""
    counts = desk.intake.papers.get(ask.key, {})
    wrong = desk.sheets.errors.get(ask.key) if desk.sheets else None
    return {
        "key": ask.key, "id": input_id(ask.key), "ask": ask, "tiles": tiles(ask.files, arranged=True),
        "originals": counts.get("originals", ""),
        "copies": counts.get("copies", ""), "seen": counts.get("seen", False),
        "errors": [*([wrong] if wrong else []), *desk.refused.get(ask.key, [])],
        "lacking": ask.needed and not ask.files and not counts,
    }  # fmt: skip


def _loose(key, files, desk):
    """Scans that no row of the version asks for: other papers, the signed form."""
    pages = tiles([file for file in files if file.item_key == key], arranged=True)
    return {"key": key, "id": input_id(key), "tiles": pages, "errors": desk.refused.get(key, [])}


@require_safe
@never_cache
def form(request, pk):
    """The application form as typed so far, to be signed on paper."""
    dossier = _draft(request, pk)
    document = rules.form_of(dossier)
    if document is None or dossier.state != DossierState.DRAFT:
        raise Http404
    known = rules.known_answers(dossier, document)
    context = print_context(
        document, known, clock.today(), agency_name=dossier.offering.lead_agency.name, applicant_name=_bearer(dossier)
    )
    return form_pdf(request, document, context, back=reverse("desk:intake_draft", args=[dossier.pk]))


def _bearer(dossier):
    return dossier.intake.bearer or str(dossier.subject)


@require_POST
@never_cache
def discard(request, pk):
    """Delete a draft with its scans."""
    dossier = _draft(request, pk)
    try:
        drafts.discard(dossier)
    except drafts.NoLongerADraft:
        return redirect("desk:intake_draft", dossier.pk)
    messages.success(request, _("Đã bỏ bản nháp."))
    return redirect("desk:intake")


# ---------------------------------------------------------------- after filing
def _filed(request, dossier):
    """What to print, the scan of the signed slip, and what comes next."""
    log_view(request, dossier)
    papers = list(dossier.papers.filter(kind__in=[PaperKind.ACKNOWLEDGEMENT, PaperKind.RECEIPT_SLIP]).order_by("pk"))
    seen = "-".join(str(paper.pk) for paper in papers)
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"seen": seen})
    refused = []
    if request.method == "POST" and request.FILES:
        refused = _keep_signed_slip(request, dossier)
        if not refused:
            messages.success(request, _("Đã giữ bản quét giấy hẹn đã ký."))
    if request.method == "POST" and not refused:
        return redirect("desk:intake_draft", dossier.pk)
    signed = list(_signed(dossier))
    due = {PaperKind.ACKNOWLEDGEMENT} | ({PaperKind.RECEIPT_SLIP} if dossier.accepted_at else set())
    context = {
        "dossier": dossier, "papers": papers, "to_come": len(due) - len(papers), "seen": seen, "refused": refused,
        "signed": tiles(signed, removable=False), "scanned_by": {str(file.uploaded_by) for file in signed if file.uploaded_by},
        "lacking": rules.not_handed_in(dossier),
        "steps": workflow.steps_for(request.user, dossier),
        "keeps_originals": Original.objects.filter(dossier=dossier).exists(),
        "pays_by_qr": payable.payable_online(dossier), "accept": ACCEPT, "limit": megabytes(settings.MAX_UPLOAD_BYTES),
    }  # fmt: skip
    return render(request, "dossiers/desk/intake/filed.html", context, status=422 if refused else 200)


def _signed(dossier):
    return dossier.attachments.filter(signed_for__step="accept").select_related("uploaded_by")


def _keep_signed_slip(request, dossier):
    """Keep the scan of the slip that the applicant signed. Returns the sentences of refused files."""
    event = dossier.events.filter(step="accept").first()
    if event is None:
        return [_("Chưa có giấy hẹn: hồ sơ chưa tiếp nhận.")]
    uploads = check(SIGNED_PAPER, request.FILES.getlist("tep"), who=sender_of(request))
    with signed_files(event) as files:
        facts = {"uploaded_by": request.user, "source": Attachment.Source.SCAN, "signed_for": event}
        return receive(files, uploads, **facts).refused.get(SIGNED_PAPER, [])
