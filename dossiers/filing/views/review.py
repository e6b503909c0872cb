"""The review page: declaration and filing; printing instead of filing; moving to a new procedure version."""

import copy

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from dossiers import workflow
from dossiers.choices import FilingChannel
from dossiers.fees import payable, wording
from dossiers.filing import drafts, judging, rules
from dossiers.filing.judging import DOCUMENTS
from dossiers.filing.views.documents import OTHER_PAPERS, files_in_words, unneeded
from dossiers.filing.views.shared import BACK_TO_REVIEW, PRINT, REVIEW, SHOWN, Filing, on_draft, overtaken
from dossiers.filing.views.too_late import closed, filed_differently
from dossiers.states import DossierState
from portal.common import clock
from portal.common.pdf import PdfError, render_pdf
from portal.common.vietnamese import fold
from procedures.calendar import Term
from procedures.eforms import answer_sections, print_context


def review(request, filing):
    """Show everything that will be filed. POST with the declaration ticked files it; idempotent."""
    if request.method != "POST":
        return _page(request, filing)
    if not request.POST.get("cam-doan"):
        return _page(request, filing, undeclared=True)
    if _errors(filing):
        return _page(request, filing)
    try:
        shown = request.POST.get(SHOWN, "")
        dossier = workflow.submit(filing.draft, actor=request.user, declared_at=clock.now(), shown=shown)
    except drafts.NoLongerADraft:
        return closed(request, None)
    except workflow.ContentChanged as changed:
        if changed.dossier.state == DossierState.DRAFT:
            newest = drafts.find(filing.draft.pk, user=request.user, session=request.session)
            return _page(request, Filing(request, newest), changed)
        return filed_differently(request, changed.dossier)
    except workflow.StepNotPossible as impossible:
        messages.error(request, impossible.sentence())
        return redirect(filing.url(REVIEW))
    return redirect("dossiers:submitted", dossier.code)


@on_draft(renewed=False)
def renew(request, filing):
    """The procedure has a new version: show what changed; POST moves the draft to it."""
    draft = filing.draft
    if draft.version.in_effect():
        return redirect("dossiers:resume", draft.pk)
    current = draft.version.procedure.current
    usable = current is not None and current.pk != draft.version_id and current.in_effect()
    if request.method == "POST" and usable:
        try:
            drafts.carry_over(draft)
        except drafts.NoLongerADraft:
            return overtaken(request, filing, "")
        messages.success(request, _("Đã chuyển sang bản mới. Xem lại từng bước rồi nộp."))
        return redirect("dossiers:resume", draft.pk)
    return render(
        request,
        "dossiers/filing/renew.html",
        {"draft": draft, "usable": usable, "changes": drafts.changes(draft) if usable else None, "current": current},
    )


def print_and_bring(request, filing):
    """Last page where online filing is not offered: the filled form to print, and where to bring it."""
    asks = rules.asked_documents(filing.draft, files=[], form=filing.form)
    context = filing.context(
        PRINT,
        open_pages=_errors(filing),
        to_bring=[ask for ask in asks if not ask.replaced_by_data],
        desk=(filing.draft.offering.receiving_agency or filing.draft.offering.lead_agency) if filing.draft.offering_id else None,
        money=_money_at_the_counter(filing.draft),
        kept_days=drafts.KEPT_WITHOUT_ACCOUNT.days,
    )
    return render(request, "dossiers/filing/print.html", context)


def _money_at_the_counter(draft):
    """The fee when the printed dossier is filed at the counter."""
    brought = copy.copy(draft)
    brought.channel = FilingChannel.COUNTER
    fees = rules.fees(brought)
    lines = wording.lines_before(brought, fees)
    return {
        "lines": lines,
        "total": fees.total,
        "provisional": fees.provisional,
        "note": wording.note_on_refunds(brought, lines),
        "undecided": fees.undecided,
        "to_pay": bool(fees.total),
    }


