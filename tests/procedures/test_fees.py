"""Fees: sums worked out by hand, the reference in data/check.py on every procedure, and what must hold for any answers."""

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procedures.fees import FeeRuleError, compute, price_range, quantities_from
from tests import reference

TODAY = dt.date(2026, 11, 25)
PAGES = "Số trang của mỗi bản"
COPIES = "Số bản sao trích lục muốn nhận"
ROOMS = "Số phòng karaoke"


def lines_of(code):
    return reference.procedures()[code]["fee_lines"]


def fees(code, context=None, *, channel="online", day=TODAY, **options):
    return compute(lines_of(code), context={"channel": channel, **(context or {})}, day=day, **options)


def line(key, amount, role="base", **fields):
    """A made-up fee line for the rules no procedure of the data uses yet."""
    plain = {"group": None, "unit": "lan", "quantity": None, "when": None, "channel": "any", "effective_from": None}
    rest = {"effective_to": None, "applies_to": [], "mandatory": True, "cap": None, "legal_ref": "", "refundable_on": []}
    return {
        "key": key,
        "label": key,
        "kind": "phi",
        "role": role,
        "amount": amount,
        "certainty": "demo",
        **plain,
        **rest,
        **fields,
    }


def total(*lines, quantities=None, context=None, **options):
    return compute(lines, context={"channel": "online", **(context or {})}, day=TODAY, quantities=quantities, **options).total


# ---------------------------------------------------------------- worked out by hand

GROUP = "person.priority_group"


@pytest.mark.parametrize(
    ("code", "expected", "context", "options"),
    [
        # the golden sums of data/check.py
        ("3.000333", 200_000, {}, {}),
        ("3.000333", 100_000, {GROUP: "sinh_vien"}, {}),
        ("3.000333", 0, {GROUP: "ho_ngheo"}, {}),
        ("1.004194", 7_000, {"case": "ca_nhan"}, {}),
        ("1.004194", 15_000, {"case": "ca_nhan"}, {"channel": "direct"}),
        ("1.014063", 25_000, {}, {}),
        ("1.014063", 50_000, {}, {"day": dt.date(2027, 1, 4)}),
        ("3.000347", 135_000, {}, {}),
        ("3.000347", 115_000, {}, {"day": dt.date(2025, 6, 2)}),
        ("2.000815", 5_000, {}, {"channel": "direct", "quantities": {PAGES: 3}}),
        ("2.000815", 200_000, {}, {"channel": "direct", "quantities": {PAGES: 900}}),
        ("1.001029", 6_000_000, {}, {"quantities": {ROOMS: 9}}),
        ("3.000346", 255_000, {"case": "mo_to"}, {}),
        ("1.015002", 1_655_000, {"priority": False}, {"quantities": {"classes": 2, "classes.item_count": [9, 4]}}),
        ("1.001193", 24_000, {"birth_type": "dung_han", "copy_count": 3}, {"quantities": {"copy_count": 3}}),
        ("1.001193", 0, {"birth_type": "dung_han", "copy_count": 0}, {"quantities": {"copy_count": 0}}),
        ("1.004873", None, {}, {}),
        ("1.004873", 15_000, {}, {"local": {"le_phi_ho_tich": 15_000}}),
        ("1.004873", 0, {GROUP: "ho_ngheo"}, {}),
        ("2.001583", 100_000, {}, {}),
        ("2.001583", 150_000, {}, {"channel": "direct"}),
        # more of the same kind
        ("1.010041", 0, {}, {}),  # the free flagship
        ("3.000333", 200_000, {GROUP: "dan_toc_thieu_so_xa_dbkk"}, {}),  # a group no line names
        ("1.014063", 25_000, {}, {"day": dt.date(2026, 12, 31)}),  # the last day of the half price
        ("1.014063", 50_000, {}, {"day": dt.date(2027, 1, 1)}),
        ("1.014063", 50_000, {}, {"day": dt.date(2025, 6, 30)}),
        ("3.000347", 115_000, {}, {"day": dt.date(2025, 12, 31)}),  # the last day of the online price
        ("3.000347", 135_000, {}, {"day": dt.date(2026, 1, 1)}),
        ("3.000347", 135_000, {}, {"day": dt.date(2025, 6, 2), "channel": "direct"}),
        ("2.000815", 2_000, {}, {"channel": "direct", "quantities": {PAGES: 1}}),
        ("2.000815", 4_000, {}, {"channel": "direct", "quantities": {PAGES: 2}}),
        ("2.000815", 199_000, {}, {"channel": "direct", "quantities": {PAGES: 197}}),
        ("2.000815", 200_000, {}, {"channel": "direct", "quantities": {PAGES: 198}}),  # the cap is reached
        ("2.000815", 200_000, {}, {"channel": "direct", "quantities": {PAGES: 199}}),
        ("2.000815", 205_000, {}, {"channel": "direct", "quantities": {PAGES: [900, 3]}}),  # two documents: each has its own cap
        ("2.000815", 0, {}, {"channel": "direct", "quantities": {PAGES: 0}}),
        ("1.015002", 75_000 + 120_000 + 550_000, {"priority": False}, {"quantities": {"classes": 1, "classes.item_count": [6]}}),
        ("1.004873", 0, {GROUP: "nguoi_co_cong"}, {"local": {"le_phi_ho_tich": 15_000}}),
        ("1.004873", 15_000, {GROUP: "sinh_vien"}, {"local": {"le_phi_ho_tich": 15_000}}),
        ("1.001612", 100_000, {}, {"local": {line["key"]: 100_000 for line in lines_of("1.001612") if line["amount"] is None}}),
    ],
)
def test_sums_worked_out_by_hand(code, expected, context, options):
    assert fees(code, context, **options).total == expected


