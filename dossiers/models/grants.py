"""Database rights of the application role: everything except changing the history. Granted by the owner after migrations."""

from django.conf import settings
from django.db import connections
from django.db.models.signals import post_migrate

# What is written once. Erasure required by law is the owner's, too (`dossiers.workflow.history.erase`).
APPEND_ONLY = [
    "dossiers_event", "dossiers_eventtext", "dossiers_answerrevision", "dossiers_decision", "dossiers_supplementitem",
    "dossiers_resultdraft", "dossiers_paperseen", "dossiers_anchorleaf", "accounts_accesslog", "django_admin_log",
    "parcels_parcelnotice", "custody_original", "custody_handover", "custody_custodymove",
]  # fmt: skip
REVOKED = {
    **dict.fromkeys(APPEND_ONLY, "UPDATE, DELETE, TRUNCATE"),
    "accounts_administratorchange": "INSERT, UPDATE, DELETE, TRUNCATE",  # rows come from a trigger
    "dossiers_anchor": "DELETE, TRUNCATE",
    "parcels_parcel": "DELETE, TRUNCATE",
    "papers_issuedpaper": "DELETE, TRUNCATE",
    "papers_papernumber": "UPDATE, DELETE, TRUNCATE",
    "papers_numbercounter": "DELETE, TRUNCATE",
}


class grant_after_migrate:
    """Connects `_grant` to Django's post_migrate signal."""

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
        for table, rights in REVOKED.items():
            if table in tables:
                cursor.execute(f"REVOKE {rights} ON {table} FROM {role}")
        cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}")