@on_draft(renewed=False)
def filled_form(request, filing):
    """The application form as filled in so far, as PDF."""
    draft = filing.draft
    if filing.form is None:
        raise Http404
    known = rules.known_answers(draft, filing.form)
    agency = draft.offering.lead_agency.name if draft.offering_id else ""
    context = print_context(filing.form, known, filing.today, agency_name=agency, applicant_name=_applicant(draft))
    return form_pdf(request, filing.form, context, back=filing.url(filing.stops[-1].key))


def form_pdf(request, form, context, *, back):
    """The form as PDF, always in Vietnamese; a page with status 503 when rendering fails. `back`: URL of that page's link."""
    try:
        with translation.override("vi"):
            content = render_pdf("procedures/eforms/print.html", context, title=form.name)
    except PdfError:
        return render(request, "dossiers/filing/no_pdf.html", {"form_name": form.name, "back": back}, status=503)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{slugify(fold(form.name))[:60] or "to-khai"}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


def _applicant(draft):
    subject = draft.person or (draft.submitter.person if draft.submitter_id else None)
    return str(draft.organisation or subject or "")


def _errors(filing):
    """What must be corrected before filing: [{text, href}]; the links lead to the page and back to the review."""
    found = judging.problems(filing.draft, filing.parts, documents=filing.is_filed_online)
    back = f"?{BACK_TO_REVIEW}={REVIEW}"
    return [{"text": wrong.text, "href": filing.url(wrong.page, "" if wrong.page == DOCUMENTS else back)} for wrong in found]


def _page(request, filing, changed=None, undeclared=False):
    draft = filing.draft
    files = list(draft.attachments.current())
    asks = rules.asked_documents(draft, files=files, form=filing.form)
    errors = _errors(filing)
    if undeclared:
        errors = [*errors, {"text": _("Đánh dấu vào lời cam đoan rồi nộp."), "href": "#cam-doan"}]
    if changed:
        errors = [{"text": changed.sentence(), "href": "#cam-doan"}, *errors]
    edit = f"?{BACK_TO_REVIEW}={REVIEW}"
    parts = [
        {
            "sections": answer_sections(part.form, part.known, filing.today),
            "edit_urls": {page.key: filing.url(page.key, edit) for page in part.pages},
        }
        for part in filing.parts
        if part.pages
    ]
    context = filing.context(
        REVIEW,
        parts=parts,
        papers=_papers(filing, asks, files),
        declaration=filing.form.declaration if filing.form else "",
        money=_money(filing, rules.fees(draft)),
        term=Term.from_data(draft.version.channels[draft.channel]["processing"])
        if draft.channel in draft.version.channels
        else None,
        errors=errors,
        undeclared=undeclared,
        shown_name=SHOWN,
        shown=drafts.content_digest(draft, files),
        place=draft.offering.receiving_agency,
        form_url=reverse("dossiers:filled_form", args=[draft.pk]),
    )
    return render(request, "dossiers/filing/review.html", context, status=409 if changed else 200)


def _papers(filing, asks, files):
    edit = filing.url(DOCUMENTS)
    rows = [
        {"term": ask.name, "value": files_in_words(ask.files) or _("Chưa gửi"), "href": edit, "of": ask.name}
        for ask in asks
        if ask.is_sent or (ask.only_shown and ask.files)
    ]
    others = [file for file in files if file.item_key == OTHER_PAPERS]
    if others:
        rows.append({"term": _("Giấy tờ khác"), "value": files_in_words(others), "href": edit})
    rows += [{"term": row["title"], "value": row["note"]} for row in unneeded(filing, asks)]
    return rows


def _money(filing, fees):
    """The fee for the summary: lines with texts, total, when and how to pay."""
    draft, online = filing.draft, payable.taken_online(filing.draft, level=filing.level)
    desk = draft.offering.receiving_agency or draft.offering.lead_agency
    to_pay = bool(fees.total) or fees.total is None
    lines = wording.lines_before(draft, fees)
    return {
        "lines": lines,
        "note": wording.note_on_refunds(draft, lines),
        "total": fees.total,
        "undecided": fees.undecided,
        "provisional": fees.provisional,
        "when": wording.when_before_filing(draft, fees, online=online),
        "how": wording.how_to_pay(online=online, place=desk.desk_name or desk.name) if to_pay and not fees.undecided else "",
    }
