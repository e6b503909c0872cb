"""The Celery application: what is owed after a step is done here, never in the web process."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.production")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["portal", "accounts", "accounts.messages", "procedures", "dossiers", "payments"])
