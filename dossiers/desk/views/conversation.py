"""Letters to and from the citizen's side, and notes of staff, about one dossier; letters that wait for an answer."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.messages.models import mark_read
from accounts.roles import Role
from dossiers import conversation, permissions
from dossiers.access_log import log_view
from dossiers.conversation.forms import WritingForm
from dossiers.conversation.serving import file_of
from dossiers.desk.views.queue import find, for_staff
from dossiers.files.checking import ACCEPT
from dossiers.messages import citizen_readers
from dossiers.models import Dossier, Letter, ReadyAnswer
from dossiers.permissions import paper_dossiers, staff_dossiers
from portal.common import clock
from portal.common.figures import number_in

SHOWN = 50  # letters of the list; the others follow when these are answered


def _at_work(request, code):
    """The dossier, for staff who read its papers; Http404 for others, inspectors among them."""
    dossier = find(request, code)
    if not permissions.reads_notes(dossier, request.user):
        raise Http404
    return dossier


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def show(request, code):
    """The letters and notes of a dossier; a POST sends a letter to the citizen's side. 422 when it is not stored."""
    dossier = _at_work(request, code)
    form = WritingForm(request.POST or None, label=_("Trả lời người nộp"), text=_chosen(request, dossier))
    if request.method == "POST":
        if not permissions.writes_for_the_office(dossier, request.user):
            raise PermissionDenied
        if form.is_valid() and _sent(request, dossier, form):
            messages.success(request, _("Đã gửi. Người nộp được báo ngay."))
            return redirect("desk:conversation", code)
    return _page(request, dossier, form, WritingForm(label=_("Ghi chú nội bộ")))


@require_POST
@for_staff
def note(request, code):
    """Store a note of staff."""
    dossier = _at_work(request, code)
    form = WritingForm(request.POST, label=_("Ghi chú nội bộ"))
    if form.is_valid():
        try:
            conversation.note(dossier, request.user, form.cleaned_data["text"], form.cleaned_data["sent_key"])
        except conversation.NotWritten as refusal:
            form.add_error("text", str(refusal))
        else:
            messages.success(request, _("Đã ghi. Người nộp không thấy ghi chú này."))
            return redirect("desk:conversation", code)
    return _page(request, dossier, WritingForm(label=_("Trả lời người nộp")), form)


@require_POST
@for_staff
def no_answer(request, code, pk):
    """A letter that needs no answer is closed."""
    dossier = _at_work(request, code)
    if not permissions.writes_for_the_office(dossier, request.user):
        raise PermissionDenied
    conversation.no_answer_needed(get_object_or_404(dossier.letters, pk=pk, from_office=False), request.user)
    messages.success(request, _("Đã ghi: thư này không cần trả lời."))
    return redirect("desk:conversation", code)


@require_safe
@for_staff
def file(request, code, pk, number):
    """A file of a letter."""
    dossier = _at_work(request, code)
    log_view(request, dossier)
    return file_of(get_object_or_404(dossier.letters, pk=pk), number)


@require_safe
@for_staff
def waiting(request):
    """Letters of citizens that wait for an answer of this user's bodies, the longest waiting first."""
    user = request.user
    here = Letter.objects.filter(
        pk__in=conversation.unanswered(),
        dossier__in=_dossiers_written_for(user),
    )
    rows = here.select_related("dossier__version__procedure", "dossier__receiving_agency", "dossier__holder").order_by(
        "answer_by", "pk"
    )
    found = list(rows[: SHOWN + 1])
    context = {"letters": found[:SHOWN], "more": len(found) > SHOWN, "now": clock.now(), "heads": _headed(user).exists()}
    return render(request, "dossiers/desk/letters.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_staff
def ready_answers(request):
    """Heads write and remove the ready-made answers of their bodies."""
    bodies = [member.agency for member in _headed(request.user)]
    if not bodies:
        raise Http404
    rows = ReadyAnswer.objects.filter(agency__in=bodies, removed_at=None).select_related("agency", "added_by")
    form = WritingForm(request.POST or None, label=_("Câu trả lời mẫu"))
    if request.method == "POST":
        if (removed := request.POST.get("bo")) is not None:
            get_object_or_404(rows, pk=number_in(removed) or 0)
            rows.filter(pk=number_in(removed)).update(removed_at=clock.now(), removed_by=request.user)
            messages.success(request, _("Đã bỏ câu trả lời mẫu."))
            return redirect("desk:ready_answers")
        agency = next((body for body in bodies if body.code == request.POST.get("co-quan")), None)
        if agency is None:
            raise Http404
        if form.is_valid() and form.cleaned_data["text"]:
            ReadyAnswer.objects.create(agency=agency, text=form.cleaned_data["text"], added_by=request.user)
            messages.success(request, _("Đã thêm câu trả lời mẫu."))
            return redirect("desk:ready_answers")
        form.add_error("text", _("Viết câu trả lời mẫu."))
    context = {"rows": rows, "bodies": bodies, "form": form}
    return render(request, "dossiers/desk/ready_answers.html", context, status=422 if form.errors else 200)


def _headed(user):
    return user.memberships.current().filter(role__in=(Role.HEAD, Role.DEPUTY)).select_related("agency").order_by("agency__code")


def _dossiers_written_for(user):
    """Dossiers at which this user may write for the office; each page of one asks the permission itself."""
    return Dossier.objects.filter(staff_dossiers(user), paper_dossiers(user)).values("pk")


def _chosen(request, dossier):
    """The text of the ready-made answer that was chosen (`?mau=`), else ''."""
    number = number_in(request.GET.get("mau", ""))
    found = conversation.ready_answers(dossier, request.user).filter(pk=number).first() if number else None
    return found.text if found else ""


def _sent(request, dossier, form):
    """Is the letter stored? Otherwise the form says why not."""
    given = form.cleaned_data
    try:
        conversation.write(dossier, request.user, given["text"], given["sent_key"], request.FILES.getlist("tep"))
    except conversation.NotWritten as refusal:
        form.add_error("text", str(refusal))
    return not form.errors


def _page(request, dossier, form, note_form):
    log_view(request, dossier)
    conversation.open_letters(dossier, request.user)
    mark_read(request.user, request.path)
    wrong = form.errors or note_form.errors
    context = {
        "dossier": dossier,
        "form": form,
        "note_form": note_form,
        "files_lost": bool(form.errors) and request.FILES.getlist("tep"),
        "letters": dossier.letters.select_related("author", "agency", "closed_by"),
        "notes": dossier.internal_notes.select_related("author"),
        "writes": permissions.writes_for_the_office(dossier, request.user),
        "has_reader": bool(citizen_readers(dossier)),
        "ready": conversation.ready_answers(dossier, request.user),
        "now": clock.now(),
        "accept": ACCEPT,
        "max_files": conversation.MAX_FILES,
    }
    return render(request, "dossiers/desk/conversation.html", context, status=422 if wrong else 200)
