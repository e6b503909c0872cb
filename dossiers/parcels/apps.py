from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ParcelsConfig(AppConfig):
    name = "dossiers.parcels"
    label = "parcels"
    verbose_name = _("Bưu gửi")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from dossiers.parcels import asking, sending  # noqa: F401 - register their workers
