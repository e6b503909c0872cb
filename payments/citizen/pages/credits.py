"""Credits with another amount, or for a fee that is not due: the texts for the payer while an accountant decides."""

from django.utils.translation import gettext as _

from payments.models import AttemptState, BankCredit, PaymentAttempt
from portal.common.money import dong

S = BankCredit.State
IN_HAND = (*BankCredit.WAITING, S.RETURNING)


def pending_credit(attempt: PaymentAttempt) -> BankCredit | None:
    """The credit of this attempt that accountants must decide on, or None."""
    return next((credit for credit in attempt.credits.all() if credit.state in IN_HAND), None)


def money_of(attempt: PaymentAttempt) -> str:
    """Was money taken? «yes» also for a credit with another amount."""
    return "yes" if pending_credit(attempt) else attempt.money_taken


def is_part(attempt: PaymentAttempt) -> bool:
    """Was less than the amount received?"""
    credit = pending_credit(attempt)
    return credit is not None and credit.state == S.UNDER


def goes_back(attempt: PaymentAttempt) -> bool:
    """Is its return proposed, and waiting for the second accountant?"""
    credit = pending_credit(attempt)
    return credit is not None and credit.state == S.RETURNING


def sentence(attempt: PaymentAttempt) -> str:
    """A sentence with the received and the requested amount; empty if no credit is pending."""
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
