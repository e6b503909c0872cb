from django.db import migrations

FORWARD = """
CREATE FUNCTION guard_parcels() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE later text[] := '{tracking, postage, state, state_at, owner_id, due_state, priority, next_at, leased_until, tries, last_error, done_at, created_at}';
BEGIN
    IF TG_OP <> 'UPDATE' THEN
        RAISE EXCEPTION 'a parcel is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF to_jsonb(NEW) - later <> to_jsonb(OLD) - later
        OR OLD.tracking <> '' AND NEW.tracking <> OLD.tracking
        OR OLD.state = 'delivered' AND NEW.state <> 'delivered'
    THEN
        RAISE EXCEPTION 'what was ordered of a parcel is never changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER parcels_are_guarded BEFORE UPDATE OR DELETE ON parcels_parcel
    FOR EACH ROW EXECUTE FUNCTION guard_parcels();
CREATE TRIGGER notices_of_parcels_are_frozen BEFORE UPDATE OR DELETE ON parcels_parcelnotice
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history();
CREATE TRIGGER notices_of_parcels_are_never_truncated BEFORE TRUNCATE ON parcels_parcelnotice
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history();
"""
BACKWARD = """
DROP TRIGGER notices_of_parcels_are_never_truncated ON parcels_parcelnotice;
DROP TRIGGER notices_of_parcels_are_frozen ON parcels_parcelnotice;
DROP TRIGGER parcels_are_guarded ON parcels_parcel;
DROP FUNCTION guard_parcels();
"""


class Migration(migrations.Migration):
    dependencies = [("parcels", "0001_initial"), ("dossiers", "0002_history_is_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
