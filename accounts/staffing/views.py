"""Pages of those who administer staff: asking for what takes two people, and approving it; and setting one's own password."""

from functools import wraps

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import throttle
from accounts.models import Agency, Membership, StaffRequest, User
from accounts.roles import Role
from accounts.staffing import ending, links, requests
from accounts.staffing.forms import FORMS, EndForm, NewLoginForm, OwnPasswordForm
from portal.common import clock
from portal.common.figures import number_in

SHOWN = 50  # decided requests on the list
LINK = "password_link"  # key of the session
SLUGS = {"mat-khau": StaffRequest.Kind.PASSWORD, "vai-tro": StaffRequest.Kind.ROLE, "thu-dien-tu": StaffRequest.Kind.CONTACT}
TITLES = {
    "mat-khau": gettext_lazy("Xin gửi liên kết đặt mật khẩu"),
    "vai-tro": gettext_lazy("Xin giao vai trò"),
    "thu-dien-tu": gettext_lazy("Xin đổi thư điện tử"),
}


def for_administrators(view):
    """Decorator: 404 for everybody who administers no staff; never cached."""

    @never_cache
    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not requests.administers_staff(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


# ---------------------------------------------------------------- requests
@require_safe
@for_administrators
def overview(request):
    """The requests that wait, those this user can decide first, and the last decided ones."""
    rows = requests.visible_requests(request.user)
    waiting = [_row(row, request.user) for row in rows.filter(state=StaffRequest.State.WAITING) if row.is_waiting]
    decided = rows.exclude(state=StaffRequest.State.WAITING)[:SHOWN]
    return render(
        request,
        "accounts/staffing/overview.html",
        {
            "waiting": sorted(waiting, key=lambda row: not row["decides"]),
            "decided": [_row(row, request.user) for row in decided],
            "agencies": _own_agencies(request.user),
            "acts": [{"slug": slug, "label": title} for slug, title in TITLES.items()],
        },
    )


def _own_agencies(user):
    """The agencies whose staff this user administers, not all those of a system administrator."""
    return Agency.objects.filter(pk__in=user.agencies_with(Role.AGENCY_ADMIN)).order_by("name", "pk")


def _row(row, user):
    return {"request": row, "what": requests.summary(row), "decides": requests.may_decide(user, row)}


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def ask(request, slug):
    """Ask for an act about a login of staff. `?tai-khoan=` (its number) fills in the login."""
    if slug not in SLUGS:
        raise Http404
    kind = SLUGS[slug]
    initial = {"username": _login_named(request), "valid_from": clock.today()}
    form = FORMS[kind](request.POST if request.method == "POST" else None, actor=request.user, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            row = requests.ask(
                kind, form.cleaned_data["user"], by=request.user, reason=form.cleaned_data["reason"], **form.facts()
            )
        except requests.NotPossible as impossible:
            form.add_error(None, str(impossible))
        else:
            messages.success(request, _("Đã gửi đề nghị. Người thứ hai duyệt thì việc mới được làm."))
            return redirect("accounts:staff_request", row.pk)
    context = {"form": form, "title": TITLES[slug], "slug": slug}
    return render(request, "accounts/staffing/ask.html", context, status=422 if form.is_bound else 200)


def _login_named(request):
    """User name of the login whose number stands in the address, when this user administers it; else empty."""
    user = User.objects.filter(pk=number_in(request.GET.get("tai-khoan", ""))).first()
    return user.username if user and requests.administers(request.user, user) else ""


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def request_page(request, pk):
    """One request: who asks what for whom; approve, turn down, or take back."""
    row = get_object_or_404(requests.visible_requests(request.user), pk=pk)
    decide = {"duyet": requests.approve, "khong-duyet": requests.decline}.get(request.POST.get("quyet-dinh", ""))
    if request.method == "POST":
        if decide is None:
            raise Http404
        try:
            done = decide(row, by=request.user)
        except requests.NotPossible as impossible:
            messages.error(request, str(impossible))
        else:
            messages.success(request, f"{done.get_state_display().capitalize()}: {requests.summary(done)}.")
        return redirect("accounts:staff_request", pk)
    context = {
        "row": row,
        "what": requests.summary(row),
        "decides": requests.may_decide(request.user, row),
        "takes_back": row.is_waiting and row.asked_by_id == request.user.pk,
        "posts": row.user.memberships.current().select_related("agency"),
        "link": getattr(row, "link", None),
    }
    return render(request, "accounts/staffing/request.html", context)


# ---------------------------------------------------------------- people and their roles
@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def new_login(request):
    """Make a login with its first role; a second person approves, then its owner gets the link."""
    form = NewLoginForm(
        request.POST if request.method == "POST" else None, actor=request.user, initial={"valid_from": clock.today()}
    )
    if form.is_bound and form.is_valid():
        try:
            row = requests.ask_for_login(
                form.of_the_login(), by=request.user, reason=form.cleaned_data["reason"], **form.of_the_role()
            )
        except requests.NotPossible as impossible:
            form.add_error(None, str(impossible))
        else:
            messages.success(request, _("Đã gửi đề nghị. Người thứ hai duyệt thì việc mới được làm."))
            return redirect("accounts:staff_request", row.pk)
    context = {"form": form, "title": _("Mở tài khoản cán bộ"), "slug": "tai-khoan-moi"}
    return render(request, "accounts/staffing/ask.html", context, status=422 if form.is_bound else 200)


@require_safe
@for_administrators
def people(request, code):
    """The roles at an own agency: now, later, and those that ended. 404 for another's agency."""
    rows = Agency.objects.all() if request.user.is_superuser else _own_agencies(request.user)
    agency = get_object_or_404(rows, code=code)
    today = clock.today()
    held = Membership.objects.filter(agency=agency).select_related("user").prefetch_related("ends__by")
    ordered = held.order_by("user__full_name", "user__username", "role")
    alive = [row for row in ordered if row.valid_to is None or row.valid_to >= today]
    context = {
        "agency": agency,
        "held": [{"row": row, "later": row.valid_from > today, "ends": ending.may_end(request.user, row)} for row in alive],
        "ended": held.filter(valid_to__lt=today).order_by("-valid_to", "-pk")[:SHOWN],
    }
    return render(request, "accounts/staffing/people.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def end_role(request, pk):
    """End a role at an own agency. 404 for another's; 422 with a sentence when it cannot end so."""
    row = get_object_or_404(Membership.objects.select_related("user", "agency"), pk=pk)
    if not ending.may_end(request.user, row):
        raise Http404
    form = EndForm(request.POST if request.method == "POST" else None, initial={"last_on": clock.today()})
    if form.is_bound and form.is_valid():
        try:
            ending.end(row, form.cleaned_data["last_on"], form.cleaned_data["reason"], by=request.user)
        except ending.NotPossible as impossible:
            form.add_error("last_on", str(impossible))
        else:
            messages.success(request, _("Đã ghi ngày cuối. Cán bộ được báo."))
            return redirect("accounts:staff_people", row.agency.code)
    context = {"row": row, "form": form}
    return render(request, "accounts/staffing/end.html", context, status=422 if form.is_bound else 200)


# ---------------------------------------------------------------- one's own password
@login_not_required
@never_cache
@require_safe
def password_link(request, token):
    """The link of the e-mail. The token moves out of the address at once, so that no log or referrer gets the page with it."""
    if throttle.is_over_limit(request, "secret"):
        return throttle.refuse(request)
    link = links.find(token)
    if link is None:
        throttle.count_failure(request, "secret")
        return _no_link(request)
    if request.user.is_authenticated:
        logout(request)
    request.session[LINK] = link.pk
    return _unreferred(redirect("accounts:set_password"))


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def set_password(request):
    """Set one's own password with the link just opened."""
    link = links.find_again(request.session.get(LINK))
    if link is None:
        return _no_link(request)
    user = link.request.user
    form = OwnPasswordForm(user, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        if not links.set_password(link, form.cleaned_data["new_password1"]):
            return _no_link(request)
        request.session.flush()
        messages.success(request, _("Đã đặt mật khẩu. Đăng nhập bằng mật khẩu mới."))
        return redirect("accounts:login")
    context = {"form": form, "login": user.username}
    return render(request, "accounts/staffing/set_password.html", context, status=422 if form.is_bound else 200)


def _no_link(request):
    return _unreferred(render(request, "accounts/staffing/no_link.html", status=404))


def _unreferred(response):
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
