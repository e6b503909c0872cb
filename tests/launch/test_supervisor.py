"""All processes end with the launcher, however it ends; crashed processes are restarted."""

import os
import signal

from tests.launch.conftest import alive


def pids(folder, *names):
    return [int(word) for name in names for word in (folder / name).read_text().split()]


def test_kill_9_of_the_launcher_leaves_nothing_behind(supervised, tmp_path, wait_until):
    launcher = supervised(
        [
            f"stubborn = sh('stubborn', 'trap \"\" TERM; echo $$ > {tmp_path}/one; sleep 300')",
            # A grandchild in a session of its own: neither the kernel's signal nor the group reaches it.
            f"parent = sh('parent', 'setsid sh -c \"echo \\\\$\\\\$ > {tmp_path}/two; sleep 300\" & wait')",
            "supervisor.start([stubborn, parent], ready=lambda: True)",
        ]
    )
    wait_until(lambda: (tmp_path / "one").exists() and (tmp_path / "two").exists() and pids(tmp_path, "one", "two")[1:])
    left = pids(tmp_path, "one", "two")
    assert all(map(alive, left))

    launcher.kill()

    wait_until(lambda: not any(map(alive, left)))


def test_a_crashed_process_is_started_again(supervised, tmp_path, wait_until):
    supervised(
        [f"supervisor.start([sh('web', 'echo $$ >> {tmp_path}/pids; exec sleep 300')], ready=lambda: True)"],
    )
    wait_until(lambda: (tmp_path / "pids").exists() and len(pids(tmp_path, "pids")) == 1)
    os.kill(pids(tmp_path, "pids")[0], signal.SIGKILL)

    wait_until(lambda: len(pids(tmp_path, "pids")) == 2)
    assert alive(pids(tmp_path, "pids")[1])


def test_each_crash_waits_longer_than_the_one_before(supervised, tmp_path, wait_until):
    supervised([f"supervisor.start([sh('web', 'date +%s.%N >> {tmp_path}/starts; sleep 0.05')], ready=lambda: True)"])
    wait_until(lambda: (tmp_path / "starts").exists() and len((tmp_path / "starts").read_text().split()) >= 4)
    starts = [float(word) for word in (tmp_path / "starts").read_text().split()]
    pauses = [later - earlier for earlier, later in zip(starts, starts[1:], strict=False)]
    assert pauses[0] < pauses[1] < pauses[2]


def test_asked_to_stop_it_stops_the_last_floor_first(supervised, tmp_path):
    launcher = supervised(
        [
            f"low = sh('low', 'trap \"echo low >> {tmp_path}/order; exit\" TERM; while :; do sleep 0.05; done')",
            f"high = sh('high', 'trap \"echo high >> {tmp_path}/order; exit\" TERM; while :; do sleep 0.05; done')",
            "supervisor.start([low], ready=lambda: True)",
            "supervisor.start([high], ready=lambda: True)",
            "import time; time.sleep(0.3)",
        ]
    )
    launcher.send_signal(signal.SIGTERM)

    assert launcher.wait(timeout=10) == 0
    assert (tmp_path / "order").read_text().split() == ["high", "low"]


def test_a_process_that_will_not_leave_is_killed(supervised, tmp_path, wait_until):
    launcher = supervised(
        [
            "import signal",
            f"deaf = sh('deaf', 'trap \"\" TERM; echo $$ > {tmp_path}/deaf; sleep 300', stop_signals=((signal.SIGTERM, 0.3),))",
            "supervisor.start([deaf], ready=lambda: True)",
        ]
    )
    wait_until(lambda: (tmp_path / "deaf").exists() and pids(tmp_path, "deaf"))
    launcher.send_signal(signal.SIGINT)

    assert launcher.wait(timeout=10) == 0
    assert not alive(pids(tmp_path, "deaf")[0])


def test_a_failing_step_says_its_last_words(supervised, tmp_path):
    launcher = supervised(
        [
            "from portal.launch.missing import Missing",
            "try: supervisor.step(sh('tables', 'echo no such table; exit 3'))",
            f"except Missing as missing: Path('{tmp_path}/message').write_text(str(missing))",
        ]
    )
    launcher.send_signal(signal.SIGTERM)
    launcher.wait(timeout=10)
    message = (tmp_path / "message").read_text()
    assert "tables" in message and "no such table" in message and "tables.log" in message


def test_a_step_that_says_what_to_do_is_quoted_alone(supervised, tmp_path):
    launcher = supervised(
        [
            "from portal.launch.missing import Missing",
            "try: supervisor.step(sh('tables', 'echo noise; echo CommandError: Dữ liệu của bản khác.; exit 65'))",
            f"except Missing as missing: Path('{tmp_path}/message').write_text(str(missing))",
        ]
    )
    launcher.send_signal(signal.SIGTERM)
    launcher.wait(timeout=10)
    assert (tmp_path / "message").read_text() == "Dữ liệu của bản khác."
