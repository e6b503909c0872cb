"""Typed words are never lost: a POST that does not reach its end leaves its words on the server, for the person who typed them.

Where the words come from: a POST that ends at the login page, at the 403 of an old page, or beside its form with an error; and
what staff type, saved while they type (`static/js/kept.js`). Where they come back: in the form of the page where they were typed,
when that person opens it again. They are deleted when the form is sent, and after `KEPT_FOR`.

A browser remembers in a signed cookie who worked in it last: it only says whose typed words these are, and opens nothing.
"""

import datetime as dt
import re
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.core.signing import BadSignature
from django.dispatch import receiver
from django.http import HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import render, resolve_url
from django.urls import Resolver404, resolve
from django.utils.http import escape_leading_slashes, url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from dossiers.desk import writing
from portal.common import clock
from portal.common.dates import clock_time
from portal.filling import fill
from portal.models import KeptWords

KEPT_FOR = dt.timedelta(days=7)
MAX_ROWS, MAX_CHARACTERS = 50, 200_000  # of one person; of one form
PAGES = "kept"  # session: paths of pages for which words are kept
TYPIST = "typist"  # cookie
AWAY = "giu"  # query parameter of the login page: words were kept
NEVER = re.compile(r"csrf|password|mat-khau|^otp|^next$", re.I)  # names of inputs
NOT_WORDS = re.compile(r"[a-z0-9_.:-]*|[0-9a-f-]{16,}", re.A)  # codes, numbers, digests: choices and hidden inputs


def typed_in(post):
    """{name: values} of a POST without secrets."""
    return {name: post.getlist(name) for name in post if not NEVER.search(name)}


def texts_in(post):
    """The words of people in a POST, to show them back: not codes, choices and numbers of rows."""
    return [value for name, values in typed_in(post).items() for value in values if not NOT_WORDS.fullmatch(value.strip())]


def keep(user_id, page, action, words):
    """Keep the words of one form for this person. `page`: the path where the form stands, `action`: where it is sent."""
    if len(str(words)) > MAX_CHARACTERS:
        return
    KeptWords.objects.update_or_create(
        user_id=user_id, action=action[:300], defaults={"page": page[:300], "words": words, "kept_at": clock.now()}
    )
    newest = KeptWords.objects.filter(user_id=user_id).order_by("-kept_at").values("pk")[:MAX_ROWS]
    KeptWords.objects.filter(user_id=user_id).exclude(pk__in=list(newest.values_list("pk", flat=True))).delete()


def expire():
    """Job of the minute: delete what was kept long enough."""
    KeptWords.objects.filter(kept_at__lt=clock.now() - KEPT_FOR).delete()


