"""A look at a dossier by anybody but the people it concerns is written down for them, whichever door it came through."""

from accounts.models import log_access
from dossiers.permissions import is_own_matter


def note_look(request, dossier):
    """Write down that this request showed the dossier, unless it is the reader's own matter."""
    if not is_own_matter(dossier, request.user):
        log_access(request, "view", f"dossier:{dossier.pk}", person=dossier.person, organisation=dossier.organisation)
