"""Every hand-over is broken once on a moved clock: nobody takes it, no worker runs. Each is found and told within 15 minutes."""

import datetime as dt
import functools
import uuid

import pytest

from accounts.messages.models import Alarm, Channel, Message
from accounts.models import PasswordLink, StaffRequest, User
from dossiers import workflow
from dossiers.choices import Payer
from dossiers.custody import keeping
from dossiers.custody.models import CustodyMove, Handover, Original
from dossiers.evidence import anchors
from dossiers.models import Anchor, BulkItem, BulkRun, Dossier, Event, FollowUp, Letter, Simulation, StepRun
from dossiers.parcels.models import Parcel, ParcelRequest
from dossiers.webhooks.models import Delivery, Endpoint
from payments import complaints, differences
from payments.attempts import settlement
from payments.models import (
    AttemptState,
    BankCredit,
    Difference,
    EReceipt,
    EventKind,
    GatewayEvent,
    Refund,
    RefundState,
    SettlementFetch,
    SettlementProof,
    SettlementRun,
    StatementReading,
    Verdict,
    Way,
)
from payments.refunds import approval
from portal import schedule
from portal.common import clock, outbox
from portal.common.obligations import COLUMNS
from portal.obligations import alarms, register
from tests import factories, world
from tests.databases import past_the_triggers

pytestmark = pytest.mark.django_db
MONDAY = dt.datetime(2026, 11, 30, 8, tzinfo=clock.LOCAL)
QUARTER = dt.timedelta(minutes=15)
OFFICE = [
    "acknowledgement", "reception", "transfer", "take", "step", "consult", "decision", "promise", "withdrawal", "result",
    "delivery", "post", "paper", "letter", "proposal", "originals", "parcel", "parcel_away", "parcel_back", "bulk", "simulation",
    "parcel_request", "supplement", "confirmation", "anchor", "message", "password_link", "staff_request", "left_steps",
    "left_desk", "originals_back", "visit", "call", "webhook",
]  # fmt: skip
MONEY = [
    "fee", "payment", "transfer_window", "payment_in_doubt", "receipt", "credit_match", "complaint", "difference", "credit",
    "owed_back", "refund_approval", "refund_by_hand", "refund_order", "refund_at_bank", "settlement_file", "settlement_row",
    "statement",
]  # fmt: skip


def test_each_line_of_the_register_is_broken_below():
    """A new kind of work is broken in one of the two tests below."""
    assert sorted(OFFICE + MONEY) == sorted(register.BY_KEY)


def limits(keys):
    """{key: when the first row of this kind is over its limit}."""
    hours, found = register.Hours(), {}
    for key in keys:
        kind = register.BY_KEY[key]
        row = register.rows(kind, hours).values(*COLUMNS).order_by("owed_since", "owed_row").first()
        assert row, f"{key}: nothing is owed"
        found[key] = hours.after(row["owed_since"], kind.hours) if kind.hours else row["owed_until"]
    return found


def all_are_found_and_told(keys):
    User.objects.create_superuser("ht", full_name="Hệ Thống", password=factories.PASSWORD)
    with clock.at(MONDAY):
        ends = limits(keys)
    for moment in sorted({moment for end in ends.values() for moment in (end, end + QUARTER)}):
        with clock.at(moment):
            alarms.run()
    for key, end in ends.items():
        alarm = Alarm.objects.filter(kind=key).order_by("raised_at").first()
        assert alarm and end < alarm.raised_at <= end + dt.timedelta(minutes=15), (key, end, alarm and alarm.raised_at)
        named = Message.objects.filter(key__startswith="alarms:", body__contains=str(register.BY_KEY[key].name))
        told = named.filter(channel=Channel.INBOX).order_by("created_at").first()
        assert told and told.created_at <= end + 2 * QUARTER, (key, end, told and told.created_at)


def step(dossier, **facts):
    StepRun.objects.filter(dossier=dossier, state="open").update(**facts)


ORDER = {
    "carrier": "by_hand", "recipient": "Lò Văn A", "phone": "0900000012", "address": "Số 5", "payer": Payer.values[0],
    "state_at": MONDAY, "ordered_at": MONDAY,
}  # fmt: skip


def posted(desk):
    """A dossier whose result must go by post."""
    dossier = desk.processing()
    with past_the_triggers():
        Dossier.objects.filter(pk=dossier.pk).update(
            state="COMPLETED", delivery_way="post", completed_at=MONDAY, step_due_at=MONDAY + dt.timedelta(hours=8)
        )
    return dossier


