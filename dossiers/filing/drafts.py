"""Drafts: start, find, prefill, save, move to a new procedure version, discard."""

import datetime as dt
import json
from contextlib import suppress
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from accounts.models import Mandate
from accounts.profiles import profile_of
from dossiers.files.changing import FilesClosed, open_files
from dossiers.filing import portal_questions, rules
from dossiers.models import Dossier
from dossiers.states import DossierState
from portal.common import clock
from portal.common.figures import number_in
from procedures.eforms import is_empty, prefill, read_page

SESSION_KEY = "ban-nhap"
KEPT_WITHOUT_ACCOUNT = dt.timedelta(days=2)  # the page to print says so
MAX_DRAFTS_IN_SESSION = 20  # drafts without an account (to print and bring to the counter)


class ChangedElsewhere(Exception):
    """The draft was saved elsewhere since the page was opened (optimistic lock). Nothing was written."""


class NotYourMandate(Exception):
    """The mandate is unknown or another agent's, or not in force, or not for this procedure. Nothing was written."""

    def sentence(self):
        return _(
            "Không nộp thay được theo giấy tờ đã chọn: không phải của tài khoản này, chưa đến hạn, đã hết hạn hoặc bị thu hồi,"
            " không gồm thủ tục này, hoặc là của cha mẹ cho con đã đủ 18 tuổi. Chưa tạo bản nháp nào."
        )


class NoLongerADraft(Exception):
    """The draft was filed or discarded meanwhile. Nothing was written."""


# ---------------------------------------------------------------- starting and finding
def start(version, *, offering=None, user=None, session=None, mandate=None):
    """Create a draft of a user (under a mandate or not), or without an account, bound to the session. Raises NotYourMandate."""
    if mandate:
        mandate_of(user, str(mandate.pk), version.procedure)
    draft = Dossier(version=version, offering=offering, submitter=user, mandate=mandate)
    if mandate:
        draft.person, draft.organisation = mandate.person, mandate.organisation
    elif user:
        draft.person = user.person
    ways = rules.delivery_ways(draft)
    if len(ways) == 1:
        draft.delivery_way = ways[0]
    draft.save()
    if user is None:
        session[SESSION_KEY] = [*session.get(SESSION_KEY, []), draft.pk][-MAX_DRAFTS_IN_SESSION:]
    return draft


def find(pk, *, user, session):
    """The draft (or the dossier filed from it) when this user or this session owns it, else None."""
    rows = Dossier.objects.select_related(
        "version__procedure",
        "offering__receiving_agency",
        "offering__terminal",
        "submitter__person",
        "person",
        "organisation",
    )
    if pk in session.get(SESSION_KEY, []):
        return rows.filter(pk=pk, submitter=None).first()
    return rows.visible_to(user).filter(pk=pk, submitter=user).first() if user.is_authenticated else None


def mandate_of(user, number, procedure):
    """The mandate with this number (text), when it is this user's, in force, and for this procedure. Raises NotYourMandate."""
    mandates = user.mandates.current().covering(procedure.code) if user else Mandate.objects.none()
    found = mandates.filter(pk=number_in(number)).first()
    if found is None:
        raise NotYourMandate
    return found


def readable(pk, *, user):
    """A draft that this user may read and not change: begun for them under a mandate that has ended. Else None."""
    rows = Dossier.objects.visible_to(user).filter(pk=pk, state=DossierState.DRAFT).exclude(submitter=user)
    return rows.select_related("version__procedure", "offering__receiving_agency", "person", "organisation").first()


def newest(user, procedure):
    """The most recently changed draft of this user for this procedure, or None."""
    mine = Dossier.objects.filter(submitter=user, state=DossierState.DRAFT, version__procedure=procedure)
    return mine.order_by("-updated_at", "-pk").first()


# ---------------------------------------------------------------- prefilling
def filled_in(draft, form, known, pages=None):
    """Prefilled values from the account for these pages: only for unanswered questions. Nothing is saved."""
    return prefill(
        form,
        known,
        clock.today(),
        profile=_profile(draft),
        context={
            "procedure_code": draft.version.procedure.code,
            "today": clock.today().isoformat(),
            "receiving_agency": draft.offering.receiving_agency.code
            if draft.offering_id and draft.offering.receiving_agency
            else None,
        },
        pages=pages,
    )


def origins_of(dossier, form):
    """{field key: origin} of the answers that equal the data of the account. Computed, not stored."""
    known = rules.known_answers(dossier, form)
    bound = {key: value for key, value in known.items() if key not in dossier.answers}
    origins = {}
    for page in form.pages:
        earlier = {key: known[key] for before in form.pages[: page.index] for key in _keys(before) if key in known}
        found = filled_in(dossier, form, {**bound, **earlier}, [page])
        origins |= found.origins_of(dossier.answers)
    return origins


def _keys(page):
    return [question.key for question in page.fields]


def _profile(draft):
    """Profile for prefilling: of the subject; for an organisation also of the submitter."""
    person = draft.person or (draft.submitter.person if draft.submitter_id else None)
    return profile_of(person, draft.organisation)


