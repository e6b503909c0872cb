"""What the pages and the API of paying find for a citizen: their own dossier and its attempts. Anything else is a 404."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.models import User
from dossiers.models import Dossier
from dossiers.permissions import is_submitter
from payments.attempts.references import is_reference
from payments.models import PaymentAttempt, Way


def own_dossier(user: User, code: str) -> Dossier:
    """The dossier of this code, for the one who filed it or is meant by it; for anybody else, staff too, it is not there."""
    rows = Dossier.objects.visible_to(user).select_related(
        "version__procedure", "offering__terminal", "receiving_agency__hours", "lead_agency", "submitter", "person", "obligation"
    )
    dossier = get_object_or_404(rows, code=code)
    if not is_submitter(dossier, user):
        raise Http404
    return dossier


def online_attempt(dossier: Dossier, reference: str) -> PaymentAttempt:
    """The attempt of this reference that somebody made to pay for the dossier online."""
    obligation = getattr(dossier, "obligation", None)
    if obligation is None or not is_reference(reference):
        raise Http404
    return get_object_or_404(obligation.attempts.exclude(way=Way.COUNTER), reference=reference)
