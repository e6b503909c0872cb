"""Messages about money: short, with one thing to do and a link. Each is written once, in the transaction of what it reports.

That a fee is settled is a message of the step (`dossiers.messages`). Always in Vietnamese, whatever language the actor reads.
"""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.messages.models import queue_messages
from accounts.models import User
from dossiers import messages
from dossiers.fees import wording
from dossiers.fees.payable import payable_online
from dossiers.transitions.choices import Tells
from payments import outcomes
from payments.models import BankCredit, Difference, PaymentAttempt, PaymentComplaint, Refund, RefundReason, RefundWay, Way
from payments.models.states import BEING_PAID, AttemptState
from payments.permissions import accountants_of, bodies_of_credit
from portal.common import clock
from portal.common.dates import moment
from portal.common.money import dong

in_vietnamese = translation.override("vi")

# ------------------------------------------------------------ the citizen: attempts


@in_vietnamese
def attempt_failed(attempt: PaymentAttempt) -> None:
    """To the citizen: this attempt failed for certain. Written only when there is something to do: the fee is still due, no other
    attempt is open, and the payer did not cancel it. At most once a day for a fee."""
    obligation = attempt.obligation
    dossier = obligation.dossier
    own_doing = attempt.state == AttemptState.CANCELLED and not attempt.link_id
    if own_doing or not obligation.may_be_paid or obligation.attempts.filter(state__in=BEING_PAID).exists():
        return
    asks = dossier.payment_due_at and payable_online(dossier)
    until = _(" Trả trước %(when)s.") % {"when": moment(dossier.payment_due_at)} if asks else ""
    if attempt.way == Way.TRANSFER:
        body = _("Chưa thấy tiền chuyển khoản của mã %(reference)s. Đã chuyển thì mở trang trả phí, bấm “Tôi đã trả tiền”.")
    else:
        body = "%(outcome)s %(next)s"
    outcome = outcomes.of_attempt(attempt)
    _citizen(
        f"unpaid:{obligation.pk}:{clock.today():%Y%m%d}", attempt, _("Chưa trả được phí: %(name)s"), body + until,
        outcome=outcome.sentence, next=outcome.next_step,
    )  # fmt: skip


@in_vietnamese
def attempt_in_doubt(attempt: PaymentAttempt) -> None:
    """To the citizen, who must not pay again, and to the accountants, who decide: it is not known whether money was taken."""
    _citizen(
        f"doubt:{attempt.pk}", attempt, _("Đang kiểm tra lần trả phí: %(name)s"),
        _("Chưa rõ ngân hàng đã trừ %(sum)s hay chưa. Đừng trả lần nữa. Có kết quả, cổng nhắn ngay."),
    )  # fmt: skip
    _accountants(
        f"doubt:{attempt.pk}", attempt, _("Cần xem: lần trả %(reference)s chưa rõ"),
        _("Cổng thanh toán không chắc đã nhận %(sum)s. Hỏi lại cổng thanh toán rồi xác nhận."),
    )  # fmt: skip


# ------------------------------------------------------------ the citizen: money that goes back


@in_vietnamese
def money_not_needed(refund: Refund, *, came_late: bool = False) -> None:
    """To the citizen: money came that the fee does not need, and the portal has proposed to refund it."""
    if refund.reason == RefundReason.PAID_TWICE:
        body = _("Khoản phí này đã trả xong từ trước. Cơ quan sẽ trả lại %(sum)s, không phải làm gì.")
    elif refund.reason == RefundReason.OVERPAID:
        body = _("Khoản phí đã trả xong, phần chuyển thừa sẽ được trả lại: %(sum)s. Không phải làm gì.")
    elif refund.reason in (RefundReason.STOPPED, RefundReason.REFUSED):
        body = _("Tiền tới sau khi hồ sơ đã dừng. Cơ quan sẽ trả lại %(sum)s, không phải làm gì.")
    elif came_late:
        body = _("Tiền tới muộn, khoản phí không còn chờ số tiền này. Cơ quan sẽ trả lại %(sum)s, không phải làm gì.")
    else:
        body = _("Khoản phí không còn chờ số tiền này. Cơ quan sẽ trả lại %(sum)s, không phải làm gì.")
    _about(refund, "back", _("Sẽ trả lại %(sum)s: %(name)s"), body)


