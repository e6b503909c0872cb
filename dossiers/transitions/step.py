"""Types of a step being taken, for inputs, effects and receivers. No rules here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, TypedDict

from accounts.roles import SystemActor
from dossiers.transitions.choices import Clock, Effect, Tells

if TYPE_CHECKING:
    from accounts.models import Agency, User
    from dossiers.clock.timekeeper import Timekeeper
    from dossiers.files.checking import Checked
    from dossiers.models import Dossier, Event, StepRun
    from dossiers.papers.models import IssuedPaper
    from dossiers.permissions import Permission
    from dossiers.transitions.conditions import Condition

Actor: TypeAlias = "User | SystemActor"
Choice: TypeAlias = Any
"""A member of Django choices (`DossierState`, `PaperKind`, `IntervalKind`); the type checker does not know them as enums."""


class SettlingAttempt(Protocol):
    """The fields of a payment attempt used here; the model belongs to `payments`, above this app."""

    settles: bool
    amount: int
    obligation_id: int


class SentParcel(Protocol):
    """The fields of a parcel used here; the model is in `dossiers.parcels`, above."""

    pk: int
    dossier_id: int
    state: str
    reference: str


class AskedItem(TypedDict):
    """One requested item of a supplement: a form field or a document."""

    target: str
    key: str
    label: str
    reason: str


class Mark(TypedDict):
    """A place of a drafted result that must be mended. `place`: «result/line» (`papers.drafting.flat`)."""

    place: str
    label: str
    words: str


class CarriedDraft(TypedDict):
    number: int
    sha256: str


class StepDetails(TypedDict, total=False):
    """Inputs of a step besides its note: the keyword arguments of `workflow.advance`."""

    # accept
    exemption: Literal["confirm", "refuse"]
    # paid and collect: a clerk passes the amount in đồng, the payment job passes the attempt
    amount: int
    attempt: SettlingAttempt
    settled_before: bool  # paid while a withdrawal was pending; the receipt exists already
    # waive
    evidence: str
    # set_fee: {key of the fee line: đồng}
    amounts: dict[str, int]
    # ask_supplement, propose_supplement. `proposal`: the event of the proposal that a head sends or declines, set by an input
    items: list[AskedItem]
    proposal: Event
    # consult (hours: working hours to answer) and ask_confirmation
    past_the_term: bool  # the asker knows that the answer is due after the promised date
    question: str
    hours: int
    agency: Agency
    agencies: list[Agency]  # send_joint_record: who signs it off
    # hand_over, take, refuse_handover, take_over: the open step; `product`: see `StepRun.product`
    step: StepRun
    product: dict[str, Any]
    # announce_visit: {"at" (datetime), "place", "people"}; hand_over after it: {"held_at" (datetime), "photos"}
    visit: dict[str, Any]
    # return_step, assign, extend
    back_to: StepRun
    marks: list[Mark]
    holder: User
    new_due_at: dt.datetime
    # approve: the hash of the content that the signer was shown (`papers.drafting.shown_hash`)
    shown: str
    # refuse_substance, correct_result. `keys`: the results that are replaced or revoked; absent: all
    content: dict[str, Any]
    action: Literal["replace", "revoke"]
    keys: list[str]
    # stop
    legal_ground: str
    # resubmit, withdraw, confirm by a clerk: checked scans of the paper that the visitor signed
    signed: list[Checked]
    # confirm_withdrawal, deliver
    originals_returned: bool
    signed_for_by: str
    # deliver at the counter: a `SeenDocument` and its number, a `TakenAs`, and the mandate that was shown
    seen_document: str
    seen_number: str
    taken_as: str
    mandate: str
    # deliver by post, note_undelivered, note_found
    parcel: SentParcel
    # ask_original: the key of a document
    original: str
    # send_parcel; `tracking`: of a sending that was handed in at a post office
    recipient: str
    phone: str
    address: str
    tracking: str


class DecidedExemption(TypedDict):
    group: str
    decided: Literal["confirm", "refuse"]


class Recorded(TypedDict, total=False):
    """Details of a step that are stored in the history (`EventText.details`): plain JSON."""

    exemption: DecidedExemption
    amount: int
    amounts: dict[str, int]
    evidence: str
    before: dict[str, Any]  # the answers before a supplement changed them
    steps: list[str]
    product: dict[str, Any]
    visit: dict[str, Any]  # as `StepRun.visit`; of photos their names and hashes
    back_to: str
    question: str
    answer_by: str  # when the term of the applicant ends, ISO
    agency: str
    agencies: list[str]
    hours: int
    past_the_term: bool
    items: list[AskedItem]
    proposed: list[AskedItem]
    proposed_by: str  # who proposed the request that a head approved
    content_sha256: str  # of the decision
    numbers: dict[str, str]  # {result key: number of its paper}
    # {result key (approve) or id of an attachment (accept): when the person had the paper on screen, None: not read}
    read: dict[str, str | None]
    draft: CarriedDraft
    marks: list[Mark]
    action: str
    signed_for_by: str
    seen_document: str
    seen_number: str
    taken_as: str
    mandate: str
    parcel: str  # reference
    original: dict[str, str]  # ask_original: key, name, reason
    recipient: str
    phone: str
    address: str
    revoked: bool  # deliver: no result is in force any more; what is delivered is the decision that revoked it
    corrected: list[str]  # numbers of the papers that a correction replaces or revokes
    signed: list[str]  # SHA-256 of the scans of the paper that the visitor signed
    holder: str
    old: str
    new: str
    legal_ground: str


class Custom(TypedDict):
    """Arguments of a transition line besides source, target, conditions and permission."""

    jobs: frozenset[str]
    inputs: tuple[Callable[[Step], None], ...]
    before: tuple[Effect, ...]
    after: tuple[Effect, ...]
    paper: Choice
    clock: Clock
    interval: Choice
    tells: tuple[Tells, ...]
    sentence: str


class Line(Protocol):
    """A transition as stored by django-fsm."""

    name: str
    source: Choice
    target: Choice
    conditions: list[Condition]
    permission: Permission
    custom: Custom


@dataclass
class Step:
    """One step being taken. `details`: its inputs; `now`: UTC; `recorded`: details for the history, filled by the effects."""

    dossier: Dossier
    name: str
    actor: Actor
    note: str
    details: StepDetails
    now: dt.datetime
    line: Line
    timekeeper: Timekeeper
    recorded: Recorded = field(default_factory=lambda: Recorded())
    decides: dict[str, Any] = field(default_factory=dict)  # content of the decision; set before the event, frozen after it
    corrects: list[IssuedPaper] = field(default_factory=list)  # papers that the decision replaces or revokes
    revises: Choice = ""  # kind of the `AnswerRevision` that this step writes; set by the effects that change what is filed

    @property
    def job(self) -> str:
        return self.actor.job if isinstance(self.actor, SystemActor) else ""

    @property
    def user(self) -> User | None:
        return None if isinstance(self.actor, SystemActor) else self.actor

    @property
    def actor_name(self) -> str:
        return "" if self.job else str(self.actor)
