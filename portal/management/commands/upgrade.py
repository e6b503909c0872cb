"""Migrate to this release in two parts, so that the portal is closed only for the second (docs/operations.md, «Upgrading»)."""

import time

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.core.management.sql import emit_pre_migrate_signal
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.migrations.executor import MigrationExecutor

from portal.common.migrations import Closing

# `./portalctl upgrade-drill` waits for these words.
READY = "Giờ dừng các chương trình của bản cũ, rồi bấm Enter."
DONE = "Mở bản mới được rồi."


class Command(BaseCommand):
    help = "Migrates beside the running programs of the release before, waits for Enter, then does what they must stop for."

    def handle(self, *args, **options):
        """Raises CommandError when the input ends before Enter: the first part is done then, and `migrate` does the second."""
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        closing = closing_of(plan)
        beside = [step for step in plan if step not in closing]
        emit_pre_migrate_signal(0, False, DEFAULT_DB_ALIAS, stdout=self.stdout, plan=plan)
        state = executor.migrate(None, plan=beside)
        self.stdout.write(f"{len(beside)} di trú xong trong khi bản cũ vẫn chạy.")
        if closing:
            for migration, _backwards in closing:
                if isinstance(migration, Closing):
                    migration.look_first(connection)
            _ = state.apps  # computed now, not while nobody can write
            self.wait()
            began = time.monotonic()
            executor.migrate(None, plan=closing, state=state)
            self.stdout.write(f"{len(closing)} di trú còn lại xong sau {time.monotonic() - began:.1f} giây. {DONE}")
            self.stdout.flush()
        call_command("migrate", verbosity=0)  # rights, content types and permissions; no migration is left

    def wait(self):
        self.stdout.write(READY)
        self.stdout.flush()
        connection.close()  # held open it may have timed out
        try:
            input()
        except EOFError:
            raise CommandError("Chưa có Enter: phần đầu đã xong. Dừng bản cũ rồi chạy manage.py migrate.") from None


def closing_of(plan):
    """The steps of a plan that the older programs must stand still for, and those that need them, in their order."""
    found, names = [], set()
    for step in plan:
        migration = step[0]
        if isinstance(migration, Closing) or names & set(migration.dependencies):
            found.append(step)
            names.add((migration.app_label, migration.name))
    return found
