"""The acts on a draft of a version: the only way to write one, and the only way from a page to a published version."""

import copy
import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from portal.common import clock
from portal.common.dates import full_day
from procedures.facts import Facts
from procedures.models import (
    CatalogueChange,
    CatalogueFile,
    Procedure,
    ProcedureVersion,
    Sector,
    ShippedDocument,
    VersionDraft,
    VersionState,
)
from procedures.office import form_blocks
from procedures.office.checking import problems
from procedures.office.differences import differences
from procedures.office.examples import failures
from procedures.office.permissions import may_approve, may_edit
from procedures.search.text import search_columns

HELD_FOR = dt.timedelta(minutes=20)  # after the last save
Act = CatalogueChange.Act


class NotPossible(Exception):
    """The act is not possible now; `str()` is a sentence for the user."""


# ---------------------------------------------------------------- writing
@transaction.atomic
def start(source: ProcedureVersion, *, by: User, ends: bool = False) -> VersionDraft:
    """Open a draft with the document of any version of the procedure (the one in effect, or an old one to restore it).

    `ends`: not for a new version, but to stop offering the procedure; only from the version in effect.
    """
    _for_editors(by)
    procedure = Procedure.objects.select_for_update().get(pk=source.procedure_id)
    if source.state == VersionState.DRAFT:
        raise NotPossible(_("Chỉ mở bản thảo từ một phiên bản đã công bố."))
    if ends and (source.pk != procedure.current_id or source.state != VersionState.PUBLISHED):
        raise NotPossible(_("Thủ tục này không còn được cung cấp."))
    draft = _opened(procedure, source.document, based_on=source, by=by, ends=ends)
    _record(draft, Act.START, by, [{"place": _("Từ phiên bản"), "old": "", "new": str(source.number)}])
    return draft


@transaction.atomic
def begin(code: str, name: str, source: ProcedureVersion, *, by: User) -> VersionDraft:
    """Open the first draft of a procedure with the document of another one: an entry of the index, or one with a new code.

    A new one is not seen by the public before its first version is published.
    """
    _for_editors(by)
    if source.state == VersionState.DRAFT:
        raise NotPossible(_("Chỉ mở bản thảo từ một phiên bản đã công bố."))
    procedure = _procedure_for({**source.facts, "code": code, "name": name})
    if procedure.current_id is not None:
        raise NotPossible(_("Thủ tục mã %(code)s đã có trên cổng. Mở bản thảo ở trang của thủ tục đó.") % {"code": code})
    facts = copy.deepcopy(source.facts)
    facts |= {"code": code, "name": name, "short_name": name[:200], "aliases": []}
    for row in facts.get("examples", []):
        row["checked"] = False
    draft = _opened(procedure, {**source.document, "procedure": facts}, based_on=None, by=by)
    _record(draft, Act.START, by, [{"place": _("Chép từ thủ tục"), "old": "", "new": source.procedure.code}])
    return draft


@transaction.atomic
def from_file(document: Mapping[str, Any], file: CatalogueFile, *, by: User) -> VersionDraft:
    """Open a draft with the document of a file, for a procedure that is new or has a version. `files.plan` has checked it."""
    _for_editors(by)
    procedure = _procedure_for(document["procedure"])
    draft = _opened(procedure, document, based_on=procedure.current, by=by)
    draft.version.imported_from = file
    draft.version.save()
    draft.writers.add(by)
    _record(draft, Act.START, by, [{"place": _("Từ tệp"), "old": "", "new": file.name}])
    return draft


@transaction.atomic
def from_shipped(shipped: ShippedDocument, *, by: User) -> VersionDraft:
    """Open a draft with what the shipped data say of a procedure whose version comes from people."""
    _for_editors(by)
    procedure = Procedure.objects.select_for_update().get(pk=shipped.procedure_id)
    draft = _opened(procedure, shipped.document, based_on=procedure.current, by=by)
    _record(draft, Act.START, by, [{"place": _("Từ dữ liệu kèm bản cài"), "old": "", "new": ""}])
    return draft


