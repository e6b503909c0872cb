from django.apps import AppConfig


class MockPostConfig(AppConfig):
    """A simulated postal service. It and the portal share no code: they communicate over HTTP only."""

    name = "dossiers.mock_post"
    label = "mock_post"
    default_auto_field = "django.db.models.BigAutoField"
