"""Payments of the demo (paid, paid twice, refunded, unmatched, differing), made by the services with the clock set back.

There are no open attempts at the gateway, since the mock gateway does not know these payments.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from accounts.models import User
from dossiers import workflow
from dossiers.demo.matters import CRIMINAL, Script
from dossiers.models import Dossier
from payments import complaints
from payments.attempts import settlement
from payments.attempts.lifecycle import open_attempt
from payments.gateways.base import Notice, SettlementLine
from payments.gateways.vnpay import examples
from payments.models import (
    CollectionPoint,
    EventKind,
    GatewayEvent,
    PaymentAttempt,
    Refund,
    RefundReason,
    Verdict,
    Way,
    store_event,
)
from payments.models.states import AttemptState, RefundState
from payments.reconciliation import runs
from payments.refunds import approval
from payments.transfers import matching
from portal.common import clock

# login, how many working days ago, what happens to the money (names of methods of `Money`)
SCENARIOS = [
    ("nguoidan1", 6, "online"), ("nguoidan2", 6, "cash given_back"), ("nguoidan3", 5, "online"), ("nguoidan4", 5, "transfer"),
    ("nguoidan5", 4, "twice sent_back"), ("nguoidan6", 4, "online"), ("nguoidan7", 3, "cancelled transfer"),
    ("nguoidan8", 3, "online part_proposed"), ("nguoidan9", 2, "failed online"), ("nguoidan10", 2, "twice"),
    ("nguoidan1", 2, "twice declined"), ("nguoidan2", 1, "online"), ("nguoidan3", 1, "online"), ("nguoidan4", 1, "under"),
    ("nguoidan5", 1, "complains"), ("nguoidan6", 0, "online"), ("nguoidan7", 0, "transfer"),
]  # fmt: skip
PAUSE = dt.timedelta(minutes=4)
AMOUNT_OFF = 1_000  # đồng: error in the settlement file of the demo


class Money:
    """Plays the scenarios. Each dossier is a criminal record certificate, whose fee is due on submission."""

    def __init__(self, users: Mapping[str, User]) -> None:
        self.users, self.script = users, Script(users)
        self.one, self.two = (User.objects.get(username=login) for login in ("ketoan1", "ketoan2"))
        self.number = 0

    def play(self, login: str, days_ago: int, scenario: str) -> None:
        self.moment = min(self.script.start(days_ago) + dt.timedelta(hours=1), clock.now() - dt.timedelta(minutes=40))
        self.dossier = self.at(self._file, self.users[login])
        for word in scenario.split():
            self.at(getattr(self, word))

    def at(self, take: Callable[..., Any], *args: Any) -> Any:
        """Call `take` with the clock PAUSE after the previous call."""
        self.moment = min(self.moment + PAUSE, self.script.now)
        with clock.at(self.moment):
            return take(*args)

    def _file(self, citizen: User) -> Dossier:
        self.script.moment = self.moment
        return workflow.submit(self.script.draft(citizen, CRIMINAL, ""), actor=citizen)

    def _begin(self, way: Way) -> PaymentAttempt:
        return open_attempt(self.dossier, way, actor=self.dossier.submitter)

    def _store_ipn(self, attempt: PaymentAttempt, codes: tuple[str, str]) -> tuple[GatewayEvent, Notice]:
        """Store an IPN for an attempt, as the gateway would have sent it, but without a signature."""
        self.number += 1
        raw, notice = examples.notice(attempt, codes, f"{14_000_000 + self.number}", clock.now())
        return store_event(EventKind.IPN, raw, Verdict.VALID, attempt=attempt, answer=examples.CONFIRMED), notice

    def _paid(self, attempt: PaymentAttempt) -> PaymentAttempt:
        event, said = self._store_ipn(attempt, examples.PAID)
        facts = {"transaction_no": said.transaction_no, "bank_code": said.bank_code, "code": said.code}
        return settlement.settle(attempt.reference, event, cause="ipn", **facts)

    # ------------------------------------------------------------ scenarios
    def online(self) -> None:
        attempt = self._begin(Way.GATEWAY)
        self.attempt = self.at(self._paid, attempt)

    def cash(self) -> None:
        clerk = User.objects.get(username="motcua1")
        workflow.advance(self.dossier, "paid", actor=clerk, amount=self.dossier.obligation.total)
        self.attempt = self.dossier.obligation.attempts.get(settles=True)

    def transfer(self) -> None:
        attempt = self._begin(Way.TRANSFER)
        self.at(self._credit, attempt.point, attempt.amount, f"NGUYEN VAN A {attempt.reference} NOP PHI")

    def _credit(self, point: CollectionPoint, amount: int, words: str) -> None:
        self.number += 1
        matching.receive(point, f"FT26{self.number:08d}", amount, words, clock.now())

    def twice(self) -> None:
        late = self._begin(Way.GATEWAY)
        self.at(self.transfer)
        self.attempt = self.at(self._paid, late)

    def sent_back(self) -> None:
        refund = approval.approve(self.attempt.refunds.get(), self.one, note="Đúng là trả hai lần.")
        approval.record(refund, RefundState.SENT, cause="sending")
        self.at(
            lambda: approval.record(refund, RefundState.DONE, cause="answer", code=examples.REFUNDED, transaction_no="14900001")
        )

    def given_back(self) -> None:
        note = "Thu thừa: người nộp thuộc diện giảm phí."
        facts = {"amount": 100_000, "actor": self.two, "note": note}
        refund = approval.propose(self.attempt, RefundReason.OTHER, **facts)
        self.at(lambda: approval.approve(refund, self.one))
        self.at(lambda: approval.paid_out(refund, self.two, document="PC-0118"))

    def part_proposed(self) -> None:
        facts = {"amount": 100_000, "actor": self.one, "note": "Người nộp là sinh viên, chỉ phải trả một nửa."}
        approval.propose(self.attempt, RefundReason.OTHER, **facts)

    def declined(self) -> None:
        approval.decline(self.attempt.refunds.get(), self.two, note="Chờ ngân hàng xác nhận đã nhận cả hai lần.")

    def cancelled(self) -> None:
        self._ended(examples.CANCELLED)

    def failed(self) -> None:
        self._ended(examples.NO_MONEY)

    def _ended(self, codes: tuple[str, str]) -> None:
        attempt = self._begin(Way.GATEWAY)
        event, said = self.at(self._store_ipn, attempt, codes)
        facts = {"cause": "ipn", "proof": event, "code": said.code}
        self.at(lambda: settlement.record_outcome(attempt.reference, said.outcome.state, **facts))

    def under(self) -> None:
        attempt = self._begin(Way.TRANSFER)
        self.at(self._credit, attempt.point, attempt.amount - 50_000, f"{attempt.reference} le phi")
        self.at(self._credit, attempt.point, 120_000, "CHUYEN TIEN LAM LY LICH TU PHAP")

    def complains(self) -> None:
        attempt = self._begin(Way.TRANSFER)
        self.at(lambda: complaints.open_ticket(attempt, self.dossier.submitter))


def make_payments(users: Mapping[str, User]) -> int:
    """Play all scenarios, then read settlement files for the days before today. Returns the number of dossiers."""
    money = Money(users)
    for scenario in SCENARIOS:
        money.play(*scenario)
    _settle_the_days()
    return len(SCENARIOS)


def _settle_the_days() -> None:
    """Read a settlement file, made from our own books, for each day since the first payment. The last one differs."""
    paid = PaymentAttempt.objects.filter(way=Way.GATEWAY, state=AttemptState.PAID).order_by("paid_at")
    days = sorted({clock.local(attempt.paid_at).date() for attempt in paid} - {clock.today()})
    if not days:
        return
    day, morning = days[0], dt.time(7)
    while day < clock.today():
        for point in CollectionPoint.objects.filter(pk__in=paid.values("point")):
            with clock.at(dt.datetime.combine(day + dt.timedelta(days=1), morning, clock.LOCAL)):
                runs.read_file(point, day, _file_of(point, day, wrong=day == days[-1]))
        day += dt.timedelta(days=1)


def _file_of(point: CollectionPoint, day: dt.date, *, wrong: bool) -> bytes:
    """Our books of that day as a settlement file. `wrong`: with one wrong amount and one unknown payment."""
    came = PaymentAttempt.objects.filter(point=point, way=Way.GATEWAY, state=AttemptState.PAID, paid_at__date=day)
    back = Refund.objects.filter(attempt__point=point, way="gateway", state=RefundState.DONE, done_at__date=day)
    lines = [
        SettlementLine(a.reference, a.transaction_no, a.amount, False, a.paid_at, a.bank_code, raw="")
        for a in came.order_by("paid_at")
    ]
    lines += [
        SettlementLine(r.attempt.reference, r.transaction_no, r.amount, True, r.done_at, r.attempt.bank_code, raw="")
        for r in back
    ]
    if wrong:
        lines[0] = replace(lines[0], amount=lines[0].amount + AMOUNT_OFF)
        morning = dt.datetime.combine(day, dt.time(10, 15), clock.LOCAL)
        lines.append(SettlementLine(f"X{day:%y%m%d}0000000001", "14800001", 50_000, False, morning, "VCB", raw=""))
    return examples.settlement_file(lines)