@transaction.atomic
def publish_from_file(document: Mapping[str, Any], file: CatalogueFile) -> None:
    """Publish the document of a file at once, without a second person: for the operator at the command line only."""
    procedure = _procedure_for(document["procedure"])
    draft = _opened(procedure, document, based_on=procedure.current, by=None)
    draft.version.imported_from = file
    _publish(draft)


def _procedure_for(facts: Facts) -> Procedure:
    """The locked row of the procedure; a new one is not seen by the public before its first version is published."""
    values = {"name": facts["name"], "declared_level": facts["declared_level"], "announced": False}
    Procedure.objects.get_or_create(code=facts["code"], defaults=values)
    return Procedure.objects.select_for_update().get(code=facts["code"])


def _opened(
    procedure: Procedure, document: Mapping[str, Any], *, based_on: ProcedureVersion | None, by: User | None, ends: bool = False
) -> VersionDraft:
    """The draft of a locked procedure, with a copy of this document. Raises NotPossible when there is one already."""
    if VersionDraft.objects.filter(procedure=procedure).exists():
        raise NotPossible(_("Thủ tục này đang có một bản thảo."))
    highest = procedure.versions.aggregate(highest=Max("number"))["highest"] or 0
    form = document["form"] or {}
    version = ProcedureVersion.objects.create(
        procedure=procedure,
        number=highest + 1,
        document=copy.deepcopy(dict(document)),
        declared_level=document["procedure"]["declared_level"],
        form_key=document["procedure"]["form_key"] or "",
        grammar=form.get("grammar", 1),
    )
    return VersionDraft.objects.create(
        procedure=procedure, version=version, based_on=based_on, holder=by, held_at=clock.now(), ends=ends
    )


@transaction.atomic
def save(
    draft: VersionDraft,
    facts: Mapping[str, Any],
    revision: int,
    *,
    by: User,
    form: dict[str, Any] | None = None,
    by_itself: bool = False,
    counts: bool = True,
) -> VersionDraft:
    """Store the facts as typed, also when they are incomplete. `revision`: of the page on which they were typed; `form`: the
    e-form, where it was changed. `by_itself`: while typing; recorded with the next save or act. `counts`: as a revision, not
    the last words of a page that is being left."""
    _for_editors(by)
    draft = _locked(draft)
    _refuse_frozen(draft)
    if holder := held_by_another(draft, by):
        raise NotPossible(_("%(name)s đang sửa bản thảo này. Chưa ghi được.") % {"name": holder})
    if revision != draft.revision:
        raise NotPossible(_("Bản thảo đã được ghi ở trang khác sau khi anh/chị mở trang này. Chưa ghi được."))
    if draft.holder_id != by.pk:
        _record_what_was_typed(draft, by)
    before = draft.version.document
    recorded = before["procedure"] if draft.unrecorded is None else draft.unrecorded
    after = {**before, "procedure": dict(facts)} | ({"form": form} if form is not None else {})
    changed = differences(recorded, facts) + differences({"e_form": before["form"]}, {"e_form": after["form"]})
    draft.unrecorded = recorded if by_itself and changed else None
    draft.holder, draft.held_at = by, clock.now()
    if after != before:
        draft.version.document = after
        draft.version.save()
        draft.revision += counts
        draft.writers.add(by)
    draft.save()
    if changed and not by_itself:
        _record(draft, Act.EDIT, by, changed)
    return draft


def _record_what_was_typed(draft: VersionDraft, by: User) -> None:
    """Record, as its writer's, what was stored by itself. The caller saves the draft."""
    if draft.unrecorded is not None:
        _record(draft, Act.EDIT, draft.holder or by, differences(draft.unrecorded, draft.version.facts))
        draft.unrecorded = None


@transaction.atomic
def take_over(draft: VersionDraft, *, by: User) -> None:
    """Become the one who edits. What the other person saved stays; their next save is refused and says so."""
    _for_editors(by)
    draft = _locked(draft)
    _refuse_asked(draft)
    _record_what_was_typed(draft, by)
    before, draft.holder, draft.held_at = draft.holder, by, clock.now()
    draft.save()
    if before != by:
        _record(draft, Act.TAKE_OVER, by, [{"place": _("Người sửa"), "old": str(before or ""), "new": str(by)}])


