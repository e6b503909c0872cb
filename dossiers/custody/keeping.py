"""Taking papers into custody, handing them over, confirming, returning them. Each is a row; who may is asked here."""

from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from accounts.models import Agency, User
from accounts.roles import Role
from dossiers.custody.models import HELD, CustodyMove, Handover, Move, Original
from dossiers.filing import rules
from dossiers.filing.counter import handed_in
from dossiers.models import Dossier
from dossiers.permissions import is_own_dossier, is_receiving_clerk, named_on
from dossiers.transitions.handing_out import whoever_takes
from dossiers.transitions.missing import DetailsMissing

KEEPERS = (Role.RECEIVING_CLERK, Role.OFFICER, Role.HEAD, Role.DEPUTY)
MAX_COUNT = 99  # of one document
COUNTED = {"originals": False, "copies": True}  # words of `CounterIntake.papers`: is it a copy?


class Sheets(NamedTuple):
    """Some sheets of one document, as they came."""

    name: str
    item_key: str
    count: int
    is_copy: bool = False


class Elsewhere(Exception):
    """The original is not where the page said; `str()` names it."""


def may_receive(dossier, user):
    """May this user take originals for this dossier, and give them back? The desk that received it, while it is at work or
    holds something of it."""
    return dossier.state != "DRAFT" and is_receiving_clerk(dossier, user)


@transaction.atomic
def receive(dossier, papers, *, received_from, by):
    """Take papers, each as `Sheets`. Raises PermissionDenied, DetailsMissing."""
    papers = [Sheets(*paper) for paper in papers]
    _lock(dossier)
    if not may_receive(dossier, by):
        raise PermissionDenied
    if dossier.status.is_final:
        raise DetailsMissing("name", _("Hồ sơ đã khép, không nhận thêm giấy tờ gốc."))
    if not received_from.strip():
        raise DetailsMissing("received_from", _("Ghi tên người đưa giấy tờ."))
    if not papers or any(not paper.name.strip() for paper in papers):
        raise DetailsMissing("name", _("Ghi tên giấy tờ."))
    if any(not 0 < paper.count <= MAX_COUNT for paper in papers):
        raise DetailsMissing("count", _("Số bản từ 1 đến %(most)d.") % {"most": MAX_COUNT})
    made = [
        Original.objects.create(
            dossier=dossier, received_from=received_from.strip(), received_by=by,
            **paper._replace(name=paper.name.strip())._asdict(),
        )
        for paper in papers
    ]  # fmt: skip
    _move(made, Move.RECEIVED, dossier.receiving_agency, by)
    return made


def counted_at_filing(dossier):
    """What a clerk counted when the dossier was taken in at the counter or from a letter, as `Sheets`."""
    names = {ask.key: ask.name for ask in rules.papers_of(dossier.version)}
    counts = [(key, word, row[word]) for key, row in (handed_in(dossier) or {}).items() for word in COUNTED if row.get(word)]
    return [Sheets(names.get(key, key)[:200], key, number, COUNTED[word]) for key, word, number in counts]


def bodies_of(dossier):
    """Ids of the bodies that work on this dossier: its originals go nowhere else."""
    return {dossier.receiving_agency_id, dossier.lead_agency_id, *dossier.step_runs.values_list("agency", flat=True)}


@transaction.atomic
def hand_over(originals, *, to, by):
    """A hand-over list from the body that holds these originals. `to`: an `Agency`, or a `User` of a body at work on them.
    Raises PermissionDenied, Elsewhere, DetailsMissing."""
    rows = _locked(originals)
    places = {row.agency_now for row in rows}
    if not rows or len(places) != 1 or not places <= by.agencies_with(*KEEPERS):
        raise PermissionDenied
    here = places.pop()
    for row in rows:
        if row.where not in HELD:
            raise Elsewhere(_("%(name)s đang không ở đây.") % {"name": row.name})
    target = to if isinstance(to, Agency) else _body_of(to, rows)
    person = to if isinstance(to, User) else None
    if person == by or (person is None and target.pk == here):
        raise DetailsMissing("to", _("Chọn người nhận khác, hoặc cơ quan khác."))
    for row in rows:
        if target.pk not in bodies_of(row.dossier) or is_own_dossier(row.dossier, by):
            raise DetailsMissing("to", _("%(agency)s không làm hồ sơ %(code)s.") % {"agency": target, "code": row.dossier.code})
    made = Handover.objects.create(from_agency_id=here, to_agency=target, to_user=person, made_by=by)
    _move(rows, Move.HANDED, made.from_agency, by, handover=made)
    return made


