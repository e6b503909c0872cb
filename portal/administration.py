"""Django's admin, for system administrators only: bodies, people of the staff, catalogue, calendar, and work that failed.

It is no door to dossiers: none is registered, and what moves one goes through `dossiers.workflow` like everything else.
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

# The admin's own widgets (Alpine) evaluate expressions and its theme writes a style element. Only these pages are loosened;
# scripts still come from here alone, and nothing inline runs.
LOOSENED = {"script-src": [UNSAFE_EVAL], "style-src": [UNSAFE_INLINE]}


class Administration(UnfoldAdminSite):
    """One login for the whole portal; for everybody but system administrators this site does not exist."""

    index_title = _("Việc của quản trị hệ thống")

    def has_permission(self, request):
        return request.user.is_active and request.user.is_superuser

    @method_decorator(login_not_required)
    def login(self, request, extra_context=None):
        """Who is not logged in goes to the portal's own login; who is, and may not be here, finds nothing."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise Http404
        there = request.GET.get("next") or resolve_url("admin:index")
        return redirect(f"{resolve_url('accounts:login')}?{urlencode({'next': there})}")

    def admin_view(self, view, cacheable=False):
        return csp_update(LOOSENED)(super().admin_view(view, cacheable))
