"""The models of payments. Fee obligations are in `dossiers.models`."""

from payments.models.attempts import AttemptMove, BankChoice, PayLink, PaymentAttempt, Way
from payments.models.complaints import PaymentComplaint
from payments.models.events import MAX_RAW_LENGTH, EventKind, GatewayEvent, Verdict, store_event, store_new_event
from payments.models.ledger import Account, LedgerEntry
from payments.models.points import CollectingBody, CollectionPoint
from payments.models.questions import GatewayQuestion
from payments.models.receipts import EReceipt, ReceiptCounter
from payments.models.reconciliation import Difference, SettlementRun
from payments.models.refunds import Refund, RefundCall, RefundMove, RefundReason, RefundWay
from payments.models.settlement_work import SettlementFetch, SettlementProof
from payments.models.states import OPEN_ATTEMPT, OPEN_REFUND, AttemptState, IllegalMove, RefundState
from payments.models.transfers import BankCredit, StatementReading

APPEND_ONLY = ["payments_gatewayevent", "payments_attemptmove", "payments_refundmove", "payments_ledgerentry"]

__all__ = [
    "APPEND_ONLY", "OPEN_ATTEMPT", "OPEN_REFUND", "MAX_RAW_LENGTH",
    "Account", "AttemptMove", "AttemptState", "BankChoice", "BankCredit", "CollectingBody", "CollectionPoint", "Difference",
    "EReceipt", "EventKind", "GatewayEvent", "GatewayQuestion", "IllegalMove", "LedgerEntry", "PayLink",
    "PaymentAttempt", "PaymentComplaint", "ReceiptCounter", "Refund", "RefundCall", "RefundMove", "RefundReason", "RefundState",
    "RefundWay", "SettlementFetch", "SettlementProof", "SettlementRun", "StatementReading", "Verdict", "Way",
    "store_event", "store_new_event",
]  # fmt: skip
