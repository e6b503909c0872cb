"""Health checks: alive and ready; without the broker the portal is still ready."""

import datetime as dt

import pytest
from django.db import OperationalError

from portal import views
from portal.common import clock
from portal.models import Heartbeat

pytestmark = pytest.mark.django_db
TOKEN = "chi-de-thu"


@pytest.fixture
def client(client, settings):
    """Who watches the portal: reads the details."""
    settings.HEALTH_TOKEN = TOKEN
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"
    return client


@pytest.fixture(autouse=True)
def pdf_is_there(monkeypatch):
    monkeypatch.setattr(views, "pdf_available", lambda: True)


def test_alive_needs_nothing_but_the_process(client, monkeypatch):
    monkeypatch.setattr(views, "database_answers", lambda: 1 / 0)
    answer = client.get("/health/live")
    assert answer.status_code == 200 and answer.content == b"ok\n"
    assert "no-store" in answer["Cache-Control"]


def test_ready_when_database_migrations_and_files_are_there(client, monkeypatch):
    monkeypatch.setattr(views, "broker_answers", lambda: True)
    Heartbeat.beat("relay")
    answer = client.get("/health/ready")
    assert answer.status_code == 200
    assert set(answer.json()) == {"ready", "database", "clock", "migrations", "files", "broker", "relay", "pdf"}
    assert all(answer.json().values())


def test_a_relay_that_fell_silent_is_seen(client):
    Heartbeat.objects.create(name="relay", at=clock.now() - dt.timedelta(minutes=5))
    assert client.get("/health/ready").json()["relay"] is False


def test_a_broker_that_is_away_does_not_take_the_portal_down(client, settings):
    settings.REDIS_URL = settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    monkey = views.celery_app.conf.broker_url
    views.celery_app.conf.broker_url = "redis://127.0.0.1:1/0"
    try:
        answer = client.get("/health/ready")
    finally:
        views.celery_app.conf.broker_url = monkey
    assert answer.status_code == 200 and answer.json()["broker"] is False


@pytest.mark.parametrize("lack", ["database_answers", "clock_is_right", "migrations_applied", "files_writable"])
def test_not_ready_without_what_every_request_needs(client, monkeypatch, lack):
    monkeypatch.setattr(views, "broker_answers", lambda: True)
    monkeypatch.setattr(views, lack, lambda: False)
    assert client.get("/health/ready").status_code == 503


def test_a_database_that_is_away_is_an_answer_not_a_crash(monkeypatch):
    def refuse():
        raise OperationalError("connection refused")

    monkeypatch.setattr(views.connection, "cursor", refuse)
    monkeypatch.setattr(views.connection, "close", lambda: None)
    assert views.database_answers() is False


def test_a_clock_that_goes_wrong_is_seen(db, monkeypatch):
    assert views.clock_is_right()
    monkeypatch.setattr(views, "MAX_CLOCK_DIFFERENCE", dt.timedelta(0))
    assert not views.clock_is_right()


def test_a_full_disk_is_seen(settings, tmp_path):
    settings.PRIVATE_FILES_ROOT = tmp_path / "a file"
    settings.PRIVATE_FILES_ROOT.write_text("in the way")
    assert views.files_writable() is False
