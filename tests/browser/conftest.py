"""The portal with the procedures of the whole ways, and its processes running."""

import pytest

from procedures import search
from tests.processes import Processes
from tests.world import load_sample

PROCEDURES = ["1.010041", "1.004194", "2.000635", "3.000333", "1.004873", "1.001612"]


@pytest.fixture
def portal(live_server, settings, monkeypatch, signing_keys):
    """Its address."""
    settings.SITE_URL = live_server.url
    monkeypatch.setenv("SITE_URL", live_server.url)
    load_sample(codes=PROCEDURES)
    monkeypatch.setattr(search, "_cached", None)  # else the catalogue of the test before answers while the new one is built
    processes = Processes()
    processes.broker()
    processes.relay()
    processes.worker()
    yield live_server.url
    processes.stop_all()
