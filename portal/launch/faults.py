"""`./portalctl payment-faults` pays through every fault of the mock gateway, then through kill -9; `filing-faults` files dossiers
while programs are killed; `scale-drill` runs two of each behind the proxy, with a standby of the database; `bench` measures what
pages cost. Real processes, a temporary database. Prints English, like `test`: for developers and operators.
"""

from . import environment, needs, services
from .console import say
from .lock import RunLock, run_lock
from .places import Places
from .postgres import THROWAWAY
from .preparation import translations
from .prove import Outcome, Proof, remove_servers, runner
from .run import install_pango
from .supervisor import StopAsked, Supervisor

HARNESSES = {
    "payment-faults": "tests.faults",
    "filing-faults": "tests.faults.filing",
    "scale-drill": "tests.faults.scale",
    "bench": "tests.bench",
}


def faults(places: Places, verb: str, words: list[str]) -> int:
    """Run the harness of this command with these arguments. Exit code 0 when all sums are right."""
    needs.check(places, installing=not environment.is_current(places, environment.DEV))
    throwaway = places.for_faults()
    lock = RunLock(run_lock(throwaway), address=f"./portalctl {verb}")
    lock.take()
    outcomes: list[Outcome] = []
    try:
        with Supervisor(inherited=[lock.file.fileno()]) as supervisor:
            if not environment.is_current(places, environment.DEV):
                say("── installing the locked packages")
                environment.make(places, environment.DEV)
            install_pango(places)
            remove_servers(throwaway)
            servers = services.start(throwaway, supervisor, THROWAWAY)
            run_step = runner(places, throwaway, supervisor, outcomes)
            if any(places.root.glob("locale/*/LC_MESSAGES/*.po")):
                run_step(Proof("translations", translations(places), {}))
            variables = {
                "DATABASE_URL": servers.superuser,
                "REDIS_URL": servers.broker,
                "DJANGO_SETTINGS_MODULE": "portal.settings.test",
                "PYTHONUNBUFFERED": "1",
            }
            passed = run_step(Proof(verb.replace("-", " "), [places.python, "-m", HARNESSES[verb], *words], variables)).passed
    except StopAsked:
        return 130
    finally:
        remove_servers(throwaway)
        lock.release()
    return 0 if passed else 1
