"""Typed words are never lost: every form with words, of citizens and staff, however its POST fails.

The forms are found by walking the pages from the start page of each role, so that a new form is in the test without being named.
"""

import datetime as dt
import html
import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import Http404
from django.test import Client
from django.utils import timezone

from dossiers import workflow
from payments.models import PaymentAttempt
from portal import kept, sliding
from portal.common import clock
from portal.models import KeptWords
from tests import factories, fixtures, snapshots
from tests.dossiers.pages import browse, step_url, title, words

pytestmark = pytest.mark.django_db
WORDS = "Chữ gõ <thử> của “tôi”"
MAX_PAGES = 60
NO_WORDS = {"/dang-nhap/", "/dang-xuat/", "/i18n/setlang/"}
HOST = "http://testserver"


class Forms(HTMLParser):
    """The POST forms of a page: [{"action", "fields": [(name, value)], "typed": {name}}], filled in with WORDS."""

    def __init__(self, page, address):
        super().__init__()
        self.found, self.address, self.form, self.area, self.select = [], address, None, None, None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        facts = dict(attributes)
        name, kind = facts.get("name"), facts.get("type", "text")
        if tag == "form" and facts.get("method", "").lower() == "post":
            action = urlsplit(urljoin(self.address, facts.get("action") or self.address)).path
            self.form = {"action": action, "fields": [], "typed": set()}
        elif self.form is None or not name and tag != "option":
            return
        elif tag == "textarea" or (tag == "input" and kind in ("text", "search", "tel", "email")):
            self.form["typed"].add(name)
            self.form["fields"].append((name, WORDS))
        elif tag == "input" and (kind == "hidden" or (kind in ("radio", "checkbox") and "checked" in facts)):
            self.form["fields"].append((name, facts.get("value", "on")))

    def handle_endtag(self, tag):
        if tag == "form" and self.form:
            self.found.append(self.form)
            self.form = None


def forms_of(client, start):
    """{(action, names): (page, form)} of the forms with words that this client finds from the start page on."""
    seen, left, found = set(), list(start), {}
    while left and len(seen) < MAX_PAGES:
        address = left.pop(0)
        if address in seen:
            continue
        seen.add(address)
        answer = client.get(address, follow=True)
        if answer.status_code != 200 or "text/html" not in answer.get("Content-Type", ""):
            continue
        here = answer.redirect_chain[-1][0] if answer.redirect_chain else address
        page = answer.content.decode()
        for form in Forms(page, here).found:
            if form["typed"] and form["action"] not in NO_WORDS:
                found.setdefault((form["action"], frozenset(form["typed"])), (here, form))
        links = [html.unescape(link) for link in re.findall(r'<a\b[^>]*\bhref="(/[^"#]*)', page)]
        left += [link for link in links if leads_on(link)]
    return found


def leads_on(link):
    """Links of this person's work: not files, other languages, and the catalogue."""
    return bool(re.match(r"/(ho-so|nop|can-bo)/", link)) and not re.search(r"\.(pdf|png|csv|xlsx)|xuat-tep", link)


def citizen():
    """A citizen with a draft, a supplement to answer, and a dossier that can be withdrawn."""
    desk, user = fixtures._desk(), factories.citizen()
    draft = desk.draft(submitter=user)
    desk.asked_for_supplement(submitter=user)
    desk.submitted(submitter=user)
    pages = [f"/nop/{draft.pk}/{key}/" for key in ("nguoi_de_nghi", "lien_he", "noi_dung_va_cho_o")]
    return user, ["/ho-so/", *pages], 4


def clerk():
    desk = fixtures._desk()
    desk.submitted()
    desk.accepted()
    return desk.clerk, ["/can-bo/"], 4


def officer():
    desk = fixtures._desk()
    desk.processing()
    return desk.officer, ["/can-bo/"], 3


def accountant():
    desk = fixtures._money_desk()
    attempt = desk.paying()
    PaymentAttempt.objects.filter(pk=attempt.pk).update(state="review")
    return desk.accountant, ["/can-bo/ke-toan/", f"/can-bo/ke-toan/lan-tra/{attempt.reference}/"], 1


def walked(role):
    """(user, forms with words) of one role."""
    user, start, least = role()
    user = factories.fresh(user)
    found = forms_of(browse(user), start)
    assert len(found) >= least, sorted(action for action, _names in found)
    return user, found


@pytest.fixture(params=[citizen, clerk, officer, accountant], ids=lambda role: role.__name__)
def at_work(request, db, signing_keys):
    """(user, client, forms with words) of one role. The pages are walked through once for all tests."""
    user, found = snapshots.kept(("kept words", request.param.__name__), lambda: walked(request.param))
    return user, browse(user), found


