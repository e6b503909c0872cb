"""Only the owner of the database makes administrators, and each such change leaves a row. Both logs are append-only."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

LOGS = ("accounts_accesslog", "django_admin_log", "accounts_administratorchange")

FORWARD = """
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
BACKWARD = (
    "".join(f"DROP TRIGGER {table}_is_append_only ON {table}; DROP TRIGGER {table}_is_never_truncated ON {table};" for table in LOGS)
    + """
DROP FUNCTION refuse_change_of_a_log();
DROP TRIGGER administrators_are_guarded ON accounts_user;
DROP FUNCTION guard_administrators();
"""
)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("admin", "0003_logentry_add_action_flag_choices")]
    operations = [
        migrations.CreateModel(
            name="AdministratorChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_superuser", models.BooleanField(verbose_name="là quản trị hệ thống")),
                ("at", models.DateTimeField(verbose_name="lúc")),
                ("by_role", models.CharField(max_length=63, verbose_name="vai của cơ sở dữ liệu")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="tài khoản",
                    ),
                ),
            ],
            options={"verbose_name": "lần đổi quyền quản trị", "verbose_name_plural": "lần đổi quyền quản trị"},
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
