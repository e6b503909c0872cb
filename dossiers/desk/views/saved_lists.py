"""Saving a worklist under a name, and deleting it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Agency
from accounts.roles import Role
from dossiers.desk import filters, saved_lists
from dossiers.desk.views.queue import for_staff
from dossiers.desk.worklist import Worklist
from portal.common.figures import number_in
from portal.common.vietnamese import clean_text

MAX_NAME = 60  # characters


@require_POST
@for_staff
def save(request):
    """Keep the filters and the order shown under a name. `chung`: the body of a head with which it is shared."""
    wanted = filters.asked(request.POST)
    back = redirect(Worklist(request.user, wanted).address())
    name = clean_text(request.POST.get("ten", ""))
    if not name or len(name) > MAX_NAME:
        messages.error(request, _("Đặt tên cho danh sách, nhiều nhất %(n)d chữ.") % {"n": MAX_NAME})
        return back
    try:
        saved_lists.save(request.user, name, wanted, _shared_with(request))
    except saved_lists.TooMany:
        messages.error(
            request, _("Mỗi người lưu nhiều nhất %(n)d danh sách. Xóa bớt rồi lưu lại.") % {"n": saved_lists.MAX_LISTS}
        )
    else:
        messages.success(request, _("Đã lưu danh sách “%(name)s”.") % {"name": name})
    return back


def _shared_with(request):
    """The body, None for nobody. Http404 for a body this user does not head."""
    asked = request.POST.get("chung", "")
    if not asked:
        return None
    number = number_in(asked)
    if number not in request.user.agencies_with(Role.HEAD, Role.DEPUTY):
        raise Http404
    return Agency.objects.get(pk=number)


@require_POST
@for_staff
def delete(request, pk):
    """Forget a list: one's own, or one shared by the head of its body."""
    row = get_object_or_404(saved_lists.kept_by(request.user), pk=pk)
    row.delete()
    messages.success(request, _("Đã xóa danh sách “%(name)s”.") % {"name": row.name})
    return redirect("desk:queue")
