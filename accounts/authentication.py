"""Password login. The demo password published in the README is refused unless settings.DEMO is on."""

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

DEMO_PASSWORD = "Demo-2026!"  # published in the README: accepted only where DEMO is on


def is_refused(password):
    """True for the published demo password where DEMO is off."""
    return password == DEMO_PASSWORD and not getattr(settings, "DEMO", False)


class PasswordBackend(ModelBackend):
    """Django's backend, but outside the demo the published password is refused before any account is read."""

    def authenticate(self, request, username=None, password=None, **kwargs):
        if is_refused(password):
            return None
        return super().authenticate(request, username=username, password=password, **kwargs)


class NotPublished:
    """Password validator: the published demo password cannot be chosen."""

    def validate(self, password, user=None):
        if is_refused(password):
            raise ValidationError(self.get_help_text(), code="password_published")

    def get_help_text(self):
        return _("Mật khẩu này in trong tài liệu, ai cũng biết. Chọn mật khẩu khác.")
