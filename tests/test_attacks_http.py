"""Security tests over real connections: twenty concurrent POSTs, and malformed requests."""

import http.client
import threading
from urllib.parse import urlencode

import pytest

from dossiers.models import Dossier
from tests.dossiers.pages import browse

pytestmark = pytest.mark.django_db(transaction=True)
TOKEN = "a" * 32


@pytest.fixture
def send(live_server):
    """Send one request over a new connection: (status, headers, body)."""

    def send(method, address, body=b"", headers=(), client=None):
        connection = http.client.HTTPConnection(live_server.thread.host, live_server.thread.port, timeout=60)
        cookies = f"csrftoken={TOKEN}" + (f"; sessionid={client.session.session_key}" if client else "")
        sent = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded", **dict(headers)}
        try:
            connection.request(method, address, body, sent)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    return send


def at_once(work, times):
    """Run `work` in `times` threads that start together. Returns their results."""
    start, results = threading.Barrier(times), []

    def run():
        start.wait(30)
        results.append(work())

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    return results


def test_twenty_presses_over_the_wire_make_one_dossier_and_show_the_same_page(desk, send):
    draft = desk.draft()
    client = browse(draft.submitter)
    body = urlencode({"cam-doan": "1", "csrfmiddlewaretoken": TOKEN})

    answers = at_once(lambda: send("POST", f"/nop/{draft.pk}/xem-lai/", body, client=client), 20)

    dossier = Dossier.objects.get()
    assert dossier.events.count() == 1 and dossier.code.endswith("-0001")
    assert [(status, headers["Location"]) for status, headers, _ in answers] == [(302, f"/ho-so/{dossier.code}/da-nop/")] * 20
    pages = {send("GET", answers[0][1]["Location"], client=client)[0] for _ in range(2)}
    assert pages == {200}


def test_twenty_requests_of_a_program_make_one_dossier(desk, send):
    draft = desk.draft()
    client = browse(draft.submitter)
    headers = {"Content-Type": "application/json", "X-CSRFToken": TOKEN}

    answers = at_once(
        lambda: send("POST", f"/api/v1/drafts/{draft.pk}/submit/", b'{"declared": true}', headers, client=client), 20
    )

    assert {status for status, *_ in answers} == {200} and len({body for *_, body in answers}) == 1
    assert Dossier.objects.get().events.count() == 1


def test_two_withdrawals_and_an_acceptance_at_once_leave_one_history(desk, send):
    dossier = desk.submitted()
    citizen, clerk = browse(dossier.submitter), browse(desk.clerk)
    token = {"csrfmiddlewaretoken": TOKEN}
    presses = iter([
        lambda: send("POST", f"/ho-so/{dossier.code}/rut/", urlencode(token), client=citizen),
        lambda: send("POST", f"/ho-so/{dossier.code}/rut/", urlencode(token), client=citizen),
        lambda: send("POST", f"/can-bo/ho-so/{dossier.code}/tiep-nhan/", urlencode({**token, "seen": "1"}), client=clerk),
    ])  # fmt: skip

    answers = at_once(lambda: next(presses)(), 3)

    assert {status for status, *_ in answers} == {302}
    steps = list(dossier.events.values_list("step", flat=True))
    assert steps in (["submit", "withdraw", "confirm_withdrawal"], ["submit", "accept", "withdraw"])


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("/ho-so/%00/", {}, 400),
        ("/ho-so/", {"Cookie": 'sessionid="\\000aaaaaaaaaaaaaaaa"'}, 400),
        ("/", {"Host": "evil.example"}, 400),
        ("/ho-so/%ff%fe/", {}, 404),
        ("//evil.example/?co-chu=to", {}, 302),
    ],
)
def test_odd_requests_are_turned_away_plainly(send, address, headers, status):
    answer = send("GET", address, headers=headers)
    assert answer[0] == status or (status == 404 and answer[0] == 302 and answer[1]["Location"].startswith("/dang-nhap/"))
    assert not answer[1].get("Location", "").startswith("//")


def test_a_request_larger_than_all_our_papers_is_not_even_received(send, settings):
    """A request with a too large Content-Length is refused before its body is read, with or without login."""
    settings.MAX_REQUEST_BYTES = 1000
    file = b'--x\r\nContent-Disposition: form-data; name="tep"; filename="a.pdf"\r\n\r\n' + b"x" * 2000 + b"\r\n--x--\r\n"
    for address in ("/dang-nhap/", "/tra-cuu/", "/ho-so/"):
        assert send("POST", address, file, {"Content-Type": "multipart/form-data; boundary=x"})[0] in (400, 413), address


def test_a_form_larger_than_any_of_ours_is_not_read(desk, send):
    draft = desk.draft()
    body = f"csrfmiddlewaretoken={TOKEN}&ap_full_name=" + "x" * (3 * 1024 * 1024)
    assert send("POST", f"/nop/{draft.pk}/nguoi_de_nghi/", body, client=browse(draft.submitter))[0] in (400, 403, 413)
