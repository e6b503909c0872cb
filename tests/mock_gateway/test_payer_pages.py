"""The payer's pages: each way to pay, the published test cards, and the answer to the merchant."""

from datetime import timedelta

import pytest

from payments.mock_gateway import clock
from payments.mock_gateway.banks import CARDS, DOMESTIC_CARDS
from payments.mock_gateway.models import Transaction
from tests.mock_gateway import shop

pytestmark = pytest.mark.django_db
ATM = {"number": "9704 1985 2619 1432 198", "holder": "nguyen  van a", "issued": "07/15"}
ABROAD = {"expires": "12/30", "cvv": "123"}


def answer(response):
    """The signed fields in the redirect to the merchant."""
    assert response.status_code == 302 and response["Location"].startswith(shop.RETURN_URL + "&"), response
    return shop.signed_fields(response["Location"].partition("kenh=vnpay&")[2])


def code(response):
    return answer(response)["vnp_ResponseCode"]


@pytest.mark.parametrize(
    ("choice", "leads_to"),
    [(None, "chon/"), ("VNPAYQR", "qr/"), ("VNBANK", "the/"), ("INTCARD", "the-quoc-te/"), ("BIDV", "the/BIDV/")],
)
def test_the_way_the_merchant_asked_for_comes_first(gateway, choice, leads_to):
    path = gateway.open(BankCode=choice)

    assert gateway.get(path)["Location"] == path + leads_to


def test_paying_in_the_banks_app(gateway):
    path = gateway.open()
    assert "MB" in gateway.get(f"{path}ung-dung/").content.decode()
    assert "150.000" in gateway.get(f"{path}ung-dung/MBBANK/").content.decode()

    fields = answer(gateway.post(f"{path}ung-dung/MBBANK/"))

    assert fields["vnp_ResponseCode"] == fields["vnp_TransactionStatus"] == "00"
    assert fields["vnp_BankCode"] == "MBBANK" and fields["vnp_Amount"] == "15000000" and fields["vnp_TransactionNo"] != "0"


def test_paying_by_qr_says_so(gateway):
    path = gateway.open(BankCode="VNPAYQR")
    page = gateway.get(f"{path}qr/").content.decode()
    assert '<svg role="img" aria-label="Mã QR' in page and "?qua=qr" in page

    assert answer(gateway.post(f"{path}ung-dung/NCB/", {"by": "qr"}))["vnp_CardType"] == "QRCODE"


@pytest.mark.parametrize(
    ("outcome", "number"),
    [
        ("insufficient", "51"),
        ("locked", "12"),
        ("daily_limit", "65"),
        ("maintenance", "75"),
        ("wrong_password", "79"),
        ("error", "99"),
    ],
)
def test_the_bank_can_say_no(gateway, outcome, number):
    fields = answer(gateway.post(f"{gateway.open()}ung-dung/NCB/", {"outcome": outcome}))

    assert fields["vnp_ResponseCode"] == number and fields["vnp_TransactionStatus"] == "02" and fields["vnp_TransactionNo"] == "0"
    assert not Transaction.objects.get().charged


def test_an_outcome_no_payer_can_choose_is_not_taken(gateway):
    path = gateway.open()

    for odd in ("suspected", "reversed", "constructor", "\x00"):
        assert gateway.post(f"{path}ung-dung/NCB/", {"outcome": odd}).status_code == 200
    assert Transaction.objects.get().state == "OPEN"


def test_a_domestic_card_with_the_right_password(gateway):
    path = gateway.open()
    assert gateway.post(f"{path}the/NCB/", ATM)["Location"] == f"{path}otp/"
    assert "2198" in gateway.get(f"{path}otp/").content.decode()

    fields = answer(gateway.post(f"{path}otp/", {"otp": "123456"}))

    assert (fields["vnp_ResponseCode"], fields["vnp_CardType"], fields["vnp_BankCode"]) == ("00", "ATM", "NCB")
    assert Transaction.objects.get().card == {}  # nothing of the card is kept


@pytest.mark.parametrize("otp", ["654321", "12345", "１２３４５６", "\x00"])
def test_a_wrong_password_is_13(gateway, otp):
    path = gateway.open()
    gateway.post(f"{path}the/NCB/", ATM)

    response = gateway.post(f"{path}otp/", {"otp": otp})
    assert response.status_code == 200 if otp == "\x00" else code(response) == "13"


