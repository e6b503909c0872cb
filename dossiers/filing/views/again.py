"""Filing again: what was written about the ended dossier, what to change, and a new draft with the rest."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dossiers.filing import again, drafts
from dossiers.models import Dossier
from dossiers.permissions import is_submitter

CHANGED = "sua"  # inputs of the page: the keys of the pages to open once more


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start_again(request, code):
    """GET shows the reasons and asks what changed; POST begins the draft, or goes on with the one begun before."""
    rows = Dossier.objects.visible_to(request.user).select_related(
        "version__procedure__current",
        "offering__receiving_agency",
        "offering__terminal",
        "receiving_agency",
        "person",
        "submitter",
    )
    old = get_object_or_404(rows, code=code)
    if not is_submitter(old, request.user):
        raise Http404
    try:
        if request.method != "POST":
            return render(request, "dossiers/filing/again.html", {"again": again.overview(old, request.user), "name": CHANGED})
        draft = again.start(old, request.user, request.POST.getlist(CHANGED))
    except again.NotAgain as refusal:
        messages.error(request, str(refusal))
    except drafts.NotYourMandate as refusal:
        messages.error(request, refusal.sentence())
    else:
        messages.success(request, _("Đã có bản nháp mới với câu trả lời và giấy tờ cũ. Chưa gửi cho ai."))
        return redirect("dossiers:resume", draft.pk)
    return redirect("dossiers:detail", code)
