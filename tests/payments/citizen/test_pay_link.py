"""Pay links: created, renewed, withdrawn; they show the amount and no personal data."""

import datetime as dt
import re

import pytest
from django.test import Client

from dossiers import workflow
from payments.attempts import links, settlement, ways
from payments.attempts.lifecycle import NotPayable
from payments.models import PayLink, PaymentAttempt
from payments.models.states import AttemptState
from portal.common import clock
from tests import factories
from tests.dossiers.pages import browse, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(money_desk):
    return money_desk.waiting()


@pytest.fixture
def link(waiting):
    return links.make(waiting, waiting.submitter)


def share(dossier, what="tao", user=None):
    return browse(user or dossier.submitter).post(f"/ho-so/{dossier.code}/tra-phi/nho-tra/", {"viec": what})


def help_address(link, tail=""):
    return f"/tra-giup/{link.token}/{tail}"


def opened(link, tail=""):
    return Client().get(help_address(link, tail))


# ---------------------------------------------------------------- making it
def test_the_submitter_makes_a_link_and_finds_it_on_the_page(waiting, settings):
    answer = share(waiting)
    assert answer.status_code == 303 and answer["Location"] == f"/ho-so/{waiting.code}/tra-phi/#nho-tra"
    link = PayLink.objects.get()
    page = browse(waiting.submitter).get(f"/ho-so/{waiting.code}/tra-phi/").content.decode()
    assert f"{settings.SITE_URL}/tra-giup/{link.token}/" in page and "data-share=" in page and "data-copy=" in page
    assert len(link.token) == 25 and link.created_by == waiting.submitter


def test_the_address_is_vietnamese_whoever_made_it(waiting, settings):
    browse(waiting.submitter).post(f"/en/ho-so/{waiting.code}/tra-phi/nho-tra/", {"viec": "tao"})
    page = browse(waiting.submitter).get(f"/en/ho-so/{waiting.code}/tra-phi/").content.decode()
    assert f'"{settings.SITE_URL}/tra-giup/' in page and "/en/tra-giup/" not in page


def test_it_ends_with_the_day_the_fee_must_be_paid_by(waiting, settings):
    settings.PAYMENT_TIMES = {**settings.PAYMENT_TIMES, "link_window": 90 * 24 * 3600}
    assert links.make(waiting, waiting.submitter).expires_at == waiting.payment_due_at
    settings.PAYMENT_TIMES = {**settings.PAYMENT_TIMES, "link_window": 60}
    assert links.make(waiting, waiting.submitter).expires_at < clock.now() + dt.timedelta(seconds=61)


def test_a_new_link_ends_the_old_one(waiting, link):
    share(waiting, "moi")
    new = PayLink.objects.exclude(pk=link.pk).get()
    assert opened(link).status_code == 410 and "không còn dùng" in words(opened(link)) and opened(new).status_code == 200


def test_a_link_taken_back_works_no_more(waiting, link):
    share(waiting, "thoi")
    assert opened(link).status_code == 410
    assert Client().post(help_address(link), {"cach": "ung-dung"}).status_code == 410
    assert not PaymentAttempt.objects.exists()


def test_nobody_else_makes_or_takes_back_a_link(money_desk, waiting, link):
    for user in (factories.citizen(), money_desk.clerk, money_desk.accountant):
        assert share(waiting, "thoi", user).status_code == share(waiting, "tao", user).status_code == 404
    assert opened(link).status_code == 200 and PayLink.objects.count() == 1


def test_where_nothing_is_owed_there_is_no_link(desk):
    free = desk.submitted()
    assert share(free).status_code == 303 and not PayLink.objects.exists()
    with pytest.raises(NotPayable):
        links.make(free, free.submitter)


# ---------------------------------------------------------------- what it shows
def test_it_shows_sum_code_matter_and_body_without_a_login(waiting, link):
    answer = opened(link)
    text = words(answer)
    assert answer.status_code == 200 and "Trả giúp 200.000 đồng" in text and waiting.code in text
    assert waiting.version.short_name in text and waiting.lead_agency.name in text
    assert "dùng được đến" in text


