"""A province sets its amounts with resolution and days; an offering moves to another desk; earlier values are restored."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Agency
from portal.common import clock
from procedures.models import AgencyChange, LocalFee, Offering, Procedure
from procedures.offered import local_amounts
from procedures.offerings import desks, editing, local_fees, moving
from tests import factories, world
from tests.dossiers.pages import browse, words
from tests.procedures.offerings.test_offerings import page_of
from tests.procedures.office.test_drafts import shown_values

CODE, LINE = "1.000656", "truong_hop_khac"
PAGE = f"/can-bo/cung-cap/H18/muc-thu/{CODE}/"
DESK = "/can-bo/cung-cap/H18.X004.HC/"
OFFERING = f"/can-bo/cung-cap/H18.X004/thu-tuc/{CODE}/"
TODAY = dt.date(2026, 8, 24)
NEW = {"key": LINE, "amount": "12.000", "legal_ref": "12/2026/NQ-HĐND", "since": "01/09/2026", "until": ""}


@pytest.fixture
def province(db):
    with clock.at(dt.datetime(2026, 8, 24, 9, tzinfo=clock.LOCAL)):
        world.load_sample([CODE])
        yield factories.user(agency_admin="H18")


@pytest.fixture
def commune(province):
    return factories.user(agency_admin=["H18.X004", "H18.X004.HC"])


def procedure():
    return Procedure.objects.select_related("current").get(code=CODE)


def offering():
    rows = Offering.objects.select_related("agency__unit", "lead_agency", "receiving_agency", "terminal", "procedure__current")
    return rows.get(procedure__code=CODE, agency__code="H18.X004")


def amount_on(day):
    return int(local_amounts(procedure(), "H18", day)[LINE])


# ---------------------------------------------------------------- amounts
def test_an_amount_begins_on_its_day_and_ends_the_one_before(province):
    pages, before = browse(province), LocalFee.objects.get(province_code="H18", fee_line_key=LINE)
    assert CODE in words(pages.get("/can-bo/cung-cap/H18/muc-thu/")) and "8.000" in words(pages.get(PAGE))
    assert pages.post(PAGE, NEW).status_code == 302
    assert [amount_on(TODAY), amount_on(dt.date(2026, 8, 31)), amount_on(dt.date(2026, 9, 1))] == [8_000, 8_000, 12_000]
    made = LocalFee.objects.get(amount=12_000)
    assert made.legal_ref == NEW["legal_ref"] and made.set_by_people == ["*"] and made.certainty == ""
    before.refresh_from_db()
    assert before.set_by_people == ["effective_to"]
    change = AgencyChange.objects.get()
    assert (change.by, change.agency.code, change.procedure.code) == (province, "H18", CODE)
    assert "12/2026/NQ-HĐND" in change.places[0]["new"] and "12/2026" not in change.places[0]["old"]
    page = words(pages.get(PAGE))
    assert province.full_name in page and "chưa áp dụng" in page
    assert province.full_name not in words(pages.get("/can-bo/cung-cap/H18/"))  # the page of the desk tells of the desk only


def test_an_amount_that_has_not_begun_is_taken_back_and_the_one_before_goes_on(province):
    pages = browse(province)
    pages.post(PAGE, NEW)
    made = LocalFee.objects.get(amount=12_000)
    assert pages.post(f"{PAGE}bo/", {"muc": made.pk}).status_code == 302
    assert amount_on(dt.date(2027, 1, 1)) == 8_000 and not LocalFee.objects.filter(amount=12_000).exists()
    in_force = LocalFee.objects.get(province_code="H18", fee_line_key=LINE)
    for pk in (in_force.pk, made.pk, "một"):
        assert "đã áp dụng hoặc không còn" in words(pages.post(f"{PAGE}bo/", {"muc": pk}, follow=True))
    assert amount_on(TODAY) == 8_000 and AgencyChange.objects.count() == 2


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"since": "23/08/2026"}, "từ hôm nay trở đi"),
        ({"until": "31/08/2026"}, "Ngày cuối ở trước ngày đầu"),
        ({"amount": "-1"}, "bằng chữ số"),
        ({"amount": "12,5"}, "không có phần lẻ"),
        ({"amount": ""}, "Nhập mức thu"),
        ({"legal_ref": " "}, "Nhập số nghị quyết"),
        ({"key": "dung_han"}, "Chọn khoản"),
        ({"key": "khac"}, "Chọn khoản"),
    ],
)
def test_a_wrong_amount_is_refused_in_words_and_stays_on_the_page(province, facts, said):
    answer = browse(province).post(PAGE, {**NEW, **facts})
    assert answer.status_code == 422 and said in words(answer), words(answer)
    assert LocalFee.objects.filter(province_code="H18", fee_line_key=LINE).count() == 1 and not AgencyChange.objects.exists()


def test_pressed_twice_it_is_set_once(province):
    pages = browse(province)
    pages.post(PAGE, NEW)
    assert "Đã có mức từ" in words(pages.post(PAGE, NEW))
    assert LocalFee.objects.filter(amount=12_000).count() == 1


def test_only_the_administrator_of_the_province_sets_its_amounts(province, commune):
    """Page and function; a commune, another province and a catalogue administrator find nothing there."""
    world.agency("H36.X001.CA")
    others = [commune, factories.user(agency_admin="H36.X001.CA"), factories.user(catalogue_admin="H18"), factories.citizen()]
    for user in others:
        for answer in (browse(user).get(PAGE), browse(user).post(PAGE, NEW), browse(user).post(f"{PAGE}bo/", {"muc": 1})):
            assert answer.status_code in (302, 404) and "H18" not in answer.get("Location", "")
        with pytest.raises(PermissionDenied):
            local_fees.state(
                procedure(), Agency.objects.get(code="H18"), LINE, amount=1, legal_ref="x", since=TODAY, until=None, by=user
            )
    assert browse(commune).get("/can-bo/cung-cap/H18.X004/muc-thu/").status_code == 404
    assert LocalFee.objects.filter(province_code="H18", fee_line_key=LINE).count() == 1


# ---------------------------------------------------------------- another desk
def place_of(pages, **facts):
    return {**shown_values(pages.get(f"{OFFERING}noi-nop/").content.decode()), "viec": "ghi", **facts}


def test_an_offering_moves_to_another_desk_with_its_steps_and_filed_dossiers_stay(commune):
    pages, before = browse(commune), offering()
    other = moving.desks_for(before).exclude(pk=before.receiving_agency_id).get(code="H18.X004.CA")
    shown = words(pages.post(f"{OFFERING}noi-nop/", place_of(pages, receiving_agency=other.pk, viec="xem")))
    assert before.receiving_agency.name in shown and other.name in shown and offering().receiving_agency != other
    sent = place_of(pages, receiving_agency=other.pk, terminal="")
    assert pages.post(f"{OFFERING}noi-nop/", sent).status_code == 302
    now = offering()
    assert now.receiving_agency == other and now.terminal is None and now.duty == {} and now.lead_agency == before.lead_agency
    received = [step["agency"] for step in now.processing_steps if step["role"] == "receiving_clerk"]
    assert set(received) == {"H18.X004.CA"} and before.receiving_agency.code not in received
    assert "chưa cử người trực" in words(pages.get(OFFERING))
    change = AgencyChange.objects.get()
    assert change.places[0]["place"] == "Nơi tiếp nhận" and change.by == commune
    assert pages.post(f"{OFFERING}noi-nop/", sent).status_code == 409  # a page of before
    assert AgencyChange.objects.count() == 1


def test_an_offering_moves_only_within_reach_and_by_its_own_administrator(commune, province):
    row, far = offering(), world.agency("H36.X001.CA")
    pages = browse(commune)
    assert pages.post(f"{OFFERING}noi-nop/", place_of(pages, receiving_agency=far.pk)).status_code == 422
    place = moving.Place(far, row.lead_agency, row.terminal)
    with pytest.raises(PermissionDenied):
        moving.move(row, place, editing.fingerprint(row), by=commune)
    same = moving.Place(row.receiving_agency, row.lead_agency, row.terminal)
    for user in (province, factories.user(catalogue_admin="H18"), factories.user(agency_admin="H18.X005")):
        assert browse(user).get(f"{OFFERING}noi-nop/").status_code == 404
        with pytest.raises(PermissionDenied):
            moving.move(row, same, editing.fingerprint(row), by=user)
    assert moving.move(row, same, editing.fingerprint(row), by=commune) == [] and not AgencyChange.objects.exists()


# ---------------------------------------------------------------- the way back
def test_what_was_before_a_change_is_filled_in_and_stored_only_with_the_button(commune):
    pages, before = browse(commune), editing.values_of(offering())
    pages.post(OFFERING, page_of(pages, OFFERING, **{"steps.1.hours": "9", "steps.0.name": "Tên khác"}))
    change = AgencyChange.objects.get()
    changed = editing.values_of(offering())
    assert f"?lay-lai={change.pk}" in pages.get(OFFERING).content.decode()
    back = shown_values(pages.get(OFFERING, {"lay-lai": change.pk}).content.decode())
    assert editing.values_of(offering()) == changed != before
    assert pages.post(OFFERING, {**back, "viec": "ghi"}).status_code == 302
    assert editing.values_of(offering()) == before and AgencyChange.objects.count() == 2
    for wrong in ("0", "x", change.pk + 99):
        assert pages.get(OFFERING, {"lay-lai": wrong}).status_code == 404


def test_the_desk_of_before_is_restored_the_same_way(commune):
    pages, before = browse(commune), desks.stored_values(Agency.objects.get(code="H18.X004.HC"))
    sent = {**shown_values(pages.get(DESK).content.decode()), "desk_name": "Quầy khác"}
    assert pages.post(DESK, sent).status_code == 302
    change = AgencyChange.objects.get()
    back = shown_values(pages.get(DESK, {"lay-lai": change.pk}).content.decode())
    assert back["desk_name"] == [before["desk_name"]] and pages.post(DESK, back).status_code == 302
    assert desks.stored_values(Agency.objects.get(code="H18.X004.HC")) == before


def test_a_consult_says_by_which_law_silence_is_consent(commune):
    """The page offers it, so the check of the steps lets it pass."""
    pages, steps = browse(commune), offering().processing_steps
    added = shown_values(pages.post(OFFERING, page_of(pages, OFFERING, viec="them")).content.decode())
    number = len(steps)
    start = f"steps.{number}."
    added |= {
        f"{start}name": "Hỏi ý kiến",
        f"{start}hours": "8",
        f"{start}kind": "consult",
        f"{start}product": "opinion",
        f"{start}label": "ý kiến",
        f"{start}silence": "Điều 1",
    }
    answer = pages.post(OFFERING, {**added, "viec": "ghi"})
    assert answer.status_code == 302, words(answer)
    assert offering().processing_steps[number]["produces"]["silence"] == "Điều 1"
