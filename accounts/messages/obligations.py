"""What is owed about messages and logins of staff (`portal.common.obligations`)."""

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.messages.models import Channel, Message
from accounts.models import PasswordLink, StaffRequest
from accounts.roles import Role
from portal.common import clock
from portal.common.obligations import NOT_DONE, Obligation, Owner, numbered, outbox_work

OBLIGATIONS = [
    outbox_work(
        "message", _("Thư điện tử, tin nhắn SMS phải gửi đi"),
        # an alarm that could not be sent as e-mail is in the inbox; an alarm about it would call the next one
        lambda: Message.objects.exclude(channel=Channel.INBOX).filter(**NOT_DONE).exclude(key__startswith="alarms:"), F("key"),
        of_dossier=False,
    ),
    outbox_work(
        "password_link", _("Liên kết đặt mật khẩu phải gửi đi"),
        lambda: PasswordLink.objects.filter(**NOT_DONE), numbered("request_id"), of_dossier=False,
    ),
    Obligation(
        "staff_request", _("Đề nghị về tài khoản cán bộ, chờ người thứ hai"),
        lambda: StaffRequest.objects.filter(state=StaffRequest.State.WAITING, asked_at__gt=clock.now() - StaffRequest.LIFETIME),
        "asked_at", Owner("agency", Role.AGENCY_ADMIN), numbered("id"), hours=8, of_dossier=False,
    ),
]  # fmt: skip