def post(client, page, form, **more):
    return client.post(form["action"], fields_of(form), headers={"Referer": HOST + page, **more})


def fields_of(form):
    data = {}
    for name, value in form["fields"]:
        data.setdefault(name, []).append(value)
    return data


def filled_in(answer, form):
    """Are the words in the inputs of this form again? Parts of a date or a number are inputs with words, too."""
    page = answer.content.decode()
    return html.unescape(page).count(WORDS) >= len(form["typed"])


def end_session(client):
    Session.objects.filter(session_key=client.cookies["sessionid"].value).delete()


# ---------------------------------------------------------------- every form
def test_the_session_ends_while_a_form_is_filled_in(at_work):
    user, client, found = at_work
    for (action, _names), (page, form) in found.items():
        client.force_login(user)
        client.get(page)
        end_session(client)
        answer = post(client, page, form)
        assert answer.status_code == 302 and "giu=1" in answer.url, action
        assert "Chữ vừa gõ đã được giữ" in words(client.get(answer.url))

        client.force_login(user)
        there = client.get(page)
        assert filled_in(there, form), (action, page)
        assert "Chữ gõ lần trước chưa gửi" in words(there)
        KeptWords.objects.all().delete()


def test_a_page_older_than_the_last_login(at_work):
    user, client, found = at_work
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(user)
    for (action, _names), (page, form) in found.items():
        strict.get(page)
        old = {**fields_of(form), "csrfmiddlewaretoken": "a" * 32}
        answer = strict.post(action, old, headers={"Origin": HOST, "Referer": HOST + page})
        assert answer.status_code == 403 and "Chữ vừa gõ đã được giữ" in words(answer), action
        assert page in html.unescape(answer.content.decode())
        assert filled_in(strict.get(page), form), (action, page)
        KeptWords.objects.all().delete()


@pytest.mark.parametrize("failure", [DatabaseError("down"), Http404(), PermissionDenied()])
def test_the_answer_is_an_error_page(at_work, failure, settings, monkeypatch):
    user, client, found = at_work
    client.raise_request_exception = False
    monkeypatch.setattr(Failing, "failure", failure)
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.Failing"]
    client.handler.load_middleware()
    for (action, _names), (page, form) in found.items():
        answer = post(client, page, form)
        assert answer.status_code in (403, 404, 500), action
        assert WORDS in html.unescape(answer.content.decode()), action
        if answer.status_code == 500:
            assert "Gửi lại như vừa rồi" in words(answer)


class Failing:
    """Middleware: each POST fails in the view."""

    failure = None

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if request.method == "POST":
            raise self.failure


# ---------------------------------------------------------------- what else may happen
def form_of(client, address):
    """The form of this page that is sent to the page itself."""
    return next(form for form in Forms(client.get(address).content.decode(), address).found if form["action"] == address)


def test_a_clerk_whose_dossier_moved_on_gets_the_words_back_beside_who_did_what(desk):
    dossier = desk.submitted()
    client, address = browse(desk.clerk), f"/can-bo/ho-so/{dossier.code}/tu-choi/"
    form = form_of(client, address)
    workflow.advance(dossier, "accept", actor=desk.clerk)
    text = words(client.post(address, fields_of(form), follow=True))
    assert "đã làm trước" in text and WORDS in text


def test_a_form_that_was_sent_leaves_nothing_behind(desk):
    dossier = desk.submitted()
    client, address = browse(desk.clerk), f"/can-bo/ho-so/{dossier.code}/tu-choi/"
    form = form_of(client, address)
    data = {**fields_of(form), "legal_ground": "Điều 17", "note": "Không thuộc thẩm quyền của nơi này."}
    said = {**{name: values for name, values in data.items()}, "giu-trang": address, "giu-noi-gui": address}
    assert client.post("/giu-chu/", said, headers={"X-Requested-With": "fetch"}).status_code == 200
    assert "Không thuộc thẩm quyền" in client.get(address).content.decode(), "kept while it was typed"
    assert client.post(address, data).status_code == 302
    assert not KeptWords.objects.exists()


def test_words_are_given_back_to_who_typed_them_only(desk):
    dossier = desk.submitted()
    other = factories.user(receiving_clerk="H18.X004.CA")
    client, address = browse(desk.clerk), f"/can-bo/ho-so/{dossier.code}/tu-choi/"
    form = form_of(client, address)
    end_session(client)
    client.post(address, fields_of(form), headers={"Referer": HOST + address})
    assert KeptWords.objects.get().user == desk.clerk
    client.force_login(other)
    assert WORDS not in html.unescape(client.get(address).content.decode())
    assert WORDS not in client.cookies.output()


