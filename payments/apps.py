from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    name = "payments"
    verbose_name = _("Phí, lệ phí")

    def ready(self) -> None:
        from dossiers.models import grants
        from dossiers.workflow.signals import step_taken
        from payments import receivers, workers  # noqa: F401 - workers registers itself
        from payments.models import APPEND_ONLY
        from payments.receipts import paper  # noqa: F401 - tells /kiem-tra/ what a receipt is

        grants.REVOKED |= dict.fromkeys(APPEND_ONLY, "UPDATE, DELETE, TRUNCATE")
        step_taken.connect(receivers.on_step_taken, dispatch_uid="payments.receivers")