# ---------------------------------------------------------------- against the reference


def possible_answers(procedure):
    """Every combination of the answers its fee conditions look at: option values, true and false, groups, nothing."""
    check = reference.module("check")
    conditions = [item["when"] for item in procedure["fee_lines"]]
    names = sorted({leaf["field"] for condition in conditions for leaf in check.leaves(condition)} - {"channel"})
    wanted = {name: [None] for name in names}
    for leaf in (leaf for condition in conditions for leaf in check.leaves(condition)):
        value = leaf.get("value")
        values = value if isinstance(value, list) else [value, value + 1] if leaf["op"] in ("lt", "gt") else [value, not value]
        wanted.get(leaf["field"], []).extend(
            values if leaf["op"] in ("lt", "gt", "in") or value in (True, False) else [value, "another"]
        )
    for combination in itertools.product(*(dict.fromkeys(wanted[name]) for name in names)):
        yield {name: value for name, value in zip(names, combination, strict=True) if value is not None}


def compared(procedure, context, day, numbers, local):
    """Our result and that of the reference, or None where the answers leave more than one main line."""
    chosen = [item["key"] for item in procedure["fee_lines"] if item["role"] == "extra"][:1]
    lines = procedure["fee_lines"]
    theirs = reference.module("check").amount_due(lines, context, day.isoformat(), numbers, chosen, local)
    return compute(lines, context=context, day=day, quantities=numbers, chosen=chosen, local=local), theirs


@pytest.mark.parametrize("code", sorted(reference.procedures()))
def test_every_procedure_costs_what_the_reference_says(code):
    procedure = reference.procedures()[code]
    keys = [q.get("field") or q["ask"] for q in (item["quantity"] for item in procedure["fee_lines"]) if q]
    channels = [row["channel"] for row in procedure["channels"]]
    unset = {item["key"]: 12_000 for item in procedure["fee_lines"] if item["amount"] is None}
    seen = 0
    for answers, channel in itertools.product(possible_answers(procedure), channels):
        for day, count, local in itertools.product((TODAY, dt.date(2025, 6, 2), dt.date(2027, 2, 1)), (0, 1, 7), ({}, unset)):
            numbers = {key: [count, 9] if "." in key else count for key in keys}
            context = {**answers, "channel": channel}
            complete = all(
                leaf["field"] in context
                for item in procedure["fee_lines"]
                for leaf in reference.module("check").leaves(item["when"])
                if leaf["op"] == "ne"
            )
            if not complete:
                continue  # with «ne» on an unanswered question the grammar says no (data/README.md), the reference yes
            ours, (theirs, _frozen) = compared(procedure, context, day, numbers, local)
            assert ours.undecided or ours.total == theirs, (context, day, numbers, local)
            seen += not ours.undecided
    assert seen


