"""Who reads the tracking secret, whole numbers, papers, the schema and the health of the portal; and what stands in addresses."""

import datetime as dt
import ipaddress
import re

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import F
from django.test import RequestFactory
from django.utils import timezone

from accounts.models import User
from dossiers.papers.models import WITH_TRACKING_SECRET
from portal.common.identity import in_groups
from portal.common.network import client_address
from tests import factories
from tests.dossiers.pages import browse
from tests.dossiers.papers.reading import text_of
from tests.test_attacks import addresses, paper

pytestmark = pytest.mark.django_db


def staff_of(desk):
    return [
        desk.clerk,
        desk.officer,
        desk.signer,
        desk.head,
        factories.user(accountant="H18.X004.CA"),
        factories.user(inspector="H18"),
    ]


# ---------------------------------------------------------------- the tracking secret
def test_the_tracking_secret_is_on_no_page_of_staff(desk):
    dossier, draft = desk.accepted(), desk.draft()
    secret = dossier.secret
    doors = [*addresses(dossier, draft), "/can-bo/", "/api/v1/dossiers/", "/tin-nhan/"]
    for user in staff_of(desk):
        client = browse(user)
        for door in doors:
            answer = client.get(door)
            if answer.get("Content-Type", "").startswith(("text/html", "application/json")):
                page = answer.content.decode()
                assert secret not in page and in_groups(secret, 5) not in page, (user, door)
                assert 'class="qr' not in page, (user, door)
    page = browse(dossier.submitter).get(f"/ho-so/{dossier.code}/da-nop/").content.decode()
    assert in_groups(secret, 5) in page


@pytest.mark.needs_pdf
def test_staff_open_a_copy_of_the_slips_without_the_secret(desk, run_followups):
    dossier = desk.accepted()
    run_followups()
    secret = in_groups(dossier.secret, 5)
    for kind in ("acknowledgement", "receipt_slip"):
        issued = dossier.papers.get(kind=kind)
        own = b"".join(browse(dossier.submitter).get(issued.get_absolute_url()).streaming_content)
        copy = b"".join(browse(desk.clerk).get(issued.get_absolute_url()).streaming_content)
        assert secret in text_of(own) and secret not in text_of(copy)
        assert dossier.code in text_of(copy) and "Bản cơ quan lưu" in text_of(copy)
        assert own != copy


def test_every_paper_that_prints_the_secret_is_known():
    folder = settings.BASE_DIR / "templates/dossiers/papers"
    printing = {path.stem for path in folder.glob("*.html") if "tracking_" in path.read_text("utf-8")}
    assert printing == {str(kind) for kind in WITH_TRACKING_SECRET}


# ---------------------------------------------------------------- whole numbers
def search(user, text):
    return [row["dossier"].code for row in browse(user).post("/can-bo/", {"tu-khoa": text}, follow=True).context["rows"]]


def test_a_number_finds_only_for_whom_it_is_not_masked(desk):
    dossier = desk.submitted()
    number = dossier.subject_id_number
    for text in (number, number[-4:], f"{number[:3]} {number[3:6]} {number[6:]}"):
        assert search(desk.clerk, text) == [dossier.code], text
        for user in (
            factories.user(inspector="H18"),
            factories.user(inspector="H18.X004.CA"),
            factories.user(accountant="H18.X004.CA"),
        ):
            assert search(user, text) == [], text
    inspector = factories.user(inspector="H18")
    assert search(inspector, dossier.code[-11:]) == search(inspector, dossier.subject_name) == [dossier.code]
    both = factories.user(inspector="H18", receiving_clerk="H18.X005.CA")
    assert search(both, number) == []


def test_an_inspector_reads_no_number_phone_or_address_of_mail(desk):
    dossier = desk.submitted()
    answers = dossier.answers
    for address in (f"/can-bo/ho-so/{dossier.code}/", f"/ho-so/{dossier.code}/", f"/api/v1/dossiers/{dossier.code}/"):
        page = re.sub(r"[\s\u00a0.]", "", browse(factories.user(inspector="H18")).get(address).content.decode())
        for secret in (answers["ap_id_number"], answers["ap_phone"], answers["ap_email"].replace(".", ""), dossier.subject_phone):
            assert secret not in page, address
    assert answers["ap_email"] in browse(desk.clerk).get(f"/can-bo/ho-so/{dossier.code}/").content.decode()


