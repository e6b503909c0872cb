"""The two-person rule: its query and its predicate agree in all combinations."""

import datetime as dt
from itertools import product

import pytest

from accounts.messages.models import Message
from payments.models import (
    AttemptMove,
    BankCredit,
    EventKind,
    GatewayEvent,
    PaymentAttempt,
    Refund,
    RefundWay,
    SettlementProof,
    SettlementRun,
    Verdict,
)
from payments.models.states import AttemptState, RefundState
from payments.refunds import approval
from portal.common import clock
from tests import factories
from tests.databases import past_the_triggers
from tests.dossiers.pages import browse, words
from tests.money import DECIDES, FEE

pytestmark = pytest.mark.django_db
VOUCHERS = ["nobody", "cash or doubt", "statement", "settlement file", "somebody else"]
STATES = [
    (RefundState.REQUESTED, RefundWay.GATEWAY), (RefundState.REQUESTED, RefundWay.BY_HAND),
    (RefundState.APPROVED, RefundWay.BY_HAND), (RefundState.APPROVED, RefundWay.GATEWAY),
    (RefundState.DECLINED, RefundWay.GATEWAY),
]  # fmt: skip


def vouch(how, attempt, me, other):
    """Make this person vouch for the payment in the given way."""
    person = other if how == "somebody else" else me
    if how in ("cash or doubt", "somebody else"):
        AttemptMove.objects.create(
            attempt=attempt, source=AttemptState.REVIEW, target=AttemptState.PAID, cause="person", actor=person
        )
    elif how == "statement":
        BankCredit.objects.create(
            point=attempt.point, bank_ref=attempt.reference, amount=FEE, received_at=clock.now(), read_by=person, attempt=attempt,
            state="matched", due_state="done",
        )  # fmt: skip
    elif how == "settlement file":
        event = GatewayEvent.objects.create(kind=EventKind.SETTLEMENT, attempt=attempt, verdict=Verdict.VALID)
        run = SettlementRun.objects.create(
            point=attempt.point, day=clock.today(), sha256=attempt.reference, our_count=0, our_total=0, their_count=1,
            their_total=FEE, read_by=person,
        )  # fmt: skip
        SettlementProof.objects.create(run=run, event=event)


@pytest.fixture
def people(money_desk):
    """Accountants of the body in all situations; two of them have own dossiers."""
    me = factories.user(full_name="Lò Văn Tôi", accountant=DECIDES)
    factories.as_citizen(me)
    former = factories.user(accountant=DECIDES)
    former.memberships.update(valid_to=clock.today() - dt.timedelta(days=1))
    locked_out = factories.user(accountant=DECIDES)
    type(me).objects.filter(pk=locked_out.pk).update(is_active=False)
    elsewhere = factories.user(accountant="H18.X005.CA")
    return [
        factories.fresh(person) for person in (me, money_desk.second_accountant, former, locked_out, elsewhere, money_desk.clerk)
    ]


@pytest.fixture
def refunds(money_desk, people):
    """A refund for each proposer, each way to vouch for its money, each relation to the dossier, each state."""
    me, other = people[:2]
    models = {"stranger": money_desk.paying(), "filed by me": money_desk.paying(), "about me": money_desk.paying()}
    dossiers = type(models["stranger"].dossier).objects
    with past_the_triggers():
        dossiers.filter(pk=models["filed by me"].dossier.pk).update(submitter=max(me.own_logins - {me.pk}))
        dossiers.filter(pk=models["about me"].dossier.pk).update(person=max(me.own_persons))
    for n, (proposer, how, whose, (state, way)) in enumerate(product([None, me, other, people[2]], VOUCHERS, models, STATES)):
        like = models[whose]
        attempt = PaymentAttempt.objects.create(
            obligation=like.obligation, reference=f"P{n:019d}", way="vnpay", amount=FEE, collector=like.collector,
            point=like.point, state=AttemptState.PAID, paid_at=clock.now(), created_at=clock.now(),
        )  # fmt: skip
        vouch(how, attempt, me, other)
        Refund.objects.create(
            attempt=attempt, amount=1_000, reason="other", way=way, state=state, request_id=f"F{n}", requested_by=proposer,
            approved_by=money_desk.head if state == RefundState.APPROVED else None,
        )  # fmt: skip
    return list(Refund.objects.select_related("attempt__obligation__dossier"))


@pytest.mark.slow
def test_the_query_holds_just_the_refunds_for_which_the_predicate_holds(refunds, people):
    for person in people:
        decidable = {refund.pk for refund in refunds if approval.may_decide(refund, person)}
        assert set(approval.decidable_by(person).values_list("pk", flat=True)) == decidable, person
        waiting = {refund.pk for refund in refunds if refund.pk in decidable and refund.state == RefundState.REQUESTED}
        assert set(approval.to_approve(person).values_list("pk", flat=True)) == waiting, person
        payable = {refund.pk for refund in refunds if refund.is_to_be_paid_out and approval.may_pay_out(refund, person)}
        assert set(approval.to_pay_out(person).values_list("pk", flat=True)) == payable, person
    me, other, *nobody = people
    assert 0 < approval.to_approve(me).count() < approval.to_approve(other).count()
    assert not any(approval.decidable_by(person).exists() for person in nobody)


@pytest.mark.slow
def test_the_deciders_of_a_refund_are_those_who_find_it_on_their_list(refunds, people):
    lists = {person.pk: set(approval.to_approve(person).values_list("pk", flat=True)) for person in people}
    for refund in refunds[::7]:
        if refund.state == RefundState.REQUESTED:
            able = {person.pk for person in approval.deciders(refund)} & lists.keys()
            assert able == {pk for pk, found in lists.items() if refund.pk in found}, refund.request_id


def test_the_page_and_the_message_name_nobody_who_may_not_decide(money_desk):
    """A person who took the cash or filed the dossier must not be named as someone who can approve."""
    filer = factories.user(full_name="Người Nộp", accountant=DECIDES)
    voucher = factories.user(full_name="Người Thu", accountant=DECIDES)
    attempt = money_desk.paying()
    with past_the_triggers():
        type(attempt.dossier).objects.filter(pk=attempt.dossier.pk).update(submitter=filer)
    PaymentAttempt.objects.filter(pk=attempt.pk).update(state=AttemptState.PAID, paid_at=clock.now())
    vouch("cash or doubt", attempt, voucher, None)
    attempt.refresh_from_db()

    refund = approval.propose(attempt, "other", amount=1_000, actor=money_desk.accountant)

    told = Message.objects.filter(key=f"money:refund:{refund.pk}:proposed", channel="inbox")
    assert {message.recipient for message in told} == {money_desk.second_accountant} == set(approval.deciders(refund))
    page = words(browse(money_desk.accountant).get(f"/can-bo/ke-toan/hoan-tien/{refund.request_id}/"))
    assert "Duyệt được: Đỗ Quang Toán." in page
