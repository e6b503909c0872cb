from django.apps import AppConfig


class MockGatewayConfig(AppConfig):
    """A simulated payment gateway. It and the portal share no code: they communicate over HTTP only."""

    name = "payments.mock_gateway"
    label = "mock_gateway"
    default_auto_field = "django.db.models.BigAutoField"
