"""Refunds: status 05 in process, 06 sent to the bank, then 00 done or 09 refused, depending on the time passed."""

from datetime import timedelta

from django.db import transaction

from . import clock, faults
from .codes import Declined
from .conf import setting
from .models import Refund, Transaction

ALL, PART = "02", "03"


def accept_refund(row, asked):
    """Accept a refund request that is well formed and signed. Raises Declined with 03, 94 or 95."""
    amount, kind = int(asked["vnp_Amount"]), asked["vnp_TransactionType"]
    number = asked.get("vnp_TransactionNo", "")
    with transaction.atomic():
        row = Transaction.objects.select_for_update().get(pk=row.pk)
        if not row.is_paid or (number not in ("", "0") and number != row.transaction_no):
            raise Declined("95")
        if row.refunds.filter(request_id=asked["vnp_RequestId"]).exists():  # on whatever day
            raise Declined("94")
        earlier = [refund for refund in row.refunds.all() if status_at(refund) != "09"]
        if any(status_at(refund) != "00" for refund in earlier):
            raise Declined("94", "A refund of this transaction is being processed")
        left = row.amount - sum(refund.amount for refund in earlier)
        if amount % 100 or amount // 100 > left or (kind == ALL and amount // 100 != row.amount):
            raise Declined("03", "Refund amount does not fit what is left")
        path = faults.apply_switches(["refund_path"], row.reference).get("refund_path", "05-06-00")
        refund = Refund.objects.create(
            transaction=row,
            request_id=asked["vnp_RequestId"],
            kind=kind,
            amount=amount // 100,
            asked_by=asked["vnp_CreateBy"],
            asked_at=clock.now(),
            order_info=asked["vnp_OrderInfo"],
            transaction_no="",
            path=path,
            step=setting("REFUND_STEP"),
        )
        refund.transaction_no = str(24_000_000 + refund.pk)
        refund.save(update_fields=["transaction_no"])
    return refund


def status_at(refund, moment=None):
    """The refund status at this moment (default: now): 05, 06, 00 or 09."""
    steps = refund.path.split("-")
    gone = ((moment or clock.now()) - refund.asked_at).total_seconds()
    taken = len(steps) - 1 if refund.step <= 0 else int(max(gone, 0) // refund.step)
    return steps[min(taken, len(steps) - 1)]


def done_at(refund):
    """When the refund reaches 00, or None when its path ends in 09."""
    steps = refund.path.split("-")
    return refund.asked_at + timedelta(seconds=refund.step * (len(steps) - 1)) if steps[-1] == "00" else None


def answer_fields(refund):
    """The fields of a refund in answers to the merchant: its own type, number and status."""
    row = refund.transaction
    return {
        "TxnRef": row.reference,
        "Amount": refund.amount * 100,
        "BankCode": row.bank_code,
        "PayDate": clock.stamp(refund.asked_at),
        "TransactionNo": refund.transaction_no,
        "TransactionType": refund.kind,
        "TransactionStatus": status_at(refund),
        "OrderInfo": refund.order_info,
    }


def refund_or_payment_fields(row):
    """The fields of the querydr answer: of the newest refund if there is one, else of the payment."""
    refund = row.refunds.order_by("-id").first()
    if refund:
        return answer_fields(refund)
    return {
        "TxnRef": row.reference,
        "Amount": row.amount * 100,
        "BankCode": row.bank_code,
        "PayDate": row.pay_date,
        "TransactionNo": row.transaction_no,
        "TransactionType": "01",
        "TransactionStatus": row.status,
        "OrderInfo": row.order_info,
    }
