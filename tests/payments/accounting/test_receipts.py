"""An accountant replaces or cancels a wrong receipt of the own body, with a public reason."""

import pytest
from django.urls import reverse

from payments.attempts.settlement import settle
from payments.models import EReceipt
from tests import factories
from tests.dossiers.pages import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def receipt(money_desk):
    return settle(money_desk.paying().reference, cause="ipn").receipts.get()


def address(receipt):
    return reverse("accounting:receipt", args=[receipt.attempt.reference, receipt.pk])


def test_a_wrong_name_is_put_right_from_the_page_of_the_attempt(client, money_desk, receipt):
    client.force_login(money_desk.accountant)
    attempt = client.get(reverse("accounting:attempt", args=[receipt.attempt.reference])).content.decode()
    assert address(receipt) in attempt
    said = {"what": "replace", "payer_name": "Quàng Thị Xuân", "reason": "Ghi sai tên người nộp."}
    page = words(client.post(address(receipt), said, follow=True))
    new = EReceipt.objects.get(replaces=receipt)
    assert f"Đã lập biên lai {new} thay cho {receipt}." in page and "Quàng Thị Xuân" in page
    old = words(client.get(address(receipt)))
    assert "đã được thay thế" in old and "Ghi sai tên người nộp." in old and str(money_desk.accountant) in old and str(new) in old


def test_a_receipt_is_cancelled_with_its_reason(client, money_desk, receipt):
    client.force_login(money_desk.accountant)
    page = words(client.post(address(receipt), {"what": "cancel", "reason": "Lập nhầm."}, follow=True))
    assert f"Đã hủy biên lai {receipt}." in page and "đã hủy" in page
    again = words(client.post(address(receipt), {"what": "cancel", "reason": "Lần nữa."}, follow=True))
    assert f"Biên lai {receipt} đã hủy." in again


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"what": "replace", "reason": "Sai tên."},
        {"what": "replace", "payer_name": "Nguyễn Văn Bình"},
        {"what": "cancel"},
        {"what": "burn", "reason": "Vì thế."},
    ],
)
def test_what_is_missing_is_said_and_nothing_happens(client, money_desk, receipt, said):
    client.force_login(money_desk.accountant)
    assert client.post(address(receipt), said).status_code == 422
    assert EReceipt.objects.get().state == "valid"


def test_the_same_name_again_is_no_correction(client, money_desk, receipt):
    client.force_login(money_desk.accountant)
    said = {"what": "replace", "payer_name": receipt.payer_name, "reason": "Sai tên."}
    assert "khác tên trên biên lai cũ" in words(client.post(address(receipt), said))


def test_nobody_else_finds_the_page(client, money_desk, receipt):
    for user in (money_desk.clerk, money_desk.head, receipt.attempt.dossier.submitter, factories.user(accountant="H18.X004")):
        client.force_login(user)
        assert client.get(address(receipt)).status_code == 404
        assert client.post(address(receipt), {"what": "cancel", "reason": "Vì thế."}).status_code == 404
    assert EReceipt.objects.get().state == "valid"


def test_a_receipt_is_not_found_under_another_attempt(client, money_desk, receipt):
    client.force_login(money_desk.accountant)
    other = money_desk.paying()
    assert client.get(reverse("accounting:receipt", args=[other.reference, receipt.pk])).status_code == 404
