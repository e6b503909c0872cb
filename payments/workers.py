"""The modules with the outbox workers of payments (`@outbox.worker`). Importing them registers the workers."""

from payments.enquiries import schedule
from payments.receipts import numbering
from payments.reconciliation import runs
from payments.refunds import gateway_calls
from payments.transfers import matching, statements

__all__ = ["gateway_calls", "matching", "numbering", "runs", "schedule", "statements"]
