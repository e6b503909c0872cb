"""The database guards administrators, logs, logins, roles and mandates. What people changed in 0.2.0 is marked as theirs."""

from django.core.management.base import CommandError
from django.db import migrations, models

from portal.common.migrations import Closing
from portal.common.provenance import mark_logged
from portal.launch.supervisor import EXIT_WITH_ADVICE

# A login of 0.2 is staff's if it has held a role or is an administrator's; a citizen's if it is a person. Without any of these it
# is a citizen's if it has filed or acts for somebody, otherwise staff's (the administration made it and gave it no role yet).
HELD_A_ROLE = "(u.is_staff OR u.is_superuser OR EXISTS (SELECT FROM accounts_membership m WHERE m.user_id = u.id))"
ACTS_AS_CITIZEN = "(u.person_id IS NOT NULL OR EXISTS (SELECT FROM accounts_mandate a WHERE a.agent_id = u.id){filed})"
FILED = " OR EXISTS (SELECT FROM dossiers_dossier d WHERE d.submitter_id = u.id AND d.state <> 'DRAFT')"


def decide(apps, schema_editor):
    """Fill `kind`. Raises CommandError as `refuse_both_kinds`."""
    citizen = refuse_both_kinds(schema_editor.connection)
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(f"UPDATE accounts_user u SET kind = CASE WHEN {citizen} THEN 'citizen' ELSE 'staff' END")


def refuse_both_kinds(connection):
    """The condition (SQL) under which a login is a citizen's. Raises CommandError, which names those that are staff's, too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('dossiers_dossier') IS NOT NULL")
        citizen = ACTS_AS_CITIZEN.format(filed=FILED if cursor.fetchone()[0] else "")
        cursor.execute(f"SELECT username FROM accounts_user u WHERE {HELD_A_ROLE} AND {citizen} ORDER BY username")
        if both := [name for (name,) in cursor.fetchall()]:
            raise CommandError(
                "Các tài khoản này vừa của người dân vừa của cán bộ, mà bản này tách hai loại: {}{}. Với bản cũ, mở cho cán bộ một "
                "tài khoản khác rồi bỏ vai trò (hàng trong bảng accounts_membership) và quyền quản trị ở tài khoản này, sau đó "
                "nâng cấp lại.".format(", ".join(both[:10]), " …" if len(both) > 10 else ""),
                returncode=EXIT_WITH_ADVICE,
            )
    return citizen


LOGS = ("accounts_accesslog", "django_admin_log", "accounts_administratorchange")

ADMINISTRATORS = """
CREATE FUNCTION guard_administrators() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.is_superuser IS NOT DISTINCT FROM (CASE TG_OP WHEN 'UPDATE' THEN OLD.is_superuser ELSE false END) THEN
        RETURN NULL;
    END IF;
    IF NOT pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE') THEN
        RAISE EXCEPTION 'only the owner of the database makes or unmakes an administrator' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO accounts_administratorchange (user_id, is_superuser, at, by_role)
        VALUES (NEW.id, NEW.is_superuser, clock_timestamp(), session_user);
    RETURN NULL;
END $$;
CREATE TRIGGER administrators_are_guarded AFTER INSERT OR UPDATE OF is_superuser ON accounts_user
    FOR EACH ROW EXECUTE FUNCTION guard_administrators();

CREATE FUNCTION refuse_change_of_a_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
""" + "".join(
    f"""
CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_a_log();
CREATE TRIGGER {table}_is_never_truncated BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_a_log();
"""
    for table in LOGS
) + """
INSERT INTO accounts_administratorchange (user_id, is_superuser, at, by_role)
    SELECT id, true, clock_timestamp(), session_user FROM accounts_user WHERE is_superuser;
"""
NO_ADMINISTRATORS = (
    "".join(f"DROP TRIGGER {table}_is_append_only ON {table}; DROP TRIGGER {table}_is_never_truncated ON {table};" for table in LOGS)
    + """
