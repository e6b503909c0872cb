"""Checks of a deployment, beside Django's own: nothing of the demo."""

from django.conf import settings
from django.core.checks import Error, Tags, register


@register(Tags.security, deploy=True)
def nothing_of_the_demo(app_configs, **kwargs):
    """Production never runs with demo people."""
    if getattr(settings, "DEMO", False):
        return [Error("DEMO is on: the portal would accept the published demo passwords.", id="portal.E001")]
    return []
