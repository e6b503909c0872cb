"""Opening an uploaded file: for users who may see the dossier's papers. Access by anybody but the owner is logged."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import log_access
from dossiers.files.checking import UploadRefused, make_thumbnail
from dossiers.files.models import Attachment, Thumbnail
from dossiers.files.receiving import sender_of
from dossiers.files.serving import file_response, original_response, thumbnail_response
from dossiers.files.storage import StoredFileMissing, read_stored
from dossiers.filing import drafts
from dossiers.models import Dossier
from dossiers.permissions import acts_for_a_visitor, enters_for_a_visitor, is_submitter, may_see_papers
from dossiers.states import DossierState


@login_not_required  # a draft without an account belongs to its session
@require_safe
@never_cache
def view(request, pk):
    """The clean copy in the browser, or as a download with `?tai`. 404 when the user may not see it."""
    attachment, mine = _attachment(request, pk)
    inline = "tai" not in request.GET
    response = _stored(lambda: file_response(attachment.storage_key, attachment.name, attachment.content_type, inline=inline))
    if not mine or not inline:
        _log(request, "view" if inline else "download", attachment)
    return response


@login_not_required
@require_safe
@never_cache
def original(request, pk):
    """The file as received, as a download. 404 also when only the copy was kept."""
    attachment, __ = _attachment(request, pk)
    if not attachment.original_key:
        raise Http404
    response = _stored(lambda: original_response(attachment))
    _log(request, "download", attachment)
    return response


@login_not_required
@require_safe
def thumbnail(request, pk):
    """The small picture of a list. Made now for files from before there were thumbnails; 404 for what is no picture."""
    attachment, mine = _attachment(request, pk)
    if not attachment.content_type.startswith("image/"):
        raise Http404
    kept = Thumbnail.objects.filter(attachment=attachment).first() or _made(request, attachment)
    response = thumbnail_response(request, bytes(kept.content), f'"{attachment.pk}-{attachment.sha256[:16]}"')
    if not mine and response.status_code == 200:
        _log(request, "view", attachment)
    return response


def _made(request, attachment):
    content = _stored(lambda: read_stored(attachment.storage_key))
    try:
        content = make_thumbnail(content, who=sender_of(request))
    except UploadRefused as refusal:
        raise Http404 from refusal
    return Thumbnail.objects.get_or_create(attachment=attachment, defaults={"content": content})[0]


def _attachment(request, pk):
    """(attachment, is it the user's own). Http404 when the user may not see it."""
    attachment = get_object_or_404(Attachment.objects.select_related("dossier"), pk=pk)
    mine = _is_mine(request, attachment.dossier)
    if not mine and not _may_see(request.user, attachment):
        raise Http404
    return attachment, mine


def _stored(read):
    try:
        return read()
    except StoredFileMissing as missing:
        raise Http404 from missing


def _log(request, action, attachment):
    dossier = attachment.dossier
    log_access(request, action, f"file:{attachment.pk}", person=dossier.person, organisation=dossier.organisation)


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
    if (
        attachment.dossier.state == DossierState.DRAFT
        and user.is_authenticated
        and enters_for_a_visitor(attachment.dossier, user)
    ):
        return True
    dossier = Dossier.objects.visible_to(user).filter(pk=attachment.dossier_id).first()
    if dossier is None or not may_see_papers(dossier, user):
        return False
    return attachment.staged_in_id is None or is_submitter(dossier, user) or acts_for_a_visitor(dossier, user)
