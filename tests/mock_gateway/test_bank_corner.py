"""The bank: transfers by hand or from a VietQR payload, and the statement that the portal's job reads."""

import pytest

from payments.mock_gateway import bank
from payments.mock_gateway.models import Credit
from tests.mock_gateway import shop

pytestmark = pytest.mark.django_db
NAPAS_STATIC = "00020101021138570010A00000072701270006970403011200110123456780208QRIBFTTA53037045802VN6304F4E5"
NAPAS_DYNAMIC = (
    "00020101021238570010A00000072701270006970403011300110123456780208QRIBFTTA530370454061800005802VN"
    "62340107NPS68690819thanh toan don hang63042E2E"
)
OURS = (
    "00020101021238570010A00000072701270006970436011300110012345670208QRIBFTTA530370454061500005802VN"
    f"62250821DVC {shop.REFERENCE}630498C5"
)


def test_published_payloads_are_read():
    assert (
        f"{bank._crc(NAPAS_STATIC[:-4]):04X}" == NAPAS_STATIC[-4:]
    )  # its account has 13 letters but the length 12: parsing must stop
    assert bank.read_payload(NAPAS_DYNAMIC)["content"] == "thanh toan don hang"
    assert bank.read_payload(f" {OURS}\n") == {
        "bank": "970436", "account": "0011001234567", "amount": "150000", "content": f"DVC {shop.REFERENCE}",
    }  # fmt: skip


def with_checksum(text):
    return f"{text}6304{bank._crc(f'{text}6304'):04X}"


@pytest.mark.parametrize(
    "payload",
    ["", "x", OURS[:-1] + "6", OURS.replace("150000", "950000"), OURS + " ", "đ" * 40, "\x00" * 40, OURS[:40],
     with_checksum("0002010102125999A00000072701270006"), with_checksum("000201000201000201"), with_checksum("0002015802VN5"),
     with_checksum("00020138" + "00" * 10), with_checksum("0A020101021153037045802VN")],
)  # fmt: skip
def test_broken_payloads_are_refused_in_words(gateway, payload):
    page = gateway.post("/bank/", {"read": "", "payload": payload})

    assert page.status_code == 200
    assert 'role="alert"' in page.content.decode() or payload.strip() == OURS


def test_a_payload_fills_the_transfer_in(gateway):
    page = gateway.post("/bank/", {"read": "", "payload": OURS}).content.decode()

    assert 'value="0011001234567"' in page and 'value="150000"' in page and f'value="DVC {shop.REFERENCE}"' in page
    assert not Credit.objects.exists()


def test_a_transfer_by_hand_arrives(gateway):
    page = gateway.post(
        "/bank/", {"account": "0011001234567", "amount": "150.000", "content": "DVC P1"}, follow=True
    ).content.decode()

    assert "150.000\u00a0đồng tới 0011001234567" in page
    assert gateway.get("/bank/statement?account=0011001234567").json()["credits"][0]["content"] == "DVC P1"


def test_a_bank_may_strip_the_content(gateway):
    gateway.post("/bank/", {"account": "0011001234567", "amount": "1", "content": "dvc: P26-1121", "mangled": "1"})

    assert Credit.objects.get().content == "CT DEN DVC P261121"


@pytest.mark.parametrize(
    "changes",
    [{"amount": "0"}, {"amount": "-5"}, {"amount": "1,5"}, {"amount": "١٠"}, {"amount": "9" * 13}, {"amount": ""},
     {"account": ""}, {"account": "a b"}, {"account": "x" * 20}, {"content": "x" * 256}, {"content": "a\nb"},
     {"content": "\x00"}],
)  # fmt: skip
def test_odd_transfers_are_refused(gateway, changes):
    wanted = {"account": "0011001234567", "amount": "1000", "content": ""} | changes

    assert 'role="alert"' in gateway.post("/bank/", wanted).content.decode()
    assert "error" in gateway.control("transfer", **wanted)
    assert not Credit.objects.exists()


def test_a_statement_goes_on_after_the_last_one_known(gateway):
    ids = [gateway.control("transfer", account="111222", amount=amount, content=f"no {amount}")["id"] for amount in (1000, 2000)]
    gateway.control("transfer", account="999888", amount=5)

    everything = gateway.get("/bank/statement?account=111222&after=0").json()["credits"]
    assert [(c["id"], c["amount"], c["account"]) for c in everything] == [(ids[0], 1000, "111222"), (ids[1], 2000, "111222")]
    assert everything[0]["at"].endswith("+07:00") and everything[0]["content"] == "no 1000"
    assert [c["id"] for c in gateway.get(f"/bank/statement?account=111222&after={ids[0]}").json()["credits"]] == [ids[1]]


@pytest.mark.parametrize(
    "query", ["", "account=%00", "account=111222&after=x", "account=111222&after=-1", "account=1112&after=" + "9" * 30]
)
def test_an_odd_question_is_refused(gateway, query):
    assert gateway.get(f"/bank/statement?{query}").status_code == 400
