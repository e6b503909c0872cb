from django.db import migrations

FORWARD = """
CREATE FUNCTION refuse_change_of_published_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'draft' THEN
            RAISE EXCEPTION 'a published version is never deleted' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.state <> 'draft' AND (
        NEW.document IS DISTINCT FROM OLD.document OR NEW.sha256 <> OLD.sha256 OR NEW.number <> OLD.number
        OR NEW.procedure_id <> OLD.procedure_id OR NEW.declared_level <> OLD.declared_level OR NEW.form_key <> OLD.form_key
        OR NEW.grammar <> OLD.grammar OR NEW.published_at IS DISTINCT FROM OLD.published_at OR NEW.state = 'draft'
    ) THEN
        RAISE EXCEPTION 'a published version is immutable' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER published_versions_are_immutable BEFORE UPDATE OR DELETE ON procedures_procedureversion
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_published_version();
"""
BACKWARD = """
DROP TRIGGER published_versions_are_immutable ON procedures_procedureversion;
DROP FUNCTION refuse_change_of_published_version();
"""


class Migration(migrations.Migration):
    dependencies = [("procedures", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
