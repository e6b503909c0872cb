"""WSGI entry point, served by Granian in one process (README.md). Also starts the threads that send IPNs."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "payments.mock_gateway.settings")

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()

from payments.mock_gateway import sender  # noqa: E402
from payments.mock_gateway.conf import setting  # noqa: E402

sender.start(setting("IPN_THREADS"))
