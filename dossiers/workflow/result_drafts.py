"""Saves revisions of the draft of a result: a door of its own, because drafting is no step. Steps name the draft they carry."""

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from dossiers.models import Dossier, PaperSeen, ResultDraft
from dossiers.papers import drafting, frozen
from dossiers.permissions import drafting_steps, drafts_now
from dossiers.states import DossierState
from dossiers.workflow import taking
from dossiers.workflow.door import ContentChanged
from portal.common import clock


@transaction.atomic
def save(dossier: Dossier, content: drafting.Content, *, author: User, after: int) -> ResultDraft:
    """Save a revision; the newest one again when it says the same. `after`: number of the revision the author had before them
    (0: none). Raises ContentChanged when somebody saved another one or the result is decided, PermissionDenied."""
    row = Dossier.objects.select_for_update(of=("self",)).get(pk=dossier.pk)
    if row.state != DossierState.PROCESSING or row.decided_at is not None:
        raise ContentChanged(row, "approve", _("Hồ sơ không còn ở bước soạn: nội dung vừa gửi chưa được lưu."))
    if not drafts_now(row, author):
        raise PermissionDenied(f"{author} does not draft {row}")
    taking.note_outside_steps(row, drafting_steps(row, author), clock.now())
    last = drafting.newest(row)
    if last and last.number != after:
        facts = {"who": last.author, "n": last.number}
        sentence = _("%(who)s đã lưu bản soạn lần %(n)d trong lúc này. Xem bản đó ở dưới; lưu lần nữa thì bản này thay bản đó.")
        raise ContentChanged(row, "approve", sentence % facts)
    digest = frozen.content_hash(content)
    if last and last.content_hash == digest:
        return last
    return ResultDraft.objects.create(
        dossier=row,
        number=last.number + 1 if last else 1,
        content=content,
        content_hash=digest,
        author=author,
        saved_at=clock.now(),
    )


def note_seen(dossier: Dossier, user: User, shown: str, key: str) -> None:
    """Remember that this user had the paper on screen. Once; a second look changes nothing."""
    PaperSeen.objects.get_or_create(
        dossier=dossier, user=user, shown=shown, result_key=key, defaults={"seen_at": clock.now()}
    )  # fmt: skip


def seen(dossiers: list[Dossier], user: User) -> dict[tuple[int, str, str], dt.datetime]:
    """{(dossier, hash, result key): moment} of the papers that this user had on screen."""
    rows = PaperSeen.objects.filter(dossier__in=dossiers, user=user)
    return {(row.dossier_id, row.shown, row.result_key): row.seen_at for row in rows}
