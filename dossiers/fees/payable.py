"""May a fee be paid online now? Used by pages, links, messages, the API, deadlines and `payments`.

Queries: those of the offered level (the province's amounts). Load the dossier with `offering__terminal`.
"""

from django.conf import settings

from dossiers.choices import FilingChannel
from dossiers.filing import rules


def taken_online(dossier, *, level=None):
    """Does the offering of this dossier take fees online now: payments open, service level 4, terminal open?
    `level`: the offered level, when the caller has it already."""
    terminal = dossier.offering.terminal if dossier.offering_id else None
    if not settings.PAYMENTS_OPEN or terminal is None or not terminal.is_open:
        return False
    return (level or rules.offered_level(dossier)).offers_online_payment


def payable_online(dossier, *, offered=None):
    """Is there a fixed sum which may be paid online now? `offered`: the result of `taken_online`, when the caller has it."""
    obligation = getattr(dossier, "obligation", None)
    if obligation is None or not obligation.may_be_paid:
        return False
    return taken_online(dossier) if offered is None else offered


def due_on_submit(dossier):
    """Must the fee be paid before reception? True for filing online, payment on submit, taken online, a positive sum, no claimed
    reduction. At the counter and by post the desk collects it: reception does not wait."""
    if dossier.channel != FilingChannel.ONLINE or dossier.version.facts["payment_timing"] != "on_submit":
        return False
    if not taken_online(dossier):
        return False
    fees = rules.fees(dossier)
    return not fees.provisional and bool(fees.total)


def deadline_passed(dossier, now):
    """Has the payment deadline passed? Never while the fee cannot be paid online."""
    return bool(dossier.payment_due_at) and dossier.payment_due_at <= now and taken_online(dossier)
