"""The Celery application. Its workers do the outbox rows, so that the web processes need not."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.production")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["portal", "accounts", "accounts.messages", "procedures", "dossiers", "payments"])
