"""Who may log in with a password: everybody it belongs to, but never with the one printed in the README."""

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

DEMO_PASSWORD = "Demo-2026!"  # published: only worth anything where DEMO is set


def is_refused(password):
    """The published demo password counts only where the demo runs."""
    return password == DEMO_PASSWORD and not getattr(settings, "DEMO", False)


class PasswordBackend(ModelBackend):
    """Django's own, which does not even look at an account when somebody brings the published password outside the demo."""

    def authenticate(self, request, username=None, password=None, **kwargs):
        if is_refused(password):
            return None
        return super().authenticate(request, username=username, password=password, **kwargs)


class NotPublished:
    """Password validator: nobody chooses the password of the README."""

    def validate(self, password, user=None):
        if is_refused(password):
            raise ValidationError(self.get_help_text(), code="password_published")

    def get_help_text(self):
        return _("Mật khẩu này in trong tài liệu, ai cũng biết. Chọn mật khẩu khác.")
