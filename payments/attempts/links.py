"""Pay links: another person pays without a login. One link is valid at a time for an obligation; it can be withdrawn."""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from dossiers.models import Dossier, FeeObligation
from payments.attempts.lifecycle import NotPayable, lock_dossier
from payments.attempts.payable import payable
from payments.models import PayLink
from portal.common import clock


@transaction.atomic
def make(dossier: Dossier, user: User) -> PayLink:
    """Create a link and revoke the previous one. It is valid until the payment deadline at the latest. Raises NotPayable."""
    dossier, obligation = lock_dossier(dossier.pk)
    if payable(dossier) is None:
        raise NotPayable(_("Bây giờ không có khoản nào phải trả trên mạng."))
    _revoke(obligation)
    now = clock.now()
    ends = now + dt.timedelta(seconds=settings.PAYMENT_TIMES["link_window"])
    last = dossier.payment_due_at
    return PayLink.objects.create(
        obligation=obligation, created_by=user, created_at=now, expires_at=min(ends, last) if last and last > now else ends
    )


@transaction.atomic
def withdraw(dossier: Dossier) -> None:
    """Revoke the link. Attempts that were opened through it continue."""
    _dossier, obligation = lock_dossier(dossier.pk)
    if obligation:
        _revoke(obligation)


def _revoke(obligation: FeeObligation) -> None:
    obligation.pay_links.filter(revoked_at=None).update(revoked_at=clock.now())


def current(obligation: FeeObligation) -> PayLink | None:
    """The valid link of an obligation, or None."""
    return obligation.pay_links.filter(revoked_at=None, expires_at__gt=clock.now()).order_by("-pk").first()


def find(token: str) -> PayLink | None:
    """The link with this token, valid or not, with its dossier; None if there is none."""
    link = (
        PayLink.objects.select_related(
            "obligation__dossier__version__procedure",
            "obligation__dossier__offering__terminal",
            "obligation__dossier__lead_agency",
            "obligation__dossier__receiving_agency__hours",
        )
        .filter(token=token)
        .first()
    )
    if link:
        link.obligation.dossier.obligation = link.obligation
    return link


def address(link: PayLink) -> str:
    """The absolute URL of the link, always of the Vietnamese page (which offers other languages)."""
    with translation.override("vi"):
        return settings.SITE_URL + reverse("payments:help_pay", args=[link.token])
