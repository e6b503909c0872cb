"""The two-person rule, also when the portal proposed the refund because of one person's act."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from dossiers import workflow
from payments.accounting import worklists
from payments.attempts import settlement
from payments.gateways.vnpay.settlement_files import COLUMNS
from payments.models import BankCredit, Refund, SettlementProof
from payments.models.states import AttemptState, RefundState
from payments.reconciliation import runs
from payments.refunds import approval
from payments.transfers import statements
from portal.common import clock, outbox
from tests import factories
from tests.money import DECIDES, FEE

pytestmark = pytest.mark.django_db


def work(model):
    for row in model.objects.filter(due_state="waiting"):
        outbox.do(model, row.pk)


def by_statement(desk, me):
    """Upload a statement with a second credit for a paid reference: the portal proposes its refund."""
    attempt = desk.paying("transfer")
    for number, reader in (("FT1", None), ("FT9", me)):
        line = f"{number},{clock.today():%d/%m/%Y},{FEE},{attempt.reference} {number}"
        text = f"Số tham chiếu,Ngày giao dịch,Ghi có,Nội dung\n{line}\n"
        statements.read_file(attempt.point, text.encode(), reader=reader)
        work(BankCredit)


def by_settlement_file(desk, me):
    """Upload a settlement file with a second attempt of a paid fee."""
    dossier = desk.waiting()
    second = desk.paying(dossier=dossier)
    settlement.settle(desk.paying("transfer", dossier).reference, cause="statement")
    day = clock.today()
    row = f"{second.reference},99001,{FEE},pay,{day:%Y%m%d}120000,NCB"
    runs.read_file(second.point, day, f"{','.join(COLUMNS)}\n{row}\n".encode(), reader=me)
    work(SettlementProof)


def by_deciding_a_doubt(desk, me):
    """Confirm an attempt in doubt, of a fee that was paid at the counter in the meantime."""
    doubtful = desk.paying()
    settlement.record_outcome(doubtful.reference, AttemptState.REVIEW, cause="suspicion", code="07", final=False)
    workflow.advance(doubtful.dossier, "paid", actor=desk.clerk, amount=FEE)
    settlement.settle(doubtful.reference, cause="person", actor=me)


def by_taking_cash(desk, me):
    """The clerk who took the cash is an accountant too."""
    dossier = desk.waiting()
    both = factories.fresh(me)
    both.memberships.create(agency=dossier.receiving_agency, role="receiving_clerk", valid_from=dt.date(2025, 7, 1))
    dossier = workflow.advance(dossier, "paid", actor=factories.fresh(both), amount=FEE)
    workflow.withdraw(dossier, actor=dossier.submitter)


@pytest.mark.parametrize("vouch", [by_statement, by_settlement_file, by_deciding_a_doubt, by_taking_cash])
def test_whoever_vouched_for_the_money_does_not_approve_what_the_portal_proposes_of_it(money_desk, vouch):
    me = factories.user(full_name="Lường Thị Kế", accountant=DECIDES)
    vouch(money_desk, me)
    refund, me = Refund.objects.get(), factories.fresh(me)
    assert refund.requested_by is None and not worklists.to_approve(me).exists()

    for decide in (lambda: approval.approve(refund, me), lambda: approval.decline(refund, me, note="Không.")):
        with pytest.raises(PermissionDenied):
            decide()
    browser = Client()
    browser.force_login(me)
    address = reverse("accounting:refund", args=[refund.request_id])
    assert "không tự duyệt hoàn" in browser.get(address).content.decode()
    assert browser.post(reverse("accounting:refund_step", args=[refund.request_id, "duyet"]), {}).status_code == 403
    refund.refresh_from_db()
    assert refund.state == RefundState.REQUESTED

    assert worklists.to_approve(money_desk.second_accountant).get() == refund
    assert approval.approve(refund, money_desk.second_accountant).state == RefundState.APPROVED
