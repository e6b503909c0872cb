"""Fixtures of all tests. Markers name what a test needs on the machine; when it is missing, the test is skipped with a reason.

REQUIRE_BROWSER=1, REQUIRE_PDF=1, REQUIRE_SERVICES=1 and REQUIRE_NGINX=1 turn those skips into failures: `.ci/run` sets all four.
"""

import collections
import gc
import os

import hypothesis
import pytest
from pytest_django.plugin import blocking_manager_key

from portal.common import pango
from portal.launch import prove
from portal.launch.places import Places
from tests import databases, slowness, snapshots

# Playwright's sync API runs an event loop in the test's thread, which Django takes for async code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# How long a generated example takes says nothing about the code on a machine with other work.
hypothesis.settings.register_profile(
    "portal", hypothesis.settings.default, deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
for name, lives in {"long": 250, "nightly": 2500}.items():  # random lives of dossiers: 10,000 and 100,000 steps
    shape = {"max_examples": lives, "stateful_step_count": 40}
    hypothesis.settings.register_profile(name, hypothesis.settings.get_profile("portal"), **shape)
hypothesis.settings.load_profile("portal")

CHROMIUM_FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-quic", "--no-first-run",
                  "--disable-background-networking", "--disable-component-update", "--disable-sync",
                  "--disable-extensions"]  # fmt: skip


def lack_of_browser():
    return "" if prove.browser() else f"no Chromium here. Run: {prove.GET_BROWSER}"


def lack_of_pdf():
    return "" if pango.preload(pango.folder(Places.of().var)) else f"no Pango here. Run: {pango.HOW_TO_GET}"


def lack_of_services():
    return "" if os.environ.get("REDIS_URL") else "no broker: REDIS_URL is not set. Run: ./portalctl test"


def lack_of_nginx():
    lacking = [name for name in prove.PROXY_PROGRAMS if not prove.program(name)]
    return f"no {', '.join(lacking)} here. Run: {prove.GET_PROXY}" if lacking else ""


NEEDS = {
    "browser": (lack_of_browser, "REQUIRE_BROWSER"),
    "needs_pdf": (lack_of_pdf, "REQUIRE_PDF"),
    "services": (lack_of_services, "REQUIRE_SERVICES"),
    "nginx": (lack_of_nginx, "REQUIRE_NGINX"),
}


NOT_FAST = ("browser", "needs_pdf", "services", "nginx", "slow")
FAST = "leave out tests of browser, PDF and services, slow ones, and all but one case of each test that uses the database"


def pytest_addoption(parser):
    parser.addoption("--fast", action="store_true", help=FAST)
    parser.addoption("--measure", action="store_true", help="write the CPU seconds of slow tests into tests/slow.txt")


def pytest_configure(config):
    if config.getoption("measure"):
        config.pluginmanager.register(slowness.Meter(config))


def pytest_collection_modifyitems(config, items):
    slowness.mark(items)
    if config.getoption("fast"):
        _leave_out(config, items)
    if hasattr(config, "workerinput"):
        _dearest_files_first(items)


def _dearest_files_first(items):
    """With several workers a dear file taken up last would leave the others idle."""
    measured, weights = slowness.listed(), collections.Counter()
    for item in items:
        weights[item.path] += slowness.expected(item, measured)
    items.sort(key=lambda item: -weights[item.path])


def _leave_out(config, items):
    seen, kept, left_out = collections.Counter(), [], []
    for item in items:
        function = slowness.function_of(item.nodeid)
        seen[function] += 1
        late = seen[function] > 1 and ("db" in item.fixturenames or item.get_closest_marker("django_db"))
        (left_out if late or any(map(item.get_closest_marker, NOT_FAST)) else kept).append(item)
    config.hook.pytest_deselected(items=left_out)
    items[:] = kept


def pytest_collection_finish():
    """Exclude everything loaded so far from garbage collection: it stays until the end of the run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def pytest_runtest_setup(item):
    for marker, (lack, switch) in NEEDS.items():
        if item.get_closest_marker(marker) and (reason := lack()):
            (pytest.fail if os.environ.get(switch) == "1" else pytest.skip)(reason)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    done = yield
    with item.config.stash[blocking_manager_key].unblock():
        databases.tidy()
    return done


@pytest.fixture
def monkeypatch(monkeypatch):
    """Pytest's own. A snapshot of a dossier is not used where something is replaced."""
    snapshots.patches = monkeypatch
    yield monkeypatch
    snapshots.patches = None


@pytest.fixture(scope="session")
def browser():
    """One Chromium for the session. Tests that use it have the marker `browser`."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=prove.browser(), args=CHROMIUM_FLAGS)
        yield chrome
        chrome.close()


@pytest.fixture
def open_page(browser):
    """Factory: a page in its own browser context: `open_page(width=360)`. Closed after the test."""
    contexts = []

    def open_page(width=360, height=800, **options):
        context = browser.new_context(locale="vi-VN", viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(30_000)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


from tests.databases import django_db_modify_db_settings  # noqa: E402, F401
from tests.fixtures import application_role, desk, in_vietnamese, money_desk, run_followups, signing_keys  # noqa: E402, F401