# ---------------------------------------------------------------- saving
def content_digest(draft, files=None):
    """Digest of the content that is filed: the review page carries it, and the filed dossier keeps it (`filed_as`).

    `files`: the attachments in force, when the caller has them. Keyed with the secret key: answers cannot be guessed from it.
    """
    files = sorted(file.pk for file in (draft.attachments.current() if files is None else files))
    content = [draft.version_id, draft.offering_id, draft.person_id, draft.organisation_id, draft.mandate_id, draft.answers,
               draft.asked, draft.delivery_way, draft.delivery_address, files]  # fmt: skip
    return salted_hmac("dossiers.filing.content", json.dumps(content, sort_keys=True), algorithm="sha256").hexdigest()


def is_as_filed(dossier, shown):
    """Was this content filed? True when the request does not say what was shown, or the dossier was filed before digests."""
    return not shown or not dossier.filed_as or constant_time_compare(shown, dossier.filed_as)


@transaction.atomic
def save(draft, *, answers=None, asked=None, revision=None, counts=True, **columns):
    """Save answers and columns; with `counts` it is a new revision. With `revision`: raises ChangedElsewhere when it is not the
    current one. Raises NoLongerADraft."""
    row = Dossier.objects.select_for_update(of=("self",)).filter(pk=draft.pk).first()
    if row is None or row.state != DossierState.DRAFT:
        raise NoLongerADraft
    if revision is not None and revision != row.revision:
        raise ChangedElsewhere
    columns |= {"revision": row.revision + counts, "updated_at": clock.now()}
    columns |= {"answers": {**row.answers, **(answers or {})}, "asked": {**row.asked, **(asked or {})}}
    for name, value in columns.items():
        setattr(row, name, value)
        setattr(draft, name, value)
    row.save(update_fields=list(columns))


def discard(draft):
    """Delete a draft and its files. Raises NoLongerADraft for a filed dossier."""
    try:
        with open_files(draft) as files:
            files.remove_all()
            files.dossier.delete()
    except FilesClosed as closed:
        raise NoLongerADraft from closed


def delete_forgotten():
    """Periodic job: delete drafts made without an account that nobody changed for KEPT_WITHOUT_ACCOUNT, with their files."""
    before = clock.now() - KEPT_WITHOUT_ACCOUNT
    for draft in Dossier.objects.filter(state=DossierState.DRAFT, submitter=None, updated_at__lt=before):
        with suppress(NoLongerADraft):
            discard(draft)


# ---------------------------------------------------------------- a new version of the procedure
@dataclass
class Changes:
    """What a new procedure version changes for this draft; labels of fields."""

    kept: int = 0
    gone: list[str] = field(default_factory=list)  # answers whose field no longer exists
    again: list[str] = field(default_factory=list)  # answers whose field changed: to be answered again
    new: list[str] = field(default_factory=list)  # new questions
    answers: dict = field(default_factory=dict)


def changes(draft):
    """Compare the draft with the version in force. Answers are kept by key where the question is the same."""
    old = rules.form_of(draft)
    target = Dossier(version=draft.version.procedure.current, offering=draft.offering)
    new = rules.form_of(target)
    found = Changes()
    for key, question in (new.fields if new else {}).items():
        before = old.fields.get(key) if old else None
        if before is None:
            found.new += [question.label] if question.is_question else []
        elif key in draft.answers and _same_question(before, question):
            found.answers[key] = draft.answers[key]
            found.kept += not is_empty(draft.answers[key])
        elif not is_empty(draft.answers.get(key)):
            found.again.append(question.label)
    for key, value in draft.answers.items():
        if not is_empty(value) and old and key in old.fields and (new is None or key not in new.fields):
            found.gone.append(old.fields[key].label)
    return found


def _same_question(before, after):
    """May the old answer be kept? Same type, and all old options still exist."""
    values = [{row["value"] for row in question.spec.get("options") or []} for question in (before, after)]
    return before.type == after.type and before.multiple == after.multiple and values[0] <= values[1]


@transaction.atomic
def carry_over(draft):
    """Move the draft to the version in force. The declaration is removed, so it must be reviewed before filing. Raises
    NoLongerADraft."""
    found = changes(draft)
    row = (
        Dossier.objects.select_for_update(of=("self",))
        .select_related("version__procedure", "offering__receiving_agency", "offering__terminal")
        .filter(pk=draft.pk)
        .first()
    )
    if row is None or row.state != DossierState.DRAFT:
        raise NoLongerADraft
    row.version = row.version.procedure.current
    keys = {question["key"] for question in row.version.facts["questions"]} | {"copies", "extras", "priority_group", "quantities"}
    row.answers, row.declared_at = found.answers, None
    row.asked = {key: value for key, value in row.asked.items() if key in keys}
    row.revision, row.updated_at = row.revision + 1, clock.now()
    row.save(update_fields=["version", "answers", "asked", "declared_at", "revision", "updated_at"])
    return row


def read_into(draft, part, page, post, *, autosave=False):
    """Read the POST of a page: (PageInput, keyword arguments for `save`). `part`: the application form or portal questions."""
    entered = read_page(part.form, page, post, part.known, clock.today(), autosave=autosave)
    return entered, changes_of(draft, part, entered.values)


def changes_of(draft, part, values):
    """The keyword arguments of `save` for these values of a form of the draft."""
    if part.is_portal:
        asked, columns = portal_questions.split_values(draft, values)
        return {"asked": asked, **columns}
    return {"answers": values}
