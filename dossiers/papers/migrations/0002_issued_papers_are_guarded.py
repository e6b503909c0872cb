from django.db import migrations

FORWARD = """
CREATE FUNCTION guard_issued_papers() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE later text[] := '{state, state_reason, replaced_by_id, published_at}';
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an issued paper is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF to_jsonb(NEW) - later <> to_jsonb(OLD) - later
        OR OLD.state <> 'valid' AND NEW.state = 'valid'
        OR OLD.published_at IS NOT NULL AND NEW.published_at IS DISTINCT FROM OLD.published_at
    THEN
        RAISE EXCEPTION 'an issued paper is never changed, only replaced or revoked' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER issued_papers_are_guarded BEFORE UPDATE OR DELETE ON papers_issuedpaper
    FOR EACH ROW EXECUTE FUNCTION guard_issued_papers();
"""
BACKWARD = """
DROP TRIGGER issued_papers_are_guarded ON papers_issuedpaper;
DROP FUNCTION guard_issued_papers();
"""


class Migration(migrations.Migration):
    dependencies = [("papers", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
