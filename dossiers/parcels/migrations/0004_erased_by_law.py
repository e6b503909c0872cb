from django.db import migrations

OWNER = "pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE')"
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
CREATE OR REPLACE FUNCTION guard_parcels() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    later text[] := '{{tracking, postage, state, state_at, owner_id, due_state, priority, next_at, leased_until, tries, last_error,
                       done_at, created_at}}';
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
DROP TRIGGER notices_of_parcels_are_frozen ON parcels_parcelnotice;
CREATE TRIGGER notices_of_parcels_are_kept BEFORE UPDATE OR DELETE ON parcels_parcelnotice
    FOR EACH ROW EXECUTE FUNCTION refuse_change_but_blanking('words', 'raw');
"""
BACKWARD = """
DROP TRIGGER notices_of_parcels_are_kept ON parcels_parcelnotice;
CREATE TRIGGER notices_of_parcels_are_frozen BEFORE UPDATE OR DELETE ON parcels_parcelnotice
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history();
DROP FUNCTION refuse_change_but_blanking();
"""


class Migration(migrations.Migration):
    dependencies = [("parcels", "0003_request_ids")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
