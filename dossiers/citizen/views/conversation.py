"""The citizen's side writes to the office about one dossier, and reads its answers."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.messages.models import mark_read
from dossiers import conversation
from dossiers.citizen.views.dossier import own_dossier
from dossiers.conversation.forms import WritingForm
from dossiers.conversation.serving import file_of
from dossiers.files.checking import ACCEPT
from dossiers.permissions import is_submitter


def _own(request, code):
    """The dossier, for its citizen's side alone; staff have a page of their own."""
    dossier = own_dossier(request, code)
    if not (is_submitter(dossier, request.user) and conversation.may_write(dossier, request.user)):
        raise Http404
    return dossier


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def show(request, code):
    """All letters, and the form of the next one. 422 when it is not stored: what was typed stays, files must be chosen again."""
    dossier = _own(request, code)
    form = WritingForm(request.POST or None, label=_("Viết cho cơ quan"))
    files = request.FILES.getlist("tep")
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            conversation.write(dossier, request.user, given["text"], given["sent_key"], files)
        except conversation.NotWritten as refusal:
            form.add_error("text", str(refusal))
        else:
            messages.success(request, _("Đã gửi thư cho cơ quan."))
            return redirect("dossiers:conversation", code)
    conversation.open_letters(dossier, request.user)
    mark_read(request.user, request.path)
    context = {
        "dossier": dossier,
        "form": form,
        "files_lost": files,
        "letters": dossier.letters.select_related("agency"),
        "usual_hours": conversation.usual_hours(dossier.receiving_agency),
        "accept": ACCEPT,
        "max_files": conversation.MAX_FILES,
    }
    return render(request, "dossiers/citizen/conversation.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
def file(request, code, pk, number):
    """A file of a letter."""
    return file_of(get_object_or_404(_own(request, code).letters, pk=pk), number)
