from django.db import migrations

FORWARD = """
CREATE FUNCTION guard_filed_attachments() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    matter record;
    later text[] := '{replaced_at}';
BEGIN
    SELECT code, state INTO matter FROM dossiers_dossier WHERE id = OLD.dossier_id;
    IF matter.code IS NULL OR OLD.staged_in_id IS NOT NULL THEN  -- a draft, or a supplement that is not sent yet
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a filed attachment is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF coalesce(to_jsonb(OLD)->>'original_key', '') = '' THEN  -- a file of earlier versions may be told its original
        later := later || '{original_key, original_sha256, original_size, original_type}';
    END IF;
    IF to_jsonb(NEW) - later <> to_jsonb(OLD) - later
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
    dependencies = [("files", "0001_initial"), ("dossiers", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
