"""`/metrics`: who reads it, what stands in it, and that alerts and board ask only for metrics that exist."""

import datetime as dt
import json
import os
import re
import socket

import pytest
import yaml
from django.conf import settings as project
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.messages.models import Message
from accounts.models import User
from portal.common import clock
from portal.metrics import counting
from portal.models import Heartbeat
from tests import factories
from tests.dossiers.pages import browse

pytestmark = pytest.mark.django_db
TOKEN = "chi-de-thu"
SAMPLE = re.compile(r'^([a-z_]+)(\{(?:[a-z]+="(?:[^"\\\n]|\\.)*",?)*\})? (\S+)$')
DEPLOY = project.BASE_DIR / "deploy"


@pytest.fixture
def read(client, settings, tmp_path, monkeypatch):
    """Function: {name with labels: number} of the page, with counts of this test alone."""
    settings.HEALTH_TOKEN, settings.VAR_DIR = TOKEN, tmp_path
    monkeypatch.setattr(counting, "_counts", counting.Counts())
    monkeypatch.setattr(counting, "FLUSH_SECONDS", 0)

    def read():
        answer = client.get("/metrics", HTTP_AUTHORIZATION=f"Bearer {TOKEN}")
        assert answer.status_code == 200 and answer["Content-Type"].startswith("text/plain; version=0.0.4")
        assert "no-store" in answer["Cache-Control"]
        lines = answer.content.decode().splitlines()
        found = [SAMPLE.match(line) for line in lines if not line.startswith("#")]
        assert all(found), lines
        return {match[1] + (match[2] or ""): float(match[3]) for match in found}

    return read


def test_without_the_token_there_is_no_such_page(client, settings):
    operator = User.objects.create_superuser("ht", full_name="Hệ Thống", password=factories.PASSWORD)
    for token in ("", TOKEN):
        settings.HEALTH_TOKEN = token
        for sent in ({}, {"HTTP_AUTHORIZATION": "Bearer "}, {"HTTP_AUTHORIZATION": "Bearer sai"}, {"HTTP_AUTHORIZATION": TOKEN}):
            assert client.get("/metrics", **sent).status_code == 404
            assert client.get("/metrics", HTTP_X_FORWARDED_FOR="127.0.0.1", **sent).status_code == 404
        assert browse(operator).get("/metrics").status_code == 404
    assert client.post("/metrics", HTTP_AUTHORIZATION=f"Bearer {TOKEN}").status_code == 405


def test_answers_are_counted_by_view_and_status_with_their_durations(read, client):
    for _ in range(3):
        client.get("/health/live")
    client.get("/khong-co-trang-nay/")
    found, own = read(), f'process="{os.getpid()}"'
    assert found[f'portal_requests_total{{{own},view="health_live",status="200"}}'] == 3
    assert found[f'portal_requests_total{{{own},view="none",status="404"}}'] == 1
    assert found[f'portal_request_seconds_count{{{own},view="health_live"}}'] == 3
    buckets = [
        found[f'portal_request_seconds_bucket{{{own},view="health_live",le="{le}"}}'] for le in (*counting.BUCKETS, "+Inf")
    ]
    assert buckets == sorted(buckets) and buckets[-1] == 3
    assert found[f'portal_request_seconds_sum{{{own},view="health_live"}}'] > 0


def test_no_address_and_no_code_stands_in_the_metrics(read, client, desk):
    dossier = desk.submitted()
    client.get(f"/ho-so/{dossier.code}/?tu-khoa=Nguyen")
    text = " ".join(read())
    assert dossier.code not in text and "Nguyen" not in text and 'view="dossiers:detail"' in text


