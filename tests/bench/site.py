"""The portal's web server and the bare view, each as `serve` starts a web server, with one process."""

import contextlib
import sys

from django.db import connection

from portal.launch import programs, web_server
from tests.bench import bare
from tests.bench.measuring import Client
from tests.mock_gateway.process import free_port
from tests.processes import Processes, wait_for


class BenchSite(Processes):
    """`web` and `bare` are the ids of the two servers."""

    def __init__(self):
        super().__init__()
        self.port, self.bare_port = free_port(), free_port()
        self.bare_client = Client(self.bare_port)

    @property
    def environment(self):
        return {**super().environment, "BENCH_BARE": "1", "LOG_LEVEL": "ERROR", "SITE_URL": f"http://127.0.0.1:{self.port}"}

    def up(self):
        self.broker()
        bare.make_table(connection)
        self.web = self.start(*programs.web(sys.executable, self.port, processes=1)).pid
        self.bare = self.start(*web_server.command(sys.executable, "tests.bench.bare:wsgi", self.bare_port)).pid
        wait_for(lambda: self._answers(self.port, "/health/live") and self._answers(self.bare_port, f"/{bare.ROW[0]}"), 90)
        self._warm_up()

    def _warm_up(self):
        """Each thread of a web server opens its connection to the database with its first request."""
        client = Client(self.port)
        for _n in range(2 * web_server.THREADS):
            client.get("/")
            self.ask_bare()

    @staticmethod
    def _answers(port, path):
        with contextlib.suppress(OSError):
            return Client(port).get(path) > 0
        return False

    def ask_bare(self):
        return self.bare_client.get(f"/{bare.ROW[0]}")
