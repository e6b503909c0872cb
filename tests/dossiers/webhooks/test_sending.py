"""From a step to the other program: told once, signed, again until it is taken, given up after 72 hours, and never unsafe."""

import base64
import datetime as dt
import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest

from accounts.messages.models import Message
from dossiers import workflow
from dossiers.webhooks import addresses, collecting, keeping, sending, signing
from dossiers.webhooks.models import GIVEN_UP_AFTER, OVERLAP, Delivery, Endpoint
from portal.common import clock, outbox
from tests.dossiers.webhooks.test_addresses import PUBLIC, resolving

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


class Receiver(HTTPServer):
    """Another program: keeps what it gets, answers `status`."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answers)
        self.got, self.status = [], 204
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/nhan"


class Answers(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.got.append((self.path, self.headers, body))
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("Location", self.server.url + "-khac")
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def receiver(endpoint):
    server = Receiver()
    Endpoint.objects.update(url=server.url)
    yield server
    server.shutdown()
    server.server_close()


def work():
    """What the relay and a worker do now."""
    due = Delivery.objects.filter(due_state="waiting", next_at__lte=clock.now()).order_by("pk").values_list("pk", flat=True)
    return [outbox.do(Delivery, pk) for pk in list(due)]


def answering(monkeypatch, *statuses):
    """Instead of the network: each call answers the next of these; an exception is raised. The last one stays."""
    left = list(statuses)

    def post(delivery):
        now = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(now, Exception):
            raise now
        if not 200 <= now < 300:
            raise sending.NotTaken(f"HTTP {now}", now)
        return now

    monkeypatch.setattr(sending, "post", post)


def test_the_signature_is_that_of_the_scheme():
    """The example of the specification's reference libraries."""
    secret, message = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"
    expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signing.sign(secret, message, 1614265330, '{"test": 2432232314}') == expected


def test_a_step_is_told_once_and_holds_no_person(desk, endpoint, receiver):
    dossier = desk.accepted()
    collecting.run()
    collecting.run()
    assert list(Delivery.objects.order_by("pk").values_list("kind", flat=True)) == ["dossier.submitted", "dossier.accepted"]
    work()
    path, headers, body = receiver.got[1]
    assert path == "/nhan" and headers["Content-Type"] == "application/json"
    told = json.loads(body)
    assert told == {
        "type": "dossier.accepted", "timestamp": dossier.events.last().at.isoformat(),
        "data": {"procedure": dossier.version.procedure.code, "agency": dossier.receiving_agency.code},
    }  # fmt: skip
    text = body + str(headers)
    for said in (dossier.code, dossier.subject_name, dossier.submitter.email, dossier.subject_id_number, dossier.secret):
        assert said and said not in text
    assert set(Delivery.objects.values_list("due_state", "last_status")) == {("done", 204)}
    assert not work(), "what was taken is not sent again"


def test_the_receiver_can_check_it_and_two_secrets_overlap(desk, endpoint, receiver):
    (old,) = endpoint.secrets_now()
    new = keeping.replace_secret(endpoint.pk).secrets_now()[0]
    keeping.try_it(endpoint)
    work()
    _path, headers, body = receiver.got[0]
    assert abs(int(headers["webhook-timestamp"]) - clock.now().timestamp()) < 60
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}".encode()
    for secret in (old, new):
        digest = hmac.digest(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256)
        assert f"v1,{base64.b64encode(digest).decode()}" in headers["webhook-signature"].split()
    with clock.at(clock.now() + OVERLAP):
        assert Endpoint.objects.get().secrets_now() == [new]


def test_a_confidential_dossier_and_a_step_that_stays_are_not_told(desk, endpoint):
    dossier = desk.submitted()
    type(dossier).objects.update(confidential=True)
    collecting.run()
    assert not Delivery.objects.exists()
    other = desk.submitted()
    workflow.advance(other, "claim", actor=desk.clerk)
    collecting.run()
    assert [row.event.step for row in Delivery.objects.all()] == ["submit"]


def test_what_commits_late_is_found_and_what_is_old_is_not_looked_at_again(desk, endpoint):
    first, second = desk.submitted(), desk.submitted()
    late = first.events.get()
    Endpoint.objects.update(after_event=0)
    collecting.run()
    Delivery.objects.filter(event=late).delete()  # as if its transaction had not been there yet
    collecting.run()
    assert Delivery.objects.filter(event=late).exists() and Endpoint.objects.get().after_event < late.pk
    with clock.at(clock.now() + 2 * HOUR):
        collecting.run()
        assert Endpoint.objects.get().after_event >= second.events.get().pk and Delivery.objects.count() == 2


