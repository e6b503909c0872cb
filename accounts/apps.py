from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Người và cơ quan")

    def ready(self):
        from accounts import sessions  # noqa: F401 - receivers of logins and locks
        from accounts.staffing import links  # noqa: F401 - registers the worker of password links
