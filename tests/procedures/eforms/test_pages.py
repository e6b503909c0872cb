"""Order of pages, hidden questions, answers that count; and a round trip of every page of every sample through a browser."""

import datetime as dt

import pytest

from procedures.eforms import BoundPage, Form, UnknownPage, first_unfinished_page, is_empty, page_errors, read_page, validate
from tests.procedures.eforms.browser import Inputs, posted, shown
from tests.procedures.eforms.conftest import EXTRA, FORM_KEYS, FORMS, INVALID, VALID

TODAY = dt.date(2026, 11, 25)


@pytest.mark.parametrize("sample", VALID + EXTRA, ids=repr)
def test_a_page_sent_back_untouched_brings_the_same_answers(sample):
    for page in sample.form.visible_pages(sample.known, sample.today):
        entered = read_page(
            sample.form, page, posted(BoundPage(sample.form, page, sample.known, sample.today)), sample.known, sample.today
        )
        answers = sample.form.completed({**sample.known, **entered.values}, sample.today)

        assert not page_errors(sample.form, page, answers, sample.today)
        for question in page.fields:
            sent, stored = answers.get(question.key), sample.known.get(question.key)
            assert sent == stored or (is_empty(sent) and is_empty(stored)), question.key


@pytest.mark.parametrize("sample", INVALID, ids=repr)
def test_every_error_of_a_page_leads_to_an_input(sample):
    found = validate(sample.form, sample.known, sample.today)
    for page in sample.form.visible_pages(sample.known, sample.today):
        here = {key: code for key, code in found.items() if sample.form.fields[key.partition("[")[0]].page is page}
        bound = BoundPage(sample.form, page, sample.known, sample.today, errors=here)
        inputs = Inputs(shown(bound))

        assert len(inputs.targets) == len(here)
        assert set(inputs.targets) <= set(inputs.ids)
        assert set(inputs.described) <= set(inputs.ids) and set(inputs.labels) <= set(inputs.ids)
        assert len(inputs.ids) == len(set(inputs.ids))


@pytest.mark.parametrize("key", FORM_KEYS)
def test_every_page_shows_without_any_answer(key):
    form = FORMS[key]
    for page in form.visible_pages({}, TODAY):
        bound = BoundPage(form, page, {}, TODAY, errors=page_errors(form, page, {}, TODAY))

        assert page.question in shown(bound)


def test_skipped_pages_are_not_counted(ct01):
    first = ct01.form.page("nguoi_de_nghi")
    certificate = {
        **ct01.known,
        "request_kind": "xac_nhan",
        "with_members": False,
        "accommodation": "so_huu",
        "head_relation": "chu_ho",
    }

    assert ct01.form.position(first, ct01.known, ct01.today) == (1, 10)
    assert ct01.form.position(first, certificate, ct01.today) == (1, 5)


def test_a_page_the_answers_do_not_open_has_no_place(ct01):
    with pytest.raises(UnknownPage):
        ct01.form.position(ct01.form.page("y_kien_cha_me"), ct01.known, ct01.today)
    with pytest.raises(UnknownPage):
        ct01.form.page("khong_co")


def test_hidden_answers_stay_in_the_draft_but_count_as_empty(ct01):
    known = {**ct01.known, "with_members": False}

    stored = ct01.form.storable(known, ct01.today)

    assert "members" in known and "members" not in stored
    assert "to_agency" not in stored  # bound: printed, but never an answer
    assert stored["ap_full_name"] == "Nguyễn Hoàng Phượng Vỹ"


def test_computed_values_are_ours_whatever_was_sent(promotion):
    rows = [{**row, "amount": 1} for row in promotion.answers["goods_used"]]

    kept = promotion.form.kept({**promotion.known, "goods_used": rows, "total_value": 5}, promotion.today)

    assert kept["goods_used"] == promotion.answers["goods_used"]
    assert kept["total_value"] == promotion.answers["total_value"]


def test_blank_rows_do_not_count(ct01):
    kept = ct01.form.kept({**ct01.known, "members": [{}, *ct01.answers["members"], {"full_name": ""}]}, ct01.today)

    assert kept["members"] == ct01.answers["members"]


def test_what_the_portal_asks_elsewhere_comes_under_the_forms_own_names(ct01):
    bound = ct01.form.bound_answers(agency="H36.X123.CA", procedure="1.010041", audience="person")

    assert bound == {"to_agency": "H36.X123.CA", "request_kind": "xac_nhan"}


def test_going_on_leads_to_the_first_page_with_something_to_do(ct01):
    assert first_unfinished_page(ct01.form, ct01.known, ct01.today) is None
    bound = ct01.form.bound_answers(procedure="1.004194")
    assert first_unfinished_page(ct01.form, bound, ct01.today).key == "nguoi_de_nghi"
    wrong = {**ct01.known, "stay_until": "2040-01-01"}
    assert first_unfinished_page(ct01.form, wrong, ct01.today).key == "thoi_han_tam_tru"
    unseen = {key: value for key, value in ct01.known.items() if key != "owner_consent"}
    assert first_unfinished_page(ct01.form, unseen, ct01.today).key == "y_kien_chu_nha"


def test_a_rule_waits_for_its_last_operand_and_then_speaks_there():
    wedding = next(sample for sample in VALID if sample.form.key == "to_khai_ket_hon")
    form, young = wedding.form, {**wedding.known, "bride_birth_date": "2008-11-30", "appointment": None}

    assert page_errors(form, form.page("ben_nu"), young, wedding.today) == {}
    early = {**young, "appointment": "2026-11-27"}
    assert page_errors(form, form.page("ngay_hen"), early, wedding.today) == {"appointment": "min_age"}
    assert page_errors(form, form.page("ngay_hen"), {**young, "appointment": "2026-12-01"}, wedding.today) == {}


def test_an_unknown_grammar_is_refused(ct01):
    with pytest.raises(ValueError, match="grammar"):
        Form({**ct01.form.document, "grammar": 99})


def test_a_version_carries_all_its_form_needs(ct01):
    document = ct01.form.document

    assert document["grammar"] == 1 and document["messages"]
    assert set(document["formats"]) == {"person_name", "id_document", "phone_vn", "cccd"}
    assert not [field for page in ct01.form.pages for field in page.fields if "block" in field.spec]


def test_a_table_of_200_rows_stays_light():
    inn = next(sample for sample in EXTRA if "200" in sample.name)
    page = inn.form.page("danh_sach_khach")
    html = shown(BoundPage(inn.form, page, inn.known, inn.today))

    assert html.count('name="edit_row"') == 200
    assert len(html.encode()) < 120_000


def test_a_fee_is_asked_of_the_portals_rules_once_its_inputs_are_there():
    mark = next(sample for sample in VALID if sample.form.key == "to_khai_nhan_hieu")
    form = Form(mark.form.document, fee_of=lambda answers: 745000 * len(answers["classes"]))

    assert form.kept(mark.known, mark.today)["fee_estimate"] == 745000 * len(mark.answers["classes"])
    assert form.kept({**mark.known, "classes": None}, mark.today)["fee_estimate"] is None