def test_what_was_before_the_registration_is_not_told(desk, administrator, settings):
    settings.WEBHOOK_LOOPBACK = True
    desk.submitted()
    keeping.register(Endpoint(name="x", url="http://127.0.0.1:9/"), administrator)
    collecting.run()
    assert not Delivery.objects.exists()


def test_it_is_tried_with_growing_pauses_for_72_hours_then_switched_off_with_a_message(endpoint, monkeypatch):
    answering(monkeypatch, httpx.ConnectError("refused"), 500)
    began = clock.now()
    delivery, tries = keeping.try_it(endpoint), []
    for _n in range(20):
        delivery.refresh_from_db()
        if delivery.due_state != "waiting":
            break
        with clock.at(max(delivery.next_at, began)):
            tries.append(clock.now() - began)
            work()
    pauses = [after - before for before, after in zip(tries, tries[1:], strict=False)]
    assert 8 <= len(tries) <= 12 and pauses[:-1] == sorted(pauses[:-1])
    assert GIVEN_UP_AFTER <= tries[-1] <= GIVEN_UP_AFTER + dt.timedelta(minutes=1)
    endpoint.refresh_from_db()
    assert delivery.due_state == "dead" and endpoint.disabled_at and delivery.last_status == 500
    told = Message.objects.get(channel="inbox")
    assert "Đã tắt" in told.body and "Kho dữ liệu tỉnh" in told.subject and told.link == f"/can-bo/webhook/{endpoint.pk}/"


def test_one_success_in_between_keeps_the_endpoint_and_the_lost_one_is_told(endpoint, monkeypatch):
    delivery = keeping.try_it(endpoint)
    Delivery.objects.update(created_at=clock.now() - GIVEN_UP_AFTER)
    answering(monkeypatch, 500)
    work()
    delivery.refresh_from_db()
    endpoint.refresh_from_db()
    assert delivery.due_state == "dead" and endpoint.disabled_at is None and endpoint.failing_since
    assert "có thể gửi lại" in Message.objects.get(channel="inbox").body
    answering(monkeypatch, 200)
    assert keeping.send_again(Delivery.objects.all()) == 1 and work() is not None
    delivery.refresh_from_db()
    endpoint.refresh_from_db()
    assert delivery.due_state == "done" and endpoint.failing_since is None


def test_gone_switches_off_at_once_and_nothing_more_is_sent(desk, endpoint, monkeypatch):
    keeping.try_it(endpoint)
    keeping.try_it(endpoint)
    answering(monkeypatch, 410)
    work()
    endpoint.refresh_from_db()
    assert "410" in endpoint.disabled_why and set(Delivery.objects.values_list("due_state", flat=True)) == {"dead"}
    desk.submitted()
    collecting.run()
    assert Delivery.objects.count() == 2


def test_a_redirect_is_not_followed(endpoint, receiver):
    receiver.status = 302
    keeping.try_it(endpoint)
    work()
    assert [path for path, _headers, _body in receiver.got] == ["/nhan"]
    assert Delivery.objects.get().last_status == 302 and Delivery.objects.get().due_state == "waiting"


def test_a_name_that_turns_to_a_private_address_is_not_spoken_to(endpoint, monkeypatch, settings):
    settings.WEBHOOK_LOOPBACK = False
    Endpoint.objects.update(url="https://nhan.example.org/")
    called = []
    monkeypatch.setattr(httpx.Client, "stream", lambda self, method, url, **rest: called.append((url, rest)) or 1 / 0)
    resolving(monkeypatch, [PUBLIC], ["10.0.0.1"])
    keeping.try_it(endpoint)
    work()
    url, rest = called[0]
    assert url == f"https://{PUBLIC}/" and rest["headers"]["Host"] == "nhan.example.org"
    assert rest["extensions"] == {"sni_hostname": "nhan.example.org"}, "the certificate is that of the name"
    with clock.at(clock.now() + HOUR):
        work()
    assert len(called) == 1 and "Refused" in Delivery.objects.get().last_error


def test_the_connection_itself_goes_to_the_number_that_was_checked(monkeypatch):
    """The name is resolved once: a second answer, as of a DNS server that changes its mind, is never asked for."""
    looked_up = []
    resolving(monkeypatch, [PUBLIC], ["127.0.0.1"])
    target = addresses.look_up("https://nhan.example.org/")
    monkeypatch.setattr("socket.getaddrinfo", lambda host, *rest, **more: looked_up.append(host) or [])
    with pytest.raises(httpx.HTTPError):
        httpx.Client(trust_env=False, timeout=0.2).get(target.pinned, extensions={"sni_hostname": target.host})
    assert set(looked_up) <= {PUBLIC}