# ---------------------------------------------------------------- accountants
def test_an_accountant_opens_papers_about_money_only(money_desk):
    dossier = money_desk.waiting()
    accountant = browse(money_desk.accountant)
    form, receipt = paper(dossier, "application_form"), paper(dossier, "e_receipt")
    file = factories.attachment(dossier, "khac")
    assert accountant.get(f"/giay/{receipt.pk}/x.pdf").status_code == 200
    assert accountant.get(f"/giay/{form.pk}/x.pdf").status_code == accountant.get(f"/giay-to/{file.pk}/").status_code == 404
    page = accountant.get(f"/can-bo/ho-so/{dossier.code}/")
    assert page.status_code == 200 and [sheet.key for sheet in page.context["sheets"]] == [f"giay-{receipt.pk}"]
    assert dossier.answers.get("ap_id_number", dossier.subject_id_number) not in page.content.decode()


def test_an_accountant_sees_no_dossier_without_a_fee(desk):
    dossier = desk.submitted()  # free of charge
    accountant = browse(factories.user(accountant="H18.X004.CA"))
    for address in (f"/can-bo/ho-so/{dossier.code}/", f"/ho-so/{dossier.code}/", f"/api/v1/dossiers/{dossier.code}/"):
        assert accountant.get(address).status_code == 404
    assert accountant.get("/can-bo/").context["rows"] == []


# ---------------------------------------------------------------- addresses
def test_what_is_searched_for_stands_in_no_address(desk):
    dossier = desk.submitted()
    client = browse(desk.clerk)
    answer = client.post("/can-bo/", {"tu-khoa": dossier.subject_id_number, "nhom": "tat-ca", "thu-tuc": "", "cach-nop": ""})
    assert answer.status_code == 302 and dossier.subject_id_number not in answer.url
    page = client.get(answer.url)
    assert [row["dossier"].code for row in page.context["rows"]] == [dossier.code]
    links = re.findall(r'(?:href|action)="([^"]*)"', page.content.decode())
    assert not any(dossier.subject_id_number in link for link in links)
    assert browse(desk.head).get(answer.url).context["words"] == ""  # the key is of one session
    for old in ({"tu-khoa": dossier.subject_id_number}, {"tim": dossier.subject_id_number}):
        assert client.get("/can-bo/", old).context["words"] == ""


def test_no_form_for_staff_sends_typed_words_in_an_address():
    """Text typed by staff goes by POST, except the accountants' search for references and codes."""
    allowed = {"payments/accounting/front.html", "payments/accounting/attempts.html"}
    folder = settings.BASE_DIR / "templates"
    for path in [
        *folder.glob("dossiers/desk/**/*.html"),
        *folder.glob("payments/accounting/**/*.html"),
        *folder.glob("accounts/**/*.html"),
    ]:
        for form in re.findall(r'<form[^>]*method="get".*?</form>', path.read_text("utf-8"), flags=re.DOTALL):
            typed = re.search(r'type="(search|text)"', form)
            assert not typed or str(path.relative_to(folder)) in allowed, path


# ---------------------------------------------------------------- limits for each address
def test_a_network_address_cannot_try_account_after_account(settings):
    settings.MAX_FAILURES_PER_ADDRESS = {"login": 3, "track": 3, "secret": 3}
    user = factories.citizen()
    good = {"username": user.username, "password": factories.PASSWORD}
    for n in range(3):
        assert browse().post("/dang-nhap/", {"username": f"ai-do-{n}", "password": "sai"}).status_code == 200
    assert browse().post("/dang-nhap/", good).status_code == 429
    assert browse().post("/dang-nhap/", good, HTTP_X_FORWARDED_FOR="198.51.100.1").status_code == 429  # said, not believed
    assert browse().post("/dang-nhap/", good, REMOTE_ADDR="203.0.113.9").status_code == 302


def test_many_who_log_in_rightly_from_one_office_are_not_stopped(settings):
    settings.MAX_FAILURES_PER_ADDRESS = {"login": 2, "track": 2, "secret": 2}
    user = factories.citizen()
    for _ in range(5):
        assert browse().post("/dang-nhap/", {"username": user.username, "password": factories.PASSWORD}).status_code == 302


