from django.db import migrations

FORWARD = """
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
BACKWARD = """
DROP TRIGGER filed_attachments_are_guarded ON files_attachment;
DROP FUNCTION guard_filed_attachments();
"""


class Migration(migrations.Migration):
    dependencies = [("files", "0003_pdfs_are_their_own_originals"), ("dossiers", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
