"""`./portalctl run`: from a bare machine to a portal that answers."""

import hashlib
import os
import signal
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from . import environment, needs, pango, services, welcome
from .child import Child
from .console import say, step, warn
from .lock import RunLock, run_lock
from .places import Places
from .supervisor import StopAsked, Supervisor

WEB_READY_WITHIN = 60.0  # seconds


def run(places: Places, port: int) -> int:
    """Set up what is not there yet, serve until asked to stop. Returns the exit code."""
    installing = not environment.is_current(places, environment.RUN)
    needs.check(places, port=port, installing=installing)
    address = f"http://127.0.0.1:{port}"
    lock = RunLock(run_lock(places), address=address)
    lock.take()
    try:
        with Supervisor(kept_open=[lock.file.fileno()]) as supervisor:
            _bring_up(places, supervisor, port, address, installing=installing)
            supervisor.watch()
    except StopAsked:
        say("\n  Đã dừng.")
    finally:
        lock.release()
    return 0


def _bring_up(places: Places, supervisor: Supervisor, port: int, address: str, *, installing: bool) -> None:
    say("  Cổng dịch vụ công đang được dựng …")
    if installing:
        with step("Cài các gói Python theo tệp khóa"):
            environment.make(places, environment.RUN)
    bring_pango(places)
    with_services = services.start(places, supervisor)
    variables = supervisor.environment(_variables(places, with_services, address))
    _prepare(places, supervisor, with_services, variables)
    web, worker, relay = _children(places, variables, port)
    with step("Trang web, bộ xử lý việc và bộ chuyển việc"):
        supervisor.start([web, worker, relay], ready=lambda: answers(f"{address}/health/live"), seconds=WEB_READY_WITHIN)
    say(welcome.text(places, address, with_services))


def bring_pango(places: Places) -> None:
    """Pango from the system, else fetched into var/, else say once that there will be no PDF."""
    if pango.preload(places.var):
        return
    with step("Thư viện Pango để làm PDF"):
        failed = pango.fetch(places.var)
    if failed or not pango.preload(places.var):
        warn(f"  Chưa làm được PDF vì thiếu Pango ({failed or 'thư viện không nạp được'}). Chạy: {pango.HOW_TO_GET}")


def _variables(places: Places, with_services: services.Services, address: str) -> dict[str, str]:
    return {
        **os.environ,
        **with_services.variables,
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "portal.settings.dev"),
        "PORTAL_VAR": str(places.var),
        "SITE_URL": os.environ.get("SITE_URL", address),
        "PYTHONUNBUFFERED": "1",
        "LC_ALL": os.environ.get("LC_ALL", "C.UTF-8"),
    }


def _prepare(places: Places, supervisor: Supervisor, with_services: services.Services, variables: Mapping[str, str]) -> None:
    """Bring tables, catalogue, keys, demo dossiers and style sheets up to date; nothing when nothing changed since last time."""
    today = {"made_from": fingerprint(places.root)}
    postgres = with_services.postgres
    if postgres and postgres.remembered() == today and _still_there(places):
        return
    as_owner = {**variables, "DATABASE_URL": with_services.owner}
    for title, command, env in (
        *([("Bản dịch", translations(places), variables)] if catalogues(places) else []),
        ("Bảng dữ liệu", _manage(places, "migrate", "--noinput", "-v0"), as_owner),
        ("Danh mục thủ tục", _manage(places, "load_data"), variables),
        ("Khóa ký thử nghiệm", _manage(places, "ensure_signing_keys"), variables),
        ("Người và hồ sơ thử", _manage(places, "seed_demo"), variables),
        ("Tệp giao diện", _manage(places, "collectstatic", "--noinput", "-v0"), variables),
    ):
        with step(title):
            supervisor.step(
                Child(name=title, command=command, environment=env, folder=places.root, log=places.logs / "setup.log")
            )
    if postgres:
        postgres.remember(today)


def fingerprint(root: Path) -> str:
    """A hash over everything that set-up is made from: code, lock, data, style sheets, translations."""
    parts = [root / "requirements" / "run.txt"]
    for folder, pattern in (
        *((app, "**/*.py") for app in ("portal", "accounts", "procedures", "dossiers")),
        ("data", "**/*.*"),
        ("static", "**/*.*"),
        ("locale", "**/*.po"),
    ):
        parts += sorted((root / folder).glob(pattern))
    whole = hashlib.sha256()
    for part in parts:
        if part.is_file() and "__pycache__" not in part.parts:
            whole.update(str(part.relative_to(root)).encode() + b"\0" + hashlib.sha256(part.read_bytes()).digest())
    return whole.hexdigest()


def _still_there(places: Places) -> bool:
    return all((places.var / made).exists() for made in ("static/staticfiles.json", "signing")) and all(
        catalogue.with_suffix(".mo").exists() for catalogue in catalogues(places)
    )


def catalogues(places: Places) -> list[Path]:
    """The translations that people write; what is made of them is not kept in the repository."""
    return sorted(places.root.glob("locale/*/LC_MESSAGES/*.po"))


def translations(places: Places) -> list[str | Path]:
    """Babel compiles what people read: gettext's own compiler is not on a bare machine."""
    return [places.python, "-m", "babel.messages.frontend", "--quiet", "compile", "-D", "django", "-d", places.root / "locale"]


def _manage(places: Places, *words: str) -> list[str | Path]:
    return [places.python, places.root / "manage.py", *words]


def _children(places: Places, variables: Mapping[str, str], port: int) -> list[Child]:
    return [
        web_child(places, variables, port),
        worker_child(places, variables),
        Child("relay", _manage(places, "relay"), variables, places.root, places.logs / "relay.log"),
    ]


def web_child(places: Places, variables: Mapping[str, str], port: int) -> Child:
    command = [
        *(places.python, "-m", "gunicorn", "portal.wsgi"),
        *("--bind", f"127.0.0.1:{port}"),
        *("--worker-class", "gthread", "--workers", "2", "--threads", "4"),
        *("--graceful-timeout", "8", "--log-level", "warning"),
        "--no-control-socket",  # it would lie in the home folder
    ]
    return Child("web", command, variables, places.root, places.logs / "web.log")


def worker_child(places: Places, variables: Mapping[str, str], *, processes: int = 2) -> Child:
    command = [
        *(places.python, "-m", "celery", "-A", "portal", "worker"),
        *("--pool", "prefork", "--concurrency", str(processes)),
        *("--loglevel", "INFO", "--without-gossip", "--without-mingle"),
    ]
    # The running task may end, then is put back, then is cut off: it is owed by a row and done again.
    leave = ((signal.SIGTERM, 10.0), (signal.SIGQUIT, 5.0))
    return Child("worker", command, variables, places.root, places.logs / "worker.log", leave=leave, on_orphaned=signal.SIGQUIT)


def answers(url: str) -> bool:
    """Whether the web server answers, whatever a proxy in the environment says."""
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=2):
            return True
    except (OSError, urllib.error.URLError):
        return False
