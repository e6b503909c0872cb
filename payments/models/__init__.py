"""Money: attempts, refunds, what the gateway said, the ledger, receipts, reconciliation. Obligations lie in `dossiers`."""

from payments.models.attempts import AttemptMove, BankChoice, PayLink, PaymentAttempt, Way
from payments.models.complaints import PaymentComplaint
from payments.models.events import MOST_RAW, EventKind, GatewayEvent, Verdict, store_event
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
    "APPEND_ONLY", "OPEN_ATTEMPT", "OPEN_REFUND", "MOST_RAW",
    "Account", "AttemptMove", "AttemptState", "BankChoice", "BankCredit", "CollectingBody", "CollectionPoint", "Difference",
    "EReceipt", "EventKind", "GatewayEvent", "GatewayQuestion", "IllegalMove", "LedgerEntry", "PayLink",
    "PaymentAttempt", "PaymentComplaint", "ReceiptCounter", "Refund", "RefundCall", "RefundMove", "RefundReason", "RefundState",
    "RefundWay", "SettlementFetch", "SettlementProof", "SettlementRun", "StatementReading", "Verdict", "Way",
    "store_event",
]  # fmt: skip
