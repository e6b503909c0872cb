"""The accountant's desk: revenue, attempts, refunds, reconciliation, bank credits and complaints of their bodies."""
