"""The page of a pay link: amount, code of the dossier, procedure, body. No personal data."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from dossiers.models import FeeObligation
from payments import outcomes
from payments.attempts import ways
from payments.attempts.payable import Payable, payable
from payments.attempts.references import grouped_reference
from payments.citizen.pages.words import attempts_of, fingerprint, is_settled
from payments.models import PayLink, PaymentAttempt, Way
from payments.models.states import AttemptState
from portal.common.dates import moment


@dataclass(frozen=True)
class HelpPage:
    """`over`: (title, sentence) why nothing can be paid, or None. `mine`: the last attempt made through this link."""

    code: str
    about: str
    collector: str
    amount: int
    until: str
    choices: list[ways.Choice]
    over: tuple | None
    is_over: bool  # the link itself no longer works
    paid: bool
    mine: dict | None
    somebody_pays: bool
    seen: str


def page(link: PayLink) -> HelpPage:
    """The page of this link now."""
    obligation, dossier = link.obligation, link.obligation.dossier
    attempts = attempts_of(obligation)
    offer = payable(dossier) if link.usable else None
    open_now = next((attempt for attempt in attempts if attempt.is_open), None)
    looked_at = open_now is not None and open_now.state == AttemptState.REVIEW
    mine = [attempt for attempt in attempts if attempt.link_id == link.pk]
    return HelpPage(
        code=dossier.code,
        about=dossier.version.short_name,
        collector=dossier.lead_agency.name,
        amount=obligation.total,
        until=moment(link.expires_at),
        choices=ways.open_now(offer) if offer and not looked_at else [],
        over=_over(link, obligation, offer, looked_at),
        is_over=not link.usable and not is_settled(obligation),
        paid=is_settled(obligation),
        mine=_mine(mine[-1]) if mine else None,
        somebody_pays=open_now is not None and open_now.link_id != link.pk,
        seen=fingerprint(obligation, attempts),
    )


def seen(link: PayLink) -> str:
    """The fingerprint of the state of this payment."""
    return fingerprint(link.obligation, attempts_of(link.obligation))


def _over(link: PayLink, obligation: FeeObligation, offer: Payable | None, looked_at: bool) -> tuple[str, str] | None:
    if is_settled(obligation):
        return _("Khoản này đã trả xong"), _("Không phải trả gì thêm. Cảm ơn đã giúp.")
    if link.revoked_at:
        return _("Đường dẫn này không còn dùng"), _(
            "Người nhờ đã lấy lại hoặc đổi đường dẫn. Hỏi lại người đó để lấy đường dẫn mới."
        )
    if not link.usable:
        return _("Đường dẫn này đã hết hạn"), _("Hồ sơ không mất gì. Hỏi người nhờ để lấy đường dẫn mới.")
    if looked_at:
        return _("Đang kiểm tra một lần trả trước"), _("Đừng trả thêm. Có kết quả thì người nhờ nhận được tin.")
    if offer is None and obligation.may_be_paid:
        return _("Nơi này đang tạm ngừng thu phí trên mạng"), _("Trả tiền mặt tại quầy, hoặc mở lại đường dẫn này sau.")
    if offer is None:
        return _("Bây giờ không phải trả khoản này"), _("Hồ sơ không chờ tiền nữa. Hỏi lại người nhờ nếu cần.")
    return None


def _mine(attempt: PaymentAttempt) -> dict[str, Any]:
    """The outcome of the last attempt through this link."""
    outcome = outcomes.of_attempt(attempt)
    return {
        "headline": outcome.headline, "sentence": outcome.sentence, "tone": outcome.tone,
        "money": outcomes.money_word(attempt.money_taken), "code": grouped_reference(attempt.reference),
        "waits": outcome.money == outcomes.CHECKING,
        "is_transfer": attempt.is_open and attempt.way == Way.TRANSFER,
    }  # fmt: skip
