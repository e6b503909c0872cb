"""`./portalctl search-eval FILE`: measures the search for procedures over a file of queries. Needs no database."""

import os
import subprocess

from . import environment, needs
from .console import say
from .places import Places
from .preparation import manage


def search_eval(places: Places, words: list[str]) -> int:
    """Run `manage.py search_eval` with these arguments. Returns its exit code."""
    current = environment.is_current(places, environment.DEV)
    needs.check(places, installing=not current)
    if not current:
        say("── installing the locked packages")
        environment.make(places, environment.DEV)
    variables = {**os.environ, "DJANGO_SETTINGS_MODULE": "portal.settings.test"}
    return subprocess.run(manage(places, "search_eval", *words), env=variables, check=False).returncode