def held_by_another(draft: VersionDraft, user: User) -> User | None:
    """Who edits now, if it is somebody else."""
    held = draft.holder_id is not None and draft.held_at is not None and clock.now() < draft.held_at + HELD_FOR
    return draft.holder if held and draft.holder_id != user.pk else None


@transaction.atomic
def discard(draft: VersionDraft, *, by: User) -> None:
    """Throw the draft away."""
    _for_editors(by)
    draft = _locked(draft)
    _refuse_asked(draft)
    if holder := held_by_another(draft, by):
        raise NotPossible(_("%(name)s đang sửa bản thảo này.") % {"name": holder})
    _record(draft, Act.DISCARD, by, differences(draft.version.facts, draft.based_on.facts) if draft.based_on else [])
    version = draft.version
    draft.delete()
    version.delete()


# ---------------------------------------------------------------- publishing takes two people
@transaction.atomic
def ask(draft: VersionDraft, publish_on: dt.date, *, by: User) -> None:
    """Ask a second person to publish the draft on a day. The document is frozen until they decide."""
    _for_editors(by)
    draft = _locked(draft)
    _refuse_asked(draft)
    if holder := held_by_another(draft, by):
        raise NotPossible(_("%(name)s đang sửa bản thảo này.") % {"name": holder})
    if publish_on < clock.today():
        raise NotPossible(_("Ngày có hiệu lực không ở trước hôm nay."))
    _expand_blocks(draft)
    _refuse_problems(draft)
    _record_what_was_typed(draft, by)
    draft.publish_on, draft.asked_by, draft.asked_at = publish_on, by, clock.now()
    draft.holder = draft.held_at = None
    draft.save()
    _record(draft, Act.ASK, by, [{"place": _("Có hiệu lực từ"), "old": "", "new": full_day(publish_on)}])


@transaction.atomic
def take_back(draft: VersionDraft, *, by: User) -> None:
    """Open a draft that waits, or that was approved for a later day, for editing again. Approval has to be asked again."""
    _for_editors(by)
    draft = _locked(draft)
    if draft.asked_by_id is None:
        raise NotPossible(_("Bản thảo này chưa gửi duyệt."))
    _reopen(draft)
    _record(draft, Act.TAKE_BACK, by)


def _reopen(draft: VersionDraft) -> None:
    draft.publish_on = draft.asked_by = draft.asked_at = draft.approved_by = draft.approved_at = None
    draft.save()


@transaction.atomic
def approve(draft: VersionDraft, seen: str, *, by: User) -> None:
    """Approve what was shown: `seen` is its sha256. Published at once, or by the job on its day."""
    draft = _locked(draft)
    if not may_approve(by, draft):
        raise PermissionDenied
    if draft.approved_by_id is not None:
        raise NotPossible(_("Bản thảo này đã được duyệt."))
    if draft.version.sha256 != seen:
        raise NotPossible(_("Bản thảo đã khác bản anh/chị vừa xem. Xem lại rồi duyệt."))
    if not form_blocks.is_fresh(draft.version.document["form"]):
        raise NotPossible(_("Một khối chung đã đổi sau khi gửi duyệt. Đưa về sửa tiếp, xem lại tờ khai rồi gửi lại."))
    _refuse_problems(draft)
    draft.approved_by, draft.approved_at = by, clock.now()
    draft.save()
    _record(draft, Act.APPROVE, by)
    if draft.publish_on is not None and draft.publish_on <= clock.today():
        _publish(draft)


def publish_due() -> None:
    """Job of the minute: publish the approved drafts whose day has come."""
    due = VersionDraft.objects.filter(approved_by__isnull=False, publish_on__lte=clock.today())
    for pk in due.values_list("pk", flat=True):
        with transaction.atomic():
            draft = due.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
            if draft is None:
                continue
            if not form_blocks.is_fresh(draft.version.document["form"]):
                _send_back(draft, _("Tờ khai"), [_("Một khối chung đã đổi sau khi duyệt.")])
                continue
            found = [] if draft.ends else failures(draft.version.document)
            if found:  # a calendar or an amount of a province changed since it was approved
                _send_back(draft, _("Ví dụ"), [str(failure) for failure in found])
            else:
                _publish(draft)


