"""Acts that take two people: a password link, a role, another e-mail address of a login of staff. The only way to them.

One person asks, another one approves; neither is the owner of the login. Both are system administrators or administrators of the
agencies concerned. The owner is told of every request, decision and completion.
"""

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts.messages.models import Channel, Message, queue_messages
from accounts.models import LoginKind, Membership, PasswordLink, StaffRequest, User
from accounts.roles import BEYOND_A_BODY, Role
from portal.common import clock
from portal.common.dates import full_day
from portal.common.outbox import OutboxState, wake_relay

Kind, State = StaffRequest.Kind, StaffRequest.State
TOLD = {  # what the owner of the login is told: subject, text
    "asked": (
        gettext_lazy("Có đề nghị về tài khoản của anh/chị"),
        gettext_lazy("%(by)s đề nghị: %(what)s. Người thứ hai chưa duyệt."),
    ),
    "approved": (gettext_lazy("Đề nghị về tài khoản của anh/chị đã được duyệt"), gettext_lazy("%(decider)s duyệt: %(what)s.")),
    "declined": (
        gettext_lazy("Đề nghị về tài khoản của anh/chị không được duyệt"),
        gettext_lazy("%(decider)s không duyệt: %(what)s."),
    ),
    "done": (gettext_lazy("Thư điện tử của tài khoản đã đổi"), gettext_lazy("Từ nay cổng gửi thư tới địa chỉ này.")),
}


class NotPossible(Exception):
    """The request cannot be made or approved now; `str()` is a sentence for the user."""


# ---------------------------------------------------------------- who
def administers_staff(user):
    """Does this user administer anybody?"""
    return user.is_active and user.is_staff_login and (user.is_superuser or bool(user.agencies_with(Role.AGENCY_ADMIN)))


def grantable_roles(actor):
    """The roles this person may ask for: an administrator of an agency none that counts beyond it."""
    return [role for role in Role if actor.is_superuser or role not in BEYOND_A_BODY]


def administers(actor, user, *, agency=None, role=""):
    """May this person ask for and approve acts about this login? `agency`, `role`: where which role is to begin.

    A system administrator for all staff but themselves. An administrator of an agency for staff all of whose roles are at
    agencies of theirs and count there only, and for such roles at their agencies; never for a system administrator.
    """
    if not actor.is_active or not actor.is_staff_login or not user.is_staff_login or actor.pk == user.pk:
        return False
    if actor.is_superuser:
        return True
    theirs = actor.agencies_with(Role.AGENCY_ADMIN)
    if user.is_superuser or not theirs or (agency is not None and agency.pk not in theirs):
        return False
    if any(held in BEYOND_A_BODY for held in (role, *(role for role, _place in user.roles))):
        return False
    held = {place for _role, place in user.roles}
    return held <= theirs and bool(held or agency)


def may_decide(actor, request):
    """May this person approve the request? Never who asked for it, never the owner of the login."""
    return request.is_waiting and actor.pk != request.asked_by_id and _is_within_reach(actor, request)


def _is_within_reach(actor, request):
    return administers(actor, request.user, agency=request.agency, role=request.role)


def visible_requests(actor):
    """The requests this person may read: a system administrator all but about themselves; others those of their agencies."""
    rows = StaffRequest.objects.select_related("user", "agency", "asked_by", "decided_by").exclude(user=actor)
    if actor.is_superuser:
        return rows
    theirs = actor.agencies_with(Role.AGENCY_ADMIN)
    elsewhere = Membership.objects.current().exclude(agency__in=theirs).values("user")
    here = Membership.objects.current().filter(agency__in=theirs).values("user")
    about_theirs = rows.exclude(user__in=elsewhere).exclude(user__is_superuser=True)
    return about_theirs.filter(agency__in=theirs) | about_theirs.filter(agency=None, user__in=here)


def _deciders(request):
    """Users who could approve this request."""
    places = [request.agency_id] if request.agency_id else [place for _role, place in request.user.roles]
    admins = Membership.objects.current().filter(role=Role.AGENCY_ADMIN, agency__in=places).values("user")
    people = User.objects.filter(is_superuser=True) | User.objects.filter(pk__in=admins)
    return [person for person in people.filter(is_active=True).distinct() if may_decide(person, request)]


