"""What people changed of collection points in 0.2.0 is marked as theirs."""

from django.db import migrations

from portal.common.migrations import Closing
from portal.common.provenance import mark_logged



def mark_rows_of_people(apps, schema_editor):
    """What people changed before is theirs: the log of the administration knows."""
    mark_logged(apps, "payments", ["CollectionPoint"])


class Migration(Closing):
    dependencies = [
        ("payments", "0004_tables_of_0_3"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [
        migrations.RunPython(mark_rows_of_people, migrations.RunPython.noop),
    ]
