"""The ways of paying offered on the page, in order: the banking app first on a phone, the QR code first on a desktop."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from dossiers.models import Dossier
from payments.attempts.lifecycle import NotPayable, open_attempt
from payments.attempts.payable import Payable
from payments.gateways import register
from payments.models import BankChoice, PayLink, PaymentAttempt, Way
from portal.common import clock

MAX_PER_HOUR = 20  # attempts of one dossier; those by pay links are counted apart from the submitter's
HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Choice:
    """One button. `slug` is the value of the form; `desk_…` are the texts for a desktop."""

    slug: str
    way: Way
    bank_choice: str
    icon: str
    title: Any
    note: Any
    desk_title: Any
    desk_note: Any
    action: Any
    desk_action: Any
    short_name: Any  # in a list of attempts
    leads: bool = False  # shown first, with a large button


def _same(slug: str, bank_choice: str, icon: str, title: Any, note: Any, action: Any, short_name: Any) -> Choice:
    return Choice(slug, Way.GATEWAY, bank_choice, icon, title, note, title, note, action, action, short_name)


CHOICES = (
    Choice(
        "ung-dung", Way.GATEWAY, BankChoice.QR, "mobile",
        gettext_lazy("Mở ứng dụng ngân hàng trên máy này"),
        gettext_lazy("Chọn ngân hàng đang dùng, xem lại số tiền rồi xác nhận."),
        gettext_lazy("Quét mã QR bằng điện thoại"),
        gettext_lazy("Mở ứng dụng ngân hàng hoặc ví trên điện thoại, quét mã rồi xác nhận."),
        gettext_lazy("Mở ứng dụng ngân hàng"), gettext_lazy("Hiện mã QR"), gettext_lazy("ứng dụng ngân hàng"), leads=True,
    ),
    Choice(
        "chuyen-khoan", Way.TRANSFER, "", "bank",
        gettext_lazy("Chuyển khoản"),
        gettext_lazy("Chép sẵn số tài khoản, số tiền, nội dung; hoặc lưu ảnh mã QR để ứng dụng tự điền."),
        gettext_lazy("Chuyển khoản bằng mã VietQR"),
        gettext_lazy("Ngân hàng nào cũng quét được. Không quét được thì gõ theo số tài khoản ghi bên cạnh mã."),
        gettext_lazy("Chuyển khoản"), gettext_lazy("Hiện mã VietQR"), gettext_lazy("chuyển khoản"),
    ),
    _same(
        "the-noi-dia", BankChoice.DOMESTIC, "card", gettext_lazy("Thẻ ATM, tài khoản ngân hàng"),
        gettext_lazy("Gõ số thẻ ở trang của cổng thanh toán. Ngân hàng gửi mã về điện thoại."),
        gettext_lazy("Trả bằng thẻ ATM"), gettext_lazy("thẻ ATM"),
    ),
    _same(
        "the-quoc-te", BankChoice.INTERNATIONAL, "card", gettext_lazy("Thẻ quốc tế"),
        gettext_lazy("Thẻ Visa, Mastercard hoặc JCB."),
        gettext_lazy("Trả bằng thẻ quốc tế"), gettext_lazy("thẻ quốc tế"),
    ),
)  # fmt: skip
BY_SLUG = {choice.slug: choice for choice in CHOICES}
_BY_FACTS: dict[tuple[str, str], Choice] = {(choice.way, choice.bank_choice): choice for choice in CHOICES}


def open_now(offer: Payable) -> list[Choice]:
    """The choices that an offer (`payable.Payable`) allows, in order."""
    return [choice for choice in CHOICES if choice.way in offer.ways]


def choice_of(attempt: PaymentAttempt) -> Choice | None:
    """The choice with which an attempt was opened; None for cash, and for a bank chosen at the gateway."""
    return _BY_FACTS.get((attempt.way, attempt.bank_choice))


def choice_by(way: str, bank_choice: str) -> Choice | None:
    """The choice with these values (`Way`, `BankChoice`), as the API names it; None if there is none."""
    return _BY_FACTS.get((way, bank_choice))


def short_name(attempt: PaymentAttempt) -> Any:
    """The way of paying of an attempt, in a few words for a list."""
    choice = choice_of(attempt)
    return choice.short_name if choice else attempt.get_way_display()


def begin(
    dossier: Dossier,
    choice: Choice,
    *,
    ip: str | None,
    language: str,
    actor: User | None = None,
    link: PayLink | None = None,
) -> tuple[PaymentAttempt, str]:
    """Open or reuse an attempt. Returns (attempt, URL of the gateway; empty for a transfer). Raises NotPayable."""
    _check_rate_limit(dossier, link)
    attempt = open_attempt(dossier, choice.way, bank_choice=choice.bank_choice, actor=actor, link=link)
    if not attempt.is_online:
        return attempt, ""
    return attempt, register.provider_of(attempt).pay_url(attempt, ip=ip, language=language)


def _check_rate_limit(dossier: Dossier, link: PayLink | None) -> None:
    by_links = {"link__isnull": link is None}  # all links of the dossier count together, or a new link would reset the limit
    begun = PaymentAttempt.objects.filter(obligation__dossier=dossier, created_at__gt=clock.now() - HOUR, **by_links)
    if begun.exclude(way=Way.COUNTER).count() >= MAX_PER_HOUR:
        raise NotPayable(_("Đã bắt đầu trả quá nhiều lần trong một giờ. Chờ một giờ rồi thử lại, hoặc trả tại quầy."))
