"""How a person wants pages to look: text size and dark pages, kept in two cookies so that they need no account."""

from django.http import HttpResponseRedirect
from django.utils.cache import patch_vary_headers
from django.utils.http import escape_leading_slashes

YEAR = 365 * 24 * 3600  # seconds
# query parameter and cookie -> what it may hold; the first is how pages look when nothing was chosen
CHOICES = {"co-chu": ("vua", "to", "rat-to"), "giao-dien": ("sang", "toi")}


class AppearanceMiddleware:
    """Keep a choice asked for with ?co-chu= or ?giao-dien= in its cookie, and lead back to the page without it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        asked = [name for name in CHOICES if name in request.GET] if request.method == "GET" else []
        if asked:
            return self.remember(request, asked)
        request.text_size = chosen(request, "co-chu")
        request.theme = chosen(request, "giao-dien")
        response = self.get_response(request)
        if response.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ["Cookie"])
        return response

    def remember(self, request, asked):
        rest = request.GET.copy()
        wanted = {name: rest.pop(name)[-1] for name in asked}
        query = f"?{rest.urlencode()}" if rest else ""
        response = HttpResponseRedirect(escape_leading_slashes(request.path) + query)
        for name, value in wanted.items():
            if value in CHOICES[name]:
                response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=request.is_secure())
        response["Cache-Control"] = "no-store"
        return response


def chosen(request, name):
    """What this person chose earlier, or the usual."""
    value = request.COOKIES.get(name)
    return value if value in CHOICES[name] else CHOICES[name][0]
