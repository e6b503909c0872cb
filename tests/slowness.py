"""Which tests are slow: CPU seconds as last measured, in `tests/slow.txt`. A pytest plugin, loaded by `tests/conftest.py`.

A listed test gets the marker `slow`, all cases of it. `./portalctl test --measure` runs tests and writes the list anew: lines of
tests that did not run stay. What is built once for many tests (session and module fixtures, snapshots) counts for none of them.
"""

import os
from pathlib import Path

import pytest

from tests import snapshots

FILE = Path(__file__).with_name("slow.txt")
LIMIT = 0.3  # CPU seconds of setup and call, with ended child processes
ALWAYS = ("tests/test_house.py", "tests/payments/test_house.py")  # rules about the project: every run asks them
HEAD = "# CPU seconds and name of each slow test. Written by `./portalctl test --measure`, see docs/testing.md.\n"


def listed():
    """{test: CPU seconds} from the list."""
    lines = FILE.read_text("utf-8").splitlines() if FILE.exists() else []
    return {name: float(seconds) for seconds, name in (line.split(maxsplit=1) for line in lines if not line.startswith("#"))}


def function_of(nodeid):
    """The name of a test without its case."""
    return nodeid.partition("[")[0]


def mark(items):
    slow = listed()
    for item in items:
        if function_of(item.nodeid) in slow:
            item.add_marker(pytest.mark.slow)


# About how many seconds such a test takes: of Chromium and of other processes the list knows nothing.
SECONDS = {"browser": 12, "services": 12, "slow": 3, "needs_pdf": 1, "django_db": 0.2}


def expected(item, measured):
    """About how many seconds this test takes; `measured`: what the list says."""
    guesses = [seconds for marker, seconds in SECONDS.items() if item.get_closest_marker(marker)]
    if own := item.get_closest_marker("timeout"):  # who asks for more time than others takes about a tenth of it
        guesses.append(own.args[0] / 10)
    found = measured.get(function_of(item.nodeid))
    return max([found, *(guess for guess in guesses if guess > SECONDS["slow"])] if found else [0.1, *guesses])


class Meter:
    """Measures the tests in each worker, and collects and writes the numbers in the main process."""

    def __init__(self, config):
        self.is_worker = hasattr(config, "workerinput")
        self.shared = 0.0  # CPU seconds spent on what many tests share
        self.found = {}

    @staticmethod
    def _now():
        ours = os.times()
        return ours.user + ours.system + ours.children_user + ours.children_system

    def _own(self):
        return self._now() - self.shared - snapshots.cpu_of_building

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef, request):
        before = self._own()
        try:
            return (yield)
        finally:
            if fixturedef.scope != "function":
                self.shared += self._own() - before

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item):
        yield from self._measured(item)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item):
        yield from self._measured(item)

    def _measured(self, item):
        before = self._own()
        try:
            return (yield)
        finally:
            item.user_properties.append(("cpu", self._own() - before))

    def pytest_runtest_logreport(self, report):
        """Called in the main process for each phase; the last phase knows the numbers of all."""
        if report.when == "teardown":
            seconds = sum(value for name, value in report.user_properties if name == "cpu")
            name = function_of(report.nodeid)
            self.found[name] = max(seconds, self.found.get(name, 0))

    def pytest_sessionfinish(self):
        if self.is_worker:
            return
        kept = {name: seconds for name, seconds in listed().items() if name not in self.found}
        dear = {name: seconds for name, seconds in self.found.items() if seconds >= LIMIT and not name.startswith(ALWAYS)}
        slow = kept | dear
        FILE.write_text(HEAD + "".join(f"{slow[name]:.1f} {name}\n" for name in sorted(slow)), "utf-8")
