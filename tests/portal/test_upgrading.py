"""An upgrade from 0.2.0: most of it beside the running programs, the rest while they stand still."""

import contextlib
import importlib
import io
import os
import re
import subprocess
import sys

import psycopg2
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, migrations, models, transaction
from django.db.migrations.loader import MigrationLoader

from portal.common import migrations as kinds
from portal.management.commands import upgrade
from procedures.models import Offering
from tests import world

OF_0_2_0 = {
    "accounts": "0001", "dossiers": "0002", "files": "0001", "messaging": "0001", "mock_gateway": "0001", "papers": "0001",
    "payments": "0003", "portal": "0001", "procedures": "0002",
}  # fmt: skip
SCHEMA = [
    "SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns"
    " WHERE table_schema = 'public'",
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace",
    "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "SELECT oid::regprocedure::text, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
]
MIGRATE_TO_0_2_0 = f"""
import django
django.setup()
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
executor = MigrationExecutor(connection)
executor.migrate([key for key in executor.loader.graph.nodes if {OF_0_2_0}.get(key[0]) == key[1][:4]])
"""
RULE = "SELECT 1 FROM pg_trigger WHERE tgname = 'a_login_keeps_its_kind'"
INSERT_A_LOGIN = """INSERT INTO accounts_user
    (username, password, full_name, phone, email, is_superuser, is_staff, is_active, date_joined)
    VALUES ('bao', '', 'Lò Văn Báo', '', '', false, false, true, now())"""


def plan():
    graph = MigrationLoader(None).graph
    return [(graph.nodes[key], False) for key in graph._generate_plan(graph.leaf_nodes(), at_end=True)]


def names(steps):
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in steps]


def add(model, field, **options):
    return migrations.AddField(model, field, models.TextField(**options))


def test_operations_that_do_not_meet_are_done_as_one():
    thing = migrations.CreateModel("Thing", [("id", models.BigAutoField(primary_key=True))])
    one, two, again = add("other", "a"), add("other", "b"), migrations.AlterField("other", "a", models.TextField(null=True))
    index = migrations.AddIndex("thing", models.Index(fields=["id"], name="things"))
    code = migrations.RunPython(migrations.RunPython.noop)
    assert list(kinds.groups([thing, one, two])) == [[thing, one, two]]
    assert list(kinds.groups([thing, one, index, two])) == [[thing, one], [index, two]]  # the index needs the table
    assert list(kinds.groups([one, two, again])) == [[one, two], [again]]
    assert list(kinds.groups([one, code, two])) == [[one], [code], [two]]
    assert list(kinds.groups([])) == []


def test_rules_wait_for_the_older_programs_to_stand_still():
    closing = upgrade.closing_of(plan())
    assert closing and all("rules_of" in name for name in names(closing))


def test_what_needs_a_closing_migration_waits_too():
    def one(name, kind=migrations.Migration, *needs):
        made = kind(name, "x")
        made.dependencies = [("x", need) for need in needs]
        return made, False

    steps = [one("a"), one("b", kinds.Closing, "a"), one("c", migrations.Migration, "b"), one("d", migrations.Migration, "a")]
    assert names(upgrade.closing_of(steps)) == ["x.b", "x.c"]


@pytest.mark.django_db
def test_programs_that_do_not_know_the_new_columns_can_insert_rows():
    added = [
        (migration.app_label, operation)
        for migration, _ in plan()
        if isinstance(migration, kinds.Expanding) and not migration.initial
        for operation in migration.operations
        if isinstance(operation, migrations.AddField) and not operation.field.many_to_many
    ]
    assert len(added) > 80
    state = MigrationLoader(None).project_state()
    refused = []
    for label, operation in added:
        model = state.apps.get_model(label, operation.model_name)
        field = model._meta.get_field(operation.name)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM information_schema.columns WHERE table_name = %s AND column_name = %s"
                " AND (is_nullable = 'YES' OR column_default IS NOT NULL)",
                [model._meta.db_table, field.column],
            )
            if not cursor.fetchone():
                refused.append(f"{model._meta.db_table}.{field.column}")
    # From the second part on who writes must say these.
    assert sorted(refused) == ["accounts_user.kind", "dossiers_event.format"]


@pytest.mark.skipif("FAKETIME" in os.environ, reason="on a moved clock PostgreSQL does not end a wait at its limit")
@pytest.mark.django_db(transaction=True)
def test_a_migration_gives_way_to_a_program_that_holds_a_table(monkeypatch):
    monkeypatch.setattr(kinds, "TRIES", 2)
    monkeypatch.setattr(kinds, "PATIENCE_MS", 20)
    tables = ["accounts_user", "dossiers_dossier"]
    with connected() as program:
        run(program, "LOCK TABLE dossiers_dossier IN ROW EXCLUSIVE MODE")
        with transaction.atomic(), connection.schema_editor() as editor:
            with pytest.raises(OperationalError, match="lock timeout"):
                kinds.lock(editor, tables)
            with connected() as another:  # what could be locked was let go
                run(another, "LOCK TABLE accounts_user IN ROW EXCLUSIVE MODE NOWAIT")
        program.rollback()
        with connection.schema_editor() as editor:
            kinds.lock(editor, tables)
            for table in tables:
                with pytest.raises(psycopg2.errors.LockNotAvailable):
                    run(program, f"LOCK TABLE {table} IN ROW EXCLUSIVE MODE NOWAIT")
                program.rollback()


