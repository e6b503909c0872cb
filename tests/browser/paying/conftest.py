"""The processes are started once for all tests here, and the database is emptied once: each test has dossiers of its own."""

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from tests.browser.paying import site as place
from tests.browser.paying.pages import is_logged_in


@pytest.fixture(scope="package")
def site(django_db_setup, django_db_blocker, signing_keys):
    """The portal, the gateway and the people who work here."""
    with django_db_blocker.unblock():
        name = connections["default"].settings_dict["NAME"]
        assert name.startswith(settings.DATABASES["default"]["TEST"]["NAME"]), f"«{name}» is no database to play in"
        _empty()  # a run that was killed leaves its rows
        try:
            with place.opened() as site:
                yield site
        finally:
            _empty()
            connections.close_all()


def _empty():
    call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def _django_db_helper(site):
    """In the place of pytest-django's, which would empty the tables under the running processes after each test."""


@pytest.fixture
def dossier(site):
    """Filed, and waiting for its fee."""
    return site.desk.waiting()


@pytest.fixture
def phone(site, open_page, dossier):
    """The phone of the one who filed it."""
    return is_logged_in(open_page(), site, dossier.submitter)


@pytest.fixture
def faults(site):
    """Call it to turn switches of the gateway on; they are off again when the test ends."""
    yield site.gateway.faults
    site.gateway.control("reset")
