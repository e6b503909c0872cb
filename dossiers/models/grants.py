"""What the application role may do: everything but change the history. Set after each migration by the owner."""

from django.conf import settings
from django.db import connections
from django.db.models.signals import post_migrate

APPEND_ONLY = ["dossiers_event"]


class grant_after_migrate:
    """Connects the granting of rights to Django's post_migrate signal."""

    @staticmethod
    def connect(app_config):
        post_migrate.connect(_grant, sender=app_config, dispatch_uid="dossiers.grants")


def _grant(using, **kwargs):
    role = settings.DATABASE_APP_ROLE
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s AND rolname <> current_user", [role])
        if not cursor.fetchone():
            return
        tables = connection.introspection.table_names(cursor)
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")
        for table in APPEND_ONLY:
            if table in tables:
                cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role}")
        cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}")
