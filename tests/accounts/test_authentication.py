"""The published demo password is accepted in the demo only."""

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from accounts.authentication import DEMO_PASSWORD
from tests import factories

pytestmark = pytest.mark.django_db


def test_the_published_password_is_refused_outside_the_demo(settings):
    user = factories.user(username="congdan9", password=DEMO_PASSWORD)
    assert authenticate(username=user.username, password=DEMO_PASSWORD) == user

    settings.DEMO = False
    assert authenticate(username=user.username, password=DEMO_PASSWORD) is None
    with pytest.raises(ValidationError):
        validate_password(DEMO_PASSWORD)


def test_demo_people_are_not_made_outside_the_demo(settings):
    settings.DEMO = False
    with pytest.raises(CommandError):
        call_command("seed_demo")


def test_production_settings_do_not_know_the_demo(monkeypatch):
    import importlib

    from portal.launch.prove import LIKE_PRODUCTION

    for name, value in LIKE_PRODUCTION.items():
        monkeypatch.setenv(name, value)
    production = importlib.import_module("portal.settings.production")
    assert production.DEMO is False
