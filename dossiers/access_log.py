"""Access log of dossiers: staff reading a dossier is recorded, and the people concerned can see the record."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db.models import Max

from accounts.models import AccessLog, User, log_access
from dossiers.permissions import is_own_dossier

if TYPE_CHECKING:
    from dossiers.models import Dossier


def log_view(request, dossier):
    """Record in the access log that this request showed the dossier. Reading one's own dossier is not recorded."""
    if not is_own_dossier(dossier, request.user):
        log_access(request, "view", f"dossier:{dossier.pk}", person=dossier.person, organisation=dossier.organisation)


def log_views(request, dossiers):
    """As `log_view`, for a list that shows what is not in every list. The caller has left out own dossiers. One statement."""
    seen = [
        AccessLog(
            actor=request.user, action="view", target=f"dossier:{dossier.pk}", person=dossier.person,
            organisation=dossier.organisation, page=request.path[:200],
        )
        for dossier in dossiers
    ]  # fmt: skip
    AccessLog.objects.bulk_create(seen)


def files_read(dossier: Dossier, user: User) -> dict[int, dt.datetime | None]:
    """{id of a file in force: when it was sent to the screen of this user last, None: never}. A download counts, too."""
    files = list(dossier.attachments.current().values_list("pk", flat=True))
    if not files:
        return {}
    rows = AccessLog.objects.filter(
        actor=user, outcome=AccessLog.Outcome.SEEN, target__in=[f"file:{pk}" for pk in files],
        person=dossier.person_id, organisation=dossier.organisation_id,
    )  # fmt: skip
    seen = dict(rows.order_by().values_list("target").annotate(at=Max("at")))
    return {pk: seen.get(f"file:{pk}") for pk in files}
