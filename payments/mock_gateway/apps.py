from django.apps import AppConfig


class MockGatewayConfig(AppConfig):
    """A payment gateway that takes no money. It knows nothing of the portal, and the portal nothing of it but the wire."""

    name = "payments.mock_gateway"
    label = "mock_gateway"
    default_auto_field = "django.db.models.BigAutoField"
