"""The embedded database: letters are Vietnamese, the two roles differ, and a killed server comes back whole."""

import dataclasses
import os
import shutil
import signal
import time

import psycopg2
import pytest

from portal.launch.child import stop
from portal.launch.places import Places
from portal.launch.postgres import APPLICATION, OWNER, SETTINGS, Postgres, outside_home


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
