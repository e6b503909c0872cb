"""Signatures: a signed message reads back unchanged, and any change is refused."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.gateways.vnpay import answers, canonical
from tests.payments.gateways.vnpay import wire_words as words

names = st.from_regex(r"vnp_[A-Za-z]{1,20}", fullmatch=True).filter(lambda name: name not in canonical.UNSIGNED)
texts = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=12)
messages = st.dictionaries(names, texts, min_size=1, max_size=12)


@given(messages)
def test_what_is_signed_comes_back_the_same(values):
    read = canonical.read_query(canonical.signed_query(values, "khoa"))
    claimed = read.pop(canonical.HASH)
    assert read == values
    assert canonical.is_signed("khoa", canonical.string_to_sign(read), claimed)


@given(messages, st.randoms())
def test_the_order_on_the_wire_does_not_matter(values, random):
    pieces = canonical.signed_query(values, "khoa").split("&")
    random.shuffle(pieces)
    read = canonical.read_query("&".join(pieces))
    assert canonical.is_signed("khoa", canonical.string_to_sign(read), read[canonical.HASH])


@given(st.data())
def test_no_value_can_be_changed(data):
    """Any other text in any signed place: the signature no longer fits."""
    values = canonical.read_query(words.pay_query())
    name = data.draw(st.sampled_from(sorted(set(values) - canonical.UNSIGNED)))
    other = data.draw(texts.filter(lambda text: text != values[name]))
    changed = {**values, name: other}
    assert not canonical.is_signed(words.SECRET, canonical.string_to_sign(changed), values[canonical.HASH])


@given(names, texts)
def test_nothing_can_be_added(name, text):
    values = canonical.read_query(words.pay_query())
    if name not in values:
        added = {**values, name: text}
        assert not canonical.is_signed(words.SECRET, canonical.string_to_sign(added), values[canonical.HASH])


@given(st.sampled_from(sorted(canonical.read_query(words.SUCCESS))))
def test_nothing_can_be_left_out(name):
    values = canonical.read_query(words.pay_query())
    left = {key: value for key, value in values.items() if key != name}
    assert not canonical.is_signed(words.SECRET, canonical.string_to_sign(left), values[canonical.HASH])


@given(st.integers(0, 10**6), st.characters(min_codepoint=33, max_codepoint=126))
def test_one_letter_changed_anywhere_is_either_refused_or_means_the_same(place, letter):
    """(Another spelling of the same text, %4e for %4E, is the same message.)"""
    raw = words.pay_query()
    place %= len(raw)
    changed = raw[:place] + letter + raw[place + 1 :]
    secrets = {words.TERMINAL: words.SECRET}
    try:
        answer = answers.read_pay(changed, secrets)
    except (canonical.Unreadable, answers.BadSignature, answers.ForeignTerminal):
        return
    assert answer == answers.read_pay(raw, secrets)


@given(st.text(max_size=300))
def test_any_text_at_all_is_read_or_refused_never_worse(raw):
    try:
        canonical.read_query(raw)
    except canonical.Unreadable:
        return


@given(st.text(max_size=400))
def test_only_letters_that_every_encoder_writes_alike_go_out(text):
    safe = canonical.safe_text(text)
    assert re.fullmatch(r"[A-Za-z0-9 .:,_-]{0,255}", safe)
    assert canonical.safe_text(safe) == safe


def test_vietnamese_keeps_its_letters_without_the_marks():
    assert canonical.safe_text("Lệ phí Đăng ký đất đai — «số 5» & ưỡ") == "Le phi Dang ky dat dai so 5 uo"


@pytest.mark.parametrize(
    "raw",
    [
        words.pay_query() + "&vnp_Amount=1",
        words.pay_query() + "&vnp%5FAmount=15000000",
        words.pay_query() + f"&vnp_SecureHash={words.SUCCESS_HASH}",
        words.pay_query() + "&a",
        words.pay_query() + "&=1",
        words.pay_query() + "&vnp_X=%zz",
        words.pay_query() + "&vnp_X=%ff",
        words.pay_query() + "&vnp_X=%ED%A0%80",
        words.pay_query() + "&vnp_X=%00",
        words.pay_query() + "&vnp_X=%0d%0aA",
        words.pay_query() + "&vnp_X=ế",
        words.pay_query() + "&vnp_X=" + "x" * 4000,
        "&".join(f"vnp_{n}=1" for n in range(61)),
    ],
)
def test_what_the_gateway_would_never_write_is_not_read(raw):
    with pytest.raises(canonical.Unreadable):
        canonical.read_query(raw)


@pytest.mark.parametrize(
    "claimed", ["", "0" * 127, "0" * 129, "٠" * 128, "g" * 128, words.SUCCESS_HASH[:-1], words.CANCELLED_HASH]
)
def test_a_missing_or_odd_signature_is_no_signature(claimed):
    assert not canonical.is_signed(words.SECRET, words.SUCCESS, claimed)
    assert canonical.is_signed(words.SECRET, words.SUCCESS, words.SUCCESS_HASH)


def test_an_empty_secret_signs_and_proves_nothing():
    assert not canonical.is_signed("", words.SUCCESS, words.hashed(words.SUCCESS, secret=""))
    with pytest.raises(ValueError, match="no secret"):
        canonical.sign("", words.SUCCESS)


@pytest.mark.parametrize(
    ("address", "goes_out"),
    [
        ("203.0.113.7", "203.0.113.7"),
        (" 203.0.113.7 ", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:DB8::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("", "10.0.0.1"),
        (None, "10.0.0.1"),
        ("203.0.113.7, 10.1.1.1", "10.0.0.1"),
        ("<script>", "10.0.0.1"),
        ("١.١.١.١", "10.0.0.1"),
    ],
)
def test_the_payers_address_is_an_address_or_ours(address, goes_out):
    assert canonical.safe_ip(address, "10.0.0.1") == goes_out
