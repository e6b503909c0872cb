"""The arguments that `./portalctl test` gives pytest: all tests on all cores, the fast tests, or another day."""

import datetime as dt
import os
import subprocess
import sys

import pytest

from portal.launch import prove
from portal.launch.cli import main
from portal.launch.missing import Missing
from tests.conftest import CHROMIUM_FLAGS


def test_without_words_all_cores_work_one_waits_and_a_file_stays_in_one_worker():
    words = prove._words([], fast=False)
    assert words[:2] == ["-n", str(len(os.sched_getaffinity(0)) + 1)] and "loadscope" in words and "--fast" not in words
    assert prove._words(["tests/launch", "-n", "1"], fast=False) == ["tests/launch", "-n", "1"]
    assert prove._words(["tests/launch"], fast=True) == ["tests/launch", "--fast"]


def test_the_words_of_the_command_reach_the_run(monkeypatch):
    asked = []
    monkeypatch.setattr(prove, "prove", lambda *words, **options: asked.append((words[1:], options)) or 0)
    assert main(["test", "--today", "2028-02-29", "--fast", "tests/x", "-q"]) == 0
    assert asked == [((["tests/x", "-q"],), {"only_static": False, "fast": True, "today": dt.date(2028, 2, 29)})]


def test_the_lightest_chromium_is_taken_unless_another_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    assert prove.browser() is None
    for name in ("chromium", "chromium-headless-shell"):
        (tmp_path / name).touch(0o755)
    assert prove.browser() == str(tmp_path / "chromium-headless-shell")
    monkeypatch.setenv("CHROMIUM", "chromium")
    assert prove.browser() == str(tmp_path / "chromium")


@pytest.mark.parametrize("day", ["2027-02-29", "hôm qua", "٢٠٢٧-02-07"])
def test_a_day_that_is_none_is_refused(day, capsys):
    with pytest.raises(SystemExit):
        main(["test", "--today", day])
    assert "2027-02-07" in capsys.readouterr().err


def test_without_the_library_it_is_said_how_to_get_it(monkeypatch):
    monkeypatch.setattr(prove, "FAKETIME", ())
    with pytest.raises(Missing, match="faketime"):
        prove.moved_clock(dt.date(2027, 2, 7))


def test_processes_live_on_the_day_asked_for():
    day = dt.datetime.now(prove.HANOI).date() + dt.timedelta(days=400)
    try:
        moved = prove.moved_clock(day)
    except Missing as missing:
        pytest.skip(str(missing))
    ask = "import datetime as dt, zoneinfo; print(dt.datetime.now(zoneinfo.ZoneInfo('Asia/Ho_Chi_Minh')).date())"
    process = subprocess.run([sys.executable, "-c", ask], env={**os.environ, **moved}, capture_output=True, text=True, check=True)
    assert process.stdout.strip() == str(day)


def test_with_a_moved_clock_python_still_sleeps():
    try:
        moved = prove.moved_clock(dt.date(2027, 2, 7))
    except Missing as lack:
        pytest.skip(str(lack))
    ask = "import time; start = time.monotonic(); time.sleep(0.05); print(time.monotonic() - start)"
    process = subprocess.run([sys.executable, "-c", ask], env={**os.environ, **moved}, capture_output=True, text=True, check=True)
    assert float(process.stdout) >= 0.05


@pytest.mark.browser
def test_with_a_moved_clock_chromium_shows_a_page_of_that_day(tmp_path):
    """A minute would not do, were FAKETIME_FORCE_MONOTONIC_FIX not off."""
    day = dt.datetime.now(prove.HANOI).date() + dt.timedelta(days=70)
    try:
        moved = prove.moved_clock(day)
    except Missing as lack:
        pytest.skip(str(lack))
    page = tmp_path / "page.html"
    page.write_text("<script>document.write(new Date().toLocaleDateString('en-CA', {timeZone: 'Asia/Ho_Chi_Minh'}))</script>")
    command = [
        prove.browser(),
        "--headless",
        *CHROMIUM_FLAGS,
        f"--user-data-dir={tmp_path / 'profile'}",
        "--dump-dom",
        page.as_uri(),
    ]
    process = subprocess.run(command, env={**os.environ, **moved}, capture_output=True, text=True, check=True, timeout=60)
    assert str(day) in process.stdout.partition("</script>")[2]
