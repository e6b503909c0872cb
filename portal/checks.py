"""System checks: no demo and no mock gateway in production, and a worker for every kind of outbox row."""

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register

from portal.common import outbox
from portal.settings.mock import signs_of_another_mock, signs_of_the_mock


@register(Tags.security, deploy=True)
def nothing_of_the_demo(app_configs, **kwargs):
    """E001: DEMO must be off in production."""
    if getattr(settings, "DEMO", False):
        return [Error("DEMO is on: the portal would accept the published demo passwords.", id="portal.E001")]
    return []


@register(Tags.security, deploy=True)
def nothing_of_the_mock_gateway(app_configs, **kwargs):
    """E002, E003: production must not use published secrets, an address of a mock, or tables of the mock gateway."""
    addresses = {"VNPAY_PAY_URL": settings.VNPAY_PAY_URL, "VNPAY_API_URL": settings.VNPAY_API_URL}
    read_from = {"BANK_STATEMENT_URL": settings.BANK_STATEMENT_URL, "SETTLEMENT_URL": settings.SETTLEMENT_URL}
    addresses |= {name: address for name, address in read_from.items() if address}
    signs = signs_of_the_mock(settings.VNPAY_SECRETS, addresses)
    signs += signs_of_another_mock("POST", settings.POST_API_URL, settings.POST_SECRET)
    signs += signs_of_another_mock("SMS", settings.SMS_API_URL, settings.SMS_SECRET)
    found = [Error(sentence, id="portal.E002") for sentence in signs]
    if "payments.mock_gateway" in settings.INSTALLED_APPS:
        found.append(Error("The mock gateway is installed.", id="portal.E003"))
    return found


@register(Tags.security, deploy=True)
def no_gateway_for_trying_out(app_configs, **kwargs):
    """W001: a sandbox of the gateway accepts published test cards. Allowed for a trial, not for real receipts."""
    if "sandbox" in settings.VNPAY_PAY_URL or "sandbox" in settings.VNPAY_API_URL:
        return [Warning("VNPAY_PAY_URL or VNPAY_API_URL is a sandbox: anybody can pay with a test card.", id="portal.W001")]
    return []


@register(Tags.security, deploy=True)
def webhooks_stay_away_from_this_machine(app_configs, **kwargs):
    """E005: a webhook to a loopback address would reach what listens for this machine only."""
    if settings.WEBHOOK_LOOPBACK:
        return [Error("WEBHOOK_LOOPBACK is on: webhooks could reach this machine.", id="portal.E005")]
    return []


@register()
def every_owed_row_has_a_worker(app_configs, **kwargs):
    """E004: without a registered worker the rows of a model would never be done."""
    return [
        Error(f"No worker is registered for {model._meta.label}.", hint="@outbox.worker, imported in ready()", id="portal.E004")
        for model in outbox.models_without_worker()
    ]
