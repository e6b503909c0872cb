"""The drill of an upgrade: what it refuses, and that it names the slowest migrations. docs/operations.md has a whole run."""

import pytest
from django.db import connection

from portal.launch.cli import main
from portal.launch.upgrade import DONE, READY, SLOWEST
from portal.management.commands import upgrade


@pytest.mark.parametrize("name", ["", "nowhere"])
def test_a_folder_without_data_is_refused(tmp_path, capsys, monkeypatch, name):
    monkeypatch.setenv("PORTAL_VAR", str(tmp_path / "var"))
    assert main(["upgrade-drill", str(tmp_path / name)]) == 2
    assert "không có dữ liệu của cổng" in capsys.readouterr().err
    assert not list(tmp_path.rglob("pg*"))


def test_it_waits_for_what_the_command_says():
    assert READY in upgrade.READY and DONE in upgrade.DONE


def test_the_slowest_migrations_since_then_are_named(db):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE django_migrations (id int, app text, name text, applied timestamptz)")
        rows = [(1, "old", "0"), (2, "first", "10"), (3, "quick", "11"), (4, "slow", "20")]
        for number, name, second in rows:
            cursor.execute("INSERT INTO django_migrations VALUES (%s, 'a', %s, to_timestamp(%s))", [number, name, second])
        cursor.execute(SLOWEST.format(last=1, shown=8))
        assert [row[0] for row in cursor.fetchall()] == ["a.slow 9.00", "a.quick 1.00"]
