"""Which requests read from a standby of the database. The standby of these tests is the primary under another name;
`./portalctl scale-drill` has a real one.
"""

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection, transaction
from django.urls import get_resolver

from accounts.models import Person, User
from dossiers.models import Dossier
from portal import reading
from procedures import views
from tests.dossiers.pages import browse

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(monkeypatch, settings):
    """There is a standby, and it is good. Fills up with the paths of the requests that read from it."""
    asked = []
    monkeypatch.setattr(reading, "STANDBY", "default")
    monkeypatch.setattr(reading, "is_good", lambda: True)
    may_wait = reading.may_wait
    monkeypatch.setattr(reading, "may_wait", lambda request: may_wait(request) and not asked.append(request.path))
    return asked


@pytest.mark.slow
def test_catalogue_tracking_and_lists_may_wait_and_nothing_else(asked, desk):
    dossier = desk.submitted()
    citizen, clerk = browse(dossier.submitter), browse(desk.clerk)
    for client, path in (
        (citizen, "/"),
        (citizen, "/thu-tuc/"),
        (citizen, "/tra-cuu/"),
        (citizen, "/ho-so/"),
        (clerk, "/can-bo/"),
    ):
        assert client.get(path).status_code == 200, path
    assert asked == ["/", "/thu-tuc/", "/tra-cuu/", "/ho-so/", "/can-bo/"]
    citizen.get(f"/ho-so/{dossier.code}/")
    clerk.get(f"/can-bo/ho-so/{dossier.code}/")
    citizen.get("/health/live")
    assert len(asked) == 5


def test_who_has_just_written_reads_from_the_primary(asked, desk):
    client = browse(desk.clerk)
    client.post("/can-bo/phim-tat/", {})
    mark = client.cookies[reading.COOKIE]
    assert mark["max-age"] == reading.OWN_WRITES_SECONDS > reading.MAX_LAG_SECONDS and mark["httponly"]
    client.get("/can-bo/")
    assert asked == []
    del client.cookies[reading.COOKIE]  # as the browser does after that time
    client.get("/can-bo/")
    assert asked == ["/can-bo/"]


def test_without_a_standby_nobody_is_marked(desk):
    client = browse(desk.clerk)
    client.post("/can-bo/phim-tat/", {})
    assert reading.COOKIE not in client.cookies


def test_the_router_sends_writes_and_logins_to_the_primary():
    router = reading.Router()
    assert router.db_for_read(Dossier) == "default"
    reading._from_standby.set(True)
    assert [router.db_for_read(model) for model in (Dossier, Person, User, Session)] == [
        "standby",
        "standby",
        "default",
        "default",
    ]
    assert router.db_for_write(Dossier) == "default"
    assert router.db_for_read(Dossier) == "default", "what was written in this request is read where it was written"
    assert router.allow_relation(Dossier(), User()) and not router.allow_migrate("standby", "dossiers")


def test_a_request_whose_standby_dies_is_done_again_on_the_primary(asked, monkeypatch, client):
    went, once = [], iter([OperationalError("server closed the connection unexpectedly")])

    def dying(request):
        for error in once:
            raise error
        return real(request)

    real, dying.login_required = views.home, False
    monkeypatch.setattr(reading, "went_away", went.append)
    for pattern in (found for found in _patterns() if found.callback is real):
        monkeypatch.setattr(pattern, "callback", dying)
    answer = client.get("/")
    assert answer.status_code == 200 and len(went) == 1 and asked == ["/"]


def _patterns():
    def below(resolver):
        for one in resolver.url_patterns:
            yield from below(one) if hasattr(one, "url_patterns") else [one]

    return below(get_resolver())


def test_a_standby_that_is_away_or_cut_off_is_left_alone_for_a_while(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(reading, "STANDBY", "default")
    monkeypatch.setattr(reading, "_known", {"good": True, "until": 0.0})
    with django_assert_num_queries(1):
        assert not reading.is_good() and not reading.is_good(), "the primary receives from nobody"
    monkeypatch.setattr(reading, "_known", {"good": True, "until": 0.0})
    monkeypatch.setattr(reading, "LOOK", "SELECT no_such_function(%s)")
    with transaction.atomic():
        monkeypatch.setattr(connection, "close", lambda: None)
        reading.is_good()
        transaction.set_rollback(True)
    assert not reading._known["good"] and reading._known["until"] > reading.LOOK_SECONDS
