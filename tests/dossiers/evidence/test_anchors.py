"""Daily anchors: made once a day, signed, kept outside, verified; with a time token where a service is set."""

import datetime as dt
import http.server
import json
import threading

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from dossiers import workflow
from dossiers.evidence import anchors, time_tokens
from dossiers.models import Anchor, AnchorLeaf
from portal.common import clock
from portal.common.digests import leaf_hash, merkle_root, sha256
from tests.dossiers.workflow.test_history import change_past_the_trigger


def problems():
    return "\n".join(anchors.problems())


def test_an_anchor_is_owed_once_a_day_and_never_before_half_past_midnight(db):
    day = dt.date(2026, 11, 29)
    with clock.at(dt.datetime.combine(day, dt.time(0, 10), clock.LOCAL)):
        anchors.run()
        assert not Anchor.objects.exists()
    for minute in (31, 32):
        with clock.at(dt.datetime.combine(day, dt.time(0, minute), clock.LOCAL)):
            anchors.run()
    assert Anchor.objects.get().day == day


def test_an_anchor_waits_for_the_one_before_and_a_clock_set_back_owes_none(desk, make_anchor):
    earlier = Anchor.objects.create(day=clock.today() - dt.timedelta(days=1), due_state="dead")
    later = Anchor.objects.create(day=clock.today() + dt.timedelta(days=1))
    anchors.make(later)
    assert later.document == "" and later.keep_waiting and later.next_at > clock.now()
    with clock.at(dt.datetime.combine(clock.today(), dt.time(9), clock.LOCAL)):
        anchors.run()  # a day that lies before the newest anchor
    assert Anchor.objects.count() == 2
    with clock.at(dt.datetime.combine(clock.today() + dt.timedelta(days=2), dt.time(9), clock.LOCAL)):
        anchors.run()
    earlier.refresh_from_db()
    assert Anchor.objects.count() == 3 and earlier.due_state == "waiting"
    for anchor in (earlier, later):
        anchors.make(anchor)
    assert json.loads(later.document)["previous"] == sha256(earlier.document)


def test_an_anchor_covers_each_head_and_is_signed_and_kept_outside(desk, make_anchor, anchor_dir):
    dossiers = [desk.submitted(), desk.accepted()]
    anchor = make_anchor()

    said = json.loads(anchor.document)
    texts = [f"event|{d.code}|{d.events.last().sequence}|{d.events.last().hash}" for d in dossiers]
    assert said["root"] == merkle_root([leaf_hash(text) for text in texts]) and said["leaves"] == 2
    assert (anchor_dir / f"{anchor.day}.json").read_bytes() == Client().get(f"/kiem-chung/neo/{anchor.day}.json").content
    assert problems() == ""


def test_the_next_anchor_covers_what_moved_and_continues_the_one_before(desk, make_anchor):
    still, moved = desk.submitted(), desk.submitted()
    first = make_anchor()
    workflow.advance(moved, "accept", actor=desk.clerk)
    second = make_anchor()
    assert json.loads(second.document)["previous"] == sha256(first.document)
    assert [(leaf.ref, leaf.sequence) for leaf in second.leaves.all()] == [(moved.pk, 2)]
    assert AnchorLeaf.objects.filter(ref=still.pk).count() == 1
    assert make_anchor().leaves.count() == 0  # a day on which nothing happened
    assert problems() == ""


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE dossiers_event SET hash = repeat('1', 64)", "is not what was anchored"),
        ("DELETE FROM dossiers_anchorleaf", "not those that were signed"),
        ("UPDATE dossiers_anchorleaf SET hash = repeat('1', 64)", "not those that were signed"),
        ("UPDATE dossiers_anchor SET document = replace(document, '\"leaves\":1', '\"leaves\":2')", "signature does not hold"),
        ("DELETE FROM dossiers_anchorleaf; DELETE FROM dossiers_anchor", "stands outside, the database has none"),
        ("UPDATE dossiers_anchor SET certificates = ''", "signature does not hold"),
    ],
)  # fmt: skip
def test_what_contradicts_an_anchor_is_found(desk, make_anchor, statement, sentence):
    desk.submitted()
    make_anchor()
    change_past_the_trigger(statement)
    assert sentence in problems()


