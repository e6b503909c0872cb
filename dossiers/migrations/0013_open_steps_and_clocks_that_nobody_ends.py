"""Rows of before: what steps must deliver, steps left open by dossiers that ended, clocks that stood still for an answer nobody waits for."""

from django.db import migrations
from django.db.models import Q
from django.utils import timezone

DRAFT = {"kind": "draft", "label": "bản soạn kết quả", "line": None}
OPINION = {"kind": "opinion", "label": "ý kiến trả lời", "line": None}


def forwards(apps, schema_editor):
    runs = apps.get_model("dossiers", "StepRun").objects
    dossiers = apps.get_model("dossiers", "Dossier").objects
    intervals = apps.get_model("dossiers", "ClockInterval").objects

    ended = Q(dossier__decided_at__isnull=False) | Q(dossier__state__in=["RETURNED", "NOT_ACCEPTED", "STOPPED"])
    runs.filter(ended, state="open").update(state="cancelled")

    # Where the result was drafted was inferred: the last review by an officer before the signature, in each round.
    last = {}
    for run in runs.filter(kind="review", role="officer").order_by("round", "position", "pk"):
        last[run.dossier_id, run.round] = run.pk
    runs.filter(pk__in=last.values(), state__in=["open", "waiting"]).update(produces=DRAFT)
    runs.filter(kind="consult", state__in=["open", "waiting"]).update(produces=OPINION)

    now = timezone.now()
    asked = runs.filter(kind="applicant_confirm", state="open").exclude(question="").values("dossier")
    for still in intervals.filter(kind="applicant", ended_at=None).exclude(dossier__in=asked):
        still.ended_at = now
        still.save(update_fields=["ended_at"])
        if still.dossier.state == "PROCESSING" and still.dossier.decided_at is None:
            intervals.create(dossier=still.dossier, kind="running", started_at=now)
            dossiers.filter(pk=still.dossier_id).update(recounted_for="")


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0012_steps_deliver")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
