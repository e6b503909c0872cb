"""Letters between the citizen's side and the office about one dossier, notes of staff: rules, and all that writes the rows."""

from __future__ import annotations

import datetime as dt
import statistics
import uuid
from collections.abc import Sequence
from typing import TypedDict

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Agency, User
from dossiers import messages, permissions
from dossiers.clock.timekeeper import Timekeeper
from dossiers.files import storage
from dossiers.files.checking import UploadRefused, check_upload
from dossiers.models import Dossier, InternalNote, Letter, ReadyAnswer
from dossiers.permissions import is_submitter, writes_for_the_office
from dossiers.states import DossierState
from portal.common import clock

MAX_TEXT = 2000  # characters
MAX_FILES = 3  # of one letter
MAX_A_DAY = 10  # letters of one person about one dossier in 24 hours
HOURS_TO_ANSWER = 8  # working hours of the receiving body; a promise of this portal, no law sets it
ENOUGH = 5  # answered letters before a usual time is shown
PERIOD = dt.timedelta(days=90)  # the usual time is of the letters of these days


class LetterFile(TypedDict):
    """A stored file of a letter. `size`: bytes."""

    name: str
    type: str
    sha256: str
    size: int
    storage_key: str


class NotWritten(Exception):
    """The letter or note is not stored; the text is the sentence for the writer."""


def may_write(dossier: Dossier, user: User) -> bool:
    """May this user write a letter about the dossier: its citizen's side, or staff who work on it?"""
    if dossier.state == DossierState.DRAFT:
        return False
    return is_submitter(dossier, user) or writes_for_the_office(dossier, user)


def may_read(dossier: Dossier, user: User) -> bool:
    """The citizen's side, and staff who see its papers: an inspector and an accountant do not."""
    return permissions.may_see_papers(dossier, user)


# ---------------------------------------------------------------- letters
def store_files(uploads: Sequence[UploadedFile], who: str) -> list[LetterFile]:
    """Check and store the files of a letter. Raises NotWritten with the name of the refused file. Slow: no lock may be held."""
    if len(uploads) > MAX_FILES:
        raise NotWritten(_("Mỗi thư gửi kèm nhiều nhất %d tệp.") % MAX_FILES)
    checked = []
    for upload in uploads:
        try:
            checked.append(check_upload(upload, upload.name, who=who))
        except UploadRefused as refusal:
            raise NotWritten(f"{upload.name}: {refusal}") from None
    kept = []
    for file in checked:
        stored = storage.store(file.content)
        kept.append(
            LetterFile(
                name=file.name, type=file.media_type, sha256=stored.sha256, size=stored.size, storage_key=stored.storage_key
            )
        )
    return kept


def write(dossier: Dossier, author: User, text: str, sent_key: uuid.UUID, uploads: Sequence[UploadedFile] = ()) -> Letter:
    """Store a letter and tell the other side. Idempotent for the same `sent_key`. The caller checks `may_write`.

    Raises NotWritten: no text, nobody to read it, too many letters in a day, a file is refused.
    """
    if sent := dossier.letters.filter(author=author, sent_key=sent_key).first():
        return sent
    if not text:
        raise NotWritten(_("Viết điều cần hỏi hoặc trả lời."))
    if not is_submitter(dossier, author) and not messages.citizen_readers(dossier):
        raise NotWritten(
            _("Người nộp không có tài khoản trên cổng nên không đọc được thư. Gọi điện hoặc gửi giấy cho người nộp.")
        )
    if dossier.letters.filter(author=author, sent_at__gt=clock.now() - dt.timedelta(days=1)).count() >= MAX_A_DAY:
        raise NotWritten(_("Đã gửi %d thư trong 24 giờ. Việc gấp thì gọi số của cơ quan ở trang hồ sơ.") % MAX_A_DAY)
    return _store(dossier, author, text, sent_key, store_files(uploads, f"user:{author.pk}"))


@transaction.atomic
def _store(dossier: Dossier, author: User, text: str, sent_key: uuid.UUID, files: list[LetterFile]) -> Letter:
    locked = Dossier.objects.select_for_update(of=("self",)).get(pk=dossier.pk)
    from_office = not is_submitter(locked, author)
    letter, is_new = Letter.objects.get_or_create(
        dossier=locked,
        author=author,
        sent_key=sent_key,
        defaults={
            "from_office": from_office,
            "agency": _body_of(locked, author) if from_office else None,
            "text": text,
            "files": files,
            "answer_by": None if from_office else Timekeeper(locked).after(clock.now(), HOURS_TO_ANSWER),
        },
    )
    if is_new and from_office:
        _close(unanswered().filter(dossier=locked), author)
    if is_new:
        (messages.letter_for_the_citizen if from_office else messages.letter_for_the_office)(locked, letter)
    return letter


def no_answer_needed(letter: Letter, staff: User) -> None:
    """Close a letter of the citizen's side («cảm ơn») without an answer. Idempotent."""
    _close(unanswered().filter(pk=letter.pk), staff)


def unanswered() -> QuerySet[Letter]:
    """Letters of citizens that wait for the office."""
    return Letter.objects.filter(from_office=False, closed_at=None)


def open_letters(dossier: Dossier, reader: User) -> None:
    """Record that the other side has opened its letters."""
    if is_submitter(dossier, reader):
        theirs = dossier.letters.filter(from_office=True)
    elif writes_for_the_office(dossier, reader):
        theirs = dossier.letters.filter(from_office=False)
    else:
        return
    theirs.filter(opened_at=None).update(opened_at=clock.now())


def usual_hours(agency: Agency) -> int | None:
    """Half of the letters of the last 90 days were closed within so many hours (by the clock, rounded up); None with too few."""
    closed = Letter.objects.filter(
        dossier__receiving_agency=agency, from_office=False, closed_at__isnull=False, sent_at__gt=clock.now() - PERIOD
    )
    taken = [(closed_at - sent_at).total_seconds() / 3600 for sent_at, closed_at in closed.values_list("sent_at", "closed_at")]
    return max(1, round(statistics.median(taken) + 0.4999)) if len(taken) >= ENOUGH else None


def _close(letters: QuerySet[Letter], staff: User) -> None:
    letters.update(closed_at=clock.now(), closed_by=staff)


def _body_of(dossier: Dossier, staff: User) -> Agency:
    """The body for which this staff member writes: the receiving body before the lead body before that of an open step."""
    here = staff.agencies_with(*permissions.PAPER_ROLES)
    bodies = [dossier.receiving_agency, dossier.lead_agency, *(run.agency for run in dossier.open_steps)]
    return next(body for body in bodies if body and body.pk in here)


# ---------------------------------------------------------------- notes of staff
def note(dossier: Dossier, author: User, text: str, sent_key: uuid.UUID) -> InternalNote:
    """Store a note of staff. Idempotent for a `sent_key`. Raises NotWritten without text. Callers ask `reads_notes`."""
    if not text:
        raise NotWritten(_("Viết ghi chú."))
    return InternalNote.objects.get_or_create(dossier=dossier, author=author, sent_key=sent_key, defaults={"text": text})[0]


# ---------------------------------------------------------------- ready-made answers
def ready_answers(dossier: Dossier, staff: User) -> QuerySet[ReadyAnswer]:
    """What the heads of this staff member's bodies offer for answers."""
    bodies = {dossier.receiving_agency_id, dossier.lead_agency_id} & staff.agencies_with(*permissions.PAPER_ROLES)
    return ReadyAnswer.objects.filter(agency__in=bodies, removed_at=None)