def letters_and_lists(desk, other):
    """A letter, a proposal for the head, originals on their way, a run over several dossiers, a simulation."""
    dossier = desk.submitted()
    answer_by = MONDAY + dt.timedelta(hours=8)
    Letter.objects.create(
        dossier=dossier,
        author=dossier.submitter,
        from_office=False,
        text="Bao giờ xong?",
        sent_key=uuid.uuid4(),
        answer_by=answer_by,
    )
    Dossier.objects.filter(pk=dossier.pk).update(supplement_proposed_at=MONDAY)
    original = Original.objects.create(dossier=dossier, name="Bằng", received_from="Lò Văn A", received_by=desk.clerk)
    facts = {"from_agency": dossier.receiving_agency, "to_agency": other, "made_by": desk.clerk}
    there = Handover.objects.create(**facts)
    CustodyMove.objects.create(
        original=original, kind="handed", agency=dossier.receiving_agency, handover=there, by=desk.clerk, at=MONDAY
    )
    BulkItem.objects.create(run=BulkRun.objects.create(user=desk.clerk, step="accept"), position=1, code=dossier.code)
    days = {"first_on": clock.today(), "last_on": clock.today()}
    Simulation.objects.create(version=dossier.version, sha256="0" * 64, asked_by=desk.head, **days)


def left_and_forgotten(desk):
    """Work held by people without a role, an original after the end, a visit without its record, a call."""
    step(desk.processing(), holder=factories.user())
    Dossier.objects.filter(pk=desk.submitted().pk).update(holder=factories.user())
    ended = desk.submitted()
    keeping.receive(ended, [("Bằng", "", 1)], received_from="Lò Văn A", by=desk.clerk)
    workflow.advance(ended, "refuse_receipt", actor=desk.clerk, note="Không thuộc nơi này.")
    step(desk.processing(), kind="site_check", visit={"at": MONDAY.isoformat(), "place": "Số 5", "people": "Ông Ba"})
    factories.call_task(desk.asked_for_supplement())


@pytest.mark.slow
def test_what_nobody_does_at_the_office_is_found(desk):
    with clock.at(MONDAY):
        desk.submitted()
        desk.accepted()
        desk.asked_for_supplement()
        workflow.advance(desk.processing(), "take", actor=desk.officer)
        other = world.agency("H18.X005.CA")
        factories.user(officer="H18.X005.CA")
        workflow.advance(desk.processing(), "consult", actor=desk.officer, question="Có cư trú không?", hours=4, agency=other)
        signed = desk.processing()
        step(signed, state="done")
        Dossier.objects.filter(pk=signed.pk).update(waiting_on="signer")
        withdrawn = desk.accepted()
        workflow.advance(withdrawn, "withdraw", actor=withdrawn.submitter)
        step(desk.processing(), kind="applicant_confirm", question="Đúng chưa?", taken_at=MONDAY, due_at=MONDAY)
        posted(desk)
        for state, due_state in (("ordered", "waiting"), ("refused", "done")):
            parcel = Parcel.objects.create(dossier=posted(desk), state=state, due_state=due_state, **ORDER, ordered_by=desk.clerk)
        ParcelRequest.objects.create(parcel=parcel, kind="where")
        letters_and_lists(desk, other)
        left_and_forgotten(desk)
        filed = Event.objects.filter(step="submit").first()
        for kind in ("issue", "deliver"):
            FollowUp.objects.create(event=filed, kind=kind)
        there = Endpoint.objects.create(name="Kho", url="https://kho.example/nhan", registered_by=desk.head)
        Delivery.objects.create(endpoint=there, event=filed, kind="dossier.submitted", body="{}")
        Anchor.objects.create(day=clock.today())
        endpoint = Endpoint.objects.create(name="Thuế", url="https://vi-du.example.vn/webhook", registered_by=desk.head)
        Delivery.objects.create(endpoint=endpoint, event=filed, kind="dossier.moved", body="{}")
        asked = {"user": desk.clerk, "asked_by": desk.head, "reason": "Quên mật khẩu."}
        StaffRequest.objects.create(kind="password", **asked)
        approved = StaffRequest.objects.create(
            kind="password", state="approved", decided_by=desk.officer, decided_at=MONDAY, **asked
        )
        PasswordLink.objects.create(request=approved)
    all_are_found_and_told(OFFICE)


