"""A clerk takes somebody in: finds or enters the applicant, keeps the draft, and files it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from accounts.models import Membership, Organisation, Person, User
from accounts.roles import Role
from dossiers.choices import DeliveryWay
from dossiers.filing import counter, drafts, judging, rules
from dossiers.models import ApplicantDocument, CounterIntake, Dossier
from dossiers.permissions import acts_for_a_visitor, enters_for_a_visitor, is_own_dossier, own_dossiers
from dossiers.states import DossierState
from portal.common import clock
from portal.common.figures import is_digits
from portal.common.vietnamese import clean_text
from procedures.models import Offering

Subject = Person | Organisation
SOMEBODY_ELSE = "moi"  # chosen: the number is recorded for somebody else, enter this person
FILLING_TURNS = 3  # what is filled in shows further questions, which are filled in, too


@dataclass(frozen=True)
class Applicant:
    """What the clerk read on the document and was told. `number`: as stored (`identity.id_number_in`); phone and e-mail may be
    empty, and are then the ones of nobody."""

    number: str
    name: str
    document: str
    is_organisation: bool = False
    birth_date: dt.date | None = None
    gender: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""


class WhoIsIt(Exception):
    """The number is recorded already, and not only for somebody with this name and birth date: the clerk must say who it is."""

    def __init__(self, candidates: list[Subject]) -> None:
        super().__init__("whose number is it?")
        self.candidates = candidates


class Unnamed(Exception):
    """Nobody has this number, and no name was entered."""


# ---------------------------------------------------------------- the applicant
def with_number(number: str, *, is_organisation: bool) -> list[Subject]:
    """Everybody with this number, also those whose document bears the number of somebody else."""
    if is_organisation:
        return list(Organisation.objects.filter(tax_code=number))
    return list(Person.objects.filter(Q(id_number=number) | Q(disputed_number=number)).order_by("pk"))


def applicant(entered: Applicant, chosen: str = "") -> Subject:
    """The subject that was entered: the one found by number, or a new one. `chosen`: the answer to WhoIsIt, the key of a
    candidate or SOMEBODY_ELSE. Raises WhoIsIt and Unnamed; nothing is written then."""
    found = with_number(entered.number, is_organisation=entered.is_organisation)
    if found and chosen and chosen in {str(subject.pk) for subject in found}:
        return next(subject for subject in found if str(subject.pk) == chosen)
    differs = chosen == SOMEBODY_ELSE and not entered.is_organisation and bool(entered.name)
    if found and not differs:
        if len(found) == 1 and agrees(entered, found[0]):
            return found[0]
        raise WhoIsIt(found)
    if not entered.name:
        raise Unnamed
    return _new(entered, disputed=bool(found))


def agrees(entered: Applicant, subject: Subject) -> bool:
    """Do name and birth date on the document agree with what is recorded? A birth date counts where both have one."""
    if isinstance(subject, Organisation):
        return _same(entered.name, subject.name)
    born = entered.birth_date is None or subject.birth_date in (None, entered.birth_date)
    return born and _same(entered.name, subject.full_name)


def _same(one: str, other: str) -> bool:
    return clean_text(one).casefold() == clean_text(other).casefold()


def _new(entered: Applicant, *, disputed: bool) -> Subject:
    contact: dict[str, Any] = {"phone": entered.phone, "email": entered.email}
    address = {"detail": entered.address} if entered.address else None
    if entered.is_organisation:
        return Organisation.objects.create(name=entered.name, tax_code=entered.number, address=address, **contact)
    number = {"disputed_number": entered.number} if disputed else {"id_number": entered.number}
    return Person.objects.create(
        full_name=entered.name, birth_date=entered.birth_date, gender=entered.gender, id_type=entered.document,
        current_address=address, **number, **contact,
    )  # fmt: skip


def fault_of_number(number: str, document: str, *, is_organisation: bool) -> str:
    """What is wrong with a number as stored, as a sentence; "" for nothing. Digits of other scripts are no digits."""
    if is_organisation:
        head, _dash, branch = number.partition("-")
        good = is_digits(head) and len(head) in (10, 12) and (not branch or is_digits(branch) and len(branch) == 3)
        return "" if good else _("Mã số thuế có 10 số, thêm 3 số nếu là chi nhánh; hộ kinh doanh ghi 12 số.")
    if document == ApplicantDocument.OLD_ID_CARD:
        return "" if is_digits(number) and len(number) == 9 else _("Chứng minh nhân dân có 9 số.")
    if document in (ApplicantDocument.ID_CARD, ApplicantDocument.BIRTH_CERTIFICATE):
        return "" if is_digits(number) and len(number) == 12 else _("Số định danh có 12 số, ghi cả các số 0 ở đầu.")
    plain = number.isascii() and number.isalnum() and 6 <= len(number) <= 20
    return "" if plain else _("Số giấy tờ gồm 6 đến 20 chữ và số viết liền.")


# ---------------------------------------------------------------- the draft
@transaction.atomic
def start(clerk: User, offering: Offering, channel: str, entered: Applicant, chosen: str = "") -> Dossier:
    """Begin a draft for this applicant; the untouched one of this clerk where the button was pressed twice.

    Raises ValueError with the sentence of `counter.why_not_here`, WhoIsIt, Unnamed.
    """
    version = offering.procedure.current
    if why := counter.why_not_here(version, offering, channel):
        raise ValueError(why)
    User.objects.select_for_update().get(pk=clerk.pk)  # the second press waits for the first
    subject = applicant(entered, chosen)
    whose = {"organisation": subject} if isinstance(subject, Organisation) else {"person": subject}
    draft = Dossier(version=version, offering=offering, channel=channel, entered_by=clerk, **whose)
    begun = drafts_of(clerk).filter(version=version, offering=offering, channel=channel, revision=0, **whose).first()
    if begun is not None:
        return begun
    draft.subject_phone, draft.subject_email = entered.phone, entered.email
    draft.subject_address = entered.address
    ways = rules.delivery_ways(draft)
    draft.delivery_way = DeliveryWay.COUNTER if DeliveryWay.COUNTER in ways else ways[0] if len(ways) == 1 else ""
    draft.save()
    CounterIntake.objects.create(dossier=draft, document=entered.document)
    fill_in(draft)
    return draft


def drafts_of(clerk: User):
    """The drafts that this clerk has open, newest first."""
    rows = Dossier.objects.filter(entered_by=clerk, submitter=None, state=DossierState.DRAFT).exclude(intake=None)
    return rows.select_related("version__procedure", "person", "organisation", "offering").order_by("-updated_at", "-pk")


def find(pk: int, clerk: User) -> Dossier | None:
    """The draft of this clerk, or a dossier filed at this desk, also by a colleague; else None."""
    rows = Dossier.objects.filter(pk=pk, submitter=None).exclude(intake=None)
    found = rows.select_related(
        "version__procedure__current", "offering__receiving_agency", "offering__terminal", "offering__lead_agency", "person",
        "organisation", "intake", "entered_by",
    ).first()  # fmt: skip
    return found if found is not None and may_open(found, clerk) else None


def may_open(dossier: Dossier, clerk: User) -> bool:
    """A draft is opened by who enters it; once filed, by every clerk of the desk who sees the dossier."""
    if dossier.state == DossierState.DRAFT:
        return enters_for_a_visitor(dossier, clerk)
    return acts_for_a_visitor(dossier, clerk) and Dossier.objects.visible_to(clerk).filter(pk=dossier.pk).exists()


# ---------------------------------------------------------------- from hand to hand
def colleagues(draft: Dossier) -> list[User]:
    """Who may go on with this draft: the other clerks of the desk, but not in their own matter."""
    posts = Membership.objects.current().filter(agency=draft.offering.receiving_agency, role=Role.RECEIVING_CLERK)
    rows = User.objects.filter(memberships__in=posts, is_active=True).exclude(pk=draft.entered_by_id).distinct()
    return [user for user in rows.order_by("full_name", "pk") if not is_own_dossier(draft, user)]


def left_behind(clerk: User):
    """Drafts at the desks of this clerk whose clerk works there no more, or is away and this one stands in."""
    at_the_desk = Membership.objects.current().filter(
        user=OuterRef("entered_by"),
        user__is_active=True,
        role=Role.RECEIVING_CLERK,
        agency=OuterRef("offering__receiving_agency"),
    )  # fmt: skip
    rows = Dossier.objects.filter(submitter=None, state=DossierState.DRAFT).exclude(intake=None).exclude(own_dossiers(clerk))
    rows = rows.filter(offering__receiving_agency__in=clerk.agencies_with(Role.RECEIVING_CLERK)).exclude(entered_by=clerk)
    rows = rows.filter(~Exists(at_the_desk) | Q(entered_by__in=clerk.stands_in_for))
    return rows.select_related("version__procedure", "person", "organisation", "entered_by").order_by("-updated_at", "-pk")


@transaction.atomic
def pass_on(draft: Dossier, to: User) -> None:
    """This clerk goes on with the draft, and is who enters it from now on. Raises `drafts.NoLongerADraft`; PermissionDenied
    for who is no colleague at this desk."""
    if to not in colleagues(draft):
        raise PermissionDenied
    giver = draft.entered_by_id
    drafts.save(draft, entered_by=to)
    intake = CounterIntake.objects.get(dossier=draft)
    intake.hands = [*intake.hands, {"from": giver, "to": to.pk, "at": clock.now().isoformat()}]
    intake.save(update_fields=["hands"])


def fill_in(draft: Dossier) -> None:
    """Fill unanswered questions from what is known of the applicant, and with defaults. It counts as no revision."""
    for _turn in range(FILLING_TURNS):
        changes: dict[str, Any] = {}
        for part in judging.parts_of(draft):
            values = drafts.filled_in(draft, part.form, part.known, part.pages).values
            if values:
                changes |= drafts.changes_of(draft, part, values)
        if not changes:
            return
        drafts.save(draft, counts=False, **changes)