def _expand_blocks(draft: VersionDraft) -> None:
    """Write the common blocks of the form as they are today: what is approved is what people see."""
    if not form_blocks.is_fresh(draft.version.document["form"]):
        form_blocks.refresh(draft.version.document["form"])
        draft.version.save()
        draft.revision += 1


def _send_back(draft: VersionDraft, place: str, reasons: list[str]) -> None:
    """Open an approved draft for editing again, because it cannot be published on its day."""
    _reopen(draft)
    _record(draft, Act.REFUSED, None, [{"place": place, "old": "", "new": reason} for reason in reasons])


def _publish(draft: VersionDraft) -> None:
    """Publish in this transaction; the version before ends on the day before. Dossiers keep the version of their filing."""
    procedure = Procedure.objects.select_for_update().get(pk=draft.procedure_id)
    version, before, facts = draft.version, procedure.current, draft.version.facts
    if before is not None and before.state == VersionState.PUBLISHED:
        before.state = VersionState.RETIRED
        before.effective_to = max(before.effective_from, clock.today() - dt.timedelta(days=1))
        before.save(update_fields=["state", "effective_to"])
    if draft.ends:
        _record(draft, Act.END, draft.approved_by)
        draft.delete()
        version.delete()
        return
    version.state, version.effective_from, version.published_at = VersionState.PUBLISHED, clock.today(), clock.now()
    version.published_by, version.declared_level = draft.approved_by, facts["declared_level"]
    if version.document.get("form"):
        version.document = {**version.document, "form": form_blocks.published(version.document["form"])}
    form = version.document.get("form") or {}
    version.grammar = form.get("grammar", 1)
    version.save()
    procedure.current, procedure.listed, procedure.announced = version, False, True
    procedure.sector = Sector.objects.get_or_create(code=facts["field"]["code"], defaults={"name": facts["field"]["name"]})[0]
    ShippedDocument.objects.filter(procedure=procedure, sha256=version.sha256).delete()
    procedure.name, procedure.short_name, procedure.declared_level = facts["name"], facts["short_name"], facts["declared_level"]
    columns = search_columns(procedure.code, procedure.name, facts, procedure.facts, form.get("form_code"))
    for column, value in columns.items():
        setattr(procedure, column, value)
    procedure.save()
    _record(draft, Act.PUBLISH, draft.approved_by, differences(before.facts, facts) if before else [])
    draft.delete()


# ---------------------------------------------------------------- rules of all acts
def _for_editors(user: User) -> None:
    if not may_edit(user):
        raise PermissionDenied


def _locked(draft: VersionDraft) -> VersionDraft:
    found = (
        VersionDraft.objects.select_for_update(of=("self",)).select_related("version__procedure", "holder").filter(pk=draft.pk)
    )
    if (row := found.first()) is None:
        raise NotPossible(_("Bản thảo này đã được công bố hoặc bỏ."))
    return row


def _refuse_frozen(draft: VersionDraft) -> None:
    if draft.ends:
        raise NotPossible(_("Đây là đề nghị ngừng cung cấp, không sửa nội dung."))
    _refuse_asked(draft)


def _refuse_asked(draft: VersionDraft) -> None:
    if draft.asked_by_id is not None:
        raise NotPossible(_("Bản thảo đang chờ duyệt hoặc chờ ngày công bố, không sửa được. Đưa về sửa tiếp trước."))


def _refuse_problems(draft: VersionDraft) -> None:
    if draft.ends:
        return
    if found := problems(draft.version.document):
        raise NotPossible(_("Còn %(n)d chỗ cần sửa, chưa công bố được.") % {"n": len(found)})
    if failed := failures(draft.version.document):
        raise NotPossible(_("Chưa công bố được. %(examples)s") % {"examples": " ".join(map(str, failed))})


def _record(draft: VersionDraft, act: Act, by: User | None, places: list[dict[str, str]] | None = None) -> None:
    CatalogueChange.objects.create(
        procedure_id=draft.procedure_id, version_number=draft.version.number, act=act, by=by, places=places or []
    )
