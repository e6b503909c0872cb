"""The list of slow tests: who is marked by it, and what a measurement changes in it."""

from types import SimpleNamespace

import pytest

from tests import slowness

LINES = f"{slowness.HEAD}2.0 tests/test_a.py::test_dear\n0.9 tests/test_b.py::test_elsewhere\n"


@pytest.fixture
def list_file(tmp_path, monkeypatch):
    file = tmp_path / "slow.txt"
    file.write_text(LINES)
    monkeypatch.setattr(slowness, "FILE", file)
    return file


def test_a_listed_test_is_slow_in_all_its_cases(list_file):
    marked = []
    items = [
        SimpleNamespace(nodeid=nodeid, add_marker=lambda marker, nodeid=nodeid: marked.append((nodeid, marker.name)))
        for nodeid in ("tests/test_a.py::test_dear[one]", "tests/test_a.py::test_dear[two]", "tests/test_a.py::test_cheap")
    ]
    slowness.mark(items)
    assert marked == [("tests/test_a.py::test_dear[one]", "slow"), ("tests/test_a.py::test_dear[two]", "slow")]


@pytest.mark.parametrize(
    ("name", "markers", "seconds"),
    [
        ("test_dear[one]", {"slow", "django_db"}, 2.0),
        ("test_new", {"slow"}, 3),
        ("test_dear", {"slow", "browser"}, 12),
        ("test_new", {"services", "timeout"}, 42),
        ("test_cheap", set(), 0.1),
    ],
)
def test_how_long_a_test_takes_is_known_from_the_list_or_guessed(name, markers, seconds):
    found = {marker: SimpleNamespace(args=(420,)) for marker in markers}
    item = SimpleNamespace(nodeid=f"tests/test_a.py::{name}", get_closest_marker=found.get)
    assert slowness.expected(item, {"tests/test_a.py::test_dear": 2.0}) == seconds


def test_a_measurement_renews_what_ran_and_keeps_the_rest(list_file):
    meter = slowness.Meter(SimpleNamespace())
    for nodeid, phases in [
        ("tests/test_a.py::test_dear", [0.1, 0.1]),  # has become cheap
        ("tests/test_a.py::test_new[one]", [0.4, 0.5]),
        ("tests/test_a.py::test_new[two]", [0.1]),
    ]:
        cpu = [("cpu", seconds) for seconds in phases]
        meter.pytest_runtest_logreport(SimpleNamespace(when="call", nodeid=nodeid, user_properties=cpu[:1]))
        meter.pytest_runtest_logreport(SimpleNamespace(when="teardown", nodeid=nodeid, user_properties=cpu))
    meter.pytest_sessionfinish()
    assert slowness.listed() == {"tests/test_a.py::test_new": 0.9, "tests/test_b.py::test_elsewhere": 0.9}
    assert list_file.read_text().startswith(slowness.HEAD)


def test_what_many_tests_share_counts_for_none():
    meter, clock = slowness.Meter(SimpleNamespace()), iter([0, 10, 10, 11])
    item = SimpleNamespace(user_properties=[])
    with pytest.MonkeyPatch.context() as changed:  # back before the phase of this test is measured
        changed.setattr(meter, "_now", lambda: next(clock))
        changed.setattr(slowness.snapshots, "cpu_of_building", 0.0)
        shared = meter.pytest_fixture_setup(SimpleNamespace(scope="session"), None)
        next(shared)
        with pytest.raises(StopIteration):
            shared.send(None)
        phase = meter.pytest_runtest_call(item)
        next(phase)
        with pytest.raises(StopIteration):
            phase.send(None)
    assert meter.shared == 10 and item.user_properties == [("cpu", 1)]
