from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0021_supplements_proposed")]

    operations = [
        migrations.AddField(
            model_name="steprun",
            name="visit",
            field=models.JSONField(blank=True, default=dict, verbose_name="kiểm tra tại chỗ"),
        ),
    ]
