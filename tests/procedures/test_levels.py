"""Service levels: what each allows; the offered level equals that of data/check.py for every offering of the demo."""

import copy
import datetime as dt

import pytest

from procedures.levels import OfferedLevel, OfferingFacts, ServiceLevel, missing_sections
from procedures.models import Terminal
from tests import reference

TODAY = dt.date(2026, 11, 25)
FREE, PAID, PARTLY, PRINTED, INFORMATION = "1.010041", "3.000333", "1.004873", "1.011606", "2.000815"

DESK = OfferingFacts(
    filing="here",
    receiving_agency_id=7,
    duty={"main": "a", "deputy": "b", "head": "c"},
    processing_steps=[{"key": "tiep_nhan"}, {"key": "ky"}],
    delivery_ways=["account", "counter", "post"],
    terminal=Terminal(code="DMH18XAA"),
)


def document(code, **changes):
    return {"procedure": {**copy.deepcopy(reference.procedures()[code]), **changes}, "form": None}


def offered(code, offering=DESK, *, payments_open=True, declared=None, changes=None, **options):
    version = document(code, **(changes or {}))
    level = declared or version["procedure"]["declared_level"]
    return OfferedLevel.compute(version, level, offering, day=TODAY, payments_open=payments_open, **options)


def keys(level):
    return [need.key for need in level.missing]


# ---------------------------------------------------------------- what a level allows


@pytest.mark.parametrize(
    ("number", "blank_forms", "submission", "payment", "scope", "dots", "plain"),
    [
        (1, False, False, False, "thong_tin", "●○○○", "Chỉ xem"),
        (2, True, False, False, "thong_tin", "●●○○", "Tải mẫu"),
        (3, True, True, False, "mot_phan", "●●●○", "Nộp trên mạng"),
        (4, True, True, True, "toan_trinh", "●●●●", "Làm hết trên mạng"),
    ],
)
def test_what_each_level_allows_and_how_it_is_called(number, blank_forms, submission, payment, scope, dots, plain):
    level = ServiceLevel(number)
    assert level.shows_information
    assert (level.offers_blank_forms, level.offers_print_and_export) == (blank_forms, blank_forms)
    assert (level.offers_submission, level.offers_tracking) == (submission, submission)
    assert (level.offers_online_payment, level.offers_online_result) == (payment, payment)
    assert (level.number, level.scope, level.dots, level.plain) == (number, scope, dots, plain)
    assert level.label == f"Mức {number}" and str(level) == f"Mức {number}: {plain}"


def test_every_level_says_in_one_sentence_what_a_citizen_can_do():
    sentences = [level.meaning for level in ServiceLevel]
    assert len(set(sentences)) == 4 and all(len(part.split()) <= 20 for text in sentences for part in text.split("."))
    assert [level.scope_label for level in ServiceLevel] == ["thông tin", "thông tin", "một phần", "toàn trình"]


def test_an_offered_level_answers_the_same_questions_as_its_level():
    questions = [name for name in vars(ServiceLevel) if name.startswith(("offers_", "shows_"))]
    assert len(questions) == 7
    for code in (FREE, PARTLY, PRINTED, INFORMATION):
        level = offered(code, local={"le_phi_ho_tich": 15_000})
        assert all(getattr(level, name) == getattr(level.level, name) for name in questions)


# ---------------------------------------------------------------- against the reference


def everywhere():
    """(procedure, reference offering, our facts, local amounts, lines set later) for all offerings of the demo."""
    check, rules = reference.module("check"), reference.load("offerings_demo.json")
    later = {}
    for row in rules["amount_set_later"]:
        later.setdefault(row["procedure"], set()).add(row["fee_line_key"])
    local = {}
    for row in rules["local_fees"]:
        local.setdefault((row["province"], row["procedure"]), {})[row["fee_line_key"]] = row["amount"]
    for row in check.expand(rules, reference.load("agencies.json")["agencies"]):
        row.setdefault("duty", None)
        facts = OfferingFacts(
            filing=row["filing"],
            receiving_agency_id=row["received"] and row["received"]["code"],
            duty=row["duty"] or {},
            processing_steps=row["steps"],
            delivery_ways=row["rule"].get("delivery_ways") or [],
            terminal=Terminal(code=row["terminal"]) if row.get("terminal") else None,
        )
        code = row["procedure"]
        yield reference.procedures()[code], row, facts, local.get((row.get("province"), code), {}), later.get(code, ())


