"""«Đi thử cả tờ khai»: the wizard of a draft version, page by page, without a dossier."""

from functools import wraps

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from dossiers.filing import drafts, judging
from dossiers.filing.views.shared import BACK_TO_REVIEW, REVIEW
from dossiers.simulation import walk
from portal.common.form_fields import NumberField
from procedures.eforms import LOOK_NOW, BoundPage, answer_sections, opened_by, page_errors
from procedures.office import example_views
from procedures.office.checking import problems
from procedures.office.example_forms import places
from procedures.office.examples import CannotCompute
from procedures.office.permissions import may_edit
from procedures.office.views import draft_of, for_the_office
from procedures.office.vocabulary import WHO


class BeginForm(forms.Form):
    """Who walks, and where."""

    place = forms.ChoiceField(
        label=gettext_lazy("Nơi nộp"),
        required=False,
        help_text=gettext_lazy("Có chọn một nơi thật thì mới hỏi cách nhận kết quả, và mới có mức thu của tỉnh."),
    )
    audience = forms.ChoiceField(label=gettext_lazy("Người nộp"), choices=list(WHO.items()))
    age = NumberField(
        label=gettext_lazy("Tuổi của chủ hồ sơ"),
        required=False,
        min_value=0,
        max_value=120,
        error_messages={
            "invalid": gettext_lazy("Ghi tuổi bằng số, hoặc để trống."),
            "min_value": gettext_lazy("Ghi tuổi từ 0 đến 120."),
            "max_value": gettext_lazy("Ghi tuổi từ 0 đến 120."),
        },
    )

    def __init__(self, data, document):
        super().__init__(data)
        self.fields["place"].choices = places(document)


def of_a_right_draft(view):
    """Decorator: passes the draft to the view. 404 for who may not preview it; a draft with wrong places is not walked."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @for_the_office
    @wraps(view)
    def guarded(request, code, **kwargs):
        found = draft_of(code)
        if problems(found.version.document):
            messages.error(request, _("Bản thảo còn chỗ cần sửa, chưa xem trước được."))
            return redirect("office:draft", code)
        return view(request, found, **kwargs)

    return guarded


@of_a_right_draft
def begin(request, found):
    """Who and where; begins the walk anew, or goes on with the one that was left."""
    code = found.version.procedure.code
    form = BeginForm(request.POST if request.method == "POST" else None, found.version.document)
    if form.is_bound and form.is_valid():
        walk.keep(request.session, walk.Typed(draft=found.pk, **form.cleaned_data))
        walked = _walk(request, found)
        return redirect(walked.url(walked.stops[0].key) if walked else reverse("simulation:walk", args=[code]))
    walked = _walk(request, found)
    context = {
        "procedure": found.version.procedure,
        "form": form,
        "goes_on": walked.url(walked.unfinished().key) if walked else "",
    }
    return render(request, "procedures/office/walk_begin.html", context, status=422 if form.errors else 200)


def _walk(request, found):
    """The walk of the session; None without one. When its place is gone it ends, with the reason told."""
    typed = walk.typed_in(request.session, found)
    try:
        return walk.Walk(request, found, typed) if typed else None
    except CannotCompute as impossible:
        walk.forget(request.session)
        messages.error(request, str(impossible))
        return None


@of_a_right_draft
def step(request, found, key):
    """One page of questions, or the review. Nothing is written but the session."""
    walked = _walk(request, found)
    if walked is None:
        return redirect("simulation:walk", found.version.procedure.code)
    stop = walked.stop(key)
    if stop is None:
        return redirect(walked.url(walked.unfinished().key))
    if key == REVIEW:
        return _end(request, walked) if request.method == "POST" else _review(request, walked)
    return _save(request, walked, stop) if request.method == "POST" else _show(request, walked, stop)


def _show(request, walked, stop):
    part = stop.part
    filled = drafts.filled_in(walked.draft, part.form, part.known, [stop.page])
    known = {**filled.values, **part.known}
    errors = page_errors(part.form, stop.page, known, walked.today) if BACK_TO_REVIEW in request.GET else None
    bound = BoundPage(
        part.form, stop.page, known, walked.today,
        origins=filled.origins, errors=errors, **opened_by(request.GET),
    )  # fmt: skip
    return _page(request, walked, stop, bound)


def _save(request, walked, stop):
    """Keep the POST, then check it: a wrong page is shown again with its errors, as in the wizard."""
    part = stop.part
    entered, changes = drafts.read_into(walked.draft, part, stop.page, request.POST)
    known = {**part.known, **entered.values}
    if LOOK_NOW in request.POST:
        return _page(request, walked, stop, BoundPage(part.form, stop.page, known, walked.today, lookup=entered.lookup))
    walked.keep(**changes)
    back = f"?{BACK_TO_REVIEW}={REVIEW}" if request.GET.get(BACK_TO_REVIEW) == REVIEW else ""
    if entered.again:
        query = f"{back or '?'}{'&' if back and entered.query else ''}{entered.query}".rstrip("?")
        return redirect(walked.url(stop.key, query) + (f"#{entered.focus}" if entered.focus else ""))
    errors = page_errors(part.form, stop.page, known, walked.today)
    if errors:
        bound = BoundPage(part.form, stop.page, known, walked.today, entered=entered, errors=errors)
        return _page(request, walked, stop, bound)
    following = walked.unfinished() if back else walked.after(stop.key)
    return redirect(walked.url(following.key, back if following.page else ""))


def _page(request, walked, stop, bound):
    bound.show_one()
    context = walked.context(stop.key, page=bound)
    if request.GET.get(BACK_TO_REVIEW) == REVIEW:
        context["back_url"] = walked.url(REVIEW)
    return render(request, "procedures/office/walk_page.html", context)


def _wrong(walked):
    return judging.problems(walked.draft, walked.parts, documents=False)


def _review(request, walked):
    """The answers, and what the draft makes of them: the functions that examples use."""
    back = f"?{BACK_TO_REVIEW}={REVIEW}"
    try:
        outcome, impossible = walked.runner.outcome(walked.as_example(whole=True)), ""
    except CannotCompute as why:
        outcome, impossible = None, str(why)
    parts = [
        {
            "sections": answer_sections(part.form, part.known, walked.today),
            "edit_urls": {page.key: walked.url(page.key, back) for page in part.pages},
        }
        for part in walked.parts
        if part.pages
    ]
    errors = [{"text": wrong.text, "href": walked.url(wrong.page, back)} for wrong in _wrong(walked)]
    context = walked.context(
        REVIEW, parts=parts, errors=errors, outcome=example_views.shown(outcome), impossible=impossible,
        online=walked.is_filed_online, revision=walked.found.revision, edits=may_edit(request.user),
    )  # fmt: skip
    return render(request, "procedures/office/walk_review.html", context)


def _end(request, walked):
    """«xong» forgets the walk; «vi-du» makes an example of it first, for people who may edit the draft."""
    word, code = request.POST.get("viec", ""), walked.draft.version.procedure.code
    if word == "vi-du":
        if _wrong(walked):
            return redirect(walked.url(REVIEW))
        return example_views.add(request, walked.found, walked.as_example(whole=False))
    if word not in ("xong",):
        raise Http404
    walk.forget(request.session)
    return redirect("office:draft", code)
