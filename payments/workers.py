"""The modules whose functions do the owed rows of payments (`@outbox.worker`). Importing them registers the functions."""

from payments.enquiries import schedule
from payments.receipts import numbering
from payments.reconciliation import runs
from payments.refunds import gateway_calls
from payments.transfers import matching, statements

__all__ = ["gateway_calls", "matching", "numbering", "runs", "schedule", "statements"]
