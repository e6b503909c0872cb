"""Return from a second payment, made on a gateway page that was still open: the page is about the second payment."""

import pytest

from payments.attempts import settlement
from payments.models import Way
from tests.dossiers.pages import browse, words
from tests.payments.notices import RETURN, signed_query_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def given_up(money_desk):
    """An attempt cancelled for a transfer that paid; the gateway page of the attempt is still open."""
    attempt = money_desk.paying()
    other = money_desk.paying(Way.TRANSFER, attempt.obligation.dossier)
    settlement.settle(other.reference, cause="statement")
    attempt.refresh_from_db()
    return attempt


def test_while_the_bank_is_asked_the_page_says_that_nothing_is_lost_and_waits(given_up):
    dossier = given_up.obligation.dossier
    client = browse(dossier.submitter)
    text = words(client.get(f"{RETURN}?{signed_query_of(given_up)}", follow=True))
    assert "Đã trừ tiền: đang kiểm tra" in text and "Có trừ thêm thì tiền đó được trả lại, không phải xin." in text
    assert "Chọn cách trả" not in text and "Trả tiếp" not in text
    page = client.get(f"/ho-so/{dossier.code}/tra-phi/chua-xong/")
    assert b"data-poll" in page.content
    asked = client.get(f"/ho-so/{dossier.code}/tra-phi/tinh-trang/").json()
    assert asked["go"].endswith("/tra-phi/")

    settlement.settle(given_up.reference, cause="querydr")
    told = client.get(f"/ho-so/{dossier.code}/tra-phi/tinh-trang/").json()
    assert told["seen"] != asked["seen"] and told["go"].endswith("/chua-xong/")
    assert "Khoản này đã trả hai lần" in words(client.get(told["go"]))


def test_who_comes_back_after_the_gateways_call_is_told_of_the_second_payment(given_up):
    settlement.settle(given_up.reference, cause="ipn")
    client = browse(given_up.obligation.dossier.submitter)
    assert "Khoản này đã trả hai lần" in words(client.get(f"{RETURN}?{signed_query_of(given_up)}", follow=True))
