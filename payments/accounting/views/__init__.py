"""The accountant's desk: takings, attempts, refunds, reconciliation, stray money and complaints of the bodies they look after."""
