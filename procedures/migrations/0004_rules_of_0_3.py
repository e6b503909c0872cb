"""The records of the catalogue are append-only. Rows of 0.2.0 say what their steps deliver and what people set."""

from django.db import migrations

from portal.common.migrations import Closing
from portal.common.provenance import mark_logged


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

# Offerings of before: the last review by an officer drafts the result, a consulted body gives its opinion.
SAY_WHAT_STEPS_DELIVER = """
UPDATE procedures_offering SET processing_steps = (
    SELECT jsonb_agg(
        CASE WHEN position = last_review THEN step || '{"produces": {"kind": "draft", "label": "bản soạn kết quả", "line": null}}'
             WHEN step ? 'produces' THEN step
             WHEN step->>'kind' = 'consult' THEN step || '{"produces": {"kind": "opinion", "label": "ý kiến", "line": null}}'
             ELSE step || '{"produces": null}' END
        ORDER BY position)
    FROM jsonb_array_elements(processing_steps) WITH ORDINALITY AS every (step, position), (
        SELECT max(n) AS last_review FROM jsonb_array_elements(processing_steps) WITH ORDINALITY AS review (s, n)
        WHERE s->>'kind' = 'review' AND s->>'role' = 'officer' AND processing_steps @? '$[*] ? (@.kind == "sign")'
    ) AS reviews
) WHERE processing_steps @? '$[*] ? (!exists (@.produces))'
"""


def mark_rows_of_people(apps, schema_editor):
    """What people changed before is theirs: the log of the administration knows."""
    mark_logged(apps, "procedures", ["Holiday", "UndecidedHoliday", "Offering", "LocalFee", "LifeEvent"])


class Migration(Closing):
    dependencies = [
        ("procedures", "0003_tables_of_0_3"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [
        migrations.RunSQL(SAY_WHAT_STEPS_DELIVER, migrations.RunSQL.noop),
        migrations.RunPython(mark_rows_of_people, migrations.RunPython.noop),
        migrations.RunSQL(RECORD, NO_RECORD),
        migrations.RunSQL(RECORD_OF_AGENCIES, NO_RECORD_OF_AGENCIES),
        migrations.RunSQL(RECORD_OF_THE_CALENDAR, NO_RECORD_OF_THE_CALENDAR),
    ]
