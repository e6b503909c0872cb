from django.db import migrations

OWNER = "pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE')"
FORWARD = f"""
CREATE FUNCTION guard_parcel_requests() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    later text[] := '{{due_state, priority, next_at, leased_until, tries, last_error, done_at, created_at, outcome, words}}';
BEGIN
    IF TG_OP <> 'UPDATE' THEN
        RAISE EXCEPTION 'a request to a carrier is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF to_jsonb(NEW) - later - 'reason' <> to_jsonb(OLD) - later - 'reason'
        OR NEW.reason <> OLD.reason AND NOT (NEW.reason = '' AND {OWNER})
        OR OLD.outcome <> '' AND NEW.outcome <> OLD.outcome
    THEN
        RAISE EXCEPTION 'what a carrier was asked is never changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER requests_of_parcels_are_guarded BEFORE UPDATE OR DELETE ON parcels_parcelrequest
    FOR EACH ROW EXECUTE FUNCTION guard_parcel_requests();
"""
BACKWARD = """
DROP TRIGGER requests_of_parcels_are_guarded ON parcels_parcelrequest;
DROP FUNCTION guard_parcel_requests();
"""


class Migration(migrations.Migration):
    dependencies = [("parcels", "0005_asking_the_carrier")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
