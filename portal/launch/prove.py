"""`./portalctl test` and `./portalctl check`: all checks and tests that a change must pass.

Prints English, like the tools it calls: it is for developers.
"""

import datetime as dt
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from ..common import pango
from . import environment, needs, services
from .child import Child
from .console import say, warn
from .lock import RunLock, run_lock
from .missing import Missing
from .places import Places
from .postgres import THROWAWAY, outside_home
from .preparation import manage, translations
from .run import install_pango
from .supervisor import StopAsked, Supervisor

# The headless shell draws the same pages and has no windows of its own: a page costs a third of the CPU seconds.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
GET_BROWSER = "apt-get install -y --no-install-recommends chromium-headless-shell"
PROXY_PROGRAMS = ("nginx", "openssl")
GET_PROXY = "apt-get install -y --no-install-recommends nginx-light openssl"
FAKETIME = ("*/faketime/libfaketimeMT.so.1", "faketime/libfaketimeMT.so.1", "lib*/faketime/libfaketimeMT.so.1")
LEFT_OUT = (
    "--fast left out: the static checks (./portalctl check), tests of browser, PDF, services, slow ones,"
    " and of a test with many parameters that uses the database all but the first case."
)
# In the middle of a test autovacuum finds tables of which no row is committed and notes that they are empty: the planner then
# joins thousands of rows by nested loops: a test of half a second took 11, once 12 minutes. `tests/databases.py` tidies instead.
FOR_TESTS = THROWAWAY | {"autovacuum": "off"}
MOVED = Path(__file__).with_name("moved")
GET_FAKETIME = "apt-get install -y faketime"
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
# Example values: `check --deploy` reads the settings and does not connect to these servers.
LIKE_PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "portal.settings.production",
    "SECRET_KEY": "for-the-deploy-check-only-0123456789-abcdefghijklmnopqrstuvwxyz",
    "ALLOWED_HOSTS": "portal.example",
    "SITE_URL": "https://portal.example",
    "TRUSTED_PROXIES": "10.0.0.0/8",
    "EMAIL_HOST": "mail.example",
    "DEFAULT_FROM_EMAIL": "khong-tra-loi@portal.gov.vn",
    "DATABASE_URL": "postgresql:///portal",
    "REDIS_URL": "redis://localhost/0",
    "VNPAY_PAY_URL": "https://pay.gateway.example/paymentv2/vpcpay.html",
    "VNPAY_API_URL": "https://pay.gateway.example/merchant_webapi/api/transaction",
    "VNPAY_SECRETS": '{"TERMINAL": "for-the-deploy-check-only"}',
}


@dataclass(frozen=True)
class Proof:
    """One check: its name, its command, and its environment variables."""

    name: str
    command: list[str | Path]
    variables: Mapping[str, str]


@dataclass(frozen=True)
class Outcome:
    """The result of one check."""

    name: str
    passed: bool
    seconds: float


def prove(places: Places, pytest_words: list[str], *, only_static: bool, fast: bool = False, today: dt.date | None = None) -> int:
    """Run the static checks and the tests; with `pytest_words` only pytest with these arguments. Returns 0 when all pass.

    `fast` leaves out slow tests; `today` moves the clock of every process of the run to this day.
    """
    moved = moved_clock(today) if today else {}
    needs.check(places, installing=not environment.is_current(places, environment.DEV))
    throwaway = places.for_tests()
    lock = RunLock(run_lock(throwaway), address="./portalctl test")
    lock.take()
    outcomes: list[Outcome] = []
    closing = ""
    try:
        with Supervisor(inherited=[lock.file.fileno()]) as supervisor:
            if not environment.is_current(places, environment.DEV):
                say("── installing the locked packages")
                environment.make(places, environment.DEV)
            run_step = runner(places, throwaway, supervisor, outcomes)
            if not pytest_words and not fast:
                run_step(*static_proofs(places))
            if not only_static:
                closing = _tests(places, throwaway, supervisor, _words(pytest_words, fast), moved, run_step)
    except StopAsked:
        return 130
    finally:
        remove_servers(throwaway)
        lock.release()
    _summary(outcomes)
    if fast:
        say(LEFT_OUT)
    if closing:
        say(closing)
    return 0 if all(outcome.passed for outcome in outcomes) else 1


