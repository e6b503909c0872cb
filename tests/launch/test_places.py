"""Folders: short socket paths, no folders of other users, one portal per data folder."""

import os

import pytest

from portal.launch.lock import RunLock, run_lock
from portal.launch.missing import Missing
from portal.launch.places import MAX_SOCKET_PATH, own_folder, socket_folder


def test_a_socket_whose_path_would_be_too_long_lies_in_a_short_folder(tmp_path):
    deep = tmp_path.joinpath(*["a folder with a long name"] * 5)
    folder = socket_folder(deep, ".s.PGSQL.5432.lock", os.geteuid())
    try:
        assert len(str(folder / ".s.PGSQL.5432.lock")) <= MAX_SOCKET_PATH
        assert folder == socket_folder(deep, ".s.PGSQL.5432.lock", os.geteuid()), "the same at every start"
        assert folder.stat().st_mode & 0o077 == 0
    finally:
        folder.rmdir()


def test_a_short_path_stays_with_the_data(tmp_path):
    assert socket_folder(tmp_path / "s", "x", os.geteuid()) == tmp_path / "s"


def test_a_folder_that_leads_elsewhere_is_refused(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Missing):
        own_folder(tmp_path / "link", os.geteuid())


def test_a_second_portal_is_told_where_the_first_one_runs(places):
    first = RunLock(run_lock(places), address="http://127.0.0.1:8000")
    first.take()
    with pytest.raises(Missing, match="127.0.0.1:8000"):
        RunLock(run_lock(places), address="http://127.0.0.1:8001").take()
    first.release()
    RunLock(run_lock(places), address="http://127.0.0.1:8001").take()


def test_what_is_thrown_away_lies_apart_from_the_data_and_from_each_other(places):
    folders = [each.var for each in places.all()]
    assert len(set(folders)) == len(folders) == 3 and all(folder.is_relative_to(places.var) for folder in folders)
