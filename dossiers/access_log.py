"""Access log of dossiers: staff reading a dossier is recorded, and the people concerned can see the record."""

from accounts.models import log_access
from dossiers.permissions import is_own_dossier


def log_view(request, dossier):
    """Record in the access log that this request showed the dossier. Reading one's own dossier is not recorded."""
    if not is_own_dossier(dossier, request.user):
        log_access(request, "view", f"dossier:{dossier.pk}", person=dossier.person, organisation=dossier.organisation)