DROP FUNCTION refuse_change_of_a_log();
DROP TRIGGER administrators_are_guarded ON accounts_user;
DROP FUNCTION guard_administrators();
"""
)

LOGINS = """
CREATE FUNCTION guard_login() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.kind <> OLD.kind THEN
        RAISE EXCEPTION 'the kind of a login never changes' USING ERRCODE = 'check_violation';
    END IF;
    NEW.session_epoch := GREATEST(NEW.session_epoch, OLD.session_epoch);
    IF (NEW.is_active, NEW.is_staff, NEW.is_superuser) IS DISTINCT FROM (OLD.is_active, OLD.is_staff, OLD.is_superuser) THEN
        NEW.session_epoch := NEW.session_epoch + 1;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER a_login_keeps_its_kind BEFORE UPDATE ON accounts_user FOR EACH ROW EXECUTE FUNCTION guard_login();

CREATE FUNCTION guard_staff_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM accounts_user WHERE id = NEW.user_id AND kind = 'staff') THEN
        RAISE EXCEPTION 'only a login of staff can have this' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER roles_belong_to_staff BEFORE INSERT OR UPDATE ON accounts_membership
    FOR EACH ROW EXECUTE FUNCTION guard_staff_only();
CREATE TRIGGER requests_are_about_staff BEFORE INSERT OR UPDATE ON accounts_staffrequest
    FOR EACH ROW EXECUTE FUNCTION guard_staff_only();

CREATE FUNCTION guard_membership() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.user_id, NEW.agency_id, NEW.role, NEW.valid_from) IS DISTINCT FROM
       (OLD.user_id, OLD.agency_id, OLD.role, OLD.valid_from)
       OR coalesce(NEW.valid_to, 'infinity'::date) > coalesce(OLD.valid_to, 'infinity'::date) THEN
        RAISE EXCEPTION 'a role is ended, never changed or made longer' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER a_role_is_only_ended BEFORE UPDATE ON accounts_membership FOR EACH ROW EXECUTE FUNCTION guard_membership();
"""
NO_LOGINS = """
DROP TRIGGER a_login_keeps_its_kind ON accounts_user;
DROP TRIGGER roles_belong_to_staff ON accounts_membership;
DROP TRIGGER requests_are_about_staff ON accounts_staffrequest;
DROP TRIGGER a_role_is_only_ended ON accounts_membership;
DROP FUNCTION guard_login();
DROP FUNCTION guard_staff_only();
DROP FUNCTION guard_membership();
"""

# Who acts for somebody else does so with a citizen's login. Mandates of staff logins, if there are any, end now.
MANDATES = """
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
NO_MANDATES = """
DROP TRIGGER mandates_belong_to_citizens ON accounts_mandate;
DROP FUNCTION guard_mandate();
"""

ENDS_OF_ROLES = """
CREATE TRIGGER ends_of_roles_are_append_only BEFORE UPDATE OR DELETE ON accounts_membershipend
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_a_log();
"""
NO_ENDS_OF_ROLES = "DROP TRIGGER ends_of_roles_are_append_only ON accounts_membershipend;"


def mark_rows_of_people(apps, schema_editor):
    """What people changed before is theirs: the log of the administration knows."""
    mark_logged(apps, "accounts", ["Agency", "OfficeHours"])


class Migration(Closing):
    dependencies = [
        ("accounts", "0002_tables_of_0_3"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [
        migrations.RunPython(decide, migrations.RunPython.noop),
        migrations.RunSQL("ALTER TABLE accounts_user ALTER COLUMN kind DROP DEFAULT", migrations.RunSQL.noop),
        migrations.AddConstraint(
            "user",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "staff"), ("person", None)),
                    models.Q(("is_staff", False), ("is_superuser", False), ("kind", "citizen")),
                    _connector="OR",
                ),
                name="a_login_is_a_citizens_or_staffs",
            ),
        ),
        migrations.RunPython(mark_rows_of_people, migrations.RunPython.noop),
        migrations.RunSQL(ADMINISTRATORS, NO_ADMINISTRATORS),
        migrations.RunSQL(LOGINS, NO_LOGINS),
        migrations.RunSQL(MANDATES, NO_MANDATES),
        migrations.RunSQL(ENDS_OF_ROLES, NO_ENDS_OF_ROLES),
    ]

    def look_first(self, connection):
        refuse_both_kinds(connection)