@pytest.mark.parametrize(
    ("number", "says"),
    [("9704195798459170488", "51"), ("9704192181368742", "09"), ("9704193370791314", "12"), ("9704194841945513", "10")],
)
def test_the_published_cards_that_fail(gateway, number, says):
    assert code(gateway.post(f"{gateway.open()}the/NCB/", ATM | {"number": number})) == says


@pytest.mark.parametrize(
    ("number", "asks"),
    [("4456530000001005", False), ("4456530000001096", True), ("5200000000001005", False), ("5200000000001096", True)],
)
def test_international_cards_pay_with_or_without_a_password(gateway, number, asks):
    path = gateway.open(BankCode="INTCARD")
    response = gateway.post(f"{path}the-quoc-te/", ABROAD | {"number": number})
    if asks:
        assert response["Location"] == f"{path}otp/"
        response = gateway.post(f"{path}otp/", {"otp": "123456"})

    fields = answer(response)
    assert fields["vnp_ResponseCode"] == "00" and fields["vnp_CardType"] in ("VISA", "MASTERCARD")


def test_only_published_cards_are_taken_and_the_page_says_what_is_wrong(gateway):
    path = gateway.open()
    real = gateway.post(f"{path}the/NCB/", {"number": "4111111111111111", "holder": "LE B", "issued": "13/99"}).content.decode()
    empty = gateway.post(f"{path}the/NCB/", {}).content.decode()
    abroad = gateway.post(f"{path}the-quoc-te/", {"number": ATM["number"], "expires": "13/30", "cvv": "٣٣٣"}).content.decode()

    assert real.count('class="error"') == 3 and "4111111111111111" in real and "<title>Có lỗi" in real
    assert empty.count('class="error"') == abroad.count('class="error"') == 3
    assert Transaction.objects.get().state == "OPEN"


def test_every_card_of_the_list_is_shown_where_it_is_used(gateway):
    path = gateway.open()
    shown = gateway.get(f"{path}the/NCB/").content.decode() + gateway.get(f"{path}the-quoc-te/").content.decode()

    assert len(DOMESTIC_CARDS) == 5 and all(card.grouped in shown for card in CARDS.values())


def test_cancelling_is_24_and_takes_nothing(gateway):
    fields = answer(gateway.post(f"{gateway.open()}huy/"))

    assert (fields["vnp_ResponseCode"], fields["vnp_TransactionStatus"], fields["vnp_BankCode"]) == ("24", "02", "VNPAY")
    assert fields["vnp_TransactionNo"] == "0" and "vnp_CardType" not in fields


def test_coming_too_late_is_11(gateway):
    with clock.at(shop.MORNING):
        path = gateway.open()
    with clock.at(shop.MORNING + timedelta(minutes=16)):
        response = gateway.post(f"{path}ung-dung/NCB/", follow=True)

    page = response.content.decode()
    assert "Đã hết thời gian chờ" in page and "vnp_ResponseCode=11" in page
    assert not Transaction.objects.get().charged


def test_paying_twice_charges_once_and_shows_how_it_ended(gateway):
    path = gateway.open()
    first = answer(gateway.post(f"{path}ung-dung/NCB/"))

    for late in (f"{path}ung-dung/BIDV/", f"{path}huy/", f"{path}otp/"):
        assert gateway.post(late)["Location"] == f"{path}xong/"
    page = gateway.get(f"{path}xong/").content.decode()

    assert "Đã trả xong" in page and first["vnp_TransactionNo"] in page
    assert Transaction.objects.get().bank_code == "NCB"


def test_pages_of_nobody_are_not_there(shielded):
    for path in ("/giao-dich/nope/", "/giao-dich/%00/chon/", "/giao-dich/x/huy/", "/x", "/giao-dich/" + "x" * 500 + "/"):
        assert shielded.get(path).status_code in (400, 404, 405)
    assert shielded.post("/giao-dich/nope/huy/").status_code == 404


def test_a_form_may_end_at_the_merchants_and_nowhere_else(gateway):
    response = gateway.get(f"{gateway.open()}chon/")

    assert "form-action 'self' https://dvc.example.vn;" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY" and response["Cache-Control"] == "no-store"


def test_another_sites_form_cannot_pay(gateway):
    from django.test import Client

    path = gateway.open()
    assert Client(enforce_csrf_checks=True).post(f"{path}huy/").status_code == 403
    assert Transaction.objects.get().state == "OPEN"
