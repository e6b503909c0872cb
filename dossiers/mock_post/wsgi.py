"""WSGI entry point, served by Granian in one process (README.md). Makes the tables, and starts the thread that sends notices."""

import os
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dossiers.mock_post.settings")

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402

Path(settings.STORE).parent.mkdir(parents=True, exist_ok=True)
application = get_wsgi_application()
call_command("migrate", run_syncdb=True, verbosity=0)

from dossiers.mock_post import sender  # noqa: E402
from dossiers.mock_post.conf import setting  # noqa: E402

sender.start(setting("THREADS"))
