"""The environment is installed from the lock file, and again only when the lock file changes."""

import importlib.metadata
import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from portal.launch import environment
from portal.launch.missing import Missing
from portal.launch.places import ROOT


class Installs:
    """Nothing is installed: the commands are recorded, and those that contain a refused word fail."""

    def __init__(self):
        self.lines, self.refused = [], ()

    def __call__(self, command, _places):
        self.lines.append(" ".join(map(str, command)))
        return "no network" if any(word in self.lines[-1] for word in self.refused) else None


@pytest.fixture
def installs(places, monkeypatch):
    installs = Installs()
    monkeypatch.setattr(environment, "_try", installs)
    monkeypatch.setattr(environment, "_works", lambda python: python.parent.parent.exists())
    monkeypatch.setattr(environment, "_uv", lambda places: places.tools / "bin" / "uv")
    monkeypatch.setattr(environment, "_make_venv", lambda places, uv: places.venv.mkdir())
    return installs


def test_the_second_start_installs_nothing(places, installs):
    assert not environment.is_current(places, environment.RUN)
    environment.make(places, environment.RUN)
    environment.make(places, environment.RUN)
    assert len(installs.lines) == 1 and environment.is_current(places, environment.RUN)


def test_a_changed_lock_is_installed_again(places, installs):
    environment.make(places, environment.RUN)
    places.lock_file("run").write_text("one more package")
    assert not environment.is_current(places, environment.RUN)


def test_the_environment_for_tests_serves_the_portal_too(places, installs):
    environment.make(places, environment.DEV)
    assert environment.is_current(places, environment.RUN)


def test_the_environment_of_the_portal_does_not_serve_the_tests(places, installs):
    environment.make(places, environment.RUN)
    assert not environment.is_current(places, environment.DEV)


def test_every_way_to_install_insists_on_the_hashes(places, installs):
    installs.refused = ("uv pip sync",)
    environment.make(places, environment.RUN)
    assert len(installs.lines) == 2 and all("--require-hashes" in line for line in installs.lines)


def test_where_uv_fails_pip_installs_the_same_lock(places, installs):
    installs.refused = ("uv pip sync",)
    environment.make(places, environment.RUN)
    assert " -m pip " in installs.lines[-1] and str(places.lock_file("run")) in installs.lines[-1]
    assert environment.is_current(places, environment.RUN)


def test_an_interrupted_installation_does_not_count(places, installs):
    installs.refused = ("pip",)
    with pytest.raises(Missing, match="no network"):
        environment.make(places, environment.RUN)
    assert not environment.is_current(places, environment.RUN)


# ---------------------------------------------------------------- the locks and the names they were made from
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
NAMES = PROJECT["project"]["dependencies"]
GROUPS = PROJECT["dependency-groups"]


def pinned(kind):
    """{package: its versions in a lock file}; several where they depend on the version of Python."""
    versions = {}
    for name, version in re.findall(
        r"^([a-z0-9][a-z0-9.-]*)==([^\s;\\]+)", (ROOT / f"requirements/{kind}.txt").read_text(), re.M
    ):
        versions.setdefault(name, set()).add(version)
    return versions


@pytest.mark.parametrize(("kind", "names"), [("run", NAMES), ("dev", NAMES + GROUPS["dev"]), ("tools", GROUPS["tools"])])
def test_each_named_package_is_locked_within_its_range(kind, names):
    locked = pinned(kind)
    for wanted in map(Requirement, names):
        versions = locked[canonicalize_name(wanted.name)]
        assert all(wanted.specifier.contains(version) for version in versions), (str(wanted), versions)


def test_tests_run_on_the_versions_that_serve():
    assert pinned("run").items() <= pinned("dev").items()


def test_a_package_is_named_once():
    names = [canonicalize_name(Requirement(one).name) for one in [*NAMES, *GROUPS["dev"], *GROUPS["tools"]]]
    assert len(names) == len(set(names))


def test_the_locks_hold_nothing_that_no_name_leads_to():
    """Each locked package is named in pyproject.toml, or required by a locked package that is installed here."""
    named = {canonicalize_name(Requirement(one).name) for one in NAMES + GROUPS["dev"]}
    led_to = {canonicalize_name(Requirement(one).name) for name in pinned("dev") for one in required_by(name)}
    assert set(pinned("dev")) <= named | led_to


def required_by(name):
    try:
        return importlib.metadata.requires(name) or []
    except importlib.metadata.PackageNotFoundError:  # for another Python or system
        return []
