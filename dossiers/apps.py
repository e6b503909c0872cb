from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DossiersConfig(AppConfig):
    name = "dossiers"
    verbose_name = _("Hồ sơ")

    def ready(self):
        from dossiers import leaving  # noqa: F401 - registers why a role cannot end yet
        from dossiers.desk import bulk_runs  # noqa: F401 - registers its worker
        from dossiers.evidence import anchors  # noqa: F401 - registers its worker
        from dossiers.models.grants import grant_after_migrate
        from dossiers.simulation import run  # noqa: F401 - registers its worker
        from dossiers.workflow import checks, followups  # noqa: F401 - importing them registers checks and workers

        grant_after_migrate.connect(self)
