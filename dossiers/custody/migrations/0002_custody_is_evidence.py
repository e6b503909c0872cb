from django.db import migrations

# {table: the function that guards its rows}. What is named may be blanked when a dossier is erased by law.
TABLES = {
    "custody_original": "refuse_change_but_blanking('received_from')",
    "custody_handover": "refuse_change_of_history()",
    "custody_custodymove": "refuse_change_but_blanking('person', 'seen_number', 'mandate')",
}
FORWARD = "".join(
    f"""
CREATE TRIGGER {table}_is_kept BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {function};
CREATE TRIGGER {table}_is_never_truncated BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history();
"""
    for table, function in TABLES.items()
)
BACKWARD = "".join(
    f"DROP TRIGGER {table}_is_never_truncated ON {table}; DROP TRIGGER {table}_is_kept ON {table};" for table in TABLES
)


class Migration(migrations.Migration):
    dependencies = [("custody", "0001_initial"), ("parcels", "0002_parcels_are_evidence")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
