"""VietQR codes: the published examples, and no code that could send money to a wrong account."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.gateways import vietqr
from payments.gateways.vietqr import BadTransferCode, checksum, parse, payload

STATIC = "00020101021138570010A00000072701270006970403011200110123456780208QRIBFTTA53037045802VN6304F4E5"
WITH_BILL = (
    "00020101021238570010A00000072701270006970403011300110123456780208QRIBFTTA530370454061800005802VN"
    "62340107NPS68690819thanh toan don hang63042E2E"
)
OURS = (
    "00020101021238570010A00000072701270006970436011300110012345670208QRIBFTTA530370454061500005802VN"
    "62250821DVC P261121083000A7K2630498C5"
)

digits = st.text("0123456789", min_size=6, max_size=6)
accounts = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=19)
amounts = st.integers(min_value=1, max_value=vietqr.MAX_AMOUNT)
purposes = st.text("ABCXYZabcxyz0189 .:,_-", min_size=1, max_size=25)


def test_the_checksum_is_the_published_one():
    assert checksum("123456789") == 0x29B1


@pytest.mark.parametrize("text", [STATIC, WITH_BILL, OURS])
def test_the_checksums_of_the_published_codes_agree(text):
    assert f"{checksum(text[:-4]):04X}" == text[-4:]


def test_the_published_code_with_a_bill_is_made_to_the_letter():
    assert payload("970403", "0011012345678", 180_000, "thanh toan don hang", bill="NPS6869") == WITH_BILL
    assert parse(WITH_BILL) == vietqr.TransferCode("970403", "0011012345678", 180_000, "thanh toan don hang", "NPS6869")


def test_our_own_code_is_made_to_the_letter():
    assert payload("970436", "0011001234567", 150_000, "DVC P261121083000A7K2") == OURS


def test_the_published_static_code_has_a_wrong_length_inside_and_is_not_believed():
    """Its account field has length 12 and 13 characters: a valid checksum is not enough."""
    with pytest.raises(BadTransferCode):
        parse(STATIC)
    mended = payload("970403", "0011012345678")
    assert mended.startswith("000201010211") and "5404" not in mended and parse(mended).amount is None


@pytest.mark.parametrize(
    ("bank", "account", "amount", "purpose"),
    [
        ("97043", "0011001234567", 1, "DVC"),
        ("9704361", "0011001234567", 1, "DVC"),
        ("97043\N{ARABIC-INDIC DIGIT SIX}", "0011001234567", 1, "DVC"),
        ("97043\n", "0011001234567", 1, "DVC"),
        ("", "0011001234567", 1, "DVC"),
        (None, "0011001234567", 1, "DVC"),
        ("970436", "", 1, "DVC"),
        ("970436", "1" * 20, 1, "DVC"),
        ("970436", "00 11", 1, "DVC"),
        ("970436", "0011001234567", 0, "DVC"),
        ("970436", "0011001234567", -1, "DVC"),
        ("970436", "0011001234567", 10**12, "DVC"),
        ("970436", "0011001234567", 1.0, "DVC"),
        ("970436", "0011001234567", True, "DVC"),
        ("970436", "0011001234567", "150000", "DVC"),
        ("970436", "0011001234567", 1, "Lệ phí"),
        ("970436", "0011001234567", 1, "x" * 26),
        ("970436", "0011001234567", 1, "a\nb"),
        ("970436", "0011001234567", 1, "a/b"),
    ],
)
def test_a_code_that_could_send_money_astray_is_not_made(bank, account, amount, purpose):
    with pytest.raises(BadTransferCode):
        payload(bank, account, amount, purpose)


@given(digits, accounts, amounts, purposes)
def test_what_went_in_comes_out(bank, account, amount, purpose):
    text = payload(bank, account, amount, purpose)
    assert text.isascii() and len(text) < 200
    assert parse(text) == vietqr.TransferCode(bank, account, amount, purpose)


@given(st.data())
def test_one_wrong_character_is_always_noticed(data):
    at = data.draw(st.integers(min_value=0, max_value=len(OURS) - 1))
    other = data.draw(st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ ").filter(lambda sign: sign != OURS[at]))
    with pytest.raises(BadTransferCode):
        parse(OURS[:at] + other + OURS[at + 1 :])


@given(st.text(max_size=120))
def test_any_other_text_is_refused_and_nothing_else_happens(text):
    with pytest.raises(BadTransferCode):
        parse(text)
    body = "".join(sign for sign in text if sign.isascii() and sign.isprintable()) + "0" * 20 + "6304"
    with pytest.raises(BadTransferCode):
        parse(body + f"{checksum(body):04X}")


@given(purposes)
def test_an_empty_or_doubled_part_is_refused(purpose):
    body = payload("970436", "0011001234567", 1, purpose)[:-8]
    for wrong in (body + "5802VN", body + "9900", body + "99"):
        with pytest.raises(BadTransferCode):
            parse(f"{wrong}6304{checksum(wrong + '6304'):04X}")


@pytest.mark.django_db
def test_the_code_of_an_attempt_carries_its_account_sum_and_reference(money_desk):
    attempt = money_desk.paying(way="transfer")
    read = parse(vietqr.payload_of(attempt))
    point = attempt.point
    assert (read.bank_bin, read.account_number, read.amount) == (point.bank_bin, point.account_number, 200_000)
    assert read.purpose == f"DVC {attempt.reference}" and len(read.purpose) == 21
