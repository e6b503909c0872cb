"""«Trả phí chưa xong»: the state of one attempt. Was money taken, what happens now, until when, whom to call."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from dossiers.models import Dossier, FeeObligation
from payments import outcomes
from payments.attempts.payable import payable
from payments.attempts.references import grouped_reference
from payments.citizen.pages import credits, refunds, tries
from payments.citizen.pages.words import attempts_of, came_late, counter, fingerprint, is_online, is_settled
from payments.models import EventKind, GatewayEvent, GatewayQuestion, PaymentAttempt, RefundReason, Verdict, Way
from payments.models.states import AttemptState
from payments.outcomes import CHECKING, NO, YES
from portal.common import clock
from portal.common.dates import clock_time, long_day, moment
from portal.common.money import dong
from procedures.models import working_calendar

A = AttemptState
JUST_BACK = dt.timedelta(minutes=1)


@dataclass(frozen=True)
class Trouble:
    """The state of one attempt. `money`: yes, no or checking; `until` may be empty; `pay_again`: a second payment is safe;
    `part`: less than the amount was received; `goes_back`: the money is refunded or returned."""

    title: str
    money: str
    happened: str
    now: str
    until: str = ""
    pay_again: bool = False
    part: bool = False
    goes_back: bool = False

    @property
    def money_word(self) -> Any:
        return outcomes.money_word(self.money, self.part)

    @property
    def tone(self) -> str:
        if self.goes_back:
            return "info"
        return "warn" if self.part else outcomes.TONES[self.money]

    @property
    def icon(self) -> str:
        if self.goes_back:
            return "back"
        return "alert" if self.part else outcomes.ICONS[self.money]


@dataclass(frozen=True)
class ProblemPage:
    """The context of the template."""

    trouble: Trouble
    reference: str
    code: str  # `grouped_reference`
    amount: str
    is_open_transfer: bool
    either_way: bool  # no final answer yet and the fee is due: the page shows what to do in both cases
    may_claim: bool
    claimed: str
    asked: str
    others: list[dict[str, str]]  # other attempts without a final answer
    tries: list[dict[str, Any]]
    pays_again: bool
    is_settled: bool
    counter: dict[str, Any]
    keeps_until: str
    polls: bool
    seen: str


def page(dossier: Dossier) -> ProblemPage | None:
    """The problem page of a dossier; None if there is no attempt."""
    obligation: FeeObligation | None = getattr(dossier, "obligation", None)
    attempts = attempts_of(obligation) if obligation else []
    online = [attempt for attempt in attempts if is_online(attempt)]
    if obligation is None or not online:
        return None
    attempt = subject_of(online)
    settled = is_settled(obligation)
    trouble = describe(attempt, settled=settled)
    others = [other for other in online if other.pk != attempt.pk and _is_in_question(other)]
    still_due = payable(dossier) is not None
    unsure = trouble.money == CHECKING and attempt.state != A.REVIEW
    return ProblemPage(
        trouble=trouble,
        reference=attempt.reference,
        code=grouped_reference(attempt.reference),
        amount=dong(attempt.amount),
        is_open_transfer=attempt.way == Way.TRANSFER and attempt.state == A.SENT,
        either_way=unsure and still_due,
        may_claim=trouble.money != YES,
        claimed=_claimed(attempt),
        asked=_asked(attempt) if unsure or attempt.state == A.REVIEW else "",
        others=[{"since": moment(other.created_at), "reference": other.reference} for other in others],
        tries=tries.items(attempts),
        pays_again=still_due and trouble.pay_again,
        is_settled=settled,
        counter=counter(dossier),
        keeps_until=moment(dossier.payment_due_at) if still_due and dossier.payment_due_at else "",
        polls=trouble.money == CHECKING or bool(others),
        seen=fingerprint(obligation, attempts),
    )


def subject_of(attempts: list[PaymentAttempt]) -> PaymentAttempt:
    """The attempt to show, the first of: under review, open, to be refunded, without a final answer, the last."""
    newest = list(reversed(attempts))
    settled = any(attempt.settles for attempt in attempts)
    for matches in (
        _is_under_review,
        lambda attempt: attempt.is_open,
        has_surplus_money,
        lambda a: settled and _is_in_question(a),
    ):
        found = next((attempt for attempt in newest if matches(attempt)), None)
        if found:
            return found
    return newest[0]


def _is_under_review(attempt: PaymentAttempt) -> bool:
    return attempt.state == A.REVIEW or credits.pending_credit(attempt) is not None


def has_surplus_money(attempt: PaymentAttempt) -> bool:
    """Is it paid, not needed, and not refunded yet?"""
    back = refunds.of_attempt(attempt)
    return attempt.state == A.PAID and not attempt.settles and (back is None or back.open)


def _is_in_question(attempt: PaymentAttempt) -> bool:
    return attempt.money_taken == CHECKING


# ---------------------------------------------------------------- the cases
def describe(attempt: PaymentAttempt, *, settled: bool = False) -> Trouble:
    """The state of one attempt; `settled`: the fee is paid, by this attempt or another."""
    if credits.pending_credit(attempt):
        return _pending_credit(attempt)
    if attempt.state == A.PAID:
        return _paid(attempt) if attempt.settles else _surplus(attempt)
    if attempt.state == A.REVIEW:
        return _under_review(attempt)
    if attempt.is_open:
        return _transfer_awaited(attempt) if attempt.way == Way.TRANSFER else _unknown(attempt)
    if not _is_in_question(attempt):
        return _not_taken(attempt)
    return _perhaps_twice() if settled else _asked_about(attempt)


def _pending_credit(attempt: PaymentAttempt) -> Trouble:
    """A credit with another amount, or too late: an accountant decides."""
    facts = {"body": attempt.collector.name}
    if credits.goes_back(attempt):
        title, now = _("Tiền đang được trả lại"), _("Việc trả lại cần hai người của %(body)s. Người thứ hai đang xem.") % facts
    elif credits.is_part(attempt):
        title = _("Đã nhận tiền, nhưng còn thiếu")
        now = _("Đừng chuyển thêm. Kế toán của %(body)s xem rồi báo cách bù hoặc trả lại.") % facts
    else:
        title = _("Tiền chuyển nhiều hơn cần trả")
        now = _("Kế toán của %(body)s xem rồi trả lại phần thừa.") % facts
    return Trouble(title, YES, credits.sentence(attempt), now, _call_after(), part=credits.is_part(attempt))


def _paid(attempt: PaymentAttempt) -> Trouble:
    words = _("Tiền về muộn, lúc %(when)s, và vẫn được nhận.") if came_late(attempt) else _("Nhận được lúc %(when)s.")
    return Trouble(
        _("Đã nhận tiền"), YES, words % {"when": moment(attempt.paid_at)}, _("Không phải trả gì thêm. Hồ sơ tự đi tiếp."),
    )  # fmt: skip


def _surplus(attempt: PaymentAttempt) -> Trouble:
    """Paid, but not needed: it is refunded without a request of the payer."""
    rows = list(attempt.refunds.all())
    twice = not rows or rows[-1].reason == RefundReason.PAID_TWICE
    title = _("Khoản này đã trả hai lần") if twice else _("Tiền về khi hồ sơ không còn phải trả")
    happened = _("Nhận thêm %(sum)s lúc %(when)s. Tiền này được trả lại, không phải xin.")
    facts = {"sum": dong(attempt.amount), "when": moment(attempt.paid_at)}
    back = refunds.of_attempt(attempt)
    now = f"{back.title}. {back.text}" if back else _("Kế toán của %s đang làm thủ tục hoàn.") % attempt.collector.name
    goes_back = back is None or back.open
    return Trouble(title, YES, happened % facts, now, _call_after() if goes_back else "", goes_back=goes_back)


def _under_review(attempt: PaymentAttempt) -> Trouble:
    return Trouble(
        _("Cán bộ đang kiểm tra lần trả này"), CHECKING, str(outcomes.of_attempt(attempt).sentence),
        _("Đừng trả thêm lần nữa. Kế toán của %s đang xem cùng ngân hàng. Có kết quả thì cổng nhắn tin ngay.")
        % attempt.collector.name,
        _call_after(),
    )  # fmt: skip


def _transfer_awaited(attempt: PaymentAttempt) -> Trouble:
    return Trouble(
        _("Chưa thấy tiền chuyển khoản"), CHECKING, str(outcomes.of_attempt(attempt).sentence),
        _("Chuyển rồi thì không phải làm gì: tiền tới là hồ sơ tự đi tiếp. Chuyển nhanh thường tới trong vài phút."),
        _("Mã chuyển khoản dùng được đến %s.") % moment(attempt.expires_at),
    )  # fmt: skip


def _unknown(attempt: PaymentAttempt) -> Trouble:
    title, silent = _("Ngân hàng chưa báo đã nhận tiền"), _last_question(attempt)
    if silent and silent.verdict == Verdict.NO_ANSWER:
        title = _("Chưa hỏi được ngân hàng")
        happened = _("Cổng thanh toán đang không trả lời. Máy hỏi lần cuối lúc %s và còn hỏi tiếp.") % moment(silent.received_at)
    elif _just_back(attempt):
        title, happened = _("Đang chờ ngân hàng báo"), _("Vừa trả xong thì thường có tin trong một phút.")
    else:
        happened = str(outcomes.of_attempt(attempt).sentence)
    return Trouble(
        title, CHECKING, happened, _("Máy tự hỏi lại ngân hàng. %s") % _next_question(attempt), _trying_until(attempt),
    )  # fmt: skip


def _just_back(attempt: PaymentAttempt) -> bool:
    """Did the payer return less than JUST_BACK ago? Then a missing answer is normal."""
    lately = clock.now() - JUST_BACK
    return attempt.events.filter(kind=EventKind.RETURN, verdict=Verdict.VALID, received_at__gt=lately).exists()


def _trying_until(attempt: PaymentAttempt) -> str:
    over = attempt.expires_at + dt.timedelta(seconds=settings.PAYMENT_TIMES["ask_after_expiry"])
    if attempt.expires_at > clock.now():
        words = _("Lần trả này mở đến %(end)s. Sau %(asked)s vẫn chưa có tin thì gọi, đọc mã của lần trả.")
        return words % {"end": clock_time(attempt.expires_at), "asked": clock_time(over)}
    return _("Lần trả này đã hết giờ lúc %s.") % moment(attempt.expires_at)


def _asked_about(attempt: PaymentAttempt) -> Trouble:
    """Ended here, without a final answer of the gateway."""
    outcome = outcomes.of_attempt(attempt)
    title = _("Đã bỏ lần trả này, còn đang hỏi ngân hàng") if attempt.state == A.CANCELLED else _("Đang hỏi ngân hàng")
    return Trouble(title, CHECKING, str(outcome.sentence), _("Máy tự hỏi lại ngân hàng. %s") % _next_question(attempt))


def _perhaps_twice() -> Trouble:
    """Cancelled because the fee was paid another way; the gateway may have taken money for this one too."""
    return Trouble(
        _("Phí đã trả rồi, còn hỏi về một lần khác"), CHECKING, _("Máy đang hỏi ngân hàng xem lần kia có trừ thêm tiền không."),
        _("Đừng trả nữa. Có trừ thêm thì tiền đó được trả lại, không phải xin."),
    )  # fmt: skip


def _not_taken(attempt: PaymentAttempt) -> Trouble:
    outcome = outcomes.of_attempt(attempt)
    title = {
        A.CANCELLED: _("Đã bỏ lần trả này"),
        A.EXPIRED: _("Đã hết giờ của lần trả này"),
    }.get(attempt.state, _("Ngân hàng không trả được"))
    return Trouble(title, NO, str(outcome.sentence), str(outcome.next_step), pay_again=True)


# ---------------------------------------------------------------- when, and whom to call
def _call_after() -> str:
    """The day after which to call, with its weekday."""
    day = working_calendar().add_working_days(clock.today(), 2)
    return _("Hết %s vẫn chưa có tin thì gọi, đọc mã của lần trả.") % long_day(day)


def _next_question(attempt: PaymentAttempt) -> str:
    waiting = GatewayQuestion.objects.filter(attempt=attempt, due_state="waiting").first()
    if waiting is None or waiting.next_at <= clock.now():
        return _("Lần hỏi tới là trong ít phút.")
    return _("Lần hỏi tới lúc %s.") % clock_time(waiting.next_at)


def _last_question(attempt: PaymentAttempt) -> GatewayEvent | None:
    return attempt.events.filter(kind=EventKind.QUERYDR).order_by("-pk").first()


def _asked(attempt: PaymentAttempt) -> str:
    last = _last_question(attempt)
    return _("Đã hỏi lần cuối lúc %s") % moment(last.received_at) if last else ""


def _claimed(attempt: PaymentAttempt) -> str:
    """The state of the ticket of «Tôi đã trả tiền», if there is one."""
    complaint = attempt.complaints.select_related("owner").order_by("-pk").first()
    if complaint is None:
        return ""
    if complaint.closed_at:
        return _("Đã trả lời lúc %(when)s: %(answer)s") % {"when": moment(complaint.closed_at), "answer": complaint.answer}
    if complaint.owner:
        words = _("Đã ghi nhận lúc %(when)s. %(who)s lo việc này.")
        return words % {"when": moment(complaint.opened_at), "who": complaint.owner.full_name}
    return _("Đã ghi nhận lúc %s. Cán bộ đang xem.") % moment(complaint.opened_at)
