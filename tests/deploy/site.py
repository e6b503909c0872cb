"""The services of docker-compose.yml as processes of this machine: the same command lines, environment and proxy file.

What differs is written in `_elsewhere` and `_proxy_file`: addresses and folders of containers become those of this machine.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from urllib.parse import quote

import httpx

from portal.launch.places import ROOT, Places
from portal.launch.postgres import find_binaries
from portal.launch.prove import program
from portal.launch.valkey import find_program
from tests.deploy import files
from tests.deploy.mail import MailCatcher
from tests.mock_gateway.process import free_port
from tests.processes import Processes, wait_for


class Site(Processes):
    """`cluster`: {host, user} of the server of the tests; `dump`: a migrated database as SQL, or None. End: `stop_all`."""

    def __init__(self, cluster, dump):
        super().__init__()
        self.folder.chmod(0o755)
        self.cluster, self.dump = cluster, dump
        self.database = f"deploy_{os.getpid()}"
        self.mail = MailCatcher()
        self.port, self.web_port, self.plain_port = free_port(), free_port(), free_port()
        self.address = f"https://127.0.0.1:{self.port}"
        self.services = files.compose(
            files.FILLED_IN
            | {"ALLOWED_HOSTS": "127.0.0.1", "SITE_URL": self.address, "EMAIL_PORT": str(self.mail.port)}
            | {"VNPAY_SECRETS": '{"DMH18CAN": "only-for-the-tests"}'}
            | {"FRONT_NETWORK": "127.0.0.0/28", "WEB_PROCESSES": "1", "WORKER_PROCESSES": "1"}
        )["services"]

    # ------------------------------------------------------------ what the services are here
    def environment_of(self, name):
        """The environment of a service: the image's and its own, with the addresses of this machine."""
        own = {key: str(value) for key, value in self.services[name]["environment"].items()}
        basics = {key: os.environ[key] for key in ("PATH", "LD_PRELOAD", "FAKETIME") if key in os.environ}
        return {**basics, **files.image_environment(), **own, **self._elsewhere(name, own)}

    def _elsewhere(self, name, own):
        role = own["DATABASE_URL"].partition("://")[2].partition(":")[0]
        return {
            "HOME": str(self.folder),
            "HOST": "127.0.0.1",
            "PORT": str(self.web_port),
            "PORTAL_VAR": str(self.folder / "files"),
            "ANCHOR_DIR": str(self.folder / "anchors"),
            "STATIC_ROOT": str(self.folder / "collected"),
            "ALIVE_FILE": str(self.folder / f"{name}.alive"),
            "DATABASE_URL": f"postgresql://{role}@/{self.database}?host={quote(self.cluster['host'], safe='')}",
            "REDIS_URL": f"redis+socket://{self.socket}",
        }

    def words_of(self, name):
        """ENTRYPOINT and command of a service."""
        return [*files.entrypoint(), *self.services[name]["command"]]

    def _proxy_file(self):
        """deploy/nginx/nginx.conf for this machine. Each of these replacements must meet something."""
        written = files.text("deploy/nginx/nginx.conf")
        folder = self.folder / "proxy"
        for old, new in {
            "server web:8000;": f"server 127.0.0.1:{self.web_port};",
            "listen 8080;": f"listen 127.0.0.1:{self.plain_port};",
            "listen 8443 ssl http2;": f"listen 127.0.0.1:{self.port} ssl http2;",
            "/run/secrets/tls_certificate": f"{folder}/tls.crt",
            "/run/secrets/tls_key": f"{folder}/tls.key",
            "/var/cache/nginx/": f"{folder}/",
            "/etc/nginx/portal/pages/": f"{ROOT}/deploy/nginx/pages/",
            "/tmp/nginx.pid": f"{folder}/nginx.pid",
            "access_log /dev/stdout": f"access_log {folder}/access.log",
            "client_header_timeout 10s;": "client_header_timeout 1s;",
            "client_body_timeout 10s;": "client_body_timeout 1s;",
            "worker_processes auto;": "worker_processes 1;" + ("user root;" if os.geteuid() == 0 else ""),
        }.items():
            assert old in written, old
            written = written.replace(old, new)
        (folder / "nginx.conf").write_text(written)
        return folder / "nginx.conf"

    # ------------------------------------------------------------ starting
    def up(self):
        """Make the database, migrate, fill it, and start what stays. Returns itself."""
        self._make_database()
        self.run("migrate", wait=True)
        self._collect_static()
        self.known = self._populate()
        self.broker()
        for name in ("web", "worker", "relay"):
            self.run(name)
        self._proxy()
        wait_for(lambda: all(self.healthy(name) for name in ("web", "worker", "relay")), 180, pause=1)
        return self

    def run(self, name, *, wait=False):
        """Start a service as Compose does, or run it to its end."""
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                self.words_of(name), env=self.environment_of(name), cwd=ROOT, start_new_session=True, stdout=log, stderr=log
            )
        self.started.append(process)
        setattr(self, name, process)
        if wait and process.wait(120):
            raise AssertionError(self.log(name))

    def healthy(self, name):
        """Run the health check of the service: its own, or that of the image."""
        check = self.services[name].get("healthcheck", {}).get("test", ["CMD", "./portalctl", "healthy", "web"])
        done = subprocess.run(check[1:], env=self.environment_of(name), cwd=ROOT, capture_output=True, check=False)
        return done.returncode == 0

    def manage(self, *words):
        """Run a command of manage.py as the web would, and return what it says."""
        return self._python("manage.py", *words, **self.environment_of("web"))

    def log(self, name):
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def access_log(self):
        return [json.loads(line) for line in (self.folder / "proxy" / "access.log").read_text().splitlines()]

    def _make_database(self):
        """An empty database, the roles by the script of the container, the tables as the owner's."""
        self.sql(f"CREATE DATABASE {self.database}", "postgres")
        passwords = {key: value for key, value in self.services["postgres"]["environment"].items() if "PASSWORD" in key}
        names = {
            "POSTGRES_USER": self.cluster["user"],
            "POSTGRES_DB": self.database,
            "ROLES_SQL": ROOT / "portal/launch/roles.sql",
        }
        for _ in range(2):  # by hand it may be run again
            self._at_the_cluster(["sh", ROOT / "deploy/postgres/roles.sh"], **passwords, **names)
        if self.dump:  # else the migrations make them all
            words = [
                "psql",
                "-qX",
                "-v",
                "ON_ERROR_STOP=1",
                "-o",
                os.devnull,
                "-f",
                self.dump,
                "-U",
                "portal_owner",
                self.database,
            ]
            self._at_the_cluster(words)

    def sql(self, statement, database=None):
        told = self._at_the_cluster(
            ["psql", "-XqAt", "-U", self.cluster["user"], "-d", database or self.database, "-c", statement]
        )
        return told.strip()

    def _at_the_cluster(self, words, **variables):
        programs = find_binaries(Places.of()).folder
        reach = {"PATH": f"{programs}:{os.environ['PATH']}", "PGHOST": self.cluster["host"]}
        environment = {key: str(value) for key, value in {**reach, **variables}.items()}
        done = subprocess.run([str(word) for word in words], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _collect_static(self):
        """Like the image's build: by the development settings."""
        variables = self.environment_of("web") | {"DJANGO_SETTINGS_MODULE": "portal.settings.dev"}
        self._python("manage.py", "collectstatic", "--noinput", "-v0", **variables)

    def _populate(self):
        variables = self.environment_of("migrate") | {"DJANGO_SETTINGS_MODULE": "portal.settings.dev"}
        return json.loads(self._python("-m", "tests.deploy.populate", **variables).splitlines()[-1])

    @staticmethod
    def _python(*words, **variables):
        done = subprocess.run([sys.executable, *words], env=variables, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def broker(self):
        """The broker's command line, on a socket."""
        command = [find_program(Places.of()), *self.services["valkey"]["command"][1:]]
        process = self.start(*command, "--port", "0", "--unixsocket", self.socket, "--dir", self.folder)
        wait_for(self.socket.exists)
        return process

    def _proxy(self):
        folder = self.folder / "proxy"
        folder.mkdir()
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
             "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "tls.key", "-out", folder / "tls.crt"],
            check=True, capture_output=True,
        )  # fmt: skip
        words = self.services["proxy"]["command"]
        assert words[:3] == ["nginx", "-c", "/etc/nginx/portal/nginx.conf"]
        self.proxy = self.start(program("nginx"), "-c", self._proxy_file(), *words[3:])
        wait_for(self._proxy_answers, 60)

    def _proxy_answers(self):
        with contextlib.suppress(httpx.TransportError), self.browser() as client:
            return client.get("/health/live").status_code in (200, 502)
        return False

    def browser(self, **options):
        """A client of the proxy that trusts its certificate only."""
        import ssl

        trusted = ssl.create_default_context(cafile=self.folder / "proxy" / "tls.crt")
        return httpx.Client(base_url=self.address, verify=trusted, timeout=30, trust_env=False, **options)

    def stop_all(self):
        for process in reversed(self.started):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        end = time.monotonic() + 10
        for process in self.started:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, end - time.monotonic()))
        super().stop_all()
        self.mail.close()
        with contextlib.suppress(AssertionError):
            self.sql(f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)", "postgres")
        shutil.rmtree(self.folder, ignore_errors=True)