class KeepWords:
    """Middleware, the innermost one: keeps the words of a POST that did not reach its end, and gives them back."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        rows = _recalled(request)
        request.kept = {row.action: _as_post(row.words) for row in rows}
        response = self.get_response(request)
        if request.method == "POST" and not _is_for_scripts(request):
            response = _after_post(request, response)
        if rows:
            _give_back(request, response, rows)
        return _remember_typist(request, response)


def _recalled(request):
    """The rows whose forms stand on this page; one query, and only where the session says that there are some."""
    if request.method != "GET" or settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return []
    if request.path not in request.session.get(PAGES, ()) or not request.user.is_authenticated:
        return []
    return list(KeptWords.objects.filter(user_id=request.user.pk, page=request.path))


def _as_post(words):
    post = QueryDict(mutable=True)
    for name, values in words.items():
        post.setlist(name, values)
    return post


def _is_for_scripts(request):
    return request.path.startswith("/api/") or request.headers.get("X-Requested-With") == "fetch"


def _after_post(request, response):
    if not isinstance(response, HttpResponseRedirect):
        return response
    if _leads_to_login(response):
        return _at_login(request, response)
    texts = texts_in(request.POST)
    queued = getattr(getattr(request, "_messages", None), "_queued_messages", ())  # reading them in public would use them up
    if any(message.level >= messages.ERROR for message in queued):
        if texts:
            messages.warning(request, _("Chữ vừa gõ chưa được ghi: %(words)s") % {"words": _quoted(texts)})
    else:
        forget(request)
    return response


def _leads_to_login(response):
    return urlsplit(response["Location"]).path in {resolve_url(settings.LOGIN_URL), resolve_url("admin:login")}


def _at_login(request, response):
    """The session is over. Keep the words and say so on the login page; when nobody knows who typed, show them back at once."""
    texts = texts_in(request.POST)
    if not texts:
        return response
    typist = typist_of(request)
    page = page_of(request)
    if typist is None:
        return render(request, "accounts/session_over.html", {"typed": texts, "next": page}, status=403)
    keep(typist, urlsplit(page).path, request.path, typed_in(request.POST))
    return HttpResponseRedirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': page, AWAY: 1})}")


def page_of(request):
    """The page where the form of this POST stands, with its query: by the Referer, if it is ours; else the path of the POST."""
    referer = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(referer, {request.get_host()}, require_https=request.is_secure()):
        parts = urlsplit(referer)
        return escape_leading_slashes(parts.path) + (f"?{parts.query}" if parts.query else "")
    return request.path


def came_from_here(request):
    """Was this POST sent by a page of this host? Says so the browser; a page of another site cannot."""
    host = f"{request.scheme}://{request.get_host()}"
    origin = request.headers.get("Origin")
    return origin == host if origin else request.headers.get("Referer", "").startswith(f"{host}/")


def keep_of_old_page(request):
    """A POST of a page that is older than the last login (403): keep its words for the person logged in. Was it kept?"""
    typist = request.user.pk if request.user.is_authenticated else None
    if typist is None or typist != typist_of(request) or not came_from_here(request) or not texts_in(request.POST):
        return False
    page = urlsplit(page_of(request)).path
    keep(typist, page, request.path, typed_in(request.POST))
    _note_page(request, page)
    return True


def forget(request):
    """The form was sent: its words are not kept any longer."""
    pages = request.session.get(PAGES) if settings.SESSION_COOKIE_NAME in request.COOKIES else None
    if pages and request.user.is_authenticated:
        mine = KeptWords.objects.filter(user_id=request.user.pk)
        if mine.filter(action=request.path).delete()[0]:
            request.session[PAGES] = list(mine.values_list("page", flat=True))


def _give_back(request, response, rows):
    """Fill the words into the page, with a notice before the form. Where the form is gone, show them on the next page."""
    page = response.content.decode() if response.status_code == 200 and not response.streaming else ""
    given = False
    for row in rows:
        if not re.search(r"<form\b", page):
            break
        filled = page if row.action in getattr(request, "kept_used", ()) else fill(page, row.action, row.words, request.path)
        given = given or filled != page or row.action in getattr(request, "kept_used", ())
        page = filled
    if given:
        notice = render(request, "ui/kept.html").content.decode()
        response.content = re.sub(r"(<main\b[^>]*>)", lambda main: main[1] + notice, page, count=1)
    else:
        texts = [text for row in rows for text in texts_in(_as_post(row.words))]
        if texts:
            messages.warning(request, _("Chữ gõ lần trước chưa gửi được: %(words)s") % {"words": _quoted(texts)})
        request.session[PAGES] = [path for path in request.session[PAGES] if path != request.path]


def _quoted(texts):
    return " · ".join(f"“{text}”" for text in texts)


def _note_page(request, page):
    pages = request.session.get(PAGES, [])
    if page not in pages:
        request.session[PAGES] = [*pages, page][-MAX_ROWS:]


# ---------------------------------------------------------------- who typed
@receiver(user_logged_in)
def recall(request, user, **kwargs):
    """At login: the session learns for which pages words are kept."""
    pages = list(KeptWords.objects.filter(user_id=user.pk).values_list("page", flat=True))
    if pages:
        request.session[PAGES] = pages


@receiver(user_logged_out)
def leave(request, **kwargs):
    request.typist_left = True


def typist_of(request):
    """The id of the person who worked in this browser last, by the signed cookie; None when unknown."""
    try:
        number = request.get_signed_cookie(TYPIST, max_age=KEPT_FOR)
    except (KeyError, BadSignature):
        return None
    return int(number)


def _remember_typist(request, response):
    if getattr(request, "typist_left", False):
        response.delete_cookie(TYPIST, samesite="Lax")
        response["Clear-Site-Data"] = '"storage"'  # copies of drafts on this device
        return response
    if not request.session.accessed:
        return response
    user_id = request.session.get("_auth_user_id")
    if user_id is not None and str(typist_of(request)) != user_id:
        response.set_signed_cookie(
            TYPIST, user_id, max_age=KEPT_FOR, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )
    return response


# ---------------------------------------------------------------- while staff type
@login_not_required  # the session may be over while somebody types: the cookie says who it is
@require_POST
@never_cache
def keep_typed(request):
    """Save the words of a form while they are typed, or at the press of a button that sends the form here. `giu-trang`: the page,
    `giu-noi-gui`: where the form is sent, the same page when absent."""
    typist = request.user.pk if request.user.is_authenticated else typist_of(request)
    page = urlsplit(request.POST.get("giu-trang", "")).path
    action = urlsplit(request.POST.get("giu-noi-gui", "")).path or page
    if typist is None or not _is_page(page) or not _is_page(action):
        return JsonResponse({}, status=400)
    keep(typist, page, action, {name: values for name, values in typed_in(request.POST).items() if not name.startswith("giu-")})
    if request.user.is_authenticated:
        _note_page(request, page)
        writing.note(request.user, action, request.POST.get("step", ""))
    if not _is_for_scripts(request):
        messages.success(request, _("Đã lưu nháp lúc %(time)s, giữ 7 ngày.") % {"time": clock_time(clock.now())})
        return HttpResponseRedirect(page)
    return JsonResponse({"saved_at_text": clock_time(clock.now())})


def _is_page(path):
    try:
        return bool(resolve(path))
    except Resolver404:
        return False
