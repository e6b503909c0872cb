from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import pre_migrate


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self):
        # Celery's application is the one of every task; the others register checks and receivers of logins.
        from portal import celery, checks, kept, older_data, sliding  # noqa: F401

        pre_migrate.connect(older_data.refuse, sender=self)


class AdministrationConfig(AdminConfig):
    """Django's admin with our own site (`portal.administration`)."""

    default_site = "portal.administration.Administration"
