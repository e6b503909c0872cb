"""The page that shows the OpenAPI description, for programmers: Swagger UI, for reading only."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
@login_not_required
def api_docs(request):
    """Anybody reads it. The description names what this reader may call: without a login the open data."""
    return render(request, "api_docs.html")
