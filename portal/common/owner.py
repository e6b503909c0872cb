"""Commands that need the owner's role of the database: say so in a sentence before the database refuses in its own words."""

from django.core.management.base import CommandError
from django.db import DEFAULT_DB_ALIAS, connections


def require_owner(table: str, using: str = DEFAULT_DB_ALIAS) -> None:
    """Raises CommandError unless this connection's role owns `table`, or is a member of the role that does."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT current_user, pg_has_role(current_user, relowner, 'USAGE'), pg_get_userbyid(relowner)"
            " FROM pg_class WHERE oid = to_regclass(%s)",
            [table],
        )
        role, owns, owner = cursor.fetchone()
    if not owns:
        raise CommandError(
            f"This is for the owner of the database: run it with the address of the role {owner} in DATABASE_URL, not of {role}."
        )
