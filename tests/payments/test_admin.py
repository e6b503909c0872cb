"""The admin site shows collection points and failed outbox rows; no payer, and no action that moves money."""

import datetime as dt

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.models import User
from payments import admin as money_admin
from payments.attempts import settlement
from payments.models import (
    BankCredit,
    GatewayQuestion,
    PaymentAttempt,
    Refund,
    RefundReason,
    SettlementFetch,
    SettlementProof,
    StatementReading,
)
from payments.reconciliation import runs
from payments.refunds import approval
from portal.common import clock
from portal.common.outbox import OutboxState
from tests import factories

pytestmark = pytest.mark.django_db
HEAD = "TxnRef,TransactionNo,Amount,Type,PayDate,BankCode\r\n"


@pytest.fixture
def system(client):
    client.force_login(User.objects.create_superuser("he-thong", full_name="Quản Trị", password=factories.PASSWORD))
    return client


@pytest.fixture
def rows(money_desk):
    """One row of each model of payments on the admin site."""
    paid = settlement.settle(money_desk.paying().reference, cause="ipn")
    approval.approve(approval.propose(paid, RefundReason.OTHER, amount=1_000), money_desk.accountant)
    late, day = money_desk.paying(), clock.today() - dt.timedelta(days=1)
    line = f"{late.reference},1,{late.amount},pay,{day:%Y%m%d}120000,NCB"
    runs.read_file(paid.point, day, (HEAD + line).encode())
    SettlementFetch.objects.create(point=paid.point, day=day)
    StatementReading.objects.create(point=paid.point)
    BankCredit.objects.create(point=paid.point, bank_ref="FT9", amount=5, content="NGUYEN VAN A", received_at=clock.now())


def shown():
    return [
        (model, its) for model, its in admin.site._registry.items() if type(its).__module__ == money_admin.__name__
    ]  # fmt: skip


def at(model, view, *args):
    return reverse(f"admin:payments_{model._meta.model_name}_{view}", args=args)


def test_every_page_opens_and_names_no_payer(system, rows):
    assert SettlementProof.objects.exists() and len(shown()) == 9
    for model, _its in shown():
        row = model.objects.first()
        pages = [system.get(at(model, "changelist")), system.get(at(model, "change", row.pk))]
        for page in pages:
            assert page.status_code == 200, model
            assert "Nguyễn Hoàng Phượng Vỹ" not in page.content.decode() and "NGUYEN VAN A" not in page.content.decode()


def test_nothing_is_added_changed_or_removed(system, rows):
    for model, _its in shown():
        row = model.objects.first()
        assert system.get(at(model, "add")).status_code == 403
        assert system.post(at(model, "change", row.pk), {"due_state": "done"}).status_code == 403
        assert system.post(at(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert not any(model in admin.site._registry for model in (PaymentAttempt, Refund))


def test_work_that_was_given_up_is_asked_for_again(system, rows):
    question = GatewayQuestion.objects.first()
    GatewayQuestion.objects.filter(pk=question.pk).update(due_state=OutboxState.DEAD, last_error="NoAnswer: secret words")
    listed = system.get(at(GatewayQuestion, "changelist")).content.decode()
    assert "NoAnswer" in listed and "secret words" not in listed
    system.post(at(GatewayQuestion, "changelist"), {"action": "ask_again", "_selected_action": [question.pk]})
    question.refresh_from_db()
    assert question.due_state == OutboxState.WAITING
