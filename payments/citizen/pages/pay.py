"""The pay page: the amount, the collecting body, the deadline and the ways to pay; once paid, the receipt."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from dossiers.fees import wording
from dossiers.models import Dossier, FeeObligation
from dossiers.states import DossierState
from payments.attempts import links, ways
from payments.attempts.payable import Payable, payable
from payments.citizen.pages import refunds
from payments.citizen.pages.words import attempts_of, came_late, counter, fingerprint, is_settled
from payments.models import AttemptState, EReceipt, PayLink, PaymentAttempt, Way
from portal.common.dates import clock_time, moment
from portal.common.money import dong


@dataclass(frozen=True)
class GoingOn:
    """The open attempt, to continue, or to claim as paid."""

    reference: str
    since: str
    until: str
    how: str
    choice: ways.Choice | None
    is_transfer: bool
    is_looked_at: bool
    by_somebody_else: bool


@dataclass(frozen=True)
class Paid:
    """The payment of a settled fee, with its receipts (with a file once that is made) and refunds."""

    title: str
    text: str
    receipts: list[dict[str, str]] = field(default_factory=list)
    given_back: list[refunds.GivingBack] = field(default_factory=list)

    @property
    def awaits_receipt(self) -> bool:
        """Is a receipt file still being made?"""
        return not self.receipts or any(not receipt["href"] for receipt in self.receipts)


@dataclass(frozen=True)
class PayPage:
    """The context of the template. If `choices` is empty, nothing can be paid on the portal now; `why_not` is the reason."""

    title: str
    total: int | None
    lines: list[Any]
    collector: str
    until: str
    later: str
    choices: list[ways.Choice]
    why_not: str
    counter: dict | None
    going_on: GoingOn | None
    asked_about: list[dict[str, str]]
    link: PayLink | None
    link_address: str
    paid: Paid | None
    seen: str


def page(dossier: Dossier, user: User) -> PayPage:
    """The pay page of a dossier, for its submitter."""
    obligation: FeeObligation | None = getattr(dossier, "obligation", None)
    attempts = attempts_of(obligation) if obligation else []
    offer = payable(dossier) if obligation else None
    paid = _paid(dossier, obligation, attempts) if obligation and is_settled(obligation) else None
    link = links.current(obligation) if offer and obligation else None
    due = obligation is not None and obligation.status == FeeObligation.Status.DUE and not dossier.status.is_final
    return PayPage(
        title=_title(offer, paid),
        total=obligation.total if obligation else 0,
        lines=wording.lines_frozen(dossier) if obligation else [],
        collector=dossier.lead_agency.name,
        until=moment(dossier.payment_due_at) if offer and dossier.payment_due_at else "",
        later=later(dossier) if offer else "",
        choices=ways.open_now(offer) if offer else [],
        why_not="" if offer or paid else why_not(dossier, obligation),
        counter=counter(dossier) if obligation and due and obligation.total else None,
        going_on=_going_on(attempts, user),
        asked_about=[_asked(attempt) for attempt in attempts if _is_asked_about(attempt)] if not paid else [],
        link=link,
        link_address=links.address(link) if link else "",
        paid=paid,
        seen=fingerprint(obligation, attempts) if obligation else "",
    )


def _title(offer: Payable | None, paid: Paid | None) -> str:
    if paid:
        return paid.title
    return _("Trả phí %(sum)s") % {"sum": dong(offer.amount)} if offer else _("Trả phí")


def later(dossier: Dossier) -> str:
    """A sentence: what happens if the fee is not paid now."""
    if dossier.state == DossierState.PAYMENT_REQUIRED and dossier.payment_due_at:
        words = _(
            "Hồ sơ được giữ đến %(until)s. Trước đó có tin nhắn nhắc. Quá hạn mà chưa trả thì hồ sơ dừng lại; "
            "trước đó không mất gì."
        )
        return words % {"until": moment(dossier.payment_due_at)}
    return _("Trả lúc nào cũng được, chậm nhất trước khi nhận kết quả. Hồ sơ vẫn được xem, không chờ tiền.")


def why_not(dossier: Dossier, obligation: FeeObligation | None) -> str:
    """A sentence: why nothing can be paid on the portal."""
    if obligation is None or obligation.total == 0:
        return _("Hồ sơ này không phải trả phí.")
    if obligation.status == FeeObligation.Status.WAIVED:
        return _("Hồ sơ này được miễn phí. Không phải trả gì.")
    if dossier.status.is_final or dossier.state == DossierState.WITHDRAWN:
        return _("Hồ sơ đã dừng hoặc đang xin rút nên không phải trả nữa.")
    if obligation.total is None:
        return _("Cơ quan tính số tiền sau khi xem hồ sơ, rồi báo. Chưa phải trả gì bây giờ.")
    if obligation.status == FeeObligation.Status.PROVISIONAL:
        return _("Số tiền tạm tính. Cán bộ sẽ xem giấy chứng minh rồi báo số tiền phải trả.")
    return _("Khoản này trả bằng tiền mặt tại quầy.")


def _going_on(attempts: list[PaymentAttempt], user: User) -> GoingOn | None:
    there = [attempt for attempt in attempts if attempt.is_open]
    attempt = next((attempt for attempt in there if attempt.state == AttemptState.REVIEW), there[0] if there else None)
    if attempt is None:
        return None
    return GoingOn(
        reference=attempt.reference,
        since=moment(attempt.created_at),
        until=clock_time(attempt.expires_at) if attempt.is_online else moment(attempt.expires_at),
        how=str(ways.short_name(attempt)),
        choice=ways.choice_of(attempt),
        is_transfer=attempt.way == Way.TRANSFER,
        is_looked_at=attempt.state == AttemptState.REVIEW,
        by_somebody_else=bool(attempt.link_id) or attempt.opened_by_id != user.pk,
    )


def _is_asked_about(attempt: PaymentAttempt) -> bool:
    """It has ended here, and the gateway has not given a final answer yet."""
    return not attempt.is_open and attempt.money_taken == "checking"


def _asked(attempt: PaymentAttempt) -> dict[str, str]:
    return {"since": moment(attempt.created_at), "how": str(ways.short_name(attempt)), "reference": attempt.reference}


def _paid(dossier: Dossier, obligation: FeeObligation, attempts: list[PaymentAttempt]) -> Paid:
    title, text = paid_words(obligation, attempts)
    back = [found for attempt in attempts if (found := refunds.of_attempt(attempt))]
    return Paid(title, text, receipts_of(dossier, obligation), back)


def paid_words(obligation: FeeObligation, attempts: list[PaymentAttempt]) -> tuple[str, str]:
    """(title, sentence) of a settled fee: amount, time, payer."""
    attempt = next((attempt for attempt in attempts if attempt.settles), None)
    facts = {"sum": dong(attempt.amount if attempt else obligation.total), "when": moment(obligation.settled_at)}
    gone_back = obligation.status == FeeObligation.Status.REFUNDED
    title = _("Đã hoàn lại phí") if gone_back else _("Đã trả %(sum)s") % facts
    if attempt is None or attempt.way == Way.COUNTER:
        text = _("Nộp tại quầy lúc %(when)s. Không phải trả gì thêm.")
    elif attempt.link_id:
        text = _("Người khác đã trả giúp lúc %(when)s. Không phải trả gì thêm.")
    elif came_late(attempt):
        text = _("Tiền về muộn, lúc %(when)s, và vẫn được nhận. Không phải trả gì thêm.")
    else:
        text = _("Nhận được lúc %(when)s. Không phải trả gì thêm.")
    return title, text % facts


def receipts_of(dossier: Dossier, obligation: FeeObligation) -> list[dict[str, str]]:
    """Every e-receipt, newest first: {title, href (empty while the file is being made), note}."""
    rows = EReceipt.objects.filter(attempt__obligation=obligation).select_related("paper").order_by("-pk")
    return [_receipt(row, dossier) for row in rows]


def _receipt(row: EReceipt, dossier: Dossier) -> dict[str, str]:
    if row.paper:
        row.paper.dossier = dossier
    valid = row.state == EReceipt.State.VALID
    return {
        "title": _("Biên lai điện tử %(number)s, %(sum)s") % {"number": row, "sum": dong(row.amount)},
        "href": row.paper.get_absolute_url() if row.paper else "",
        "note": "" if valid else row.get_state_display(),
    }
