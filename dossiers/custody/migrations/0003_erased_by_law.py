from django.db import migrations

# {table: columns that are blanked when a dossier is erased by law}
TABLES = {"custody_original": "'received_from'", "custody_custodymove": "'person', 'seen_number', 'mandate'"}
FORWARD = "".join(
    f"""
DROP TRIGGER {table}_is_frozen ON {table};
CREATE TRIGGER {table}_is_kept BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change_but_blanking({erasable});
"""
    for table, erasable in TABLES.items()
)
BACKWARD = "".join(
    f"""
DROP TRIGGER {table}_is_kept ON {table};
CREATE TRIGGER {table}_is_frozen BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history();
"""
    for table in TABLES
)


class Migration(migrations.Migration):
    dependencies = [("custody", "0002_custody_is_evidence"), ("parcels", "0004_erased_by_law")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
