"""A set-up step runs once, and again only when its sources have changed."""

from types import SimpleNamespace

import pytest

from portal.launch import preparation
from portal.launch.preparation import Step, fingerprint, prepare


@pytest.fixture
def project(places, monkeypatch):
    """Two steps with two source files, a supervisor that only records the steps, a cluster that only stores the record."""
    (places.root / "data").mkdir()
    for name in ("law.json", "look.css"):
        (places.root / "data" / name).write_text("1")
    law = Step("law", ["load"], ("data/law.json",), as_owner=True)
    look = Step("look", ["collect"], ("data/*.css",), (places.root / "collected",))
    monkeypatch.setattr(preparation, "steps", lambda _places: [law, look])
    ran, memory = [], {}
    cluster = SimpleNamespace(remembered=lambda: dict(memory), remember=memory.update)
    supervisor = SimpleNamespace(step=lambda child: ran.append((child.name, child.environment["DATABASE_URL"])))
    servers = SimpleNamespace(postgres=cluster, owner="owner's")

    def start():
        ran.clear()
        prepare(places, supervisor, servers, {"DATABASE_URL": "application's"})
        (places.root / "collected").touch()
        return list(ran)

    return SimpleNamespace(start=start, root=places.root, servers=servers)


def test_the_second_start_prepares_nothing(project):
    assert len(project.start()) == 2
    assert project.start() == []


def test_only_migrations_get_the_owners_address(project):
    assert project.start() == [("law", "owner's"), ("look", "application's")]


def test_a_step_is_done_again_when_its_sources_change(project):
    project.start()
    (project.root / "data" / "law.json").write_text("2")
    assert [name for name, _ in project.start()] == ["law"]


def test_a_step_is_done_again_when_what_it_left_is_gone(project):
    project.start()
    (project.root / "collected").unlink()
    assert [name for name, _ in project.start()] == ["look"]


def test_somebody_elses_database_is_prepared_at_every_start(project):
    project.servers.postgres = None
    assert len(project.start()) == len(project.start()) == 2


def test_a_renamed_file_changes_the_fingerprint(places):
    (places.root / "data").mkdir()
    (places.root / "data" / "a.json").write_text("{}")
    before = fingerprint(places.root, ["data/**/*"])
    (places.root / "data" / "a.json").rename(places.root / "data" / "b.json")
    assert fingerprint(places.root, ["data/**/*"]) != before


def test_every_real_step_has_sources(places):
    from portal.launch.places import Places

    real = Places.of()
    for step in preparation.steps(real):
        assert any(list(preparation._files(real.root, pattern)) for pattern in step.sources), step.title
