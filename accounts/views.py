"""Login, the account page with its access log, and the inbox."""

import re

from django.contrib.auth.views import LoginView
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import throttle
from accounts.addresses import address_text
from accounts.forms import LoginForm
from accounts.messages.models import Channel, Message
from accounts.models import AccessLog
from accounts.roles import Role
from portal.common import clock
from portal.common.dates import full_day
from portal.common.figures import number_in
from portal.common.identity import phone_for_display

LOOKS_SHOWN = 30
MESSAGES_A_PAGE = 20
DONE = {"view": gettext_lazy("xem"), "download": gettext_lazy("tải về")}
SEEN = {"dossier": gettext_lazy("hồ sơ"), "paper": gettext_lazy("giấy do cổng cấp"), "file": gettext_lazy("giấy tờ gửi kèm")}


class Login(LoginView):
    """Login of local accounts. `next` is followed within this site only."""

    template_name = "accounts/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def post(self, request, *args, **kwargs):
        """Refused for a network address that failed too often, whatever account it tries."""
        return throttle.refuse(request) if throttle.is_over_limit(request, "login") else super().post(request, *args, **kwargs)

    def form_invalid(self, form):
        if form.has_error(NON_FIELD_ERRORS):
            throttle.count_failure(self.request, "login")
        return super().form_invalid(form)


@never_cache
def after_login(request):
    """Redirect to the start page of the user's role: accountants to accounting, staff with dossiers to the worklist,
    administrators of an agency to its staff, other staff to the catalogue, system administrators to the admin site, citizens to
    their dossiers."""
    if {role for role, _agency in request.user.roles} == {Role.ACCOUNTANT}:
        return redirect("accounting:front")
    if request.user.works_on_dossiers:
        return redirect("desk:queue")
    if not request.user.is_superuser and request.user.agencies_with(Role.AGENCY_ADMIN):
        return redirect("accounts:staff")
    if request.user.roles:
        return redirect("procedures:search")
    return redirect("admin:index" if request.user.is_superuser else "dossiers:dashboard")


@never_cache
@require_safe
def account(request):
    """The user's own data (from the population database, read only here) and the access log: who viewed it."""
    person = request.user.person
    looks = []
    if person:
        looks = (
            AccessLog.objects.filter(person=person)
            .exclude(actor=request.user)
            .select_related("actor")
            .prefetch_related("actor__memberships__agency")
            .order_by("-at", "-pk")[:LOOKS_SHOWN]
        )
    return render(
        request, "accounts/account.html", {"person": person, "facts": _facts(person), "looks": [_look(row) for row in looks]}
    )


@never_cache
@require_safe
def inbox(request):
    """Messages, newest first. `?truoc=` is the id of the last message of the previous page."""
    mine = Message.objects.filter(recipient=request.user, channel=Channel.INBOX).order_by("-created_at", "-pk")
    before = number_in(request.GET.get("truoc", ""))
    last = mine.filter(pk=before).first() if before is not None else None
    older = Q(created_at__lt=last.created_at) | Q(created_at=last.created_at, pk__lt=last.pk) if last else Q()
    page = list(mine.filter(older)[: MESSAGES_A_PAGE + 1])
    more = f"?truoc={page[MESSAGES_A_PAGE - 1].pk}" if len(page) > MESSAGES_A_PAGE else ""
    return render(request, "accounts/inbox.html", {"rows": page[:MESSAGES_A_PAGE], "more": more, "first": last is None})


@never_cache
@require_safe
def message(request, pk):
    """One message. Opening it marks it as read."""
    row = get_object_or_404(Message, pk=pk, recipient=request.user, channel=Channel.INBOX)
    if row.read_at is None:
        row.read_at = clock.now()
        row.save(update_fields=["read_at"])
    return render(request, "accounts/message.html", {"row": row})


def _facts(person):
    """The rows of the profile; empty values are left out."""
    if person is None:
        return []
    rows = [
        (_("Họ và tên"), person.full_name),
        (_("Ngày sinh"), full_day(person.birth_date) if person.birth_date else ""),
        (_("Giới tính"), person.get_gender_display()),
        (_("Số định danh cá nhân"), person.id_number),
        (_("Nơi thường trú"), address_text(person.permanent_address)),
        (_("Nơi ở hiện tại"), address_text(person.current_address)),
        (_("Điện thoại"), phone_for_display(person.phone) if person.phone else ""),
        (_("Thư điện tử"), person.email),
    ]
    return [{"term": term, "value": value} for term, value in rows if value]


def _look(row):
    """One row of the access log in words: who (with their agencies), what, when."""
    agencies = {m.agency.name for m in row.actor.memberships.all()} if row.actor else set()
    code = re.search(r"/ho-so/([^/]+)/", row.page)
    what = f"{DONE.get(row.action, row.action)} {SEEN.get(row.target.partition(':')[0], _('dữ liệu'))}"
    refused = row.outcome == AccessLog.Outcome.REFUSED
    return {
        "who": _who(row.actor, refused),
        "agency": ", ".join(sorted(agencies)),
        "what": _("thử %(what)s, bị từ chối") % {"what": what} if refused else what,
        "code": code[1] if code else "",
        "at": row.at,
    }


def _who(actor, refused):
    """The name of who looked. A citizen who was refused is not named: their name is personal data, too."""
    if actor is None:
        return _("Không rõ ai")
    return _("Một tài khoản khác") if refused and not actor.is_staff_login else actor.full_name
