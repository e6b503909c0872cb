"""The ways of paying as people choose them, in order: on a phone the banking app first, on a desktop the QR code first."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments.attempts.lifecycle import NotPayable, open_attempt
from payments.gateways import register
from payments.models import BankChoice, PaymentAttempt, Way
from portal.common import clock

MOST_AN_HOUR = 20  # attempts begun by the submitter's side, and by links: apart, so that neither stops the other
HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Choice:
    """One button. Titles and notes differ by device where the hand does different things; `slug` is what the form sends."""

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
    named: Any  # in a list of what was tried
    leads: bool = False  # stands first, with a large button


def _same(slug, bank_choice, icon, title, note, action, named):
    return Choice(slug, Way.GATEWAY, bank_choice, icon, title, note, title, note, action, action, named)


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
_BY_FACTS = {(choice.way, choice.bank_choice): choice for choice in CHOICES}


def open_now(offer):
    """The choices of what may be paid (`payable.Payable`), in order."""
    return [choice for choice in CHOICES if choice.way in offer.ways]


def choice_of(attempt):
    """The choice an attempt began with; None for cash, and for a bank chosen at the gateway."""
    return _BY_FACTS.get((attempt.way, attempt.bank_choice))


def choice_by(way, bank_choice):
    """The choice of these facts, as machines name it; None when there is no such."""
    return _BY_FACTS.get((way, bank_choice))


def named(attempt):
    """How this attempt pays, in a few words for a list."""
    choice = choice_of(attempt)
    return choice.named if choice else attempt.get_way_display()


def begin(dossier, choice, *, ip, language, actor=None, link=None):
    """Begin (or go on with) an attempt. Returns (attempt, the gateway's address; empty for a transfer). Raises NotPayable."""
    _not_too_often(dossier, link)
    attempt = open_attempt(dossier, choice.way, bank_choice=choice.bank_choice, actor=actor, link=link)
    if not attempt.is_online:
        return attempt, ""
    return attempt, register.provider_of(attempt).pay_url(attempt, ip=ip, language=language)


def _not_too_often(dossier, link):
    by_links = {"link__isnull": link is None}  # all links together: a new one is no way round
    begun = PaymentAttempt.objects.filter(obligation__dossier=dossier, created_at__gt=clock.now() - HOUR, **by_links)
    if begun.exclude(way=Way.COUNTER).count() >= MOST_AN_HOUR:
        raise NotPayable(_("Đã bắt đầu trả quá nhiều lần trong một giờ. Chờ một giờ rồi thử lại, hoặc trả tại quầy."))
