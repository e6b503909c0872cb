from dossiers.choices import DeliveryStatus, DeliveryWay, FilingChannel, PaymentStatus, StepState
from dossiers.models.anchors import Anchor, AnchorLeaf
from dossiers.models.decisions import Decision
from dossiers.models.dossier import CoSubject, Dossier, DossierCounter, new_secret
from dossiers.models.fees import FeeLine, FeeObligation
from dossiers.models.followups import FollowUp
from dossiers.models.history import GENESIS, AnswerRevision, Event, EventText
from dossiers.models.intake import ApplicantDocument, BroughtAs, CounterIntake
from dossiers.models.intervals import ClockInterval, CountingBasis
from dossiers.models.outages import Outage
from dossiers.models.result_drafts import PaperSeen, ResultDraft
from dossiers.models.steps import StepRun
from dossiers.models.supplements import SupplementItem, SupplementRequest

__all__ = [
    "GENESIS",
    "Anchor",
    "AnchorLeaf",
    "AnswerRevision",
    "BroughtAs",
    "ClockInterval",
    "CoSubject",
    "CounterIntake",
    "CountingBasis",
    "Decision",
    "DeliveryStatus",
    "DeliveryWay",
    "Dossier",
    "DossierCounter",
    "Event",
    "EventText",
    "FeeLine",
    "FeeObligation",
    "FilingChannel",
    "FollowUp",
    "Outage",
    "PaperSeen",
    "PaymentStatus",
    "ResultDraft",
    "ApplicantDocument",
    "StepRun",
    "StepState",
    "SupplementItem",
    "SupplementRequest",
    "new_secret",
]
