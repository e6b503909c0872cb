"""Backup, restore to the last moment or to an earlier one, and the drill, with a real server that archives its log."""

import dataclasses
import datetime as dt
import os
import shutil
import tempfile
import time
from pathlib import Path

import psycopg2
import pytest

from portal.launch import backup
from portal.launch.child import stop
from portal.launch.cli import main
from portal.launch.missing import Missing
from portal.launch.places import Places
from portal.launch.postgres import SUPERUSER, THROWAWAY, Postgres, outside_home

pytestmark = pytest.mark.slow
KEY = "ab" * 20


@pytest.fixture(scope="module")
def folder():
    """An open folder: the server of a root launcher is another user, who archives there."""
    made = Path(tempfile.mkdtemp(prefix="backup-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


def place(folder, name):
    there = dataclasses.replace(Places.of(), var=folder / name)
    there.logs.mkdir(parents=True)
    return there


@pytest.fixture(scope="module")
def saved(folder):
    """A portal with a backup, and more written after it: what was written when."""
    with pytest.MonkeyPatch.context() as patch:
        for name in (backup.ADDRESS, backup.STORAGE, "DATABASE_URL", "SIGNING_DIR", "ANCHOR_DIR"):
            patch.delenv(name, raising=False)
        patch.setenv("BACKUP_DIR", str(folder / "kept"))
        here = place(folder, "first")
        postgres = Postgres(here, THROWAWAY)
        postgres.prepare()
        server = postgres.child(os.environ)
        server.start()
        until(postgres.ready)
        postgres.set_up_roles()
        write(here, postgres, "CREATE TABLE filed (code text)", "INSERT INTO filed VALUES ('first')")
        (here.var / "files" / "ab").mkdir(parents=True)
        (here.var / "files" / "ab" / KEY).write_bytes(b"a paper")
        (here.var / "files" / "ab" / ".half").write_bytes(b"being written")
        (here.var / "signing").mkdir()
        (here.var / "signing" / "agency.key").write_text("secret")
        assert main_in(here, "backup", str(folder / "kept")) == 0
        write(here, postgres, "INSERT INTO filed VALUES ('second')")
        between = dt.datetime.now(dt.UTC)
        time.sleep(0.2)
        write(here, postgres, "INSERT INTO filed VALUES ('third')")
        (here.var / "files" / "ab" / (KEY[:-1] + "c")).write_bytes(b"a later paper")
        assert main_in(here, "backup", "--files-only", str(folder / "kept")) == 0
        last = postgres.execute("SELECT pg_walfile_name(pg_switch_wal())", "postgres").strip()
        until((folder / "kept" / "wal" / last).exists)
        stop([server])
        yield folder / "kept", between
        shutil.rmtree(outside_home(here), ignore_errors=True)


def main_in(here, *words):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PORTAL_VAR", str(here.var))
        return main(list(words))


def until(true):
    for _ in range(2400):
        if true():
            return
        time.sleep(0.05)
    pytest.fail("it did not happen within two minutes")


def write(here, postgres, *statements):
    connection = psycopg2.connect(postgres.address(SUPERUSER))
    connection.autocommit = True
    for statement in statements:
        connection.cursor().execute(statement)
    connection.close()


def restored(folder, name, *words):
    """Restore into a new place; the codes that are in its database, and the place."""
    there = place(folder, name)
    assert main_in(there, "restore", *words) == 0
    postgres = Postgres(there, THROWAWAY)
    server = postgres.child(os.environ)
    server.start()
    until(postgres.ready)
    codes = postgres.execute("SELECT code FROM filed ORDER BY code").split()
    left = list(postgres.data.glob("restored_wal"))
    stop([server])
    shutil.rmtree(outside_home(there), ignore_errors=True)
    return codes, there, left


def test_everything_comes_back_up_to_the_last_archived_moment(saved, folder):
    kept, _ = saved
    codes, there, left = restored(folder, "second", str(kept))
    assert codes == ["first", "second", "third"] and left == []
    assert (there.var / "files" / "ab" / KEY).read_bytes() == b"a paper"
    assert (there.var / "files" / "ab" / (KEY[:-1] + "c")).read_bytes() == b"a later paper"
    assert (there.var / "signing" / "agency.key").read_text() == "secret"
    assert not (there.var / "files" / "ab" / ".half").exists()


def test_an_earlier_moment_can_be_chosen(saved, folder):
    kept, between = saved
    assert restored(folder, "third", "--at", between.isoformat(), str(kept))[0] == ["first", "second"]


def test_nothing_is_restored_over_what_is_there(saved, folder, capsys):
    kept, _ = saved
    there = place(folder, "full")
    (there.var / "files").mkdir()
    (there.var / "files" / "theirs").write_text("kept")
    assert main_in(there, "restore", str(kept)) == 2
    assert "chưa trống" in capsys.readouterr().err and (there.var / "files" / "theirs").read_text() == "kept"


def test_a_backup_that_was_cut_off_counts_for_nothing(folder, capsys):
    half = folder / "half" / "base" / "20261129T000000Z.part"
    half.mkdir(parents=True)
    (half / "backup.json").write_text("{}")
    for words in (["restore"], ["backup", "--files-only"]):
        assert main_in(place(folder, f"none-{words[0]}"), *words, str(folder / "half")) == 2
    assert "chưa có bản sao nào" in capsys.readouterr().err.lower().replace("không có", "chưa có")


def test_a_damaged_backup_is_named(saved, folder):
    kept, _ = saved
    copy = folder / "damaged"
    shutil.copytree(kept, copy)
    (next(copy.glob("base/*Z")) / "base.tar.gz").write_bytes(b"no archive")
    with pytest.raises(Missing, match="Bản sao hỏng"):
        backup.restore(place(folder, "fourth"), copy)


def test_a_backup_is_read_by_its_owner_only(saved):
    kept, _ = saved
    made = next(kept.glob("base/*Z"))
    assert made.stat().st_mode & 0o077 == 0 and (kept / "wal").stat().st_mode & 0o077 == 0


def test_another_server_needs_an_address_that_may_replicate(folder, monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", "postgresql:///portal")
    monkeypatch.delenv(backup.ADDRESS, raising=False)
    assert main_in(place(folder, "elsewhere"), "backup", str(folder / "other")) == 2
    assert backup.ADDRESS in capsys.readouterr().err


@pytest.mark.parametrize("moment", ["2026-11-29", "2026-11-29T10:20:30", "hôm qua", "٢٠٢٦-11-29T10:20:30+07:00"])
def test_a_moment_has_its_offset(moment, capsys):
    with pytest.raises(SystemExit):
        main(["restore", "--at", moment, "/nowhere"])
    assert "+07:00" in capsys.readouterr().err
