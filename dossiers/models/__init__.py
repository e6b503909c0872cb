from dossiers.choices import DeliveryStatus, DeliveryWay, FilingChannel, PaymentStatus, StepState
from dossiers.models.dossier import CoSubject, Dossier, DossierCounter, new_secret
from dossiers.models.history import GENESIS, Event, EventText
from dossiers.models.work import (
    ClockInterval,
    Decision,
    FeeLine,
    FeeObligation,
    FollowUp,
    StepRun,
    SupplementItem,
    SupplementRequest,
)

__all__ = [
    "GENESIS",
    "ClockInterval",
    "CoSubject",
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
    "PaymentStatus",
    "StepRun",
    "StepState",
    "SupplementItem",
    "SupplementRequest",
    "new_secret",
]