def test_every_offering_of_the_demo_has_the_level_of_the_reference():
    rules, seen, levels = reference.load("offerings_demo.json"), 0, {}
    for procedure, row, facts, local, later in everywhere():
        expected = reference.module("check").offered_level(procedure, row, rules)
        terms = {"day": TODAY, "payments_open": True, "local": local, "set_later": later}
        level = OfferedLevel.compute({"procedure": procedure}, procedure["declared_level"], facts, **terms)
        assert level.level is ServiceLevel(expected), (row["key"], level.needs)
        assert level.complete and bool(level.missing) == (expected < 4)
        levels.setdefault(procedure["code"], set()).add(level.level.number)
        seen += 1
    assert seen == 10_419 + 2  # filed here, and two elsewhere
    flagships = {FREE: 4, "1.004194": 4, PAID: 4, PARTLY: 3, PRINTED: 2, "1.001612": 4, INFORMATION: 1}
    assert {code: levels[code] for code in flagships} == {code: {level} for code, level in flagships.items()}


def test_all_curated_procedures_have_every_section():
    for procedure in reference.procedures().values():
        assert missing_sections(procedure) == ()


# ---------------------------------------------------------------- the gate, need by need


def test_the_free_flagship_is_offered_in_full_and_lacks_nothing():
    level = offered(FREE, payments_open=False)
    assert level.level is ServiceLevel.FULLY_ONLINE and level.missing == () and level.needs == () and level.reason == ""


def test_while_the_portal_takes_no_money_a_paid_procedure_is_partly_online_and_says_why():
    level = offered(PAID, payments_open=False)
    assert level.level is ServiceLevel.SUBMIT_ONLINE and keys(level) == ["payments"]
    assert level.reason == "Cổng chưa mở trả phí trên mạng. Phí trả tại nơi giải quyết."
    assert offered(PAID, payments_open=True).level is ServiceLevel.FULLY_ONLINE
    assert keys(offered("3.000347", payments_open=False)) == ["payments"]  # one price for everybody


def test_without_its_form_a_procedure_only_informs():
    level = offered(FREE, changes={"form_key": None})
    assert level.level is ServiceLevel.INFORMATION and keys(level) == ["form"] and level.complete


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"filing": "elsewhere"}, "elsewhere"),
        ({"receiving_agency_id": None}, "desk"),
        ({"duty": {}}, "duty"),
        ({"processing_steps": []}, "steps"),
    ],
)
def test_without_desk_people_or_steps_nothing_can_be_filed_online(change, key):
    level = offered(FREE, OfferingFacts(**{**vars(DESK), **change}))
    assert level.level is ServiceLevel.PRINT_AND_BRING and keys(level) == [key] and not level.offers_submission


def test_a_procedure_without_online_channel_is_printed_and_brought():
    direct = [row for row in reference.procedures()[PAID]["channels"] if row["channel"] == "direct"]
    level = offered(PAID, changes={"channels": direct})
    assert level.level is ServiceLevel.PRINT_AND_BRING and keys(level) == ["channel"]


def test_full_service_needs_a_terminal_only_where_something_may_be_due():
    without = OfferingFacts(**{**vars(DESK), "terminal": None})
    assert offered(FREE, without).level is ServiceLevel.FULLY_ONLINE
    assert keys(offered(PAID, without)) == ["terminal"]