@pytest.mark.parametrize("code", sorted(reference.procedures()))
def test_the_lines_always_add_up_to_the_total(code):
    for answers in possible_answers(reference.procedures()[code]):
        result = fees(
            code,
            answers,
            channel=reference.procedures()[code]["channels"][0]["channel"],
            quantities={PAGES: 900, COPIES: 4, ROOMS: 9},
        )
        if result.total is None:
            assert result.undecided or any(item.set_later for item in result.lines)
        else:
            assert result.total == sum(item.amount for item in result.lines)
            assert all(item.amount >= 0 for item in result.lines)


# ---------------------------------------------------------------- the lines


def test_a_frozen_line_says_all_that_a_receipt_needs():
    assert fees("3.000333", {GROUP: "sinh_vien"}).rows() == [
        {
            "key": "phi_lltp",
            "label": "Phí cung cấp thông tin LLTP",
            "kind": "phi",
            "role": "base",
            "unit": "lan",
            "full_price": 200_000,
            "unit_price": 100_000,
            "quantity": 1,
            "amount": 100_000,
            "legal_ref": "244/2016/TT-BTC",
            "refundable_on": ["refused", "withdrawn"],
            "certainty": "knowledge",
            "reduced_by": "giam",
            "reduced_label": "Sinh viên, người có công, thân nhân liệt sĩ",
            "reduced_role": "discount",
            "provisional": True,
        }
    ]


def test_a_claimed_reduction_is_provisional_and_a_sure_one_is_not():
    claimed = fees("3.000333", {GROUP: "ho_ngheo"})
    assert claimed.provisional and claimed.is_free and claimed.fee_class == "mien"
    assert fees("3.000333", {GROUP: "sinh_vien"}).fee_class == "giam"
    usual = fees("3.000333")
    assert not usual.provisional and usual.fee_class == "thuong"
    half = fees("1.014063")  # half price for everybody until the end of 2026
    assert half.lines[0].reduced_by == "giam_50" and not half.provisional and half.fee_class == "thuong"


def test_the_cap_is_taken_off_the_companion_line_so_that_the_lines_still_add_up():
    first, further = fees("2.000815", channel="direct", quantities={PAGES: 900}).lines
    assert (first.quantity, first.amount) == (2, 4_000)
    assert (further.quantity, further.unit_price, further.amount) == (898, 1_000, 196_000)


def test_an_amount_set_later_leaves_the_total_open_and_names_its_line():
    result = fees("1.004873")
    assert result.total is None and not result.undecided and not result.is_free
    assert [item.key for item in result.lines if item.set_later] == ["le_phi_ho_tich"]


def test_as_long_as_no_main_line_applies_nothing_is_said_to_be_free():
    result = fees("1.004194")  # «case» is not answered yet
    assert result.undecided and result.total is None and not result.is_free


# ---------------------------------------------------------------- single rules


def test_optional_extras_are_due_only_when_chosen_and_mandatory_ones_always():
    post, stamp = line("post", 30_000, "extra", mandatory=False), line("stamp", 5_000, "extra")
    assert total(line("main", 100_000), post, stamp) == 105_000
    assert total(line("main", 100_000), post, stamp, chosen=["post"]) == 135_000


def test_a_line_of_another_channel_or_another_time_is_not_due():
    assert total(line("main", 1_000), line("x", 5_000, "extra", channel="direct")) == 1_000
    assert total(line("main", 1_000), line("x", 5_000, "extra", effective_to="2026-11-24")) == 1_000
    assert total(line("main", 1_000), line("x", 5_000, "extra", effective_from="2026-11-26")) == 1_000
    assert total(line("main", 1_000), line("x", 5_000, "extra", effective_from="2026-11-25", effective_to="2026-11-25")) == 6_000


def test_the_lowest_reduction_wins_whatever_the_order():
    half, third = line("half", 500, "discount", applies_to=["main"]), line("third", 333, "discount", applies_to=["main"])
    higher = line("higher", 2_000, "discount", applies_to=["main"])
    for order in itertools.permutations([half, third, higher]):
        assert total(line("main", 1_000), *order) == 333


def test_a_sure_reduction_is_preferred_to_a_claimed_one_of_the_same_price():
    sure = line("sure", 0, "exemption", applies_to=["main"])
    claimed = line("claimed", 0, "exemption", applies_to=["main"], when={"field": GROUP, "op": "not_empty"})
    for order in ([sure, claimed], [claimed, sure]):
        result = compute([line("main", 1_000), *order], context={"channel": "online", GROUP: "ho_ngheo"}, day=TODAY)
        assert result.lines[0].reduced_by == "sure" and not result.provisional


