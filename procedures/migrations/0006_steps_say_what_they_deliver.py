"""Offerings of before: the last review by an officer drafts the result, a consulted body gives its opinion."""

from django.db import migrations

DRAFT = {"kind": "draft", "label": "bản soạn kết quả", "line": None}
OPINION = {"kind": "opinion", "label": "ý kiến", "line": None}


def forwards(apps, schema_editor):
    offerings = apps.get_model("procedures", "Offering").objects.exclude(processing_steps=[])
    changed = []
    for offering in offerings.iterator(chunk_size=500):
        steps = offering.processing_steps
        if all("produces" in step for step in steps):
            continue
        reviews = [step for step in steps if step["kind"] == "review" and step["role"] == "officer"]
        for step in steps:
            step.setdefault("produces", OPINION if step["kind"] == "consult" else None)
        if reviews and any(step["kind"] == "sign" for step in steps):
            reviews[-1]["produces"] = DRAFT
        changed.append(offering)
    offerings.model.objects.bulk_update(changed, ["processing_steps"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("procedures", "0005_searches_are_counted_and_aliases_kept")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
