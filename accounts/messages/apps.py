from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MessagesConfig(AppConfig):
    name = "accounts.messages"
    label = "messaging"
    verbose_name = _("Tin nhắn")

    def ready(self):
        from accounts.messages import sending  # noqa: F401 - registers the worker of messages