def _body_of(user, rows):
    """The body at which this person takes them: one that works on all of these dossiers."""
    shared = set.intersection(*(bodies_of(row.dossier) for row in rows)) & user.agencies_with(*KEEPERS)
    if not shared:
        raise DetailsMissing("to", _("Người này không làm các hồ sơ đó."))
    return Agency.objects.get(pk=min(shared))


def open_moves(handover):
    """The moves of a list that nobody has confirmed or denied yet."""
    answered = handover.moves.filter(kind__in=[Move.TAKEN, Move.NOT_THERE]).values("original")
    return handover.moves.filter(kind=Move.HANDED).exclude(original__in=answered).select_related("original__dossier")


def unanswered():
    """Ids of the lists on which something still waits for an answer."""
    answered = CustodyMove.objects.filter(
        handover=OuterRef("handover"), original=OuterRef("original"), kind__in=[Move.TAKEN, Move.NOT_THERE]
    )
    return CustodyMove.objects.filter(kind=Move.HANDED).exclude(Exists(answered)).values("handover")


def lists_of(user):
    """The hand-over lists from and to the bodies where this user keeps papers. One with papers of a confidential dossier is for
    who is named on it, who made the list, and the person it goes to."""
    mine = user.agencies_with(*KEEPERS) if user.is_authenticated else set()
    kept_from = Dossier.objects.filter(confidential=True).exclude(named_on(user)) if mine else Dossier.objects.none()
    secret = Exists(CustodyMove.objects.filter(handover=OuterRef("pk"), original__dossier__in=kept_from))
    lists = Handover.objects.filter(Q(from_agency__in=mine) | Q(to_agency__in=mine))
    return lists.filter(Q(made_by=user) | Q(to_user=user) | ~secret) if mine else lists


def may_read(handover, user):
    """Is it one of the `lists_of` this user?"""
    return lists_of(user).filter(pk=handover.pk).exists()


def may_confirm(handover, user):
    """Who receives confirms: the named person, else somebody of the body; never who handed it over."""
    if user == handover.made_by or not user.is_active:
        return False
    here = handover.to_agency_id in user.agencies_with(*KEEPERS)
    return here and handover.to_user_id in (None, user.pk)


@transaction.atomic
def confirm(handover, there, *, by):
    """Confirm a list: `there` are the ids of the originals that lay in the folder; the others are denied, and the body that
    handed them over answers for them again. Idempotent: what is confirmed stays. Raises PermissionDenied."""
    Handover.objects.select_for_update(of=("self",)).get(pk=handover.pk)
    if not may_confirm(handover, by):
        raise PermissionDenied
    for move in open_moves(handover):
        taken = move.original_id in there
        where = handover.to_agency if taken else handover.from_agency
        _move([move.original], Move.TAKEN if taken else Move.NOT_THERE, where, by, handover=handover)


@transaction.atomic
def give_back(originals, *, by, **details):
    """Return originals against signature; `details`: as of a result handed out (`whoever_takes`). Only from the receiving desk.
    Raises PermissionDenied, Elsewhere, DetailsMissing."""
    rows = _locked(originals)
    if not rows or len({row.dossier_id for row in rows}) != 1 or not may_receive(rows[0].dossier, by):
        raise PermissionDenied
    dossier = rows[0].dossier
    for row in rows:
        if row.where not in HELD or row.agency_now != dossier.receiving_agency_id:
            raise Elsewhere(_("%(name)s đang không ở bộ phận một cửa.") % {"name": row.name})
    taken = whoever_takes(dossier, details)
    _move(rows, Move.RETURNED, dossier.receiving_agency, by, person=taken.pop("signed_for_by"), **taken)
    return rows


def _lock(dossier):
    Dossier.objects.select_for_update(of=("self",)).get(pk=dossier.pk)


def _locked(originals):
    """These originals with where they are now. Locks their dossiers in the order of their ids: a second press waits, and then
    finds them elsewhere."""
    ids = [row.pk for row in originals]
    dossiers = Original.objects.filter(pk__in=ids).values("dossier")
    list(Dossier.objects.select_for_update(of=("self",)).filter(pk__in=dossiers).order_by("pk").values_list("pk"))
    return list(Original.objects.located().filter(pk__in=ids).select_related("dossier__receiving_agency").order_by("pk"))


def _move(rows, kind, agency, by, **more):
    CustodyMove.objects.bulk_create([CustodyMove(original=row, kind=kind, agency=agency, by=by, **more) for row in rows])
