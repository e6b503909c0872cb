from dossiers.choices import DeliveryStatus, DeliveryWay, FilingChannel, PaymentStatus, StepState
from dossiers.models.anchors import Anchor, AnchorLeaf
from dossiers.models.assignment import AssignmentRule, ProcedureAssignment
from dossiers.models.bulk import BulkItem, BulkRun
from dossiers.models.calls import CallTask
from dossiers.models.conversation import InternalNote, Letter, ReadyAnswer
from dossiers.models.decisions import Decision
from dossiers.models.desk import DeskSettings, DeskVisit, SavedList
from dossiers.models.dossier import CoSubject, Dossier, DossierCounter, new_secret
from dossiers.models.fees import FeeLine, FeeObligation
from dossiers.models.followups import FollowUp
from dossiers.models.history import GENESIS, AnswerRevision, Event, EventText
from dossiers.models.intake import ApplicantDocument, BroughtAs, CounterIntake
from dossiers.models.intervals import ClockInterval, CountingBasis
from dossiers.models.outages import Outage
from dossiers.models.result_drafts import PaperSeen, ResultDraft
from dossiers.models.simulations import Simulation
from dossiers.models.steps import StepRun
from dossiers.models.supplements import SupplementItem, SupplementRequest

__all__ = [
    "GENESIS",
    "Anchor",
    "AnchorLeaf",
    "AnswerRevision",
    "BroughtAs",
    "AssignmentRule",
    "BulkItem",
    "BulkRun",
    "CallTask",
    "ClockInterval",
    "CoSubject",
    "CounterIntake",
    "CountingBasis",
    "Decision",
    "DeliveryStatus",
    "DeliveryWay",
    "DeskSettings",
    "DeskVisit",
    "Dossier",
    "DossierCounter",
    "Event",
    "EventText",
    "FeeLine",
    "FeeObligation",
    "FilingChannel",
    "FollowUp",
    "InternalNote",
    "Letter",
    "Outage",
    "PaperSeen",
    "PaymentStatus",
    "ProcedureAssignment",
    "ReadyAnswer",
    "ResultDraft",
    "ApplicantDocument",
    "SavedList",
    "Simulation",
    "StepRun",
    "StepState",
    "SupplementItem",
    "SupplementRequest",
    "new_secret",
]
