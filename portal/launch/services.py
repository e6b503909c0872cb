"""Database and broker of one run: those named in the environment, or embedded ones under the supervisor."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field

from .child import Child
from .console import step
from .missing import Missing
from .places import Places
from .postgres import APPLICATION, OWNER, SETTINGS, SUPERUSER, Postgres
from .supervisor import Supervisor
from .valkey import Valkey


@dataclass
class Services:
    """Addresses for the web, the workers and the migrations; `postgres` is None with an external database."""

    application: str
    owner: str
    broker: str
    postgres: Postgres | None = None
    superuser: str = ""
    variables: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.variables = {"DATABASE_URL": self.application, "REDIS_URL": self.broker}


def start(places: Places, supervisor: Supervisor, settings: Mapping[str, str] = SETTINGS) -> Services:
    """Start the servers that the environment does not name; check that those it names answer. Raises Missing."""
    given, broker = os.environ.get("DATABASE_URL"), os.environ.get("REDIS_URL")
    postgres = None if given else Postgres(places, settings)
    valkey = None if broker else Valkey(places)
    embedded = [server for server in (postgres, valkey) if server]
    if embedded:
        with step("PostgreSQL và Valkey đi kèm"):
            _start_embedded(supervisor, embedded)
    services = Services(
        application=given or postgres.address(APPLICATION),
        owner=os.environ.get("DATABASE_OWNER_URL") or given or postgres.address(OWNER),
        superuser=given or postgres.address(SUPERUSER, "postgres"),
        broker=broker or valkey.address,
        postgres=postgres,
    )
    _check_given_servers(places, services, database=bool(given), broker=bool(broker))
    return services


def _start_embedded(supervisor: Supervisor, servers: list[Postgres | Valkey]) -> None:
    for server in servers:
        if isinstance(server, Postgres):
            server.prepare()
    children: list[Child] = [server.child(supervisor.environment(os.environ)) for server in servers]
    supervisor.start(children, ready=lambda: all(server.ready() for server in servers))
    for server in servers:
        if isinstance(server, Postgres) and not server.prepared.exists():
            server.set_up_roles()


def _check_given_servers(places: Places, services: Services, *, database: bool, broker: bool) -> None:
    ask_database = "import os, psycopg2; psycopg2.connect(os.environ['ASKED'], connect_timeout=5).close()"
    ask_broker = "import os, kombu; kombu.Connection(os.environ['ASKED']).ensure_connection(max_retries=1, timeout=5)"
    for asked, code, address, name in (
        (database, ask_database, services.application, "DATABASE_URL"),
        (database, ask_database, services.owner, "DATABASE_OWNER_URL"),
        (broker, ask_broker, services.broker, "REDIS_URL"),
    ):
        if asked:
            run = subprocess.run(
                [places.python, "-c", code], env={**os.environ, "ASKED": address}, capture_output=True, text=True, check=False
            )
            if run.returncode:
                lines = run.stderr.strip().splitlines() or ["không trả lời"]
                error = next((line for line in lines if "Error: " in line), lines[-1]).strip()
                raise Missing(f"Không nối được tới máy chủ trong {name} ({error})", f"unset {name}")
