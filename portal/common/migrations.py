"""Two kinds of migrations of an upgrade that keeps the portal open (docs/operations.md, «Upgrading»)."""

import time

from django.db import OperationalError, migrations, transaction
from django.db.migrations.state import ProjectState
from django.db.migrations.utils import resolve_relation

PATIENCE_MS = 200  # well below deadlock_timeout (1 s): it is the migration that gives way, not a program
TRIES = 300
ADDING = (
    migrations.CreateModel, migrations.AddField, migrations.AlterField, migrations.AddIndex, migrations.AddConstraint,
    migrations.RemoveConstraint, migrations.AlterModelManagers, migrations.AlterModelOptions,
)  # fmt: skip


class Closing(migrations.Migration):
    """Runs while the programs of the release before stand still: makes rules that they would break, fills what they leave out."""

    def look_first(self, connection):
        """Raises CommandError, while the portal is still open, when rows are there that the rules refuse."""


class Expanding(migrations.Migration):
    """Adds tables and columns beside the running programs of the release before.

    New columns keep their default in the database, so that programs that do not know them can insert rows. Django would take it
    out again: a later release does, when no older program is left.

    Operations that do not meet are done as one: Django computes the classes of all related models anew for each operation (0.1 to
    0.3 s of CPU with 130 models), here once for each group.
    """

    def apply(self, project_state, schema_editor, collect_sql=False):
        """As Django's; `collect_sql` (sqlmigrate, the linter) reads each operation by itself."""
        if collect_sql:
            return super().apply(project_state, schema_editor, collect_sql)
        lock(schema_editor, existing_tables(self.app_label, self.operations, project_state))
        for group in groups(self.operations):
            # Not `clone()`, which takes the computed classes along: they come when they are first read, after the whole group.
            after = ProjectState({key: model.clone() for key, model in project_state.models.items()}, project_state.real_apps)
            for operation in group:
                operation.state_forwards(self.app_label, after)
            for operation in group:
                operation.database_forwards(self.app_label, schema_editor, project_state, after)
                if isinstance(operation, migrations.AddField):
                    keep_default(schema_editor, after.apps.get_model(self.app_label, operation.model_name), operation)
            project_state = after
        return project_state


def existing_tables(app_label, operations, state):
    """Names of the tables that the operations change or refer to, as far as they exist before."""
    models, fields = set(), []
    for operation in operations:
        if isinstance(operation, migrations.CreateModel):
            fields += [field for _name, field in operation.fields]
        elif isinstance(operation, ADDING):
            models.add((app_label, getattr(operation, "model_name_lower", None) or operation.name_lower))
            fields.append(getattr(operation, "field", None))
    for field in fields:
        if field is not None and field.remote_field:
            models.add(resolve_relation(field.remote_field.model, app_label))
    known = {(label.lower(), name.lower()) for label, name in models} & state.models.keys()
    return sorted(state.apps.get_model(*one)._meta.db_table for one in known)


def lock(schema_editor, tables):
    """Lock all of them at once, or none: who waits for one while it holds another stops programs that do the same.

    Raises OperationalError when programs have held one of them for two minutes.
    """
    if not tables:
        return
    names = ", ".join(map(schema_editor.quote_name, tables))
    for left in reversed(range(TRIES)):
        try:
            with transaction.atomic(schema_editor.connection.alias):
                schema_editor.execute(f"SET LOCAL lock_timeout = {PATIENCE_MS}")
                schema_editor.execute(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE")
                schema_editor.execute("SET LOCAL lock_timeout = 0")
            return
        except OperationalError:
            if not left:
                raise
        time.sleep(PATIENCE_MS / 1000)


def groups(operations):
    """Lists of operations, in their order, of which none needs what another of its list does."""
    group, made, changed = [], set(), set()
    for operation in operations:
        model = getattr(operation, "model_name_lower", None) or getattr(operation, "name_lower", None)
        field = (model, operation.name) if isinstance(operation, migrations.AddField | migrations.AlterField) else None
        alone = not all(isinstance(one, ADDING) for one in (operation, *group))
        if group and (alone or model in made or field in changed):
            yield group
            group, made, changed = [], set(), set()
        group.append(operation)
        made |= {model} if isinstance(operation, migrations.CreateModel) else set()
        changed |= {field} if field else set()
    if group:
        yield group


def keep_default(schema_editor, model, operation):
    """Give the column of an AddField the default that its existing rows got."""
    field, default = model._meta.get_field(operation.name), schema_editor.effective_default(operation.field)
    if default is None or field.null or field.has_db_default() or not field.column:
        return
    table, column = schema_editor.quote_name(model._meta.db_table), schema_editor.quote_name(field.column)
    schema_editor.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT {schema_editor.quote_value(default)}")
