"""`./portalctl run`: sets up everything that is missing and runs the portal."""

import os
import signal
import urllib.error
import urllib.request
from collections.abc import Mapping

from ..common import pango
from . import environment, mocks, needs, programs, services, welcome
from .child import Child
from .console import say, step, warn
from .lock import RunLock, run_lock
from .pango import fetch as fetch_pango
from .places import Places
from .preparation import prepare
from .supervisor import StopAsked, Supervisor

WEB_START_SECONDS = 60.0  # how long to wait until the web server answers


def run(places: Places, port: int) -> int:
    """Set up what is missing, then run until asked to stop. Returns the exit code. Raises Missing."""
    installing = not environment.is_current(places, environment.RUN)
    needs.check(places, installing=installing)
    address = f"http://127.0.0.1:{port}"
    lock = RunLock(run_lock(places), address=address)
    lock.take()  # before the port check: if this portal already runs, the error must say so
    try:
        needs.check(places, port=port, installing=False)
        played = {mock.name: mock.mock_port(port) for mock in mocks.ALL if mock.is_mock()}
        with Supervisor(inherited=[lock.file.fileno()]) as supervisor:
            _start_all(places, supervisor, port, played, installing=installing)
            supervisor.watch()
    except StopAsked:
        say("\n  Đã dừng.")
    finally:
        lock.release()
    return 0


def _start_all(places: Places, supervisor: Supervisor, port: int, played: Mapping[str, int], *, installing: bool) -> None:
    """Set up, start all processes, print the welcome text. `played`: {name of a mock: its port}."""
    say("  Cổng dịch vụ công đang được dựng …")
    if installing:
        with step("Cài các gói Python theo tệp khóa"):
            environment.make(places, environment.RUN)
    install_pango(places)
    address = f"http://127.0.0.1:{port}"
    servers = services.start(places, supervisor)
    others = [(mock, played[mock.name]) for mock in mocks.ALL if mock.name in played]
    told = {name: value for mock, beside in others for name, value in mock.portal_variables(beside).items()}
    variables = supervisor.environment({**_variables(places, servers, address), **told})
    prepare(places, supervisor, servers, variables)
    children = _children(places, variables, port)
    addresses = [f"{address}/health/live"]
    for mock, beside in others:
        children.append(mock.child(places, variables, beside, address))
        addresses.append(f"http://127.0.0.1:{beside}/song")
    with step("Trang web, bộ xử lý việc, bộ chuyển việc" + "".join(f", {mock.words}" for mock, _port in others)):
        supervisor.start(children, ready=lambda: all(map(answers, addresses)), seconds=WEB_START_SECONDS)
    say(welcome.text(places, address, played))


def install_pango(places: Places) -> None:
    """Use Pango from the system, else download it into var/, else warn that no PDF can be made."""
    if pango.preload(pango.folder(places.var)):
        return
    with step("Thư viện Pango để làm PDF"):
        failed = fetch_pango(places.var)
    if failed or not pango.preload(pango.folder(places.var)):
        warn(f"  Chưa làm được PDF vì thiếu Pango ({failed or 'thư viện không nạp được'}). Chạy: {pango.HOW_TO_GET}")


def _variables(places: Places, servers: services.Services, address: str) -> dict[str, str]:
    return {
        **os.environ,
        **servers.variables,
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "portal.settings.dev"),
        "PORTAL_VAR": str(places.var),
        "SITE_URL": os.environ.get("SITE_URL", address),
        "PYTHONUNBUFFERED": "1",
        "LC_ALL": os.environ.get("LC_ALL", "C.UTF-8"),
    }


def _children(places: Places, variables: Mapping[str, str], port: int) -> list[Child]:
    return [
        web_child(places, variables, port),
        worker_child(places, variables),
        Child("relay", programs.relay(places.python), variables, places.root, places.logs / "relay.log"),
    ]


def web_child(places: Places, variables: Mapping[str, str], port: int) -> Child:
    return Child("web", programs.web(places.python, port), variables, places.root, places.logs / "web.log")


def worker_child(places: Places, variables: Mapping[str, str]) -> Child:
    # SIGTERM: finish the running task; SIGQUIT: stop at once. An interrupted task is done again, because its row stays due.
    stop_signals = ((signal.SIGTERM, 10.0), (signal.SIGQUIT, 5.0))
    return Child(
        "worker",
        programs.worker(places.python),
        variables,
        places.root,
        places.logs / "worker.log",
        stop_signals=stop_signals,
        on_orphaned=signal.SIGQUIT,
    )


def answers(url: str) -> bool:
    """True when the URL answers. Proxies of the environment are not used."""
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=2):
            return True
    except (OSError, urllib.error.URLError):
        return False
