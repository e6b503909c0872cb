"""Missing requirements are found before anything starts and reported in one line with the command that helps."""

import socket

import pytest

from portal.launch import needs
from portal.launch.missing import Missing


@pytest.fixture
def taken_port():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


def test_a_taken_port_is_named_with_a_free_one_to_use(places, taken_port):
    with pytest.raises(Missing) as raised:
        needs.check(places, port=taken_port, installing=False)
    line = str(raised.value)
    assert str(taken_port) in line and "\n" not in line
    suggested = int(line.split("PORT=")[1].split()[0])
    assert suggested != taken_port and needs.port_is_free(suggested)


@pytest.mark.parametrize("asked", ["abc", "0", "70000", "-1", ""])
def test_a_port_that_is_no_port_is_refused(monkeypatch, asked):
    monkeypatch.setenv("PORT", asked)
    with pytest.raises(Missing, match="PORT"):
        needs.chosen_port()


def test_the_usual_port_is_8000(monkeypatch):
    monkeypatch.delenv("PORT", raising=False)
    assert needs.chosen_port() == 8000


def test_a_python_that_cannot_install_is_told_how(places, monkeypatch):
    monkeypatch.setattr(needs, "can_install", lambda: False)
    with pytest.raises(Missing, match="apt-get install -y python3-pip"):
        needs.check(places, installing=True)


def test_pip_is_not_missed_once_everything_is_installed(places, monkeypatch):
    monkeypatch.setattr(needs, "can_install", lambda: False)
    needs.check(places, installing=False)


def test_a_full_disk_is_found_before_it_is_filled(places, monkeypatch):
    monkeypatch.setattr(needs, "DISK_FOR_SETUP", 1e18)
    with pytest.raises(Missing, match="df -h"):
        needs.check(places, installing=True)


def test_several_lacks_are_told_together_a_line_each(places, monkeypatch, taken_port):
    monkeypatch.setattr(needs, "can_install", lambda: False)
    with pytest.raises(Missing) as raised:
        needs.check(places, port=taken_port, installing=True)
    assert len(str(raised.value).splitlines()) == 3


def test_a_folder_that_root_left_behind_is_named_with_the_command_that_mends_it(places, monkeypatch):
    places.logs.mkdir(parents=True)
    monkeypatch.setattr(needs.os, "access", lambda path, mode: path != places.logs)
    with pytest.raises(Missing, match=r"chown -R \d+ .*log"):
        needs.check(places, installing=False)


def test_shared_memory_that_is_closed_is_found_before_the_workers_stumble_on_it(places, monkeypatch, tmp_path):
    monkeypatch.setattr(needs, "SHARED_MEMORY", tmp_path)
    monkeypatch.setattr(needs.os, "access", lambda path, mode: path != tmp_path)
    places = type(places)(root=tmp_path / "requirements", var=places.var)
    with pytest.raises(Missing, match="mount -t tmpfs"):
        needs.check(places, installing=False)
