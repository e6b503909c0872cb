"""The records of the catalogue are append-only. Rows of 0.2.0 say what their steps deliver and what people set."""

import importlib

from django.db import migrations

from portal.common.migrations import Closing
from portal.common.provenance import mark_logged

steps = importlib.import_module("procedures.migrations.0004_steps_say_what_they_deliver")  # again: of offerings changed meanwhile


RECORD = """
CREATE FUNCTION refuse_change_of_catalogue_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the record of the catalogue is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER catalogue_record_is_append_only BEFORE UPDATE OR DELETE ON procedures_cataloguechange
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_catalogue_record();
"""
NO_RECORD = """
DROP TRIGGER catalogue_record_is_append_only ON procedures_cataloguechange;
DROP FUNCTION refuse_change_of_catalogue_record();
"""

RECORD_OF_AGENCIES = """
CREATE TRIGGER record_of_agencies_is_append_only BEFORE UPDATE OR DELETE ON procedures_agencychange
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_catalogue_record();
"""
NO_RECORD_OF_AGENCIES = "DROP TRIGGER record_of_agencies_is_append_only ON procedures_agencychange;"

RECORD_OF_THE_CALENDAR = """
CREATE TRIGGER record_of_the_calendar_is_append_only BEFORE UPDATE OR DELETE ON procedures_calendarchange
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_catalogue_record();
"""
NO_RECORD_OF_THE_CALENDAR = "DROP TRIGGER record_of_the_calendar_is_append_only ON procedures_calendarchange;"

def mark_rows_of_people(apps, schema_editor):
    """What people changed before is theirs: the log of the administration knows."""
    mark_logged(apps, "procedures", ["Holiday", "UndecidedHoliday", "Offering", "LocalFee", "LifeEvent"])


class Migration(Closing):
    dependencies = [
        ("procedures", "0004_steps_say_what_they_deliver"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [
        migrations.RunSQL(steps.SAY_WHAT_THEY_DELIVER, migrations.RunSQL.noop),
        migrations.RunPython(mark_rows_of_people, migrations.RunPython.noop),
        migrations.RunSQL(RECORD, NO_RECORD),
        migrations.RunSQL(RECORD_OF_AGENCIES, NO_RECORD_OF_AGENCIES),
        migrations.RunSQL(RECORD_OF_THE_CALENDAR, NO_RECORD_OF_THE_CALENDAR),
    ]