def personal(dossier):
    """All personal data of the dossier: name, numbers, addresses, and answers of some length."""
    facts = [dossier.subject_name, dossier.subject_id_number, dossier.subject_address, dossier.subject_phone, dossier.secret,
             dossier.subject_email, dossier.submitter.full_name, dossier.submitter.username, dossier.submitter.email]  # fmt: skip

    def inside(value):
        if isinstance(value, dict):
            return [leaf for part in value.values() for leaf in inside(part)]
        if isinstance(value, list):
            return [leaf for part in value for leaf in inside(part)]
        return [value] if isinstance(value, str) and len(value) > 5 else []

    return [fact for fact in [*facts, *inside(dossier.answers)] if fact]


def test_it_tells_nothing_of_the_person_in_any_state(money_desk, waiting, link):
    secrets = personal(waiting)
    assert len(secrets) > 10
    pages = [opened(link)]
    Client().post(help_address(link), {"cach": "chuyen-khoan"})
    pages += [opened(link), opened(link, "chuyen-khoan/"), opened(link, "tinh-trang/")]
    settlement.settle(PaymentAttempt.objects.get().reference, cause="statement")
    pages += [opened(link), opened(link, "tinh-trang/")]
    with clock.at(clock.now() + dt.timedelta(days=30)):
        pages.append(opened(link))
    for page in pages:
        body = page.content.decode()
        assert [fact for fact in secrets if fact in body] == []


def test_it_is_neither_kept_nor_found_nor_told_on(link):
    for tail in ("", "chuyen-khoan/", "tinh-trang/"):
        answer = opened(link, tail)
        assert "no-store" in answer["Cache-Control"] and "noindex" in answer["X-Robots-Tag"]
        assert answer["Referrer-Policy"] in ("same-origin", "no-referrer")
    leaving = Client().post(help_address(link), {"cach": "ung-dung"})
    assert leaving["Referrer-Policy"] == "no-referrer" and link.token not in leaving["Location"]


@pytest.mark.parametrize("token", ["x", "0" * 25, "'--", "%20", "x" * 61])
def test_a_token_there_never_was_is_not_there(waiting, token):
    for tail in ("", "chuyen-khoan/", "qr.png", "tinh-trang/"):
        assert Client().get(f"/tra-giup/{token}/{tail}").status_code == 404


def test_an_expired_link_says_so_kindly(waiting, link):
    with clock.at(link.expires_at):
        answer = opened(link)
        assert answer.status_code == 410 and "Đường dẫn này đã hết hạn" in words(answer)
        assert "Hồ sơ không mất gì." in words(answer) and waiting.code not in answer.content.decode()


# ---------------------------------------------------------------- paying through it
@pytest.mark.parametrize("slug", ["ung-dung", "the-noi-dia", "the-quoc-te"])
def test_the_helper_is_led_to_the_gateway(waiting, link, settings, slug):
    answer = Client().post(help_address(link), {"cach": slug})
    attempt = PaymentAttempt.objects.get()
    assert answer.status_code == 303 and answer["Location"].startswith(f"{settings.VNPAY_PAY_URL}?")
    assert (attempt.link, attempt.opened_by, attempt.amount) == (link, None, 200_000)


def test_the_helper_may_transfer_too(waiting, link):
    answer = Client().post(help_address(link), {"cach": "chuyen-khoan"})
    assert answer["Location"] == help_address(link, "chuyen-khoan/")
    page = opened(link, "chuyen-khoan/").content.decode()
    assert f"DVC {PaymentAttempt.objects.get().reference}" in page and f'data-poll="{help_address(link, "tinh-trang/")}"' in page
    assert f"/ho-so/{waiting.code}/" not in page
    assert opened(link, "qr.png?tai")["Content-Type"] == "image/png"


