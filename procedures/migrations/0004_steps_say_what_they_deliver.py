"""Steps of the offerings of 0.2.0 say what they deliver. Ten thousand rows take a second or two: beside the older programs."""

from django.db import migrations

# Offerings of before: the last review by an officer drafts the result, a consulted body gives its opinion.
SAY_WHAT_THEY_DELIVER = """
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


class Migration(migrations.Migration):
    dependencies = [("procedures", "0003_tables_of_0_3")]
    operations = [migrations.RunSQL(SAY_WHAT_THEY_DELIVER, migrations.RunSQL.noop)]