def static_proofs(places: Places) -> list[Proof]:
    """Format, lint, types, layers, migrations, production settings: nothing here needs a server."""
    # Without a database, makemigrations warns that it cannot compare the migration history: ignored.
    offline = {"DJANGO_SETTINGS_MODULE": "portal.settings.test", "PYTHONWARNINGS": "ignore::RuntimeWarning"}
    tool = _tool(places)
    return [
        Proof("ruff format", [tool("ruff"), "format", "--check", "."], {}),
        Proof("ruff check", [tool("ruff"), "check", "."], {}),
        Proof("djlint format", [tool("djlint"), "templates", "--check"], {}),
        Proof("djlint lint", [tool("djlint"), "templates", "--lint", "--quiet"], {}),
        Proof("mypy", [tool("mypy")], {}),
        Proof("import layers", [tool("lint-imports")], {}),
        Proof("migrations complete", manage(places, "makemigrations", "--check", "--dry-run"), offline),
        Proof("migrations gentle", [places.python, "-m", "tests.lint_migrations"], offline),
        Proof("Dockerfile", [tool("hadolint"), "Dockerfile"], {}),
        Proof("check --deploy", manage(places, "check", "--deploy", "--fail-level", "WARNING"), LIKE_PRODUCTION),
    ]


def _tool(places: Places) -> Callable[[str], Path]:
    return lambda name: places.venv / "bin" / name


def _tests(
    places: Places,
    throwaway: Places,
    supervisor: Supervisor,
    words: list[str],
    moved: Mapping[str, str],
    run_step: Callable[..., Outcome],
) -> str:
    """Start a temporary database and broker, run pytest, and return the last line of its output."""
    install_browser()
    install_proxy()
    install_pango(places)
    remove_servers(throwaway)
    os.environ.update(moved)  # the servers use the moved clock too
    servers = services.start(throwaway, supervisor, FOR_TESTS)
    if any(places.root.glob("locale/*/LC_MESSAGES/*.po")):
        run_step(Proof("translations", translations(places), {}))
    colour = ["--color=yes"] if sys.stdout.isatty() else []
    run_step(
        Proof(
            "pytest",
            [places.python, "-m", "pytest", *colour, *words],
            {
                "DATABASE_URL": servers.superuser,
                "REDIS_URL": servers.broker,
                "DJANGO_SETTINGS_MODULE": "portal.settings.test",
                "PYTHONUNBUFFERED": "1",
                "PORTAL_TEST_SERVERS": "given" if servers.postgres is None else "thrown away",
            },
        )
    )
    return _closing_line(throwaway)


def _words(words: list[str], fast: bool) -> list[str]:
    """The arguments of pytest; without `words` all tests, each file in one worker, and one worker more than there are cores: in
    a third of its time a worker waits for the database, Chromium or another process.

    `tests/conftest.py` puts the files in order: xdist would begin with those that have the most tests.
    """
    workers = ["-n", str(len(os.sched_getaffinity(0)) + 1), "--dist", "loadscope", "--no-loadscope-reorder", "--create-db"]
    return [*([] if words else workers), *words, *(["--fast"] if fast else [])]


def moved_clock(today: dt.date) -> dict[str, str]:
    """Environment variables that move the clock of a process to `today` (libfaketime). Raises Missing without libfaketime."""
    library = next((path for pattern in FAKETIME for path in sorted(Path("/usr/lib").glob(pattern))), None)
    if library is None:
        raise Missing("Chưa có thư viện dời đồng hồ (libfaketime)", GET_FAKETIME)
    days = (today - dt.datetime.now(HANOI).date()).days
    already = int(os.environ.get("FAKETIME", "0"))  # this process may live on another day itself
    return {
        "LD_PRELOAD": str(library),
        "FAKETIME": f"{already + days * 86400:+d}",
        "DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        # Where the monotonic clock is real, this fix lets timed waits of threads end too late: a page in Chromium takes a minute.
        "FAKETIME_FORCE_MONOTONIC_FIX": "0",
        "NO_FAKE_STAT": "1",
        "PYTHONPATH": os.pathsep.join(filter(None, [str(MOVED), os.environ.get("PYTHONPATH")])),
    }


def remove_servers(throwaway: Places) -> None:
    """Remove the temporary database and broker, also those of a killed run; the logs are kept."""
    for old in (*throwaway.var.glob("pg*"), throwaway.var / "valkey", outside_home(throwaway)):
        shutil.rmtree(old, ignore_errors=True)


