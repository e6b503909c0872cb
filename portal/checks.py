"""System checks beside Django's own: nothing of the demo in production, and no owed row without a worker."""

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register

from portal.common import outbox
from portal.settings.mock import signs_of_the_mock


@register(Tags.security, deploy=True)
def nothing_of_the_demo(app_configs, **kwargs):
    """Production never runs with demo people."""
    if getattr(settings, "DEMO", False):
        return [Error("DEMO is on: the portal would accept the published demo passwords.", id="portal.E001")]
    return []


@register(Tags.security, deploy=True)
def nothing_of_the_mock_gateway(app_configs, **kwargs):
    """Production never takes play money for a fee: no published secret, no gateway of our own, none of its tables."""
    addresses = {"VNPAY_PAY_URL": settings.VNPAY_PAY_URL, "VNPAY_API_URL": settings.VNPAY_API_URL}
    read_from = {"BANK_STATEMENT_URL": settings.BANK_STATEMENT_URL, "SETTLEMENT_URL": settings.SETTLEMENT_URL}
    addresses |= {name: address for name, address in read_from.items() if address}
    found = [Error(sentence, id="portal.E002") for sentence in signs_of_the_mock(settings.VNPAY_SECRETS, addresses)]
    if "payments.mock_gateway" in settings.INSTALLED_APPS:
        found.append(Error("The mock gateway is installed.", id="portal.E003"))
    return found


@register(Tags.security, deploy=True)
def no_gateway_for_trying_out(app_configs, **kwargs):
    """A sandbox takes published test cards: good for a trial, never for a portal that gives real receipts."""
    if "sandbox" in settings.VNPAY_PAY_URL or "sandbox" in settings.VNPAY_API_URL:
        return [Warning("VNPAY_PAY_URL or VNPAY_API_URL is a sandbox: anybody can pay with a test card.", id="portal.W001")]
    return []


@register()
def every_owed_row_has_a_worker(app_configs, **kwargs):
    """A kind of owed row without a registered worker would wait for ever."""
    return [
        Error(f"No worker is registered for {model._meta.label}.", hint="@outbox.worker, imported in ready()", id="portal.E004")
        for model in outbox.kinds_without_worker()
    ]
