from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0020_taken_in_at_the_counter")]

    operations = [
        migrations.AddField(
            model_name="dossier",
            name="supplement_proposed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="trình yêu cầu bổ sung lúc"),
        ),
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(
                condition=models.Q(("supplement_proposed_at__isnull", False)),
                fields=["supplement_proposed_at"],
                name="supplements_to_approve",
            ),
        ),
    ]
