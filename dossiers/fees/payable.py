"""May a fee be paid online now? Pages, links, messages, the API, deadlines and `payments` ask here.

Queries: those of the offered level (the province's amounts); load the dossier with `offering__terminal`.
"""

from django.conf import settings

from dossiers.filing import rules


def taken_online(dossier, *, level=None):
    """Does the place of this dossier take fees online now: payments open, service level 4, its terminal switched on?
    `level`: the offered level, when the caller has it already."""
    terminal = dossier.offering.terminal if dossier.offering_id else None
    if not settings.PAYMENTS_OPEN or terminal is None or not terminal.active:
        return False
    return (level or rules.offered_level(dossier)).offers_online_payment


def payable_online(dossier, *, offered=None):
    """Is there a fixed sum which may be paid online now? `offered`: what `taken_online` says, when the caller knows already."""
    obligation = getattr(dossier, "obligation", None)
    if obligation is None or not obligation.may_be_paid:
        return False
    return taken_online(dossier) if offered is None else offered


def due_on_submit(dossier):
    """Must a fee be paid before the desk looks? Payment on submit, taken online, a positive sum, no reduction claimed."""
    if dossier.version.facts["payment_timing"] != "on_submit" or not taken_online(dossier):
        return False
    fees = rules.fees(dossier)
    return not fees.provisional and bool(fees.total)


def deadline_passed(dossier, now):
    """Is the term for paying over? It stands still while nobody can pay online: the counter alone stops no dossier."""
    return bool(dossier.payment_due_at) and dossier.payment_due_at <= now and taken_online(dossier)
