"""The heartbeat of the relay, read by the health check; words that were typed and did not arrive."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class Heartbeat(models.Model):
    """When a process of the portal last reported that it runs (database time)."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    @classmethod
    def beat(cls, name):
        cls.objects.update_or_create(name=name, defaults={"at": Now()})


class KeptWords(models.Model):
    """The words of one form that a person typed and that did not arrive (`portal.kept`): {name of the input: [values]}."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    page = models.CharField(max_length=300)  # path of the page where the form stands
    action = models.CharField(max_length=300)  # path where the form is sent
    words = models.JSONField(default=dict)
    kept_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "action"], name="one_row_of_kept_words_a_form")]
