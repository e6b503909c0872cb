"""The processes are started once for all tests here, and the database is emptied once: each test has dossiers of its own."""

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from tests.browser.paying import site as place


@pytest.fixture(scope="package")
def site(django_db_setup, django_db_blocker, signing_keys):
    """The portal, the gateway and the people who work here."""
    with django_db_blocker.unblock():
        name = connections["default"].settings_dict["NAME"]
        assert name.startswith(settings.DATABASES["default"]["TEST"]["NAME"]), f"«{name}» is no database to play in"
        try:
            with place.opened() as site:
                yield site
        finally:
            call_command("flush", interactive=False, verbosity=0)
            connections.close_all()


@pytest.fixture
def _django_db_helper(site):
    """In the place of pytest-django's, which would empty the tables under the running processes after each test."""
