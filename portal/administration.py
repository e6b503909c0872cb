"""Django's admin site, for system administrators only: agencies, staff, catalogue, calendar and failed outbox rows.

Dossiers are not registered here: they change only through `dossiers.workflow`.
"""

from csp.constants import UNSAFE_EVAL, UNSAFE_INLINE
from csp.decorators import csp_update
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, resolve_url
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

# Alpine, used by the admin's widgets, evaluates expressions, and its theme adds a style element. So these pages, and no others,
# get a less strict content security policy; scripts still load from this host only, and inline scripts do not run.
LOOSENED = {"script-src": [UNSAFE_EVAL], "style-src": [UNSAFE_INLINE]}


class Administration(UnfoldAdminSite):
    """Uses the portal's login page. Answers 404 to everybody but system administrators."""

    index_title = _("Việc của quản trị hệ thống")

    def has_permission(self, request):
        return request.user.is_active and request.user.is_superuser

    @method_decorator(login_not_required)
    def login(self, request, extra_context=None):
        """Redirect to the portal's login page. Raises Http404 for a logged-in user without permission."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise Http404
        there = request.GET.get("next") or resolve_url("admin:index")
        return redirect(f"{resolve_url('accounts:login')}?{urlencode({'next': there})}")

    def admin_view(self, view, cacheable=False):
        return csp_update(LOOSENED)(super().admin_view(view, cacheable))