def browser() -> str | None:
    """The path of the Chromium that the tests drive, the lightest of this machine, or None. CHROMIUM names another."""
    names = [os.environ.get("CHROMIUM"), *BROWSERS]
    return next((found for name in names if name and (found := shutil.which(name))), None)


def install_browser() -> None:
    """Install Debian's headless Chromium if the launcher is root; without any Chromium warn that tests will be skipped."""
    if os.environ.get("CHROMIUM") or shutil.which(BROWSERS[0]):
        return
    _install("headless Chromium", GET_BROWSER, update=not browser())
    if not browser():
        warn(f"\n  *** NO CHROMIUM: THE BROWSER TESTS WILL BE SKIPPED. To run them: {GET_BROWSER} ***\n")


def install_proxy() -> None:
    """Install Debian's nginx and openssl if the launcher is root; otherwise warn that their tests will be skipped."""
    if all(map(program, PROXY_PROGRAMS)):
        return
    _install("nginx", GET_PROXY)
    if not all(map(program, PROXY_PROGRAMS)):
        warn(f"\n  *** NO NGINX: THE TESTS BEHIND IT WILL BE SKIPPED. To run them: {GET_PROXY} ***\n")


def program(name: str) -> str | None:
    """The path of a program, also where Debian keeps servers, which is not in everybody's PATH."""
    return shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin"]))


def _install(name: str, command: str, *, update: bool = True) -> None:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say(f"No {name} yet. Running: {command}")
        # Debian starts a server that it installs, unless invoke-rc.d is told not to.
        quiet_apt = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        quiet = {"env": quiet_apt, "stdout": subprocess.DEVNULL, "check": False}
        if update:
            subprocess.run(["apt-get", "update", "-qq"], **quiet)
        subprocess.run([*command.split(), "-qq"], **quiet)


def runner(places: Places, throwaway: Places, supervisor: Supervisor, outcomes: list[Outcome]) -> Callable[..., Outcome]:
    """A function that runs checks, all it is given at the same time, and prints what they say one after the other.

    Their seconds count from the common start. It returns the outcome of the last.
    """

    def run_step(*proofs: Proof) -> Outcome:
        children = [_child(proof, places, throwaway, supervisor) for proof in proofs]
        started, ended = time.monotonic(), {}
        with supervisor.together(children):
            for child in children:
                say(f"── {child.name}")
                with open(child.log, "rb") as words:
                    while child.name not in ended:
                        _echo(words.read())
                        time.sleep(0.03)
                        ended |= {one.name: time.monotonic() for one in children if not (one.running or one.name in ended)}
                    _echo(words.read())
                outcomes.append(Outcome(child.name, child.exit_code == 0, ended[child.name] - started))
        return outcomes[-1]

    return run_step


def _child(proof: Proof, places: Places, throwaway: Places, supervisor: Supervisor) -> Child:
    log = throwaway.logs / f"{proof.name.replace(' ', '-')}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_bytes(b"")
    variables = supervisor.environment({**os.environ, "LC_ALL": os.environ.get("LC_ALL", "C.UTF-8"), **proof.variables})
    # Some images set it. Without compiled files each of the hundred processes of a run compiles the portal anew (0.6 s of CPU),
    # and each worker the assertions of all tests (11 s).
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    return Child(proof.name, proof.command, variables, places.root, log)


def _echo(words: bytes) -> None:
    if words:
        sys.stdout.buffer.write(words)
        sys.stdout.buffer.flush()


def _closing_line(throwaway: Places) -> str:
    lines = (throwaway.logs / "pytest.log").read_text(errors="replace").splitlines()
    return next((line for line in reversed(lines) if line.strip()), "")


def _summary(outcomes: list[Outcome]) -> None:
    say()
    for outcome in outcomes:
        say(f"  {outcome.name:<22} {'passed' if outcome.passed else 'FAILED':<8} {outcome.seconds:6.1f} s")
    if failed := [outcome.name for outcome in outcomes if not outcome.passed]:
        say(f"  Failed: {', '.join(failed)}. Logs: var/test/log/")
    if not pango.preload(pango.folder(Places.of().var)):
        warn(f"  PDF tests were skipped. To run them: {pango.HOW_TO_GET}")
    say()