@pytest.mark.django_db
def test_steps_of_0_2_0_say_what_they_deliver(desk):
    def steps(*pairs, **more):
        return [{"kind": kind, "role": role, **more} for kind, role in pairs]

    drafted, opinion = (
        {"kind": "draft", "label": "bản soạn kết quả", "line": None},
        {"kind": "opinion", "label": "ý kiến", "line": None},
    )
    review, sign, consult = ("review", "officer"), ("sign", "signer"), ("consult", "officer")
    cases = [
        (steps(review, consult, review, sign), [None, opinion, drafted, None]),
        (steps(review, consult), [None, opinion]),  # nothing is signed, so nothing is drafted
        (steps(("review", "head"), sign), [None, None]),
        (steps(review, sign, produces={"kind": "opinion"}), [{"kind": "opinion"}] * 2),  # said already: stays
        ([], []),
    ]
    offering = world.offering("1.011606", "H18.X004.HC", "H18.X004")
    for before, made in cases:
        Offering.objects.filter(pk=offering.pk).update(processing_steps=before)
        with connection.cursor() as cursor:
            cursor.execute(
                importlib.import_module("procedures.migrations.0004_steps_say_what_they_deliver").SAY_WHAT_THEY_DELIVER
            )
        offering.refresh_from_db()
        assert offering.processing_steps == [step | {"produces": one} for step, one in zip(before, made, strict=True)]


@pytest.mark.django_db
def test_what_the_rules_refuse_is_said_before_anything_is_closed(monkeypatch):
    class Refusing(kinds.Closing):
        def look_first(self, connection):
            raise CommandError("Hai loại tài khoản")

    asked = []
    monkeypatch.setattr(upgrade, "closing_of", lambda plan: [(Refusing("0001", "x"), False)])
    monkeypatch.setattr(upgrade.Command, "wait", asked.append)
    with pytest.raises(CommandError, match="Hai loại"):
        call_command("upgrade")
    assert asked == []


@pytest.mark.django_db
def test_without_migrations_nothing_is_asked(capsys):
    call_command("upgrade")
    assert "0 di trú xong" in capsys.readouterr().out


def test_an_end_of_input_says_what_is_left(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(CommandError, match="manage.py migrate"):
        upgrade.Command().wait()


@pytest.mark.django_db(transaction=True)
def test_an_upgraded_database_is_as_a_new_one():
    """From the tables of 0.2.0: its programs write between the two parts, and the end is the schema of a fresh database."""
    name = f"{connection.settings_dict['NAME']}_older"
    reach = {f"PG{word.upper()}": str(value) for word, value in address().items()} | {"DATABASE_URL": f"postgresql:///{name}"}
    options = {"env": os.environ | reach, "cwd": settings.BASE_DIR, "text": True}
    with contextlib.closing(psycopg2.connect(**address(), dbname="postgres")) as admin:
        admin.autocommit = True
        run(admin, f"DROP DATABASE IF EXISTS {name}")
        run(admin, f"CREATE DATABASE {name}")
        try:
            subprocess.run([sys.executable, "-c", MIGRATE_TO_0_2_0], check=True, **options)
            with connected(name) as old:
                old.autocommit = True
                command = subprocess.Popen(
                    [sys.executable, "manage.py", "upgrade"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, **options
                )
                said = ""
                while upgrade.READY not in said:
                    line = command.stdout.readline()
                    assert line, said
                    said += line
                assert not run(old, RULE), "a rule that 0.2.0 does not know stands beside it"
                run(old, INSERT_A_LOGIN)
                rest, _ = command.communicate("\n")
                assert command.returncode == 0 and "Mở bản mới được rồi" in rest
                assert run(old, RULE)
                assert run(old, "SELECT kind, session_epoch FROM accounts_user") == [("staff", 0)]
                with connected() as new:
                    for query in SCHEMA:
                        assert plain(run(old, query)) == plain(run(new, query))
        finally:
            run(admin, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def plain(rows):
    """As a set, without the casts and brackets that a dump and its restoring move about."""
    return {re.sub(r"::(text|character varying)(\[\])?|[()\s]", "", str(row)) for row in rows}


def address():
    here = connection.get_connection_params()
    return {word: here[word] for word in ("host", "port", "user", "password") if here.get(word)}


def connected(name=None):
    return contextlib.closing(psycopg2.connect(**address(), dbname=name or connection.settings_dict["NAME"]))


def run(program, query):
    """The rows of a query, or nothing."""
    with program.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall() if cursor.description else []
