"""Links by which somebody else pays, without a login. One works at a time for an obligation; its maker may take it back."""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from payments.attempts.lifecycle import NotPayable, lock_dossier
from payments.attempts.payable import payable
from payments.models import PayLink
from portal.common import clock


@transaction.atomic
def make(dossier, user):
    """A new link; the one before stops working. It never outlives the day the fee must be paid by. Raises NotPayable."""
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
def withdraw(dossier):
    """The link stops working at once. What is being paid through it goes on: money on its way is never lost."""
    _dossier, obligation = lock_dossier(dossier.pk)
    if obligation:
        _revoke(obligation)


def _revoke(obligation):
    obligation.pay_links.filter(revoked_at=None).update(revoked_at=clock.now())


def current(obligation):
    """The link that works now, or None."""
    return obligation.pay_links.filter(revoked_at=None, expires_at__gt=clock.now()).order_by("-pk").first()


def find(token):
    """The link of this token, working or not, with the dossier it is about; None when there never was one."""
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


def address(link):
    """The whole address, as it is sent on. In Vietnamese: whoever opens it chooses a language there."""
    with translation.override("vi"):
        return settings.SITE_URL + reverse("payments:help_pay", args=[link.token])
