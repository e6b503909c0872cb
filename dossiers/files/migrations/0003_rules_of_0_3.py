"""Filed papers are guarded. PDFs were always kept byte for byte: the stored file is the original; of pictures 0.2.0 kept only the redrawn copy."""

from django.db import migrations

from portal.common.migrations import Closing


ORIGINALS_OF_PDFS = """
UPDATE files_attachment
SET original_key = storage_key, original_sha256 = sha256, original_size = size, original_type = content_type
WHERE content_type = 'application/pdf' AND original_key = ''
"""

FILED_PAPERS = """
CREATE FUNCTION guard_filed_attachments() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE matter record;
BEGIN
    SELECT code, state INTO matter FROM dossiers_dossier WHERE id = OLD.dossier_id;
    IF matter.code IS NULL OR OLD.staged_in_id IS NOT NULL THEN  -- a draft, or a supplement that is not sent yet
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a filed attachment is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF to_jsonb(NEW) - 'replaced_at' <> to_jsonb(OLD) - 'replaced_at'
        OR NEW.replaced_at IS DISTINCT FROM OLD.replaced_at
           AND (OLD.replaced_at IS NOT NULL OR matter.state <> 'SUPPLEMENT_REQUIRED')
    THEN
        RAISE EXCEPTION 'a filed attachment is never changed, only replaced by a supplement' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER filed_attachments_are_guarded BEFORE UPDATE OR DELETE ON files_attachment
    FOR EACH ROW EXECUTE FUNCTION guard_filed_attachments();
"""
NO_FILED_PAPERS = """
DROP TRIGGER filed_attachments_are_guarded ON files_attachment;
DROP FUNCTION guard_filed_attachments();
"""


class Migration(Closing):
    dependencies = [
        ("files", "0002_tables_of_0_3"),
    ]
    operations = [
        migrations.RunSQL(ORIGINALS_OF_PDFS, migrations.RunSQL.noop),
        migrations.RunSQL(FILED_PAPERS, NO_FILED_PAPERS),
    ]
