"""Refunds as shown to the payer: amount, state, who must act."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from payments.models import PaymentAttempt, Refund, RefundWay
from payments.models.states import RefundState
from portal.common.dates import moment
from portal.common.money import dong

R = RefundState


@dataclass(frozen=True)
class GivingBack:
    """One refund as shown to the payer. `open`: it has not ended."""

    title: str
    text: str
    tone: str
    open: bool


def of_attempt(attempt: PaymentAttempt) -> GivingBack | None:
    """The last refund of an attempt, also if declined or refused, as `GivingBack`; None if there is none."""
    rows = list(attempt.refunds.all())
    return describe(rows[-1], attempt) if rows else None


def describe(refund: Refund, attempt: PaymentAttempt) -> GivingBack:
    """One refund as `GivingBack`."""
    facts = {
        "refused": any(row.state == R.REFUSED for row in attempt.refunds.all()),
        "sum": dong(refund.amount), "body": attempt.collector.name, "why": refund.note,
        "sent": moment(refund.sent_at) if refund.sent_at else "", "done": moment(refund.done_at) if refund.done_at else "",
    }  # fmt: skip
    title, text, tone = _DESCRIPTIONS[refund.state](refund, facts)
    return GivingBack(title, text, tone, refund.is_open or refund.state == R.REFUSED)


def _waiting(refund: Refund, facts: Mapping[str, Any]) -> tuple[str, str, str]:
    by_two = _("Việc hoàn tiền cần hai người của %(body)s. Người thứ hai đang xem.")
    by_itself = _("Cổng đã tự đề nghị. Kế toán của %(body)s đang xem để duyệt.")
    words = by_two if refund.requested_by_id else by_itself
    if facts["refused"]:
        words = _("Ngân hàng không trả về được. Tiền vẫn là của người trả: kế toán của %(body)s đang xem để trả bằng cách khác.")
    return _("Đang chờ duyệt hoàn %(sum)s") % facts, words % facts, "info"


def _approved(refund: Refund, facts: Mapping[str, Any]) -> tuple[str, str, str]:
    by_hand = refund.way == RefundWay.BY_HAND
    how = _("Kế toán của %(body)s sẽ chuyển trả.") if by_hand else _("Máy đang gửi yêu cầu tới cổng thanh toán.")
    return _("Đã duyệt hoàn %(sum)s") % facts, how % facts, "info"


def _sent(refund: Refund, facts: Mapping[str, Any]) -> tuple[str, str, str]:
    words = _("Đã gửi ngân hàng lúc %(sent)s. Tiền về đúng thẻ hoặc tài khoản đã trả, thường sau vài ngày làm việc.")
    return _("Đang hoàn %(sum)s") % facts, words % facts, "info"


def _unknown(refund: Refund, facts: Mapping[str, Any]) -> tuple[str, str, str]:
    words = _("Đã gửi yêu cầu, chưa có câu trả lời chắc chắn. Máy đang hỏi lại cổng thanh toán, không gửi lần thứ hai.")
    return _("Đang hoàn %(sum)s") % facts, words, "info"


def _done(refund: Refund, facts: Mapping[str, Any]) -> tuple[str, str, str]:
    if refund.way == RefundWay.BY_HAND:
        text = _("Kế toán của %(body)s đã trả lại lúc %(done)s.") % facts
    else:
        text = _("Ngân hàng báo xong lúc %(done)s. Tiền về đúng thẻ hoặc tài khoản đã trả.") % facts
    return _("Đã hoàn %(sum)s") % facts, text, "ok"


def _refused(refund: Refund, facts: Mapping[str, Any]) -> tuple[str, str, str]:
    words = _("Ngân hàng không trả về được. Tiền vẫn là của người trả: kế toán của %(body)s sẽ trả bằng cách khác.")
    return _("Chưa hoàn được %(sum)s") % facts, words % facts, "warn"


def _declined(refund: Refund, facts: Mapping[str, Any]) -> tuple[str, str, str]:
    said = _("Không hoàn %(sum)s") % facts
    return said, (_("%(body)s ghi: “%(why)s”") if refund.note else _("Hỏi %(body)s để biết vì sao.")) % facts, "warn"


_DESCRIPTIONS = {
    R.REQUESTED: _waiting,
    R.APPROVED: _approved,
    R.SENT: _sent,
    R.PROCESSING: _sent,
    R.UNKNOWN: _unknown,
    R.DONE: _done,
    R.REFUSED: _refused,
    R.DECLINED: _declined,
}
