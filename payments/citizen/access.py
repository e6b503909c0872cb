"""Look up a citizen's own dossier and its attempts, for the pages and the API. Raises Http404."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.models import User
from dossiers.models import Dossier
from dossiers.permissions import is_submitter
from payments.attempts.references import is_reference
from payments.models import PaymentAttempt, Way


def own_dossier(user: User, code: str) -> Dossier:
    """The dossier with this code, for its submitter or its subject. Raises Http404 for others, also for staff."""
    rows = Dossier.objects.visible_to(user).select_related(
        "version__procedure", "offering__terminal", "receiving_agency__hours", "lead_agency", "submitter", "person", "obligation"
    )
    dossier = get_object_or_404(rows, code=code)
    if not is_submitter(dossier, user):
        raise Http404
    return dossier


def online_attempt(dossier: Dossier, reference: str) -> PaymentAttempt:
    """The attempt with this reference for the dossier, by gateway or transfer. Raises Http404."""
    obligation = getattr(dossier, "obligation", None)
    if obligation is None or not is_reference(reference):
        raise Http404
    return get_object_or_404(obligation.attempts.exclude(way=Way.COUNTER), reference=reference)
