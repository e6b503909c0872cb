"""How a dossier ended without what was asked for, and what becomes of the money, in sentences for page, message, paper and API.

`payments` does what they say, in the transaction of the closing step: it cancels open attempts and proposes to give back the
lines that are refundable on the occasion; an accountant of the collecting body decides; the payer is told.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from dossiers.fees.wording import note_on_refunds
from dossiers.models import Dossier, Event, FeeObligation
from dossiers.states import DossierState as S
from portal.common.identity import phone_for_display
from portal.common.money import dong

# {step that ends a dossier without what was asked for: the word in `refundable_on` of a fee line}
OCCASIONS = {
    "refuse_receipt": "refused", "refuse_substance": "refused", "confirm_withdrawal": "withdrawn", "stop": "stopped",
    "supplement_timeout": "stopped", "payment_timeout": "stopped",
}  # fmt: skip
DAYS_BEFORE_ASKING = 5  # working days


@dataclass(frozen=True)
class MoneyAtEnd:
    """`paid`, `goes_back`, `kept`: whole đồng, by the rules. `approved`: what an accountant has approved to give back."""

    paid: int
    goes_back: int
    approved: int
    sentences: list[str]
    ask: str  # whom to ask, as a sentence; empty when there is nothing to ask
    href: str  # where the payer sees how far the refund is; empty when nothing goes back

    @property
    def kept(self) -> int:
        return self.paid - self.goes_back

    @property
    def text(self) -> str:
        return " ".join(filter(None, [*self.sentences, self.ask]))


def closing_event(dossier: Dossier) -> Event | None:
    """The event that ended the dossier without what was asked for, with its texts; None while it goes on or has its result."""
    if dossier.state in (S.NOT_ACCEPTED, S.STOPPED):
        return _last(dossier, OCCASIONS)
    if dossier.state not in (S.COMPLETED, S.RETURNED):
        return None
    decision = dossier.decisions.last()
    refused = decision is not None and decision.outcome == decision.Outcome.REFUSED
    return _last(dossier, ["refuse_substance"]) if refused else None


def _last(dossier: Dossier, steps: Iterable[str]) -> Event | None:
    return dossier.events.filter(step__in=list(steps)).select_related("text").order_by("sequence").last()


def money(dossier: Dossier, step: str) -> MoneyAtEnd:
    """What becomes of the fee after this closing step, in sentences."""
    obligation: FeeObligation | None = getattr(dossier, "obligation", None)
    if obligation is None or obligation.total == 0 or obligation.status == FeeObligation.Status.WAIVED:
        return MoneyAtEnd(0, 0, 0, [_("Hồ sơ này không phải trả phí, nên không có khoản nào phải hoàn.")], "", "")
    if not obligation.is_paid:
        return MoneyAtEnd(0, 0, 0, _unpaid(obligation), "", "")
    total = obligation.total or 0
    back = min(sum(line.amount or 0 for line in obligation.lines_refundable_on(OCCASIONS[step])), total)
    approved = total - obligation.settled_amount
    facts = {
        "sum": dong(back or total), "kept": dong(total - back), "approved": dong(approved), "body": dossier.lead_agency.name,
        "days": DAYS_BEFORE_ASKING, "ask": whom_to_ask(dossier),
    }  # fmt: skip
    if back:
        said, ask = _going_back(obligation, back, approved), _("Sau %(days)d ngày làm việc chưa có tin, hỏi %(ask)s.")
    else:
        said, ask = [_("Đã trả %(sum)s. Theo quy định của thủ tục này, khoản đó không được hoàn.")], _("Chưa rõ thì hỏi %(ask)s.")
    sentences = [text % facts for text in said]
    note = note_on_refunds(dossier, [{"amount": total}])
    return MoneyAtEnd(
        total, back, approved, [*sentences, note] if note else sentences, ask % facts, _payment_page(dossier) if back else ""
    )


def _unpaid(obligation: FeeObligation) -> list[str]:
    if obligation.is_due:  # refused in substance: the notice is handed out when nothing is owed
        return [_("Chưa trả phí %(sum)s: khoản này phải trả trước khi nhận thông báo.") % {"sum": dong(obligation.total)}]
    said = [_("Chưa trả khoản nào, và hồ sơ đã khép nên không phải trả nữa.")]
    if obligation.attempt_open:
        said.append(_("Nếu ngân hàng vẫn trừ tiền của lần trả đang dở, tiền đó được trả lại."))
    return said


def _going_back(obligation: FeeObligation, back: int, approved: int) -> list[str]:
    if approved:
        said = [_("Kế toán của %(body)s đã duyệt hoàn %(approved)s.")]
    else:
        said = [
            _("Được hoàn lại %(sum)s."),
            _("Cổng đã gửi đề nghị hoàn tới kế toán của %(body)s; duyệt xong và trả xong đều có tin nhắn."),
        ]
    if obligation.status == FeeObligation.Status.PAID_AT_COUNTER:
        said.append(_("Tiền nộp tại quầy do kế toán trả lại."))
    else:
        said.append(_("Trả bằng thẻ hay ứng dụng thì tiền về đúng thẻ, tài khoản đó; chuyển khoản thì kế toán chuyển trả."))
    if back < (obligation.total or 0):
        said.append(_("Phần không được hoàn: %(kept)s."))
    return [*said, _("Không phải làm gì thêm.")]


def whom_to_ask(dossier: Dossier) -> str:
    """The desk and its phone number."""
    desk = dossier.receiving_agency
    phone = phone_for_display(desk.desk_phone) if desk.desk_phone else ""
    return ", ".join(filter(None, [desk.desk_name or desk.name, phone]))


def _payment_page(dossier: Dossier) -> str:
    try:
        return reverse("payments:pay", args=[dossier.code])
    except NoReverseMatch:  # without `payments` there is no such page
        return ""
