"""The frame's own rows: that the scheduler is alive."""

from django.db import models
from django.db.models.functions import Now


class Heartbeat(models.Model):
    """When a part of the portal last said that it lives (database time)."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    @classmethod
    def beat(cls, name):
        cls.objects.update_or_create(name=name, defaults={"at": Now()})
