"""Filing again after a dossier ended without what was asked for: a new draft with its answers and papers.

Answers move to the version in force by key, as those of a draft do (`drafts.carry_over`). Papers keep their digests. What the
agency wrote about single fields and papers (requests for supplements) stands beside them in the new draft.
"""

import logging
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from dossiers.fees import ending
from dossiers.files.changing import open_files
from dossiers.files.models import OTHER_PAPERS
from dossiers.files.storage import StoredFileMissing
from dossiers.filing import drafts, rules
from dossiers.filing.judging import DOCUMENTS
from dossiers.models import Dossier, Event, SupplementItem
from dossiers.permissions import is_submitter
from dossiers.states import DossierState
from procedures.eforms import Form
from procedures.models import Offering

log = logging.getLogger(__name__)


class NotAgain(Exception):
    """This dossier cannot be filed again from here; `str()` says why, in Vietnamese."""


@dataclass
class Again:
    """What the page of filing again shows. `pages`: options of ui/choices.html."""

    old: Dossier
    reason: str
    pages: list[dict] = field(default_factory=list)
    changes: drafts.Changes | None = None  # of the procedure, when another version is in force
    draft: Dossier | None = None  # begun before


def possible(old: Dossier, user: User) -> Event | None:
    """The event that ended it, when this user may file it again; else None."""
    return ending.closing_event(old) if is_submitter(old, user) else None


def overview(old: Dossier, user: User) -> Again:
    """What would be filed again. Raises NotAgain."""
    event = _checked(old, user)
    current = old.version.procedure.current
    moved = old.version_id != current.pk
    form = rules.form_of(Dossier(version=current, offering=old.offering)) if moved else rules.form_of(old)
    remarks = remarks_of(old)
    return Again(
        old, event.text.note if hasattr(event, "text") else "",
        pages=_pages(form, remarks), changes=drafts.changes(old) if moved else None, draft=_begun(old, user),
    )  # fmt: skip


def _checked(old: Dossier, user: User) -> Event:
    """The closing event. Raises NotAgain."""
    event, current = possible(old, user), old.version.procedure.current
    if event is None:
        raise NotAgain(_("Hồ sơ này chưa kết thúc, hoặc đã có kết quả."))
    place = Offering.objects.current().filter(pk=old.offering_id).exists()
    if current is None or not current.in_effect() or not place:
        raise NotAgain(_("Thủ tục hoặc nơi nộp cũ nay không còn nhận hồ sơ. Xem trang thủ tục để biết nộp ở đâu."))
    if not rules.offered_level(Dossier(version=current, offering=old.offering)).offers_submission:
        raise NotAgain(_("Nơi nộp cũ hiện không nhận hồ sơ trên mạng. Xem trang thủ tục để biết cách nộp."))
    return event


def _begun(old: Dossier, user: User) -> Dossier | None:
    return Dossier.objects.filter(again_of=old, submitter=user, state=DossierState.DRAFT).first()


def _pages(form: Form | None, remarks: dict[str, str]) -> list[dict]:
    """A page of the form each, and the papers; ticked where the agency wrote about one of its questions."""
    rows, of_the_form = [], set()
    for page in form.pages if form else []:
        asked = [question for question in page.fields if question.is_question and not question.computed]
        of_the_form |= {question.key for question in page.fields}
        if asked:
            said = [f"{question.label}: “{remarks[question.key]}”" for question in asked if question.key in remarks]
            rows.append((page.key, page.title, said))
    rows.append((DOCUMENTS, _("Giấy tờ gửi kèm"), [f"“{text}”" for key, text in remarks.items() if key not in of_the_form]))
    return [
        {"value": key, "label": title, "note": _("Cơ quan ghi: %s") % "; ".join(said) if said else "", "checked": bool(said)}
        for key, title, said in rows
    ]


def remarks_of(old: Dossier | None) -> dict[str, str]:
    """{key of a field or document: what the agency wrote about it}, the newest words for each."""
    if old is None:
        return {}
    items = SupplementItem.objects.filter(request__dossier=old).order_by("pk")
    return dict(items.values_list("key", "reason"))


@transaction.atomic
def start(old: Dossier, user: User, look_again: list[str]) -> Dossier:
    """The new draft (the one begun before, if it is there). `look_again`: keys of pages to open once more. Raises NotAgain,
    NotYourMandate."""
    old = Dossier.objects.select_for_update(of=("self",)).select_related("version__procedure__current", "offering").get(pk=old.pk)
    shown = overview(old, user)
    if shown.draft:
        return shown.draft
    for_oneself = old.organisation_id is None and old.person_id == user.person_id
    mandate = None if for_oneself else drafts.mandate_of(user, str(old.mandate_id or ""), old.version.procedure)
    draft = drafts.start(old.version, offering=old.offering, user=user, mandate=mandate)
    ways = rules.delivery_ways(draft)
    draft.answers, draft.asked, draft.again_of = old.answers, old.asked, old
    draft.delivery_way = old.delivery_way if old.delivery_way in ways else draft.delivery_way
    draft.delivery_address = old.delivery_address if draft.delivery_way == old.delivery_way else None
    known = {page["value"] for page in shown.pages}
    draft.look_again = [key for key in look_again if key in known]
    draft.save()
    if shown.changes:
        draft = drafts.carry_over(draft)
    kept = {ask.key for ask in rules.papers_of(draft.version)} | {OTHER_PAPERS}
    with open_files(draft) as files:
        for file in old.attachments.current().filter(item_key__in=kept).order_by("item_key", "page"):
            try:
                files.add_again(file, uploaded_by=user)
            except StoredFileMissing:  # the page of papers asks for it once more
                log.exception("the file of a paper is missing", extra={"attachment": file.pk})
    return draft
