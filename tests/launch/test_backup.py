"""Backup, restore to the last moment or to an earlier one, and the drill, with a real server that archives its log."""

import dataclasses
import datetime as dt
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import boto3
import psycopg2
import pytest
from moto.server import ThreadedMotoServer

from portal.launch import backup, needs
from portal.launch.child import stop
from portal.launch.cli import main
from portal.launch.missing import Missing
from portal.launch.places import Places
from portal.launch.postgres import SUPERUSER, THROWAWAY, Postgres, outside_home
from portal.launch.supervisor import Supervisor
from tests.processes import Processes

pytestmark = pytest.mark.slow
KEY = "ab" * 20
SECRET = "0123456789abcdef"


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


def say_of_files(monkeypatch, said, code):
    """Instead of `manage.py stored_files check`: the databases of these tests have no tables of the portal."""
    told = f"import sys; print({said!r}); sys.exit({code})"
    monkeypatch.setattr(backup, "manage", lambda places, *words: [sys.executable, "-c", told])


def restored(folder, name, *words):
    """Restore into a place that is not there yet; the codes that are in its database, and the place."""
    there = dataclasses.replace(Places.of(), var=folder / name)
    with pytest.MonkeyPatch.context() as patch:
        say_of_files(patch, "2 files: all there", 0)
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


def test_a_restore_says_which_files_are_missing_and_fails(saved, folder, capsys, monkeypatch):
    there = place(folder, "lacking")
    say_of_files(monkeypatch, "giấy tờ 7: its file cannot be read", 1)
    assert main_in(there, "restore", str(saved[0])) == 1
    assert "giấy tờ 7: its file cannot be read" in capsys.readouterr().out
    shutil.rmtree(outside_home(there), ignore_errors=True)


def test_the_files_of_the_restored_database_are_looked_at(folder, transactional_db):
    there, tested = place(folder, "looked-at"), Postgres(Places.of())
    tested.address = lambda role: Processes().environment["DATABASE_URL"]
    with Supervisor() as supervisor:
        assert supervisor.run_to_end(backup._check(there, tested, supervisor, "stored_files", "check")) == 0
    assert backup._said(there) == ["0 files: all there, with their SHA-256"]


def test_files_in_a_bucket_are_in_the_backup_and_come_back_into_an_empty_bucket(saved, folder, monkeypatch):
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "portal.settings.dev")  # those of the tests know no bucket
    kept = folder / "of-a-bucket"
    shutil.copytree(saved[0], kept)
    shutil.rmtree(next(kept.glob("base/*Z")) / "files")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        first, second = (bucket_of(server, name) for name in ("files-first", "files-second"))
        first.put_object(Key=f"ab/{KEY}", Body=b"a paper")
        use(server, monkeypatch, first)
        assert main_in(place(folder, "with-a-bucket"), "backup", "--files-only", str(kept)) == 0
        assert (next(kept.glob("base/*Z")) / "files" / "ab" / KEY).read_bytes() == b"a paper"
        use(server, monkeypatch, second)
        there = place(folder, "into-a-bucket")
        backup._bring_back(there, kept)
        assert [(found.key, found.get()["Body"].read()) for found in second.objects.all()] == [(f"ab/{KEY}", b"a paper")]
        assert not (there.var / "files").exists()
    finally:
        server.stop()


def bucket_of(server, name):
    host, port = server.get_host_and_port()
    access = {"aws_access_key_id": "portal", "aws_secret_access_key": SECRET, "region_name": "us-east-1"}
    made = boto3.resource("s3", endpoint_url=f"http://{host}:{port}", **access).Bucket(name)
    made.create()
    return made


def use(server, monkeypatch, bucket):
    host, port = server.get_host_and_port()
    monkeypatch.setenv(backup.STORAGE, f"s3://portal:{SECRET}@{host}:{port}/{bucket.name}?tls=0")


def test_an_earlier_moment_can_be_chosen(saved, folder):
    kept, between = saved
    assert restored(folder, "third", "--at", between.isoformat(), str(kept))[0] == ["first", "second"]


@pytest.mark.skipif(os.geteuid() != 0, reason="who is not root restores for himself")
def test_the_data_folder_in_an_empty_volume_of_root_belongs_to_who_ran_the_saved_server(saved, folder):
    kept, _ = saved
    data = folder / "volume" / "18" / "docker"
    assert main_in(place(folder, "fourth"), "restore", "--cluster", str(data), str(kept)) == 0
    owners = {path.stat().st_uid for path in (data, *data.rglob("*"))}
    assert owners == {needs.service_account().pw_uid} and data.stat().st_mode & 0o777 == 0o700


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
        backup.restore(place(folder, "fifth"), copy)


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