def test_a_browser_that_was_logged_out_knows_nobody_and_the_words_are_shown_at_once(desk):
    dossier = desk.submitted()
    client, address = browse(desk.clerk), f"/can-bo/ho-so/{dossier.code}/tu-choi/"
    form = form_of(client, address)
    left = client.post("/dang-xuat/")
    assert left["Clear-Site-Data"] == '"storage"'
    page = client.post(address, fields_of(form))
    assert page.status_code == 403 and title(page).startswith("Phiên làm việc đã hết") and WORDS in words(page)
    assert not KeptWords.objects.exists()


def test_another_site_cannot_put_words_into_a_form(desk):
    draft = desk.draft()
    client = Client(enforce_csrf_checks=True)
    client.force_login(draft.submitter)
    client.get(step_url(draft, "lien_he"))
    for headers in ({"Origin": "http://xau.example"}, {"Origin": "null"}, {}):
        answer = client.post(step_url(draft, "lien_he"), {"ap_email": WORDS}, headers=headers)
        assert answer.status_code == 403 and "Chữ vừa gõ đã được giữ" not in words(answer)
    assert not KeptWords.objects.exists()
    stranger = browse()
    assert stranger.post("/giu-chu/", {"giu-trang": "/ho-so/", "giu-noi-gui": "/ho-so/", "note": WORDS}).status_code == 400


def test_passwords_and_tokens_are_not_kept(desk):
    client = browse(desk.clerk)
    said = {"password": "Mat-khau", "csrfmiddlewaretoken": "x", "new_password1": "x", "note": WORDS}
    client.post("/giu-chu/", {**said, "giu-trang": "/can-bo/", "giu-noi-gui": "/can-bo/"})
    assert KeptWords.objects.get().words == {"note": [WORDS]}


def test_what_was_kept_long_enough_is_deleted(desk):
    kept.keep(desk.clerk.pk, "/can-bo/", "/can-bo/", {"note": [WORDS]})
    kept.expire()
    assert KeptWords.objects.exists()
    KeptWords.objects.update(kept_at=clock.now() - kept.KEPT_FOR)
    kept.expire()
    assert not KeptWords.objects.exists()


def test_answers_typed_while_the_version_ended_move_to_the_new_one(desk):
    draft = desk.draft()
    version = draft.version
    version.procedure.versions.filter(pk=version.pk).update(effective_to=clock.today().replace(day=1))
    client = browse(draft.submitter)
    answer = client.post(step_url(draft, "noi_dung_va_cho_o"), {"request_detail": WORDS, "accommodation": "so_huu"})
    assert answer.url == f"/nop/{draft.pk}/ban-moi/"
    draft.refresh_from_db()
    assert draft.answers["request_detail"] == WORDS


def test_the_last_words_of_a_page_are_no_new_revision(desk):
    draft = desk.draft()
    client, address = browse(draft.submitter), step_url(draft, "noi_dung_va_cho_o")
    facts = {"request_detail": "Chữ cuối trang.", "accommodation": "so_huu", "revision": draft.revision}
    client.post(f"{address}tu-luu/", {**facts, "cuoi": "1"}, headers={"X-Requested-With": "fetch"})
    before = draft.revision
    draft.refresh_from_db()
    assert draft.answers["request_detail"] == "Chữ cuối trang." and draft.revision == before


# ---------------------------------------------------------------- sessions slide
@pytest.fixture
def later(monkeypatch):
    """Function: the clock of sessions goes on by so many hours."""
    real, gone = timezone.now, [0.0]

    def go(hours):
        gone[0] += hours

    monkeypatch.setattr(timezone, "now", lambda: real() + dt.timedelta(hours=gone[0]))
    return go


def test_a_session_at_work_slides_and_an_idle_one_ends(desk, later):
    client = browse(desk.draft().submitter)
    for _hours in range(4):
        later(6)
        assert client.get("/ho-so/").status_code == 200
    later(9)
    assert client.get("/ho-so/").status_code == 302


def test_a_session_of_staff_ends_at_its_limit_also_at_work(desk, later):
    client = browse(desk.clerk)
    for _hours in (5, 5):
        later(5)
        assert client.get("/can-bo/").status_code == 200
    later(2.1)
    assert client.get("/can-bo/").status_code == 302


def test_a_session_is_not_written_at_each_request(desk, later):
    client = browse(desk.clerk)
    client.get("/can-bo/")
    seen = client.session[sliding.SEEN]
    later(0.2)
    client.get("/can-bo/")
    assert client.session[sliding.SEEN] == seen
    later(0.1)
    client.get("/can-bo/")
    assert client.session[sliding.SEEN] > seen
