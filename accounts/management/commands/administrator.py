"""Make a login of staff a system administrator, or take that away. Run with the database URL of the owner role."""

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.messages.models import queue_messages
from accounts.models import AdministratorChange, User
from accounts.staffing.requests import void_links
from portal.common.owner import require_owner

TWO_PEOPLE = 2  # passwords and roles of staff take two


class Command(BaseCommand):
    help = (
        "Makes a login of staff a system administrator, or takes that away. Ends its sessions, tells all administrators; "
        "a trigger writes the register of administrators (docs/evidence.md)."
    )

    def add_arguments(self, parser):
        parser.add_argument("act", choices=["grant", "revoke"])
        parser.add_argument("login", help="user name of a login of staff")
        parser.add_argument("--force", action="store_true", help="revoke also the last administrator who can log in")

    def handle(self, *args, act, login, force, **options):
        require_owner(User._meta.db_table)
        with transaction.atomic():
            change, others = change_administrator(login, make=act == "grant", force=force)
        now = "a system administrator" if change.is_superuser else "no system administrator any more"
        self.stdout.write(
            f"{login}: {now}; entry {change.pk} of the register, by the role {change.by_role}. Its sessions have ended."
        )
        if (left := len(others) + change.is_superuser) < TWO_PEOPLE:
            self.stderr.write(f"Administrators who can log in: {left}. Passwords and roles of staff take {TWO_PEOPLE}.")


def change_administrator(login, *, make, force=False):
    """Set or clear the flag of one login. Returns (the entry that the trigger wrote, the other active administrators).

    Raises CommandError with a sentence. All administrators are locked, so that two runs at once do not revoke the last two.
    """
    administrators = list(User.objects.select_for_update().filter(is_superuser=True, is_active=True).order_by("pk"))
    user = User.objects.select_for_update().filter(username=login).first()
    if user is None or not user.is_staff_login:
        raise CommandError(f"{login}: no login of staff has this name. A citizen's login never becomes an administrator's.")
    if user.is_superuser == make:
        raise CommandError(f"{login}: is {'already' if make else 'not'} a system administrator. Nothing was changed.")
    if make and not user.is_active:
        raise CommandError(f"{login}: this login is locked. Unlock it first.")
    others = [other for other in administrators if other.pk != user.pk]
    if not make and not others and not force:
        raise CommandError(f"{login}: is the last administrator who can log in. Grant another one first, or use --force.")
    user.is_superuser = user.is_staff = make
    user.save(update_fields=["is_superuser", "is_staff"])
    if not make:
        void_links(user)
    change = AdministratorChange.objects.filter(user=user).latest("pk")
    _tell(change, [user, *others])
    return change, others


def _tell(change, recipients):
    done = _("%(user)s là quản trị hệ thống.") if change.is_superuser else _("%(user)s thôi là quản trị hệ thống.")
    warning = _("Người giữ vai chủ của cơ sở dữ liệu đã làm việc này. Nếu anh/chị không biết, báo ngay cho người vận hành cổng.")
    queue_messages(
        f"administrator:{change.pk}",
        recipients,
        subject=_("Quyền quản trị hệ thống đã đổi"),
        body=f"{done % {'user': f'{change.user} ({change.user.username})'}} {warning}",
    )
