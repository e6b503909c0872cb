"""The heartbeat of the relay, read by the health check."""

from django.db import models
from django.db.models.functions import Now


class Heartbeat(models.Model):
    """When a process of the portal last reported that it runs (database time)."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    @classmethod
    def beat(cls, name):
        cls.objects.update_or_create(name=name, defaults={"at": Now()})