def test_processes_are_shown_side_by_side_and_the_ended_ones_are_forgotten(read, tmp_path):
    counts = {"requests": [["home", 200, 7]], "seconds": {"home": [[7, *[0] * len(counting.BUCKETS)], 0.1]}}
    folder = tmp_path / "metrics"
    folder.mkdir()
    host = socket.gethostname()
    gone, elsewhere = folder / f"{host}-99999999.json", folder / "web-2-1.json"
    for path in (folder / f"{host}-1.json", gone, elsewhere):  # process 1 runs
        path.write_text(json.dumps(counts))
    (folder / f"{host}-{os.getppid()}.json").write_text("{")
    found = read()
    assert found['portal_requests_total{process="1",view="home",status="200"}'] == 7
    assert not any('process="99999999"' in name for name in found) and not gone.exists()
    os.utime(elsewhere, (0, 0))
    read()
    assert not elsewhere.exists()


def test_a_full_disk_breaks_no_answer(read, client, settings):
    settings.VAR_DIR = settings.VAR_DIR / "metrics-is-a-file"
    settings.VAR_DIR.write_text("")
    assert client.get("/health/live").status_code == 200


def test_queues_obligations_and_heartbeats_are_read_from_the_database(read, desk):
    moment = dt.datetime(2026, 11, 30, 8, tzinfo=clock.LOCAL)
    with clock.at(moment):
        dossier = desk.submitted()
    Message.objects.filter(recipient=desk.clerk, channel="email").update(due_state="dead")
    Heartbeat.objects.create(name="relay", at=moment)
    with clock.at(dossier.reception_due_at + dt.timedelta(minutes=1)):
        found, age = read(), (clock.now() - moment).total_seconds()
    assert found['portal_obligations{kind="reception"}'] == 1
    assert found['portal_obligations_overdue{kind="reception",owner="staff"}'] == 1
    assert found['portal_obligations_overdue{kind="acknowledgement",owner="operators"}'] == 1
    assert found['portal_obligation_age_seconds{kind="reception"}'] == age
    assert found['portal_outbox_rows{model="messaging.Message",state="dead"}'] == 1
    assert found['portal_outbox_age_seconds{model="dossiers.FollowUp"}'] == age
    assert found['portal_outbox_age_seconds{model="payments.EReceipt"}'] == 0
    assert found['portal_heartbeat_age_seconds{part="relay"}'] == age
    assert found['portal_payments_open{state="review"}'] == 0 and found['portal_alarms{answered="no"}'] == 0


def test_reading_them_costs_a_fixed_number_of_queries(read, desk):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            read()
        return len(asked)

    few = queries()
    for _ in range(3):
        desk.submitted()
    assert queries() == few <= 10


# ---------------------------------------------------------------- alerts and board
def expressions():
    rules = yaml.safe_load((DEPLOY / "alerts.yml").read_text())["groups"][0]["rules"]
    panels = json.loads((DEPLOY / "grafana.json").read_text())["panels"]
    return [rule["expr"] for rule in rules] + [target["expr"] for panel in panels for target in panel["targets"]]


def test_alerts_and_board_ask_only_for_metrics_that_exist(read, client):
    client.get("/health/live")
    Heartbeat.objects.create(name="relay", at=clock.now())
    Heartbeat.objects.create(name="alarms", at=clock.now())
    read()
    found = read()
    names = {name.partition("{")[0] for name in found}
    labels = {label for name in found for label in re.findall(r'(\w+)="', name)} | {"job"}
    asked = set(re.findall(r"portal_\w+", " ".join(expressions())))
    assert len(asked) >= 9 and asked <= names
    for expression in expressions():
        used = re.findall(r"[{,]\s*(\w+)=~?\"", expression) + re.findall(
            r"\w+", " ".join(re.findall(r"by \(([\w, ]+)\)", expression))
        )
        assert set(used) <= labels, expression
        for metric, label, value in re.findall(r'(portal_\w+)\{(\w+)="([^"]+)"\}', expression):
            assert any(name.startswith(metric) and f'{label}="{value}"' in name for name in found), expression


def test_every_alert_says_what_it_means_and_how_grave_it_is():
    rules = yaml.safe_load((DEPLOY / "alerts.yml").read_text())["groups"][0]["rules"]
    assert len({rule["alert"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule["annotations"]["summary"] and rule["labels"]["severity"] in ("page", "ticket") and rule["for"]