def test_a_copy_outside_that_differs_or_is_missing_is_found(desk, make_anchor, anchor_dir):
    copy = anchor_dir / f"{make_anchor().day}.json"
    whole = copy.read_bytes()
    copy.write_bytes(whole.replace(b"leaves", b"leafs"))
    assert "differs from its copy outside" in problems()
    copy.unlink()
    assert "has no copy outside" in problems()


def test_an_anchor_that_is_signed_by_a_key_of_somebody_else_is_found(desk, make_anchor, settings, tmp_path):
    from dossiers.papers.certificates import ensure_development_ca

    ours = settings.SIGNING_DIR
    settings.SIGNING_DIR = tmp_path / "others"
    ensure_development_ca()
    make_anchor()
    settings.SIGNING_DIR = ours
    assert "no trusted root vouches" in problems()


def test_an_anchor_that_is_signed_by_another_agency_of_the_same_root_is_found(desk, make_anchor, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(anchors, "PORTAL", desk.clerk.memberships.get().agency)
        make_anchor()
    assert "signed by" in problems()


def test_the_database_keeps_anchors_and_leaves(desk, make_anchor):
    desk.submitted()
    make_anchor()
    for statement in (
        "DELETE FROM dossiers_anchor", "UPDATE dossiers_anchor SET signature = ''", "DELETE FROM dossiers_anchorleaf",
        "UPDATE dossiers_anchorleaf SET hash = ''", "TRUNCATE dossiers_anchor CASCADE",
    ):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_days_without_an_anchor_are_named(desk, make_anchor):
    make_anchor()
    with clock.at(clock.now() + dt.timedelta(days=3)):
        assert "no anchor since" in problems()


def test_an_unknown_day_and_one_without_a_token_are_not_found(db, client, make_anchor):
    day = make_anchor().day
    for address in ("2020-01-01.json", "2020-13-01.json", f"{day}.tsr"):
        assert client.get(f"/kiem-chung/neo/{address}").status_code == 404


# ---------------------------------------------------------------- time tokens
@pytest.fixture
def time_service(signing_keys):
    """The address of a time stamping service on this machine."""
    from asn1crypto import tsp
    from pyhanko.sign.timestamps import DummyTimeStamper

    stamper = DummyTimeStamper(*_service_certificate())

    class Service(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            import asyncio

            asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            answer = asyncio.run(stamper.async_request_tsa_response(asked)).dump()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *words):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def _service_certificate():
    from asn1crypto import keys
    from asn1crypto import x509 as asn1
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Dấu thời gian thử")])
    now = clock.now()
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - dt.timedelta(days=1), now + dt.timedelta(days=9))
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(key, hashes.SHA256())
    )
    der, no = serialization.Encoding.DER, serialization.NoEncryption()
    return (
        asn1.Certificate.load(certificate.public_bytes(der)),
        keys.PrivateKeyInfo.load(key.private_bytes(der, serialization.PrivateFormat.PKCS8, no)),
    )


def test_a_time_token_is_fetched_kept_published_and_verified(desk, make_anchor, settings, time_service, anchor_dir):
    settings.TSA_URL = time_service
    anchor = make_anchor()
    anchors.fetch_time_token(anchor)
    anchor.refresh_from_db()
    anchors.make(anchor)

    token = Client().get(f"/kiem-chung/neo/{anchor.day}.tsr").content
    assert (anchor_dir / f"{anchor.day}.tsr").read_bytes() == token
    assert time_tokens.why_not(token, anchor.document.encode()) == ""
    assert time_tokens.why_not(token, b"another text") != ""
    assert time_tokens.why_not(token[:-9] + b"\0" * 9, anchor.document.encode()) != ""
    assert problems() == ""


def test_without_its_time_service_an_anchor_is_kept_and_asks_again(desk, make_anchor, settings):
    settings.TSA_URL = "http://127.0.0.1:9/"
    anchor = make_anchor()
    with pytest.raises(Exception, match="onnect"):
        anchors.fetch_time_token(anchor)
    anchors.make(anchor)
    assert anchor.keep_waiting and anchor.next_at > clock.now()
    assert problems() == ""