@in_vietnamese
def refund_proposed(refund: Refund, deciders: Iterable[User]) -> None:
    """To the accountants who may decide on it (`refunds.approval.deciders`)."""
    _accountants(
        f"refund:{refund.pk}:proposed", refund.attempt, _("Cần duyệt: hoàn %(sum)s"),
        _("Lý do: %(reason)s. Lần trả %(reference)s."),
        people=deciders, link=_refund_link(refund), amount=refund.amount, reason=refund.get_reason_display(),
    )  # fmt: skip


@in_vietnamese
def refund_approved(refund: Refund) -> None:
    if refund.way == RefundWay.GATEWAY:
        body = _("Tiền về đúng thẻ hoặc tài khoản đã trả, thường trong vài ngày làm việc. Không phải làm gì.")
    else:
        body = _("Kế toán sẽ chuyển trả. Chưa nhận được sau năm ngày làm việc thì gọi số bên dưới.")
    _about(refund, "approved", _("Được hoàn %(sum)s: %(name)s"), body)


@in_vietnamese
def refund_declined(refund: Refund) -> None:
    """To the citizen: the refund was declined, with the reason."""
    _about(refund, "declined", _("Chưa hoàn tiền: %(name)s"), _("Lý do: %(note)s"))


@in_vietnamese
def refund_done(refund: Refund) -> None:
    _about(
        refund, "done", _("Đã hoàn %(sum)s: %(name)s"), _("Tiền đã chuyển trả. Chưa thấy thì hỏi ngân hàng theo số %(number)s.")
    )


@in_vietnamese
def refund_refused(refund: Refund) -> None:
    """To the citizen and the accountants: the bank refused the refund, so another way must be proposed."""
    _about(
        refund, "refused", _("Ngân hàng chưa hoàn được tiền: %(name)s"),
        _("Cơ quan vẫn nợ lại %(sum)s và sẽ trả bằng cách khác. Không phải làm gì."),
    )  # fmt: skip
    _accountants(
        f"refund:{refund.pk}:refused", refund.attempt, _("Ngân hàng từ chối hoàn %(sum)s"),
        _("Lần trả %(reference)s. Tiền vẫn phải trả lại: đề nghị hoàn cách khác."),
        link=_refund_link(refund), amount=refund.amount,
    )  # fmt: skip


# ------------------------------------------------------------ money by transfer


@in_vietnamese
def credit_needs_review(credit: BankCredit) -> None:
    """To the citizen, if known, and to the accountants who see the credit: it settles nothing by itself and must be reviewed."""
    if credit.attempt_id:
        _citizen(
            f"credit:{credit.pk}", credit.attempt, _("Đã nhận %(sum)s, đang xem: %(name)s"),
            _("Số tiền chuyển khác số phải trả. Tiền vẫn an toàn, đừng chuyển thêm. Kế toán xem rồi gán hoặc trả lại."),
            amount=credit.amount,
        )  # fmt: skip
    people = accountants_of(bodies_of_credit(credit))
    subject = _("Tiền chuyển khoản cần xem: %(sum)s") % {"sum": dong(credit.amount)}
    body = _("Tài khoản %(account)s, %(when)s: %(state)s. Nội dung: %(content)s") % {
        "account": credit.point.account_number, "when": moment(credit.received_at), "state": credit.get_state_display(),
        "content": credit.content[:200],
    }  # fmt: skip
    queue_messages(
        f"money:credit:{credit.pk}:wait", people, subject=subject, body=body, link=reverse("accounting:credit", args=[credit.pk])
    )


# ------------------------------------------------------------ tickets