def test_codes_and_secrets_are_not_guessed_without_end(desk, settings):
    settings.MAX_FAILURES_PER_ADDRESS = {"login": 3, "track": 3, "secret": 3}
    dossier, client = desk.submitted(), browse()
    good = {"ma": dossier.code, "ma-rieng": dossier.secret}
    assert "dossier" in client.post("/tra-cuu/", good).context
    client.post("/tra-cuu/", {**good, "ma-rieng": "x" * 25})
    for n in range(2):
        assert client.get(f"/tra-cuu/{'a' * 24}{n}/").status_code == 404
    assert client.post("/tra-cuu/", good).status_code == client.get(f"/tra-cuu/{dossier.secret}/").status_code == 429
    for n in range(3):
        assert client.get(["/kiem-tra/ABCD/", "/tra-giup/abc/", "/dat-mat-khau/abc/"][n]).status_code == 404
    for address in ("/kiem-tra/ABCD/", "/tra-giup/abc/", "/dat-mat-khau/abc/"):
        assert client.get(address).status_code == 429, address


@pytest.mark.parametrize(
    ("remote", "forwarded", "client"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),  # not from our proxy: believed by nobody
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),  # what the client put in front of it
        ("10.0.0.1", "6.6.6.6, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "khong-phai-dia-chi", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("::ffff:10.0.0.1", "2001:db8::7", "2001:db8::7"),
        ("", "198.51.100.1", ""),
    ],
)
def test_an_address_is_believed_from_our_proxies_only(settings, remote, forwarded, client):
    settings.TRUSTED_PROXIES = [ipaddress.ip_network("10.0.0.0/8")]
    request = RequestFactory().get("/", REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=forwarded)
    assert client_address(request) == client


# ---------------------------------------------------------------- locks
def test_a_session_does_not_outlive_the_lock_of_its_address(settings):
    settings.AXES_ENABLED = True
    user = factories.citizen()
    good = {"username": user.username, "password": factories.PASSWORD}
    here, elsewhere = browse(), browse()
    here.post("/dang-nhap/", good)
    elsewhere.post("/dang-nhap/", good, REMOTE_ADDR="203.0.113.9")
    for _ in range(settings.AXES_FAILURE_LIMIT):
        browse().post("/dang-nhap/", {**good, "password": "sai"})
    assert here.get("/ho-so/").status_code == 302
    assert elsewhere.get("/ho-so/", REMOTE_ADDR="203.0.113.9").status_code == 200


def test_the_lock_ends_when_its_page_says_so_though_somebody_goes_on_trying(settings):
    settings.AXES_ENABLED = True
    user = factories.citizen()
    good = {"username": user.username, "password": factories.PASSWORD}
    for _ in range(settings.AXES_FAILURE_LIMIT):
        page = browse().post("/dang-nhap/", {**good, "password": "sai"})
    assert "15 phút" in page.content.decode()
    term = dt.timedelta(hours=settings.AXES_COOLOFF_TIME)
    AccessAttempt.objects.update(attempt_time=timezone.now() - term * 0.9)
    assert browse().post("/dang-nhap/", {**good, "password": "sai"}).status_code == 429
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - term * 0.2)
    assert browse().post("/dang-nhap/", good).status_code == 302


# ---------------------------------------------------------------- schema and health
OPEN_DATA = ("/api/v1/procedures/", "/api/v1/provinces/", "/api/v1/communes/")


def test_the_schema_names_only_what_its_reader_may_call(desk):
    public = browse().get("/api/v1/schema/", {"format": "json"}).json()["paths"]
    assert public and all(path.startswith(OPEN_DATA) for path in public)
    private = browse(factories.citizen()).get("/api/v1/schema/", {"format": "json"}).json()["paths"]
    assert set(private) > set(public) and "/api/v1/dossiers/" in private


def test_the_parts_of_the_portal_are_for_those_who_look_after_it(settings, desk):
    settings.HEALTH_TOKEN = "mot-chuoi-dai"
    system = User.objects.create_superuser("ht", full_name="Hệ Thống", password=factories.PASSWORD)
    for client in (browse(), browse(factories.citizen()), browse(desk.head)):
        assert set(client.get("/health/ready").json()) == {"ready"}
    assert set(browse().get("/health/ready", HTTP_AUTHORIZATION="Bearer sai").json()) == {"ready"}
    for full in (browse(system).get("/health/ready"), browse().get("/health/ready", HTTP_AUTHORIZATION="Bearer mot-chuoi-dai")):
        assert {"ready", "database", "broker", "relay"} <= set(full.json())
    settings.HEALTH_TOKEN = ""
    assert set(browse().get("/health/ready", HTTP_AUTHORIZATION="Bearer ").json()) == {"ready"}
