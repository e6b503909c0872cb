"""The command lines of the portal's programs: `run`, `serve` and the tests start the same ones."""

from pathlib import Path

from . import web_server

Command = list[str]
PROCESSES = 2  # of the web and of the worker, where the environment names no other number


def web(python: Path | str, port: int, *, host: str = "127.0.0.1", processes: int = PROCESSES) -> Command:
    return web_server.command(python, "portal.wsgi:application", port, host=host, workers=processes)


def worker(python: Path | str, *, processes: int = PROCESSES) -> Command:
    return [
        *(str(python), "-m", "celery", "-A", "portal", "worker"),
        *("--pool", "prefork", "--concurrency", str(processes)),
        *("--loglevel", "INFO", "--without-gossip", "--without-mingle"),
    ]


def relay(python: Path | str) -> Command:
    return [str(python), "manage.py", "relay"]


def migrate(python: Path | str) -> Command:
    """Ends by itself. Run with the owner's address in DATABASE_URL, before the other programs of a release."""
    return [str(python), "manage.py", "migrate", "--noinput"]


def upgrade(python: Path | str) -> Command:
    """As `migrate`, in two parts: prints a line between them and waits for Enter."""
    return [str(python), "manage.py", "upgrade"]


def mock_gateway(python: Path | str, port: int, *, host: str = "127.0.0.1") -> Command:
    """One process: its threads send the IPNs."""
    return web_server.command(python, "payments.mock_gateway.wsgi:application", port, host=host)


def mock_post(python: Path | str, port: int, *, host: str = "127.0.0.1") -> Command:
    """One process: its thread moves the parcels and sends the notices."""
    return web_server.command(python, "dossiers.mock_post.wsgi:application", port, host=host)


def mock_sms(python: Path | str, port: int, *, host: str = "127.0.0.1") -> Command:
    return web_server.command(python, "accounts.mock_sms.wsgi:application", port, host=host)
