"""`./portalctl serve ROLE` becomes one program of the portal; `./portalctl healthy ROLE` says whether that program works.

For production: nothing is set up, everything comes from the environment, and signals reach the program itself. Containers and
service managers start one role each (Dockerfile, docker-compose.yml).
"""

import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from . import programs
from .console import warn
from .missing import Missing
from .needs import chosen_port
from .places import Places

ALIVE = "ALIVE_FILE"  # environment variable: the file that worker and relay touch while they work (portal/common/alive.py)
MAX_SILENCE_SECONDS = 30
ANSWER_SECONDS = 4
OWN = ("web", "worker", "relay", "migrate")  # the portal's own programs, whose settings may refuse the environment
# Programs of other organisations, played for trying out.
SETTINGS = {"gateway": "payments.mock_gateway.settings", "post": "dossiers.mock_post.settings"}


def serve(places: Places, role: str) -> int:
    """Replace this process by the program of the role; 1 when its settings refuse the environment, with their sentences.

    Raises Missing without the locked packages.
    """
    if not places.python.exists():
        raise Missing("Chưa cài các gói Python vào .venv", "uv venv && uv pip sync --require-hashes requirements/run.txt")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS.get(role, "portal.settings.production"))
    os.environ.setdefault(ALIVE, str(_alive_file(places, role)))
    os.chdir(places.root)
    command = COMMANDS[role](places)
    if role in OWN and (why_not := refused(places)):
        warn(why_not)
        return 1
    os.execv(command[0], command)


def refused(places: Places) -> str:
    """Why the settings cannot be read here, or nothing. Unasked, the web server starts process after process for minutes."""
    read = "import importlib, os; importlib.import_module(os.environ['DJANGO_SETTINGS_MODULE'])"
    done = subprocess.run([places.python, "-c", read], cwd=places.root, capture_output=True, text=True, check=False)
    return done.stderr.rpartition("ImproperlyConfigured: ")[2].strip() if done.returncode else ""


def healthy(places: Places, role: str) -> int:
    """Exit code 0 when the program of this role works, else 1 and one line why not."""
    why_not = _silent(places, role) if role in ("worker", "relay") else _unanswered(role)
    if why_not:
        warn(f"{role}: {why_not}")
    return 1 if why_not else 0


def _silent(places: Places, role: str) -> str:
    """Why a worker or relay does not work: it has not touched its file for MAX_SILENCE_SECONDS."""
    try:
        age = time.time() - _alive_file(places, role).stat().st_mtime
    except FileNotFoundError:
        return "chưa báo lần nào"
    return f"không báo gì từ {age:.0f} giây" if age > MAX_SILENCE_SECONDS else ""


def _unanswered(role: str) -> str:
    """Why the web server does not work. It is asked as the proxy asks it: with the public host, over https."""
    site = urlsplit(os.environ.get("SITE_URL", ""))
    headers = {"X-Forwarded-Proto": "https", **({"Host": site.netloc} if site.netloc and role == "web" else {})}
    path = "/health/live" if role == "web" else "/song"
    asked = urllib.request.Request(f"http://127.0.0.1:{chosen_port()}{path}", headers=headers)
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(asked, timeout=ANSWER_SECONDS):
            return ""
    except (OSError, urllib.error.URLError) as failed:
        return str(failed)


def _alive_file(places: Places, role: str) -> Path:
    return Path(os.environ.get(ALIVE) or places.var / f"{role}.alive")


def _number(name: str, default: int) -> int:
    """A whole number from the environment. Raises Missing for anything else."""
    text = os.environ.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise Missing(f"{name}={text} không phải một số từ 1 trở lên", f"export {name}={default}")
    return int(text)


def _host() -> str:
    return os.environ.get("HOST") or "127.0.0.1"


COMMANDS: dict[str, Callable[[Places], programs.Command]] = {
    "web": lambda places: programs.web(
        places.python, chosen_port(), host=_host(), processes=_number("WEB_PROCESSES", programs.PROCESSES)
    ),
    "worker": lambda places: programs.worker(places.python, processes=_number("WORKER_PROCESSES", programs.PROCESSES)),
    "relay": lambda places: programs.relay(places.python),
    "migrate": lambda places: programs.migrate(places.python),
    "gateway": lambda places: programs.mock_gateway(places.python, chosen_port(), host=_host()),
    "post": lambda places: programs.mock_post(places.python, chosen_port(), host=_host()),
    "sms": lambda places: programs.mock_sms(places.python, chosen_port(), host=_host()),
}
