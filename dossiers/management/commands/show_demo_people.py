"""Lists the logins of the demo. `./portalctl run` shows the same list."""

import json
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.authentication import DEMO_PASSWORD
from accounts.models import AdministrativeUnit, User
from dossiers.demo.people import ADMINISTRATORS, CITIZENS, STAFF


class Command(BaseCommand):
    help = "Shows the demo people: login, name, part, and their common password."

    def add_arguments(self, parser):
        parser.add_argument("--json", type=Path, help="write the table to this file instead of the screen")

    def handle(self, *args, **options):
        if not getattr(settings, "DEMO", False):
            raise CommandError("There are no demo people here: DEMO is not set.")
        people = list(demo_people())
        if options["json"]:
            options["json"].write_text(json.dumps({"password": DEMO_PASSWORD, "people": people}, ensure_ascii=False))
            return
        for person in people:
            self.stdout.write(f"{person['login']:<14} {person['name']:<26} {person['part']}")
        self.stdout.write(DEMO_PASSWORD)


def demo_people():
    """Demo users with a usable password: {"login", "name", "part"}."""
    for login, *_facts in [*CITIZENS, *STAFF, *ADMINISTRATORS]:
        user = User.objects.select_related("person").get(username=login)
        yield {"login": login, "name": user.full_name, "part": _part(user)}


def _part(user):
    if user.is_superuser:
        return "quản trị hệ thống"
    if user.person:
        province = AdministrativeUnit.objects.filter(code=user.person.permanent_address.get("province")).first()
        return f"công dân, {province.name}" if province else "công dân"
    parts = {membership.get_role_display(): None for membership in user.memberships.order_by("pk")}
    return ", ".join(parts)
