"""Who acts for somebody else does so with a citizen's login. Mandates of staff logins, if there are any, end now."""

from django.db import migrations

FORWARD = """
UPDATE accounts_mandate m SET revoked_at = clock_timestamp()
    FROM accounts_user u WHERE u.id = m.agent_id AND u.kind <> 'citizen' AND m.revoked_at IS NULL;

CREATE FUNCTION guard_mandate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.revoked_at IS NULL AND NOT EXISTS (SELECT FROM accounts_user WHERE id = NEW.agent_id AND kind = 'citizen') THEN
        RAISE EXCEPTION 'a mandate is for a login of a citizen' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER mandates_belong_to_citizens BEFORE INSERT OR UPDATE ON accounts_mandate
    FOR EACH ROW EXECUTE FUNCTION guard_mandate();
"""
BACKWARD = """
DROP TRIGGER mandates_belong_to_citizens ON accounts_mandate;
DROP FUNCTION guard_mandate();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_units_of_the_country")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
