"""Why a role cannot end at once: its holder has dossiers in hand, which then nobody would hold."""

from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.roles import WORK_ON_DOSSIERS
from accounts.staffing import ending
from dossiers.models import Dossier
from portal.common import clock


@ending.hindrance
def holds_dossiers(membership, last_on):
    """A sentence when the role ends before today's end and its holder keeps dossiers there without another role. A later last
    day leaves time to hand them over."""
    if last_on >= clock.today() or membership.role not in WORK_ON_DOSSIERS:
        return ""
    posts = Membership.objects.current().filter(user=membership.user_id, agency=membership.agency_id, role__in=WORK_ON_DOSSIERS)
    held = Dossier.objects.alive().filter(holder=membership.user_id, holder_agency=membership.agency_id).count()
    if not held or posts.exclude(pk=membership.pk).exists():
        return ""
    return _("Người này đang giữ %(n)d hồ sơ. Giao cho người khác trước, hoặc chọn ngày cuối muộn hơn.") % {"n": held}