def test_a_terminal_switched_off_takes_the_place_down_to_level_3_and_says_why():
    off = OfferingFacts(**{**vars(DESK), "terminal": Terminal(code="DMH18XAA", active=False)})
    assert offered(FREE, off).level is ServiceLevel.FULLY_ONLINE
    level = offered(PAID, off)
    assert (level.level, keys(level)) == (ServiceLevel.SUBMIT_ONLINE, ["terminal"]) and not level.offers_online_payment
    assert level.reason == level.missing[0].sentence == "Nơi này đang tạm ngừng thu phí trên mạng. Phí trả tại nơi giải quyết."


def test_full_service_needs_a_delivery_way_without_a_visit():
    for ways, level in ((["account"], 4), (["counter", "post"], 4), (["counter"], 3), ([], 3)):
        assert offered(FREE, OfferingFacts(**{**vars(DESK), "delivery_ways": ways})).level is ServiceLevel(level)


def test_full_service_needs_an_amount_and_zero_is_one():
    household = "1.001612"
    unset = [line["key"] for line in reference.procedures()[household]["fee_lines"] if line["amount"] is None]
    assert keys(offered(household)) == ["fee"] and offered(household).level is ServiceLevel.SUBMIT_ONLINE
    assert offered(household, local=dict.fromkeys(unset, 100_000)).level is ServiceLevel.FULLY_ONLINE
    assert offered(household, local=dict.fromkeys(unset, 0), payments_open=False).level is ServiceLevel.FULLY_ONLINE
    assert offered(household, set_later=unset).level is ServiceLevel.FULLY_ONLINE
    assert offered(household, set_later=unset, payments_open=False).level is ServiceLevel.SUBMIT_ONLINE


def test_the_base_is_never_exceeded_and_its_reason_is_shown():
    level = offered(PARTLY, local={"le_phi_ho_tich": 15_000})
    assert level.level is ServiceLevel.SUBMIT_ONLINE and "declared" in keys(level)
    assert level.reason == reference.procedures()[PARTLY]["partial_reason"]["text"] + "."
    assert offered(FREE, declared=2).level is ServiceLevel.PRINT_AND_BRING
    assert offered(FREE, declared=1).missing[0].sentence == "Cơ sở dữ liệu quốc gia công bố thủ tục này ở mức 1."


def test_a_missing_section_holds_back_every_level_and_khong_is_a_value():
    level = offered(FREE, changes={"legal_basis": []})
    assert level.level is ServiceLevel.INFORMATION and not level.complete and keys(level) == ["section:legal_basis"]
    assert level.missing[0].sentence == "Hướng dẫn còn thiếu mục: căn cứ pháp lý."
    said = [*reference.procedures()[FREE]["empty_sections"], {"section": "legal_basis", "show": "Không"}]
    assert offered(FREE, changes={"legal_basis": [], "empty_sections": said}).level is ServiceLevel.FULLY_ONLINE
    silent = [{"section": "legal_basis", "show": ""}, *reference.procedures()[FREE]["empty_sections"]]
    assert not offered(FREE, changes={"legal_basis": [], "empty_sections": silent}).complete


def test_before_a_place_is_chosen_the_version_alone_counts_and_the_place_is_asked_for():
    level = offered(FREE, None)
    assert level.level is ServiceLevel.PRINT_AND_BRING and keys(level) == ["place"]
    assert offered(INFORMATION, None).level is ServiceLevel.INFORMATION


def test_a_result_row_shows_the_best_of_several_places():
    here, there = offered(FREE), offered(FREE, OfferingFacts(**{**vars(DESK), "duty": {}}))
    assert OfferedLevel.best([there, here]) is here and OfferedLevel.best([there]) is there


def test_what_is_missing_is_only_what_the_next_level_needs():
    level = offered(PAID, OfferingFacts(filing="here", receiving_agency_id=1), payments_open=False)
    assert keys(level) == ["duty", "steps"] and all(need.level is ServiceLevel.SUBMIT_ONLINE for need in level.missing)
    assert {need.key for need in level.needs} == {"duty", "steps", "terminal", "payments", "delivery"}


def test_an_unknown_declared_level_is_refused():
    with pytest.raises(ValueError):
        offered(FREE, declared=5)
