"""One whole submission through proxy, web, relay, worker and broker, each started by the very line of docker-compose.yml."""

import io
import re
import socket
import ssl

import pytest
from django.conf import settings
from django.db import connection
from PIL import Image

from portal.launch.places import Places
from tests.deploy import files
from tests.deploy.forms import Reader
from tests.deploy.site import Site
from tests.processes import wait_for

pytestmark = [
    pytest.mark.nginx, pytest.mark.services, pytest.mark.needs_pdf, pytest.mark.slow, pytest.mark.timeout(300),
]  # fmt: skip
ANSWERS = {
    "head_full_name": "Nguyễn Hoàng Phượng Vỹ",
    "head_id_number": "011999000001",
    "head_relation": "chu_ho",
    "request_detail": "Xin xác nhận nơi ở để vay vốn ở ngân hàng.",
    "accommodation": "so_huu",
}


@pytest.fixture(scope="module")
def site(django_db_setup):
    address = connection.settings_dict
    cluster = {"host": address["HOST"] or address["OPTIONS"].get("host", ""), "user": address["USER"]}
    dump = next((Places.of().for_tests().var / "migrated").glob("*.sql"), None)
    built = Site(cluster, dump)
    try:
        yield built.up()
    finally:
        built.stop_all()


def a_photo():
    page = io.BytesIO()
    Image.new("RGB", (900, 1200), "#eee").save(page, "JPEG")
    return page.getvalue()


def log_in(person, known):
    person.open("/dang-nhap/").press("Đăng nhập", username=known["login"], password=known["password"])


def fill_in(person, offering):
    """From the start page of the procedure to the page that shows everything."""
    person.open(f"/nop/bat-dau/1.010041/?noi={offering}").press("Bắt đầu điền")
    for _ in range(10):
        if "/xem-lai/" in person.url:
            return
        papers = {name: ("giay.jpg", a_photo(), "image/jpeg") for name in person.inputs("file")[:1]}
        person.press("Lưu và đi tiếp", files=papers or None, **ANSWERS, **person.choices("account", "khong"))
    raise AssertionError(f"{person.url}: {person.words()}")


def test_a_submission_arrives_and_its_paper_comes_back(site):
    with site.browser(follow_redirects=True) as client:
        person = Reader(client)
        log_in(person, site.known)
        fill_in(person, site.known["offering"])
        person.press("Ký và nộp hồ sơ", **{"cam-doan": "1"})
        code = re.search(r"/ho-so/([^/]+)/da-nop/", person.url)[1]
        wait_for(lambda: "Tải giấy xác nhận" in person.open(f"/ho-so/{code}/da-nop/").words(), 60, pause=0.5)
        paper = client.get(person.page.xpath("//a[contains(., 'Tải giấy xác nhận')]/@href")[0])
        assert paper.content.startswith(b"%PDF") and paper.headers["cache-control"].startswith("private")
    wait_for(lambda: any(site.known["mail"] in letter for letter in site.mail.letters), 60, pause=0.5)
    assert "1 dossiers" in site.manage("check_invariants")
    pressed = [
        line["request_id"] for line in site.access_log() if line["method"] == "POST" and line["path"].endswith("/xem-lai/")
    ]
    assert site.sql("SELECT DISTINCT web_request_id FROM dossiers_followup") == pressed[0], "one id from the proxy to the worker"
    assert site.sql(f"SELECT count(*) FROM dossiers_dossier WHERE code = '{code}'") == "1"


def test_the_application_serves_by_a_role_that_owns_nothing(site):
    assert (
        site.sql("SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = current_database() AND usename <> 'postgres'")
        == "portal_app"
    )
    assert site.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner <> 'portal_owner'") == "0"
    assert site.sql("SELECT has_schema_privilege('portal_app', 'public', 'CREATE')") == "f"


def test_an_anonymous_page_is_compressed_and_kept_and_one_with_a_cookie_is_not(site):
    with site.browser() as client:
        first, second = (client.get("/thu-tuc/1.010041/", follow_redirects=True) for _ in range(2))
        assert second.headers["x-cache"] == "HIT" and second.headers["content-encoding"] == "gzip"
        assert first.text == second.text and "Set-Cookie" not in second.headers
        english = client.get(second.url, headers={"Accept-Language": "en"})
        assert english.headers["x-cache"] in ("MISS", "HIT")
        own = client.get(second.url, headers={"Cookie": "__Host-sessionid=mine"})
        assert own.headers["x-cache"] == "BYPASS" and own.headers["cache-control"] == "private, no-cache"


def test_who_comes_without_tls_is_sent_to_https(site):
    import httpx

    answer = httpx.get(f"http://127.0.0.1:{site.plain_port}/tra-cuu/?ma=1", trust_env=False)
    assert answer.status_code == 308 and answer.headers["location"] == "https://127.0.0.1/tra-cuu/?ma=1"
    with site.browser() as client:
        assert client.get("/").headers["strict-transport-security"].startswith("max-age=31536000")


def test_a_body_larger_than_any_form_is_refused_before_it_is_read(site):
    assert f"client_max_body_size {settings.MAX_REQUEST_BYTES // 1024**2}m;" in files.text("deploy/nginx/nginx.conf")
    head = f"POST /dang-nhap/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {settings.MAX_REQUEST_BYTES + 1}\r\n\r\n"
    answer = speak(site, head)
    assert answer.startswith("HTTP/1.1 413") and "Tệp gửi lên quá lớn" in answer


@pytest.mark.parametrize(
    "half", ["GET / HTTP/1.1\r\nHost: x\r\nX-A: ", "POST /dang-nhap/ HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab"]
)
def test_half_a_request_is_ended(site, half):
    assert speak(site, half) == "" or "408" in speak(site, half)


def speak(site, text):
    """What the proxy answers to these bytes until it closes the connection."""
    trusted = ssl.create_default_context(cafile=site.folder / "proxy" / "tls.crt")
    plain = socket.create_connection(("127.0.0.1", site.port), timeout=15)
    with trusted.wrap_socket(plain, server_hostname="127.0.0.1") as client:
        client.sendall(text.encode())
        return b"".join(iter(lambda: client.recv(65536), b"")).decode()


def test_the_log_of_the_proxy_names_no_person(site):
    with site.browser() as client:
        client.get("/tim/?q=011999000001")
        client.get("/tra-cuu/BIMAT-CUA-TOI/")
        client.get("/ho-so/011999000001/")
    expected = {"/tim/", "/tra-cuu/…", "…"}
    wait_for(lambda: expected <= {line["path"] for line in site.access_log()})  # a line is written after its answer was sent
    text = "\n".join(map(str, site.access_log()))
    assert "011999000001" not in text and "BIMAT" not in text


def test_while_the_web_is_away_known_pages_stay_and_others_say_so(site):
    """The last of the file: the web server does not come back."""
    with site.browser() as client:
        page = client.get("/thu-tuc/1.010041/", follow_redirects=True).url
        assert site.healthy("web")
        site.kill(site.web)
        assert not site.healthy("web")
        away = client.get("/dang-nhap/")
        assert away.status_code == 502 and "chưa trả lời" in away.text and away.headers["content-type"].startswith("text/html")
        assert client.get(page).headers["x-cache"] in ("HIT", "STALE")
