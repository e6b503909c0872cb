from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import pre_migrate


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self):
        from portal import checks, kept, older_data, sliding  # noqa: F401  (they register checks and receivers of logins)

        pre_migrate.connect(older_data.refuse, sender=self)


class AdministrationConfig(AdminConfig):
    """Django's admin with our own site (`portal.administration`)."""

    default_site = "portal.administration.Administration"