@in_vietnamese
def complaint_opened(complaint: PaymentComplaint) -> None:
    """To its owner."""
    attempt = complaint.attempt
    subject, body = _("Có người hỏi về tiền: %(code)s"), _("Lần trả %(reference)s, %(sum)s. Tìm xem tiền ở đâu rồi trả lời.")
    _write(
        f"complaint:{complaint.pk}",
        [complaint.owner],
        attempt,
        subject,
        body,
        reverse("accounting:complaint", args=[complaint.pk]),
    )


@in_vietnamese
def complaint_answered(complaint: PaymentComplaint) -> None:
    """To the submitter of the dossier, and to the person who opened the ticket."""
    _citizen(
        f"complaint:{complaint.pk}:answer", complaint.attempt, _("Trả lời về tiền phí: %(name)s"), "%(answer)s",
        also=[complaint.opened_by], answer=complaint.answer,
    )  # fmt: skip


@in_vietnamese
def difference_opened(difference: Difference) -> None:
    """To its owner: one message a day, however many there are."""
    queue_messages(
        f"money:differences:{clock.today():%Y%m%d}", [difference.owner],
        subject=_("Có chỗ chênh lệch tiền cần xem"),
        body=_("Sổ của cổng và của bên thanh toán chưa khớp. Mở danh sách để xem từng chỗ."),
        link=reverse("accounting:differences"),
    )  # fmt: skip


# ------------------------------------------------------------ writing


def _about(refund: Refund, what: str, subject: str, body: str) -> None:
    facts = {"note": refund.note or refund.get_reason_display(), "number": refund.transaction_no or refund.request_id}
    last = refund.moves.last()
    if last and last.note:
        facts["note"] = last.note
    _citizen(f"refund:{refund.pk}:{what}", refund.attempt, subject, body, amount=refund.amount, **facts)


def _citizen(
    key: str, attempt: PaymentAttempt, subject: str, body: str, *, also: Iterable[User | None] = (), **facts: Any
) -> None:
    dossier = attempt.obligation.dossier
    theirs = messages.RECIPIENTS[Tells.SUBMITTER](dossier, None)
    people = [*theirs, *also]
    link = wording.payment_url(dossier) or reverse("dossiers:detail", args=[dossier.code])
    subject, body = _write(
        key, people, attempt, subject, body + "\n" + _("Hồ sơ %(code)s. Hỏi: %(desk)s, %(phone)s."), link, **facts
    )
    if not theirs:
        messages.mail_visitor(f"money:{key}"[:60], dossier, subject=subject, body=body)


def _accountants(
    key: str,
    attempt: PaymentAttempt,
    subject: str,
    body: str,
    *,
    link: str = "",
    people: Iterable[User] | None = None,
    **facts: Any,
) -> None:
    """To `people`; None: to all accountants of the body that collects."""
    people = list(accountants_of([attempt.collector_id])) if people is None else people
    link = link or reverse("accounting:attempt", args=[attempt.reference])
    _write(key, people, attempt, subject, body + " " + _("Hồ sơ %(code)s."), link, **facts)


def _refund_link(refund: Refund) -> str:
    return reverse("accounting:refund", args=[refund.request_id])


def _write(
    key: str,
    people: Iterable[User | None],
    attempt: PaymentAttempt,
    subject: str,
    body: str,
    link: str,
    *,
    amount: int | None = None,
    **facts: Any,
) -> tuple[str, str]:
    """Write the message; returns subject and body with the facts filled in."""
    dossier = attempt.obligation.dossier
    facts |= {
        "name": dossier.version.short_name,
        "code": dossier.code,
        "reference": attempt.reference,
        "sum": dong(attempt.amount if amount is None else amount),
        "desk": dossier.receiving_agency.desk_name or dossier.receiving_agency.name,
        "phone": dossier.receiving_agency.desk_phone,
    }
    subject, body = subject % facts, body % facts
    queue_messages(f"money:{key}"[:60], people, subject=subject, body=body, link=link)
    return subject, body
