"""The environment is what the lock says, and is made again only when the lock changes."""

import pytest

from portal.launch import environment
from portal.launch.missing import Missing


class Installs:
    """Nothing is really installed: the commands are written down; those with a refused word in them fail."""

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
