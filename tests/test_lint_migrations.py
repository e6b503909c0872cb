"""What `./portalctl check` says about a migration beside which the release before could not work."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.migrations.state import ModelState, ProjectState

from tests.lint_migrations import BASELINE, is_read, wrong_in


def wrong(operation):
    state = ProjectState()
    state.add_model(ModelState("portal", "Thing", [("id", models.BigAutoField(primary_key=True)), ("name", models.TextField())]))
    migration = migrations.Migration("0099_next", "portal")
    migration.operations, migration.atomic = [operation], not isinstance(operation, AddIndexConcurrently)
    return wrong_in(migration, state)


def test_what_the_release_before_could_not_work_beside_is_named():
    assert wrong(migrations.AddField("thing", "note", models.TextField(default=""))) == ["NOT NULL constraint on columns"]
    assert wrong(migrations.RemoveField("thing", "name")) and wrong(migrations.RenameField("thing", "name", "title"))
    assert wrong(migrations.DeleteModel("thing"))


def test_what_does_it_no_harm_passes():
    assert not wrong(migrations.AddField("thing", "note", models.TextField(db_default="'thế'")))
    assert not wrong(migrations.AddField("thing", "at", models.DateTimeField(null=True)))
    assert not wrong(AddIndexConcurrently("thing", models.Index(fields=["name"], name="things_by_name")))
    assert not wrong(migrations.CreateModel("Other", [("id", models.BigAutoField(primary_key=True))]))


def test_only_migrations_after_the_rule_are_read():
    def one(number, module):
        made = migrations.Migration(f"{number}_x", "portal")
        made.__module__ = module
        return made

    assert not is_read(one(BASELINE["portal"], "portal.migrations.x"))
    assert is_read(one("0099", "portal.migrations.x")) and not is_read(one("0099", "django.contrib.auth.migrations.x"))
