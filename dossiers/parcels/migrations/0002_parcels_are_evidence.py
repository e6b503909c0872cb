from django.db import migrations

OWNER = "pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE')"
WORK = "due_state, priority, next_at, leased_until, tries, last_error, done_at, created_at"  # columns of an outbox
FORWARD = f"""
CREATE FUNCTION refuse_change_but_blanking() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE erasable text[] := TG_ARGV;
BEGIN
    IF TG_OP = 'UPDATE' AND {OWNER} AND to_jsonb(NEW) - erasable = to_jsonb(OLD) - erasable
        AND NOT EXISTS (SELECT FROM unnest(erasable) AS name WHERE to_jsonb(NEW)->>name NOT IN ('', '(đã xóa)'))
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% keeps what was written, unless it is erased by law', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION guard_parcels() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    later text[] := '{{tracking, postage, state, state_at, owner_id, {WORK}}}';
    erasable text[] := '{{recipient, phone, address}}';
BEGIN
    IF TG_OP <> 'UPDATE' THEN
        RAISE EXCEPTION 'a parcel is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF to_jsonb(NEW) - later - erasable <> to_jsonb(OLD) - later - erasable
        OR (NEW.recipient, NEW.phone, NEW.address) <> (OLD.recipient, OLD.phone, OLD.address)
           AND NOT (NEW.recipient = '' AND NEW.phone = '' AND NEW.address = '' AND {OWNER})
        OR OLD.tracking <> '' AND NEW.tracking <> OLD.tracking
        OR OLD.state = 'delivered' AND NEW.state <> 'delivered'
    THEN
        RAISE EXCEPTION 'what was ordered of a parcel is never changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER parcels_are_guarded BEFORE UPDATE OR DELETE ON parcels_parcel
    FOR EACH ROW EXECUTE FUNCTION guard_parcels();
CREATE TRIGGER notices_of_parcels_are_kept BEFORE UPDATE OR DELETE ON parcels_parcelnotice
    FOR EACH ROW EXECUTE FUNCTION refuse_change_but_blanking('words', 'raw');
CREATE TRIGGER notices_of_parcels_are_never_truncated BEFORE TRUNCATE ON parcels_parcelnotice
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history();

CREATE FUNCTION guard_parcel_requests() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    later text[] := '{{{WORK}, outcome, words}}';
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
DROP TRIGGER notices_of_parcels_are_never_truncated ON parcels_parcelnotice;
DROP TRIGGER notices_of_parcels_are_kept ON parcels_parcelnotice;
DROP TRIGGER parcels_are_guarded ON parcels_parcel;
DROP FUNCTION guard_parcels();
DROP FUNCTION refuse_change_but_blanking();
"""


class Migration(migrations.Migration):
    dependencies = [("parcels", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
