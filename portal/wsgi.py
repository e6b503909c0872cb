"""WSGI entry point, served by Granian (portal/launch/web_server.py)."""

import logging
import os
import threading

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.production")

application = get_wsgi_application()


def _load_search() -> None:
    """Build the search index now: it takes seconds, which the first search would wait."""
    from django.db import connection

    from procedures import search

    try:
        search.catalogue()
    except Exception:  # no database yet, for instance: the first search builds it
        logging.getLogger(__name__).exception("the search index was not built at the start")
    finally:
        connection.close()


threading.Thread(target=_load_search, daemon=True).start()
