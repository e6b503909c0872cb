"""`./portalctl check`: would the release before still work beside this migration? django-migration-linter reads its SQL, which is
put together without a server. Migrations up to BASELINE are not read; of the others each error is mended, or allowed below with
its reason.
"""

import os
import sys

# app: its last migration before this rule (docs/operations.md, «Upgrading»). After a release: the last of that release.
BASELINE = {
    "accounts": "0003", "custody": "0002", "dossiers": "0004", "files": "0003", "messaging": "0002", "mock_gateway": "0001",
    "papers": "0003", "parcels": "0002", "payments": "0005", "portal": "0002", "procedures": "0005", "webhooks": "0001",
}  # fmt: skip
ALLOWED: dict[str, str] = {}  # app.name: why an error of the linter does no harm there


def main():
    """Print a line for each error that nobody allowed. Exit code 1 if there is any, or an allowance that nothing needs."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.test")
    import django

    django.setup()
    found = dict(errors())
    for name, sentences in found.items():
        if name not in ALLOWED:
            print(f"{name}: {'; '.join(sentences)}")
    idle = sorted(ALLOWED.keys() - found.keys())
    print("\n".join(f"{name}: allowed without need, take it out of ALLOWED" for name in idle))
    refused = found.keys() - ALLOWED.keys()
    if refused:
        print(
            "The release before writes and reads while this one migrates: give a new column db_default or null=True, take a"
            " column out only a release after the code let go of it, make an index or a unique constraint CONCURRENTLY"
            " (docs/operations.md, «Upgrading»). What does no harm is allowed by name in ALLOWED, tests/lint_migrations.py."
        )
    return 1 if refused or idle else 0


def errors():
    """(app.name, sentences) of each migration of ours after BASELINE with errors."""
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.state import ProjectState

    loader = MigrationLoader(None)
    state = ProjectState()
    for key in loader.graph._generate_plan(loader.graph.leaf_nodes(), at_end=True):
        migration = loader.graph.nodes[key]
        if not is_read(migration):
            migration.mutate_state(state, preserve=False)
            continue
        if found := wrong_in(migration, state):
            yield f"{migration.app_label}.{migration.name}", found


def is_read(migration):
    from django.conf import settings

    ours = (settings.BASE_DIR / migration.__module__.partition(".")[0]).is_dir()
    return ours and migration.name[:4] > BASELINE.get(migration.app_label, "0000")


def wrong_in(migration, state):
    """What the linter calls an error, in its words. `state` moves on behind the migration."""
    from django_migration_linter.sql_analyser import analyse_sql_statements, get_sql_analyser_class

    errors, _ignored, _warnings = analyse_sql_statements(get_sql_analyser_class("postgresql"), sql_of(migration, state), [])
    return [error.message for error in errors]


def sql_of(migration, state):
    """Its statements, put together without a server."""
    from django.db import connections

    connection = connections["default"].copy()
    connection.__dict__["pg_version"] = 180000  # else a server is asked
    connection.ops.compose_sql = lambda sql, values: sql % tuple(map(quoted, values))
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        editor._constraint_names = lambda *_, **__: []  # names of constraints to drop: the server has them
        migration.apply(state, editor, collect_sql=True)
    return ["BEGIN;", *editor.collected_sql, "COMMIT;"] if migration.atomic else editor.collected_sql


def quoted(value):
    from psycopg2.extensions import adapt

    adapted = adapt(value)
    if hasattr(adapted, "encoding"):
        adapted.encoding = "utf-8"
    return adapted.getquoted().decode()


if __name__ == "__main__":
    sys.exit(main())
