from django.db import migrations

TABLES = ["custody_original", "custody_handover", "custody_custodymove"]
FORWARD = "".join(
    f"""
CREATE TRIGGER {table}_is_frozen BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history();
CREATE TRIGGER {table}_is_never_truncated BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history();
"""
    for table in TABLES
)
BACKWARD = "".join(
    f"DROP TRIGGER {table}_is_never_truncated ON {table}; DROP TRIGGER {table}_is_frozen ON {table};" for table in TABLES
)


class Migration(migrations.Migration):
    dependencies = [("custody", "0001_initial"), ("dossiers", "0002_history_is_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