def test_a_reduction_touches_only_the_lines_it_names():
    free = line("free", 0, "exemption", applies_to=["main"])
    assert total(line("main", 1_000), line("x", 5_000, "extra"), free) == 5_000


def test_quantities_are_cut_to_max_then_lessened_and_never_negative():
    first = line("first", 10, quantity={"ask": "n", "max": 2})
    further = line("further", 1, "extra", quantity={"ask": "n", "minus": 2})
    for n, expected in ((0, 0), (1, 10), (2, 20), (3, 21), (12, 30)):
        assert total(first, further, quantities={"n": n}) == expected
    assert total(first, further) == 10  # not answered counts as one
    assert total(line("both", 10, quantity={"ask": "n", "max": 5, "minus": 2}), quantities={"n": 9}) == 30  # cut first
    assert total(first, further, quantities={"n": [1, 5]}) == 10 + 20 + 3  # two documents, each cut on its own


def test_a_cap_without_companions_bounds_its_own_line():
    capped = line("main", 700, quantity={"ask": "n"}, cap={"amount": 1_000, "per": "ban", "with": []})
    assert total(capped, quantities={"n": 1}) == 700
    assert total(capped, quantities={"n": 2}) == 1_000
    assert total(capped, quantities={"n": [2, 1, 9]}) == 2_700


def test_a_cap_larger_than_its_companions_also_cuts_the_line_itself():
    capped = line("main", 900, cap={"amount": 500, "per": "ban", "with": ["x"]})
    result = compute([capped, line("x", 300, "extra")], context={"channel": "online"}, day=TODAY)
    assert [item.amount for item in result.lines] == [500, 0] and result.total == 500


def test_two_main_lines_for_the_same_answers_are_an_error_not_a_double_charge():
    with pytest.raises(FeeRuleError):
        total(line("one", 1_000, "alternative"), line("two", 2_000, "alternative"))


@given(st.integers(0, 5000), st.integers(0, 5000))
def test_more_pages_never_cost_less_and_never_more_than_the_cap(fewer, more):
    fewer, more = sorted([fewer, more])
    low, high = (fees("2.000815", channel="direct", quantities={PAGES: n}).total for n in (fewer, more))
    assert low <= high <= 200_000


# ---------------------------------------------------------------- quantities from answers


def test_numbers_tables_and_columns_become_quantities():
    trademark = lines_of("1.015002")
    answers = {"classes": [{"nice_class": "30", "item_count": 9}, {"nice_class": "43", "item_count": None}]}
    assert quantities_from(trademark, answers) == {"classes": 2, "classes.item_count": [9, 0]}
    assert quantities_from(lines_of("2.000815"), {PAGES: 3}) == {PAGES: 3}
    assert quantities_from(lines_of("2.000815"), {}) == {}
    assert quantities_from(lines_of("1.001193"), {"copy_count": "ba"}) == {}  # typed text that is no number


# ---------------------------------------------------------------- before anybody has answered


@pytest.mark.parametrize(
    ("code", "channel", "local", "low", "high"),
    [
        ("1.010041", "online", {}, 0, 0),
        ("3.000333", "online", {}, 0, 200_000),
        ("1.004194", "direct", {}, 0, None),  # free for some, and a list may hold many people
        ("3.000347", "online", {}, 135_000, 135_000),
        ("1.004873", "online", {}, 0, None),
        ("1.004873", "online", {"le_phi_ho_tich": 15_000}, 0, 15_000),
        ("1.014063", "online", {}, 25_000, 25_000),
        ("2.000815", "direct", {}, 2_000, None),  # depends on the pages
    ],
)
def test_the_price_before_any_answer(code, channel, local, low, high):
    found = price_range(lines_of(code), day=TODAY, channel=channel, local=local)
    assert (found.lowest, found.highest) == (low, high)
    assert found.is_free == (high == 0) and found.is_fixed == (low == high)


@pytest.mark.parametrize("code", sorted(reference.procedures()))
def test_no_single_filing_falls_outside_its_price_range(code):
    procedure = reference.procedures()[code]
    for channel in (row["channel"] for row in procedure["channels"]):
        bounds = price_range(procedure["fee_lines"], day=TODAY, channel=channel)
        for answers in possible_answers(procedure):
            due = fees(code, answers, channel=channel)
            if due.total is not None:
                assert bounds.lowest <= due.total
                assert bounds.highest is None or due.total <= bounds.highest
