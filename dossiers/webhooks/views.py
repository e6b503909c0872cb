"""Pages under /can-bo/webhook/: programs that are told what happens to dossiers. 404 for all but system administrators."""

from functools import wraps

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dossiers.webhooks import keeping, sending
from dossiers.webhooks.forms import EndpointForm
from dossiers.webhooks.models import Endpoint
from dossiers.webhooks.permissions import may_keep_webhooks
from portal.common.figures import number_in
from portal.common.outbox import OutboxState

PAGE = 50
MAX_NUMBER = 2**63 - 1  # of a row


def for_administrators(view):
    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not may_keep_webhooks(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@for_administrators
def overview(request):
    """All endpoints; a POST registers one and shows its secret, this once."""
    form = EndpointForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = keeping.register(form.save(commit=False), request.user)
        return _page(request, made, secret=made.secrets_now()[0])
    lost = Count("deliveries", filter=Q(deliveries__due_state=OutboxState.DEAD))
    waiting = Count("deliveries", filter=Q(deliveries__due_state=OutboxState.WAITING))
    rows = Endpoint.objects.annotate(lost=lost, waiting=waiting).order_by("name", "pk")
    status = 422 if form.is_bound else 200
    return render(request, "dossiers/webhooks/overview.html", {"rows": rows, "form": form}, status=status)


@for_administrators
def endpoint(request, pk):
    """One endpoint with what was sent; a POST does one of ACTIONS."""
    found = get_object_or_404(Endpoint, pk=pk)
    if request.method == "POST":
        action = ACTIONS.get(request.POST.get("viec", ""))
        if action is None:
            raise Http404
        return action(request, found)
    return _page(request, found)


def _page(request, found, secret=""):
    before = number_in(request.GET.get("truoc", "")) or MAX_NUMBER
    sent = list(found.deliveries.filter(pk__lt=min(before, MAX_NUMBER)).order_by("-pk").defer("body")[: PAGE + 1])
    shown = sent[:PAGE]
    context = {"endpoint": found, "secret": secret, "deliveries": shown, "older": shown[-1].pk if len(sent) > PAGE else None}
    return render(request, "dossiers/webhooks/endpoint.html", context)


def _replace_secret(request, found):
    found = keeping.replace_secret(found.pk)
    return _page(request, found, secret=found.secrets_now()[0])


def _switch_off(request, found):
    sending.disable(found, _("Quản trị tắt."), tell=False)
    messages.success(request, _("Đã tắt. Không gửi gì nữa tới nơi này."))
    return redirect("webhooks:endpoint", pk=found.pk)


def _switch_on(request, found):
    keeping.switch_on(found.pk)
    messages.success(request, _("Đã bật. Gửi những việc xảy ra từ bây giờ."))
    return redirect("webhooks:endpoint", pk=found.pk)


def _try_it(request, found):
    if found.disabled_at:
        return _told_that_it_is_off(request, found)
    keeping.try_it(found)
    messages.success(request, _("Đã xếp một thông báo thử. Tải lại trang sau ít giây để xem kết quả."))
    return redirect("webhooks:endpoint", pk=found.pk)


def _send_again(request, found):
    """One delivery by its number, or without one all that were given up."""
    if found.disabled_at:
        return _told_that_it_is_off(request, found)
    chosen = found.deliveries.filter(due_state=OutboxState.DEAD)
    if asked := request.POST.get("so", ""):
        number = number_in(asked)
        chosen = found.deliveries.filter(pk=number) if number and number <= MAX_NUMBER else found.deliveries.none()
        if not chosen.exists():
            raise Http404
    number = keeping.send_again(chosen)
    messages.success(request, _("Đã xếp gửi lại %(n)d thông báo.") % {"n": number})
    return redirect("webhooks:endpoint", pk=found.pk)


def _drop(request, found):
    number = keeping.drop_lost(found)
    messages.success(request, _("Đã bỏ %(n)d thông báo không gửi được.") % {"n": number})
    return redirect("webhooks:endpoint", pk=found.pk)


def _told_that_it_is_off(request, found):
    messages.error(request, _("Nơi nhận đang tắt: bật trước khi gửi."))
    return redirect("webhooks:endpoint", pk=found.pk)


ACTIONS = {
    "doi-khoa": _replace_secret, "tat": _switch_off, "bat": _switch_on, "gui-thu": _try_it, "gui-lai": _send_again,
    "bo": _drop,
}  # fmt: skip
