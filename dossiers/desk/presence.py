"""Who has a dossier on screen: the time of the last look of each member of staff."""

from dossiers.models import DeskVisit, Dossier
from portal.common import clock


def record_visit(user, dossier: Dossier) -> None:
    """This user has the dossier on screen now."""
    row = DeskVisit(user=user, dossier=dossier, seen_at=clock.now())
    DeskVisit.objects.bulk_create([row], update_conflicts=True, unique_fields=["user", "dossier"], update_fields=["seen_at"])
