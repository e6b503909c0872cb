"""`serve` becomes the program of a role, and `healthy` says whether it works."""

import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from portal.common import alive
from portal.launch import serve
from portal.launch.cli import main
from portal.launch.missing import Missing
from portal.launch.places import ROOT
from tests.mock_gateway.process import free_port


@pytest.fixture
def installed(places, monkeypatch):
    """A checkout with an interpreter. Its programs are not started: the list holds what would be."""
    places.python.parent.mkdir(parents=True)
    places.python.symlink_to(sys.executable)
    started = []
    monkeypatch.setattr(os, "execv", lambda program, command: started.append((program, command)))
    monkeypatch.setattr(serve, "refused", lambda places: "")
    monkeypatch.chdir(places.root)
    for name in ("DJANGO_SETTINGS_MODULE", serve.ALIVE):
        monkeypatch.setenv(name, "before")
        monkeypatch.delenv(name)
    return started


@pytest.mark.parametrize(
    ("role", "variables", "wanted"),
    [
        ("web", {"HOST": "0.0.0.0", "PORT": "8080", "WEB_PROCESSES": "4"}, "--host 0.0.0.0 --port 8080 --workers 4"),
        ("worker", {"WORKER_PROCESSES": "3"}, "-A portal worker --pool prefork --concurrency 3"),
        ("relay", {}, "manage.py relay"),
        ("gateway", {}, "--host 127.0.0.1 --port 8000 --workers 1"),
        ("post", {}, "--host 127.0.0.1 --port 8000 --workers 1"),
        ("sms", {}, "accounts.mock_sms.wsgi:application"),
    ],
)
def test_a_role_is_one_program_set_by_the_environment(places, installed, monkeypatch, role, variables, wanted):
    for name, value in {"PORT": "8000", **variables}.items():
        monkeypatch.setenv(name, value)
    serve.serve(places, role)
    ((program, command),) = installed
    assert program == str(places.python) and wanted in " ".join(command)
    own = {"gateway": "payments.mock_gateway.settings", "post": "dossiers.mock_post.settings"}
    assert os.environ["DJANGO_SETTINGS_MODULE"] == own.get(role, "portal.settings.production")


@pytest.mark.parametrize("role", ["web", "worker", "relay", "migrate"])
def test_an_environment_that_is_not_fit_ends_the_program_once_with_a_sentence_a_variable(role):
    here = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "portal.settings.production", "SITE_URL": "http://cong.vn"}
    done = subprocess.run(
        [sys.executable, ROOT / "portalctl", "serve", role], env=here, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert done.stderr.count("SECRET_KEY: is missing.") == 1 and done.stderr.count("SITE_URL: must be") == 1


@pytest.mark.parametrize("number", ["0", "-1", "hai", "٢"])
def test_a_number_that_is_none_is_named(places, installed, monkeypatch, number):
    monkeypatch.setenv("WORKER_PROCESSES", number)
    with pytest.raises(Missing, match="WORKER_PROCESSES"):
        serve.serve(places, "worker")
    assert installed == []


def test_without_the_packages_it_is_said_how_to_get_them(places):
    with pytest.raises(Missing, match="requirements/run.txt"):
        serve.serve(places, "web")


@pytest.mark.parametrize("words", [["serve", "gunicorn"], ["healthy", "postgres"]])
def test_an_unknown_role_is_refused(words, capsys):
    with pytest.raises(SystemExit):
        main(words)
    assert words[1] in capsys.readouterr().err


@pytest.mark.parametrize("role", ["worker", "relay"])
def test_a_worker_is_healthy_while_it_touches_its_file(places, monkeypatch, tmp_path, capsys, role):
    file = tmp_path / "alive"
    monkeypatch.setenv(serve.ALIVE, str(file))
    assert serve.healthy(places, role) == 1
    alive.beat()
    assert serve.healthy(places, role) == 0
    old = file.stat().st_mtime - serve.MAX_SILENCE_SECONDS - 1
    os.utime(file, (old, old))
    assert serve.healthy(places, role) == 1 and role in capsys.readouterr().err


def test_no_file_and_a_full_disk_do_not_stop_the_work(monkeypatch, tmp_path):
    monkeypatch.delenv(serve.ALIVE, raising=False)
    alive.beat()
    monkeypatch.setenv(serve.ALIVE, str(tmp_path / "nowhere" / "alive"))
    alive.beat()
    assert not list(tmp_path.iterdir())


def test_the_web_is_asked_as_the_proxy_asks_it(places, monkeypatch):
    asked = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, self.headers["Host"], self.headers["X-Forwarded-Proto"]))
            self.send_response(200 if len(asked) == 1 else 500)
            self.end_headers()

        def log_message(self, *words):
            return

    server = HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("PORT", str(server.server_port))
    monkeypatch.setenv("SITE_URL", "https://portal.example")
    assert serve.healthy(places, "web") == 0 and asked == [("/health/live", "portal.example", "https")]
    assert serve.healthy(places, "web") == 1
    server.shutdown()
    server.server_close()
    monkeypatch.setenv("PORT", str(free_port()))
    assert serve.healthy(places, "web") == 1


def test_production_does_not_start_without_its_environment():
    process = subprocess.run(
        [sys.executable, "portalctl", "serve", "relay"],
        env={"PATH": os.environ["PATH"]}, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert process.returncode == 1 and "DATABASE_URL: is missing." in process.stderr
