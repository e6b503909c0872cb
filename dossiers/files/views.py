"""Opening an uploaded file: for users who may see the dossier's papers. Access by anybody but the owner is logged."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import log_access
from dossiers.files.models import Attachment
from dossiers.files.serving import file_response
from dossiers.files.storage import StoredFileMissing
from dossiers.filing import drafts
from dossiers.models import Dossier
from dossiers.permissions import is_submitter, may_see_papers
from dossiers.states import DossierState


@login_not_required  # a draft without an account belongs to its session
@require_safe
@never_cache
def view(request, pk):
    """The file in the browser, or as a download with `?tai`. 404 when the user may not see it."""
    attachment = get_object_or_404(Attachment.objects.select_related("dossier"), pk=pk)
    dossier = attachment.dossier
    mine = _is_mine(request, dossier)
    if not mine and not _may_see(request.user, attachment):
        raise Http404
    try:
        response = file_response(
            attachment.storage_key, attachment.name, attachment.content_type, inline="tai" not in request.GET
        )
    except StoredFileMissing as missing:
        raise Http404 from missing
    if not mine or "tai" in request.GET:
        action = "download" if "tai" in request.GET else "view"
        log_access(request, action, f"file:{attachment.pk}", person=dossier.person, organisation=dossier.organisation)
    return response


def _is_mine(request, dossier):
    if dossier.submitter_id is None and dossier.pk in request.session.get(drafts.SESSION_KEY, []):
        return True
    user = request.user
    if not user.is_authenticated or not user.is_active:
        return False
    if dossier.mandate_id is None and dossier.submitter_id == user.pk:
        return True
    return bool(dossier.person_id and dossier.person_id == user.person_id) and dossier.state != DossierState.DRAFT


def _may_see(user, attachment):
    """Staff of the dossier and holders of a mandate. Files of an unsent supplement: the citizen's side only."""
    dossier = Dossier.objects.visible_to(user).filter(pk=attachment.dossier_id).first()
    if dossier is None or not may_see_papers(dossier, user):
        return False
    return attachment.staged_in_id is None or is_submitter(dossier, user)