def test_a_transfer_that_is_open_already_is_the_same_for_the_helper(money_desk, waiting, link):
    there = money_desk.paying("transfer", waiting)
    assert "Có người đang trả khoản này" in words(opened(link))
    Client().post(help_address(link), {"cach": "chuyen-khoan"})
    assert there.reference in opened(link, "chuyen-khoan/").content.decode() and PaymentAttempt.objects.count() == 1


def test_a_transfer_begun_through_a_link_is_seen_past_its_end_but_not_when_it_was_taken_back(waiting, link):
    Client().post(help_address(link), {"cach": "chuyen-khoan"})
    PayLink.objects.update(expires_at=clock.now())
    assert opened(link, "chuyen-khoan/").status_code == opened(link, "qr.png").status_code == 200
    links.withdraw(waiting)
    assert opened(link, "chuyen-khoan/").status_code == 302 and opened(link, "qr.png").status_code == 404


def test_paid_is_told_to_the_helper_and_to_the_page_of_the_dossier(waiting, link):
    Client().post(help_address(link), {"cach": "ung-dung"})
    before = opened(link, "tinh-trang/").json()
    settlement.settle(PaymentAttempt.objects.get().reference, cause="ipn")
    assert opened(link, "tinh-trang/").json()["seen"] != before["seen"]
    answer = opened(link)
    assert answer.status_code == 200 and "Khoản này đã trả xong" in words(answer) and "cach" not in answer.content.decode()
    assert "Người khác đã trả giúp" in words(browse(waiting.submitter).get(f"/ho-so/{waiting.code}/tra-phi/"))
    Client().post(help_address(link), {"cach": "ung-dung"})
    assert PaymentAttempt.objects.count() == 1


def test_the_helper_reads_how_the_last_try_went_and_may_try_again(waiting, link):
    Client().post(help_address(link), {"cach": "the-noi-dia"})
    attempt = PaymentAttempt.objects.get()
    assert "Đã trừ tiền: đang kiểm tra" in words(opened(link))
    settlement.record_outcome(attempt.reference, AttemptState.FAILED, cause="ipn", code="51/02")
    text = words(opened(link))
    assert "Đã trừ tiền: không" in text and "Tài khoản không đủ tiền." in text and "Mở ứng dụng ngân hàng" in text
    assert attempt.reference[:3] + " " + attempt.reference[3:7] in text


def test_while_people_look_at_a_payment_nobody_pays_again(money_desk, waiting, link):
    attempt = money_desk.paying(dossier=waiting)
    settlement.record_outcome(attempt.reference, AttemptState.REVIEW, cause="suspicion", code="07/00")
    answer = opened(link)
    assert "Đang kiểm tra một lần trả trước" in words(answer) and 'name="cach"' not in answer.content.decode()
    Client().post(help_address(link), {"cach": "ung-dung"})
    assert PaymentAttempt.objects.count() == 1


def test_a_dossier_that_wants_no_money_any_more_says_so(waiting, link):
    workflow.withdraw(waiting, actor=waiting.submitter)
    assert "Bây giờ không phải trả khoản này" in words(opened(link))


def test_a_link_cannot_be_used_to_begin_without_end_and_does_not_stop_the_owner(waiting, link, monkeypatch):
    monkeypatch.setattr(ways, "MAX_PER_HOUR", 3)
    for slug in ["ung-dung", "chuyen-khoan"] * 4:
        Client().post(help_address(link), {"cach": slug})
    assert PaymentAttempt.objects.filter(link=link).count() == 3
    browse(waiting.submitter).post(f"/ho-so/{waiting.code}/tra-phi/", {"cach": "the-quoc-te"})
    assert PaymentAttempt.objects.filter(link=None).count() == 1


def test_its_form_wants_a_token(link):
    assert Client(enforce_csrf_checks=True).post(help_address(link), {"cach": "ung-dung"}).status_code == 403


def test_it_speaks_english_to_who_chooses_that(link):
    text = words(Client().get("/en" + help_address(link)))
    assert not re.search(r"Trả|ngân hàng|Đường dẫn|Có người", text)
