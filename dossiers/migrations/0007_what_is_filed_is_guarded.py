"""The database refuses changes of what is filed. OWNER: whoever asks owns the table (or is a superuser)."""

from django.db import migrations

OWNER = "pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE')"
MAX_SECONDS_OFF = 600  # between the clocks of the application and of the database

FORWARD = f"""
CREATE FUNCTION guard_the_next_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last record;
BEGIN
    SELECT sequence, hash, target INTO last FROM dossiers_event WHERE dossier_id = NEW.dossier_id ORDER BY sequence DESC LIMIT 1;
    IF (NEW.sequence, NEW.previous_hash, NEW.source) IS DISTINCT FROM
       (coalesce(last.sequence, 0) + 1, coalesce(last.hash, repeat('0', 64)), coalesce(last.target, 'DRAFT'))
    THEN
        RAISE EXCEPTION 'an event continues the history of its dossier' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.format < 2 THEN
        RAISE EXCEPTION 'new events are written in the newest format' USING ERRCODE = 'restrict_violation';
    END IF;
    IF abs(extract(epoch FROM clock_timestamp() - NEW.at)) > {MAX_SECONDS_OFF} AND NOT {OWNER} THEN
        RAISE EXCEPTION 'an event is written when it happens' USING ERRCODE = 'restrict_violation',
            HINT = 'Are the clocks of the application and of the database set?';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER an_event_continues_the_history BEFORE INSERT ON dossiers_event
    FOR EACH ROW EXECUTE FUNCTION guard_the_next_event();

CREATE FUNCTION refuse_change_but_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    erasable text[] := '{{actor_name, note, details, content, salt, erased_at, erased_ground}}';
    new_row jsonb;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        new_row := to_jsonb(NEW);
        IF NEW.erased_at IS NOT NULL AND OLD.erased_at IS NULL AND NEW.erased_ground <> '' AND NEW.salt = ''
            AND coalesce(new_row->>'actor_name', '') = '' AND coalesce(new_row->>'note', '') = ''
            AND coalesce(new_row->>'details', '{{}}') = '{{}}' AND new_row->>'content' IS NULL
            AND new_row - erasable = to_jsonb(OLD) - erasable AND {OWNER}
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% keeps what was written, unless it is erased by law', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER words_are_kept BEFORE UPDATE OR DELETE ON dossiers_eventtext
    FOR EACH ROW EXECUTE FUNCTION refuse_change_but_erasure();
CREATE TRIGGER words_are_never_truncated BEFORE TRUNCATE ON dossiers_eventtext
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history();
CREATE TRIGGER answers_are_kept BEFORE UPDATE OR DELETE ON dossiers_answerrevision
    FOR EACH ROW EXECUTE FUNCTION refuse_change_but_erasure();
CREATE TRIGGER answers_are_never_truncated BEFORE TRUNCATE ON dossiers_answerrevision
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history();
CREATE TRIGGER decisions_are_frozen BEFORE UPDATE OR DELETE ON dossiers_decision
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history();
CREATE TRIGGER what_was_asked_is_frozen BEFORE UPDATE OR DELETE ON dossiers_supplementitem
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history();

CREATE FUNCTION guard_what_is_filed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE kept record;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.code IS NOT NULL THEN
            RAISE EXCEPTION 'a filed dossier is never deleted' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.code IS NOT NULL AND (
        (NEW.code, NEW.version_id, NEW.channel, NEW.submitter_id, NEW.person_id, NEW.organisation_id, NEW.mandate_id,
         NEW.entered_by_id, NEW.code_agency_id, NEW.created_at, NEW.submitted_at, NEW.declared_at, NEW.filed_as)
        IS DISTINCT FROM
        (OLD.code, OLD.version_id, OLD.channel, OLD.submitter_id, OLD.person_id, OLD.organisation_id, OLD.mandate_id,
         OLD.entered_by_id, OLD.code_agency_id, OLD.created_at, OLD.submitted_at, OLD.declared_at, OLD.filed_as)
        OR OLD.accepted_at IS NOT NULL AND NEW.accepted_at IS DISTINCT FROM OLD.accepted_at
        OR OLD.first_promised_due_at IS NOT NULL AND NEW.first_promised_due_at IS DISTINCT FROM OLD.first_promised_due_at
        OR OLD.decided_at IS NOT NULL AND NEW.decided_at IS DISTINCT FROM OLD.decided_at
    ) THEN
        RAISE EXCEPTION 'what is filed is never changed' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state <> OLD.state AND NEW.state IS DISTINCT FROM
        (SELECT target FROM dossiers_event WHERE dossier_id = NEW.id ORDER BY sequence DESC LIMIT 1)
    THEN
        RAISE EXCEPTION 'the state of a dossier follows from its history' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.code IS NOT NULL AND (
        OLD.code IS NULL
        OR (NEW.answers, NEW.asked, NEW.subject_name, NEW.subject_id_number, NEW.subject_address, NEW.subject_phone,
            NEW.subject_email) IS DISTINCT FROM
           (OLD.answers, OLD.asked, OLD.subject_name, OLD.subject_id_number, OLD.subject_address, OLD.subject_phone,
            OLD.subject_email)
    ) THEN
        SELECT content INTO kept FROM dossiers_answerrevision WHERE dossier_id = NEW.id ORDER BY id DESC LIMIT 1;
        IF NOT FOUND OR (NEW.answers, NEW.asked, NEW.subject_name, NEW.subject_id_number, NEW.subject_address,
                         NEW.subject_phone, NEW.subject_email) IS DISTINCT FROM
            (coalesce(kept.content->'answers', '{{}}'), coalesce(kept.content->'asked', '{{}}'),
             coalesce(kept.content#>>'{{subject,name}}', ''), coalesce(kept.content#>>'{{subject,id_number}}', ''),
             coalesce(kept.content#>>'{{subject,address}}', ''), coalesce(kept.content#>>'{{subject,phone}}', ''),
             coalesce(kept.content#>>'{{subject,email}}', ''))
        THEN
            RAISE EXCEPTION 'a dossier says what its newest revision says' USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER what_is_filed_is_guarded BEFORE UPDATE OR DELETE ON dossiers_dossier
    FOR EACH ROW EXECUTE FUNCTION guard_what_is_filed();
"""
BACKWARD = """
DROP TRIGGER what_is_filed_is_guarded ON dossiers_dossier;
DROP TRIGGER what_was_asked_is_frozen ON dossiers_supplementitem;
DROP TRIGGER decisions_are_frozen ON dossiers_decision;
DROP TRIGGER answers_are_never_truncated ON dossiers_answerrevision;
DROP TRIGGER answers_are_kept ON dossiers_answerrevision;
DROP TRIGGER words_are_never_truncated ON dossiers_eventtext;
DROP TRIGGER words_are_kept ON dossiers_eventtext;
DROP TRIGGER an_event_continues_the_history ON dossiers_event;
DROP FUNCTION guard_what_is_filed();
DROP FUNCTION refuse_change_but_erasure();
DROP FUNCTION guard_the_next_event();
"""


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0006_present_answers_are_a_revision")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
