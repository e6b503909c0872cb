"""A test that cannot run on this machine is skipped with the command that helps; in continuous integration it fails."""

import re
from types import SimpleNamespace

import pytest

from portal.launch.places import ROOT
from tests import conftest


@pytest.fixture
def item(monkeypatch):
    """A test that needs a browser, on a machine without one."""
    monkeypatch.setitem(conftest.NEEDS, "browser", (lambda: "no Chromium. Run: apt-get install chromium", "REQUIRE_BROWSER"))
    return SimpleNamespace(get_closest_marker=lambda name: name == "browser")


def test_without_a_browser_its_tests_are_skipped_and_say_how_to_run_them(item, monkeypatch):
    monkeypatch.delenv("REQUIRE_BROWSER", raising=False)
    with pytest.raises(pytest.skip.Exception, match="apt-get install"):
        conftest.pytest_runtest_setup(item)


def test_where_a_browser_is_required_its_lack_is_a_failure(item, monkeypatch):
    monkeypatch.setenv("REQUIRE_BROWSER", "1")
    with pytest.raises(pytest.fail.Exception, match="apt-get install"):
        conftest.pytest_runtest_setup(item)


def test_continuous_integration_requires_all_of_it():
    script = (ROOT / ".ci" / "run").read_text()
    required = {switch for _, switch in conftest.NEEDS.values()}
    assert required == set(re.findall(r"(REQUIRE_\w+)=1", script))
    assert "portalctl test" in script
