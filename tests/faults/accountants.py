"""Two accountants who approve refunds, and pay out by hand those that the bank refused."""

import threading

from payments.models import Refund, RefundWay
from payments.models.states import RefundState
from payments.refunds import approval
from tests.faults.site import close_connections


class Accountants(threading.Thread):
    """A thread that runs until `leave`. Counts its actions; `leave` raises the error if there was one."""

    def __init__(self, desk):
        super().__init__(name="accountants", daemon=True)
        self.desk, self.approved, self.paid_out, self.error = desk, 0, 0, None
        self._leaving = threading.Event()

    def run(self):
        try:
            while not self._leaving.wait(0.4):
                self.work()
        except Exception as error:
            self.error = error
        finally:
            close_connections()

    def leave(self):
        self._leaving.set()
        self.join(30)
        if self.error:
            raise self.error

    def work(self):
        """Process the three lists once."""
        for refund in Refund.objects.filter(state=RefundState.REFUSED).select_related("attempt"):
            if not refund.attempt.refunds.exclude(state=RefundState.REFUSED).exists():
                approval.propose(refund.attempt, refund.reason, actor=self.desk.accountant, way=RefundWay.BY_HAND)
        for refund in Refund.objects.filter(state=RefundState.REQUESTED).select_related("attempt"):
            approval.approve(refund, self.desk.second_accountant)
            self.approved += 1
        for refund in Refund.objects.filter(state=RefundState.APPROVED, way=RefundWay.BY_HAND).select_related("attempt"):
            approval.paid_out(refund, self.desk.accountant, document=f"CT-{refund.pk}")
            self.paid_out += 1