@pytest.mark.slow
def test_money_that_nobody_settles_explains_or_pays_out_is_found(money_desk):
    def paid():
        return settlement.settle(money_desk.paying().reference, cause="ipn")

    def refund(state, way="gateway"):
        made = approval.propose(paid(), "other", amount=1_000, way=way)
        facts = {"approved_by": money_desk.accountant, "approved_at": MONDAY, "sent_at": MONDAY}
        Refund.objects.filter(pk=made.pk).update(state=state, **(facts if state != RefundState.REQUESTED else {}))

    with clock.at(MONDAY):
        money_desk.waiting()
        money_desk.paying(way=Way.TRANSFER)
        attempt = money_desk.paying()
        doubtful = money_desk.paying()
        settlement.record_outcome(doubtful.reference, AttemptState.REVIEW, cause="suspicion", code="07", final=False)
        complaints.open_ticket(doubtful)
        for state in (RefundState.REQUESTED, RefundState.APPROVED, RefundState.PROCESSING):
            refund(state)
        refund(RefundState.APPROVED, way="by_hand")
        owed = money_desk.paying()
        money_desk.paying(way=Way.TRANSFER, dossier=owed.obligation.dossier)
        settlement.settle(owed.obligation.attempts.get(way=Way.TRANSFER).reference, cause="reconciliation")
        settlement.settle(owed.reference, cause="querydr")
        Refund.objects.filter(attempt=owed).update(state=RefundState.DECLINED)
        point, today = attempt.point, clock.today()
        differences.open_difference(point, today, Difference.Kind.MISSING_HERE, "X1", theirs=1)
        for number, facts in enumerate([{"state": "unmatched", "due_state": "done"}, {}]):
            BankCredit.objects.create(point=point, bank_ref=f"FT{number}", amount=1, received_at=MONDAY, **facts)
        sums = {"our_count": 1, "our_total": 1, "their_count": 1, "their_total": 1}
        run = SettlementRun.objects.create(point=point, day=today, sha256="0" * 64, **sums)
        row = GatewayEvent.objects.create(kind=EventKind.SETTLEMENT, point=point, raw="x", verdict=Verdict.VALID)
        SettlementProof.objects.create(run=run, event=row)
        SettlementFetch.objects.create(point=point, day=today)
        StatementReading.objects.create(point=point)
    all_are_found_and_told(MONEY)


@pytest.fixture
def at(monkeypatch):
    """at(days, hours, *deeds): the machines do their work at this moment; after deeds, once more. Returns what the deeds made."""
    monkeypatch.delitem(schedule.JOBS, anchors.run)  # needs keys, and has no worker here

    def machines():
        for model in (FollowUp, Message, EReceipt):
            model.objects.filter(due_state=outbox.OutboxState.WAITING).update(due_state=outbox.OutboxState.DONE)
        Message.objects.filter(read_at=None).update(read_at=clock.now())  # people open what they are sent
        for job in schedule.JOBS:
            job()

    def at(days, hours, *deeds):
        with clock.at(MONDAY + dt.timedelta(days=days, hours=hours)):
            machines()
            done = [deed() for deed in deeds]
            if deeds:
                machines()
            return done

    return at


def go_their_way_in_a_week(at, desk, dossiers):
    """Filed dossiers to their result, then a week of nothing but machines."""

    def all_at(day, hour, deed):
        return at(day, hour, *(functools.partial(deed, dossier) for dossier in dossiers))

    dossiers = all_at(0, 3, lambda d: workflow.advance(d, "accept", actor=desk.clerk))
    dossiers = all_at(0, 6, lambda d: workflow.advance(d, "transfer", actor=desk.clerk))
    dossiers = all_at(0, 7.5, lambda d: workflow.advance(d, "take", actor=desk.officer))
    for day, hour in [(0, 9), (0, 14), (1, 0)]:
        at(day, hour)

    def on_to_the_signer(dossier):
        factories.drafted(dossier, desk.officer)
        return workflow.advance(dossier, "hand_over", actor=desk.officer)

    dossiers = all_at(1, 0.5, on_to_the_signer)
    dossiers = all_at(1, 1, lambda d: factories.approve(d, desk.signer))
    for day in range(1, 8):
        for hour in (2, 9):
            at(day, hour)


@pytest.mark.slow
def test_over_a_clean_week_nothing_cries(desk, at):
    """Three dossiers go their way in time, the machines do their work: no alarm, and no morning message about lateness."""
    go_their_way_in_a_week(at, desk, [at(0, n / 4, desk.submitted)[0] for n in range(3)])
    assert not Alarm.objects.exists(), list(Alarm.objects.values("kind", "ends_at", "raised_at"))
    assert not Message.objects.filter(key__startswith="alarms:").exists()


@pytest.mark.slow
def test_over_a_clean_week_no_money_cries(money_desk, at):
    """A fee is paid at the gateway, one by transfer, one is proposed for refund, approved and paid out by hand, all in time."""
    paying = at(0, 0, money_desk.paying, *[lambda: money_desk.paying(way=Way.TRANSFER)] * 2)
    paid = at(0, 0.2, *(lambda a=a: settlement.settle(a.reference, cause="ipn") for a in paying))
    me, other = money_desk.accountant, money_desk.second_accountant
    [refund] = at(0, 1, lambda: approval.propose(paid[2], "other", actor=me, amount=1_000, way="by_hand"))
    [refund] = at(0, 2, lambda: approval.approve(refund, other))
    at(0, 2.5, lambda: approval.paid_out(refund, me, document="UNC 12"))
    for day in range(8):
        for hour in (3, 9):
            at(day, hour)
    cried = Alarm.objects.filter(kind__in=MONEY)  # of the office, where nobody works in this week, others do
    assert not cried.exists(), list(cried.values("kind", "ends_at", "raised_at"))
