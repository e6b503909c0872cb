from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self):
        from portal import checks  # noqa: F401  (registers the deployment checks)


class AdministrationConfig(AdminConfig):
    """Django's admin with our own site: system administrators only, and one login."""

    default_site = "portal.administration.Administration"
