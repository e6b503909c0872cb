from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustodyConfig(AppConfig):
    name = "dossiers.custody"
    label = "custody"
    verbose_name = _("Giấy tờ gốc đang giữ")
    default_auto_field = "django.db.models.BigAutoField"