# ---------------------------------------------------------------- asking
@transaction.atomic
def ask(kind, user, *, by, reason, **facts):
    """Make a request. `facts`: agency, role, valid_from, valid_to of a ROLE; email of a CONTACT. Returns it.

    Raises PermissionDenied when `by` may not ask this, NotPossible with a sentence otherwise.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if not administers(by, user, agency=facts.get("agency"), role=facts.get("role", "")):
        raise PermissionDenied("asks for what they do not administer")
    if kind == Kind.PASSWORD and not user.email:
        raise NotPossible(_("Tài khoản này chưa có thư điện tử nên không có nơi gửi liên kết. Xin đổi thư điện tử trước."))
    if not user.is_active:
        raise NotPossible(_("Tài khoản này đang khóa."))
    waiting = StaffRequest.objects.filter(user=user, kind=kind, state=State.WAITING)
    waiting.filter(asked_at__lte=clock.now() - StaffRequest.LIFETIME).update(state=State.EXPIRED)
    if waiting.filter(agency=facts.get("agency"), role=facts.get("role", "")).exists():
        raise NotPossible(_("Đã có một đề nghị như vậy đang chờ người thứ hai."))
    request = StaffRequest.objects.create(kind=kind, user=user, asked_by=by, reason=reason, **facts)
    _tell(request, "asked")
    _tell_deciders(request)
    return request


@transaction.atomic
def ask_for_login(facts, *, by, reason, **role):
    """Make a login of staff without password and rights, and ask that it gets a role and its owner a link. Returns the request.

    `facts`: username, full_name, email, id_number. Raises PermissionDenied, NotPossible.
    """
    user = User(kind=LoginKind.STAFF, **facts)
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        raise NotPossible(_("Tên đăng nhập này đã có.")) from None
    return ask(Kind.NEW, user, by=by, reason=reason, **role)


# ---------------------------------------------------------------- deciding
@transaction.atomic
def approve(request, *, by):
    """Approve and carry out a request. Returns it. Raises PermissionDenied, NotPossible."""
    request = _locked(request, by)
    user = request.user
    if not user.is_active:
        raise NotPossible(_("Tài khoản này đang khóa."))
    if not _is_within_reach(request.asked_by, request):
        raise NotPossible(_("Người đề nghị không còn quản trị tài khoản này. Xin không duyệt và đề nghị lại."))
    request.state, request.decided_by, request.decided_at = State.APPROVED, by, clock.now()
    request.save(update_fields=["state", "decided_by", "decided_at"])
    _tell(request, "approved")
    ACTS[Kind(request.kind)](request)
    return request


@transaction.atomic
def decline(request, *, by):
    """Turn a request down; who asked may take it back the same way. Returns it. Raises PermissionDenied, NotPossible."""
    request = _locked(request, by, taking_back=True)
    request.state, request.decided_by, request.decided_at = State.DECLINED, by, clock.now()
    request.save(update_fields=["state", "decided_by", "decided_at"])
    _tell(request, "declined")
    return request


def _locked(request, by, *, taking_back=False):
    """The request and its user, locked. Raises NotPossible when it was decided or expired, PermissionDenied."""
    request = StaffRequest.objects.select_for_update(of=("self", "user")).select_related("user", "asked_by").get(pk=request.pk)
    if not request.is_waiting:
        raise NotPossible(_("Đề nghị này không còn chờ duyệt."))
    if not (taking_back and by.pk == request.asked_by_id) and not may_decide(by, request):
        raise PermissionDenied("approving takes another person who administers the login")
    return request


def _send_link(request):
    void_links(request.user)
    PasswordLink.objects.create(request=request)
    wake_relay()


def _give_role(request):
    if Membership.objects.current().filter(user=request.user, agency=request.agency, role=request.role).exists():
        raise NotPossible(_("Người này đang giữ vai trò ấy rồi."))
    Membership.objects.create(
        user=request.user, agency=request.agency, role=request.role, valid_from=request.valid_from, valid_to=request.valid_to
    )


def _change_contact(request):
    """Links sent to the old address end. The owner has been told there, and is told at the new address.

    Raises NotPossible while the e-mail to the old address still waits: sent later, it would go to the new one.
    """
    told = Message.objects.filter(key=f"staff:{request.pk}:asked", recipient=request.user, channel=Channel.EMAIL)
    if told.filter(due_state=OutboxState.WAITING).exists():
        raise NotPossible(_("Thư báo tới địa chỉ cũ chưa gửi đi. Duyệt lại sau ít phút."))
    void_links(request.user)
    request.user.email = request.email
    request.user.save(update_fields=["email"])
    _tell(request, "done")


def _open_login(request):
    if not request.user.email:
        raise NotPossible(_("Tài khoản này chưa có thư điện tử nên không có nơi gửi liên kết. Xin đổi thư điện tử trước."))
    _give_role(request)
    _send_link(request)


ACTS = {Kind.PASSWORD: _send_link, Kind.ROLE: _give_role, Kind.CONTACT: _change_contact, Kind.NEW: _open_login}


def void_links(user):
    """End the links of this user that were not used, for good: without its token a link does not open when a clock goes back."""
    open_links = PasswordLink.objects.filter(request__user=user, used_at=None).exclude(expires_at__lt=clock.now())
    open_links.update(expires_at=clock.now(), token_sha256="", due_state="done")


# ---------------------------------------------------------------- words
def summary(request):
    """What is asked for, in words."""
    if request.kind in (Kind.ROLE, Kind.NEW):
        until = _(" đến %(day)s") % {"day": full_day(request.valid_to)} if request.valid_to else ""
        facts = {"role": request.get_role_display(), "agency": request.agency, "since": full_day(request.valid_from)}
        words = _("giao vai trò %(role)s ở %(agency)s từ %(since)s") % facts + until
        return words if request.kind == Kind.ROLE else _("mở tài khoản, gửi liên kết đặt mật khẩu, %(role)s") % {"role": words}
    if request.kind == Kind.CONTACT:
        return _("đổi thư điện tử thành %(email)s") % {"email": request.email}
    return _("gửi liên kết để đặt mật khẩu tới thư điện tử của tài khoản")


def _words(request):
    return {"by": request.asked_by, "decider": request.decided_by, "user": request.user, "what": summary(request)}


@override("vi")
def _tell(request, what):
    """A message to the owner of the login, in Vietnamese whatever language the page is read in."""
    subject, body = TOLD[what]
    warning = _("Nếu anh/chị không biết việc này, báo ngay cho quản trị cơ quan.")
    queue_messages(f"staff:{request.pk}:{what}", [request.user], subject=str(subject), body=f"{body % _words(request)} {warning}")


@override("vi")
def _tell_deciders(request):
    queue_messages(
        f"staff:{request.pk}:decide",
        _deciders(request),
        subject=_("Một đề nghị chờ người thứ hai"),
        body=_("%(by)s đề nghị cho %(user)s: %(what)s.") % _words(request),
        link=reverse("accounts:staff_request", args=[request.pk]),
    )
