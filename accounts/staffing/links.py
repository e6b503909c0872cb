"""One-time links with which a member of staff sets their own password. Nobody else ever sees the link or the password."""

import hashlib
import secrets

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.messages.models import queue_messages
from accounts.models import PasswordLink, User
from accounts.staffing.requests import void_links
from portal.common import clock, outbox
from portal.common.dates import moment

TOKEN_BYTES = 24  # 192 random bits


@outbox.worker(PasswordLink)
def send_link(link):
    """E-mail a new link to the owner. The token exists in the e-mail only; when sending fails, the next try makes another one."""
    user = link.request.user
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link.token_sha256, link.expires_at = _digest(token), clock.now() + PasswordLink.LIFETIME
    link.save(update_fields=["token_sha256", "expires_at"])
    with override("vi"):
        address = settings.SITE_URL + reverse("accounts:password_link", args=[token])
        EmailMessage(
            subject=_("Đặt mật khẩu cho tài khoản %(login)s") % {"login": user.username},
            body=_(
                "Mở liên kết này để tự đặt mật khẩu. Liên kết dùng được một lần, đến %(until)s.\n\n%(address)s\n\n"
                "Không chuyển thư này cho ai. Cán bộ quản trị không bao giờ hỏi mật khẩu hay liên kết này."
            )
            % {"until": moment(link.expires_at), "address": address},
            to=[user.email],
        ).send()


def find(token):
    """The open link with this token, or None."""
    link = PasswordLink.objects.select_related("request__user").filter(token_sha256=_digest(token)).first()
    return link if link and _works(link) else None


def find_again(pk):
    """The open link with this id, which a session keeps instead of the token; or None."""
    link = PasswordLink.objects.select_related("request__user").filter(pk=pk).first()
    return link if link and _works(link) else None


@transaction.atomic
def set_password(link, password):
    """Set the password of the link's owner and use the link up. Their open sessions end. False when the link no longer works."""
    link = PasswordLink.objects.select_for_update(of=("self",)).select_related("request").get(pk=link.pk)
    user = User.objects.select_for_update().get(pk=link.request.user_id)
    if not link.is_open or not user.is_active:
        return False
    user.set_password(password)
    user.save(update_fields=["password"])
    link.used_at = clock.now()
    link.save(update_fields=["used_at"])
    void_links(user)
    queue_messages(
        f"staff:{link.request_id}:set",
        [user],
        subject=_("Mật khẩu của anh/chị đã được đặt lại"),
        body=_(
            "Mật khẩu vừa được đặt bằng liên kết gửi tới thư điện tử này. Nếu không phải anh/chị, báo ngay cho quản trị cơ quan."
        ),
    )
    return True


def _works(link):
    return link.is_open and link.request.user.is_active


def _digest(token):
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
