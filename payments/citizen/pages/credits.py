"""Transfers that came with another sum, or to a fee that wants none: what the payer is told while a person looks at them."""

from django.utils.translation import gettext as _

from payments.models import AttemptState, BankCredit
from portal.common.money import dong

S = BankCredit.State
IN_HAND = (*BankCredit.WAITING, S.RETURNING)


def pending_credit(attempt):
    """The credit of this attempt that people have in hand, or None."""
    return next((credit for credit in attempt.credits.all() if credit.state in IN_HAND), None)


def money_of(attempt):
    """Was money taken? A transfer that reached the account was, whatever its sum."""
    return "yes" if pending_credit(attempt) else attempt.money_taken


def is_part(attempt):
    """Did less come than was asked?"""
    credit = pending_credit(attempt)
    return credit is not None and credit.state == S.UNDER


def goes_back(attempt):
    """Has somebody asked to send it back, and waits for the second person?"""
    credit = pending_credit(attempt)
    return credit is not None and credit.state == S.RETURNING


def sentence(attempt):
    """What came and what was asked; empty when nothing is odd."""
    credit = pending_credit(attempt)
    if credit is None:
        return ""
    facts = {"came": dong(credit.amount), "asked": dong(attempt.amount), "rest": dong(abs(credit.amount - attempt.amount))}
    if credit.state == S.RETURNING:
        return _("Tài khoản nhận được %(came)s, khác với %(asked)s. Tiền này đang được trả lại.") % facts
    if credit.state == S.UNDER:
        return _("Tài khoản nhận được %(came)s, còn thiếu %(rest)s so với %(asked)s.") % facts
    if credit.state == S.OVER:
        if attempt.state == AttemptState.PAID:
            return _("Đã nhận đủ %(asked)s, và thừa %(rest)s.") % facts
        return _("Tài khoản nhận được %(came)s, thừa %(rest)s so với %(asked)s.") % facts
    return _("Tài khoản nhận được %(came)s khi khoản phí này không chờ tiền nữa.") % facts
