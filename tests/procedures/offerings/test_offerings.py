"""An agency changes what it states about a procedure, at its own place or at many; dossiers and other places do not move."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Agency
from procedures.models import AgencyChange, Offering
from procedures.offerings import desks, editing, many
from tests import factories, world
from tests.dossiers.pages import browse, words
from tests.procedures.office.test_drafts import shown_values

CODE, PLACE, OTHER = "1.001612", "H18.X004", "H18.X005"
PAGE = f"/can-bo/cung-cap/{PLACE}/thu-tuc/{CODE}/"
MANY = f"{PAGE}ap-dung/"


@pytest.fixture
def admin(db):
    world.load_sample([CODE])
    return factories.user(agency_admin=[PLACE, "H18.X004.HC"])


@pytest.fixture
def above(admin):
    return factories.user(agency_admin="H18")


def stored(place=PLACE):
    return Offering.objects.select_related("agency", "lead_agency", "receiving_agency").get(
        procedure__code=CODE, agency__code=place
    )


def page_of(pages, address=PAGE, **facts):
    """What a browser would send of the page, with other values."""
    shown = shown_values(pages.get(address).content.decode())
    return {**shown, "viec": "ghi", **facts}


# ---------------------------------------------------------------- one place
def test_the_page_sent_as_it_is_changes_nothing(admin):
    pages, before = browse(admin), editing.values_of(stored())
    assert pages.post(PAGE, page_of(pages)).status_code == 302
    assert editing.values_of(stored()) == before and not AgencyChange.objects.exists()


def test_steps_ways_and_duty_are_changed_and_recorded_in_words(admin):
    clerk = factories.user(full_name="Lò Văn Trực", receiving_clerk="H18.X004.HC")
    pages, before = browse(admin), stored()
    sent = page_of(pages, **{"steps.1.hours": "9", "delivery_ways": ["post"], "duty.main": clerk.username})
    assert pages.post(PAGE, sent).status_code == 302
    now = stored()
    assert now.processing_steps[1]["hours"] == 9 and now.delivery_ways == ["post"]
    assert now.duty["main"] == {"login": clerk.username, "name": "Lò Văn Trực"}
    assert now.terminal_id == before.terminal_id and now.processing_steps[0] == before.processing_steps[0]
    assert {"processing_steps", "delivery_ways", "duty"} <= set(now.set_by_people)
    change = AgencyChange.objects.get()
    places = [row["place"] for row in change.places]
    assert places == ["Cách trả kết quả", "Trực chính", f"Bước “{before.processing_steps[1]['name']}”"]
    assert change.offering == now and change.applied_from is None and "9 giờ làm việc" in change.places[2]["new"]
    assert "Lò Văn Trực" in words(pages.get(PAGE)) and admin.full_name in words(pages.get(PAGE))


def test_rows_are_added_moved_and_removed_and_nothing_is_stored_before_the_last_button(admin):
    pages, before = browse(admin), stored().processing_steps
    answer = pages.post(PAGE, page_of(pages, viec="them"))
    added = shown_values(answer.content.decode())
    assert answer.status_code == 200 and f"steps.{len(before)}.name" in added and stored().processing_steps == before
    added |= {f"steps.{len(before)}.name": "Kiểm tra lại", f"steps.{len(before)}.hours": "4"}
    moved = shown_values(pages.post(PAGE, {**added, "viec": f"len:{len(before)}"}).content.decode())
    assert pages.post(PAGE, {**moved, "viec": "ghi"}).status_code == 302
    names = [step["name"] for step in stored().processing_steps]
    assert names[-2:] == ["Kiểm tra lại", before[-1]["name"]] and len({step["key"] for step in stored().processing_steps}) == len(
        names
    )
    removed = shown_values(pages.post(PAGE, page_of(pages, viec=f"bo:{len(before) - 1}")).content.decode())
    assert pages.post(PAGE, {**removed, "viec": "ghi"}).status_code == 302
    assert stored().processing_steps == before


@pytest.mark.parametrize(
    ("name", "wrong", "said"),
    [
        ("steps.1.hours", "tám", "chữ số"),
        ("steps.1.hours", "0", "chữ số"),
        ("steps.1.name", " ", "Nhập tên bước"),
        ("steps.1.name", "x" * 201, "Dài quá"),
        ("steps.1.role", "catalogue_admin", "Chọn vai trò"),
        ("steps.1.agency", "H36.X001", "Chọn cơ quan"),
        ("steps.1.kind", "khac", "Chọn loại việc"),
        ("steps.0.product", "draft", "Ghi tên thứ bước này làm ra"),
        ("delivery_ways", [], "ít nhất một cách"),
        ("duty.main", "khong.co", "Chọn người của nơi tiếp nhận"),
        ("duty.main", "", "Chọn người trực chính"),
    ],
)
def test_wrong_input_is_refused_with_its_place_and_stays(admin, name, wrong, said):
    pages, before = browse(admin), editing.values_of(stored())
    answer = pages.post(PAGE, page_of(pages, **{name: wrong, "steps.2.name": "Chữ đã gõ"}))
    page = answer.content.decode()
    assert (
        answer.status_code == 422
        and said in page
        and f'href="#{name.replace("product", "label")}"' in page
        and "Chữ đã gõ" in page
    )
    assert editing.values_of(stored()) == before and not AgencyChange.objects.exists()


def test_steps_that_lead_to_no_signed_result_are_refused(admin):
    pages = browse(admin)
    signs = next(n for n, step in enumerate(stored().processing_steps) if step["kind"] == "sign")
    sent = shown_values(pages.post(PAGE, page_of(pages, viec=f"bo:{signs}")).content.decode())
    answer = pages.post(PAGE, {**sent, "viec": "ghi"})
    assert answer.status_code == 422 and "Phải có bước ký" in words(answer)
    none = {name: value for name, value in page_of(pages).items() if not name.startswith("steps.")}
    assert pages.post(PAGE, none).status_code == 422


@pytest.mark.parametrize("act", ["bo:99", "len:0", "xuong:99", "bo:", "len:x", "them:5"])
def test_an_unknown_move_stores_nothing(admin, act):
    pages, before = browse(admin), editing.values_of(stored())
    assert pages.post(PAGE, page_of(pages, viec=act)).status_code == 200
    assert editing.values_of(stored()) == before


def test_of_two_at_once_the_second_is_told_and_loses_nothing(admin):
    second = factories.user(agency_admin=PLACE)
    old = page_of(browse(second), **{"steps.1.name": "Tên của người thứ hai"})
    pages = browse(admin)
    assert pages.post(PAGE, page_of(pages, **{"steps.1.name": "Tên của người thứ nhất"})).status_code == 302
    answer = browse(second).post(PAGE, old)
    assert answer.status_code == 409 and "Tên của người thứ hai" in answer.content.decode()
    assert "Tên của người thứ nhất" in words(answer) and stored().processing_steps[1]["name"] == "Tên của người thứ nhất"
    assert browse(second).post(PAGE, {**shown_values(answer.content.decode()), "viec": "ghi"}).status_code == 302


# ---------------------------------------------------------------- who
def test_each_part_has_its_own_administrator(admin):
    at_desk, before = factories.user(agency_admin="H18.X004.HC"), editing.values_of(stored())
    pages = browse(at_desk)
    sent = page_of(browse(admin), **{"steps.1.name": "Khác", "delivery_ways": ["post"], "duty.deputy": ""})
    assert pages.post(PAGE, sent).status_code == 302
    now = editing.values_of(stored())
    assert {name: now[name] for name in editing.WORK} == {name: before[name] for name in editing.WORK} and "deputy" not in now[
        "duty"
    ]
    with pytest.raises(PermissionDenied):
        editing.save(stored(), {**now, "delivery_ways": ["post"]}, editing.fingerprint(stored()), by=at_desk)


def test_who_stands_above_reads_and_does_not_write(above):
    pages, before = browse(above), editing.values_of(stored())
    assert pages.get(PAGE).status_code == 200 and 'value="ghi"' not in pages.get(PAGE).content.decode()
    assert pages.post(PAGE, {"viec": "ghi", "da-xem": editing.fingerprint(stored())}).status_code == 404
    assert pages.get("/can-bo/cung-cap/H18/cap-duoi/").status_code == 200
    with pytest.raises(PermissionDenied):
        editing.save(stored(), {**before, "delivery_ways": ["post"]}, editing.fingerprint(stored()), by=above)
    assert editing.values_of(stored()) == before


@pytest.mark.parametrize("facts", [{"agency_admin": "H36"}, {"agency_admin": OTHER}, {"catalogue_admin": "H18"}, {"head": PLACE}])
def test_others_find_nothing_there(admin, facts):
    stranger = factories.user(**facts)
    for person in (stranger, factories.citizen()):
        pages = browse(person)
        for address in (PAGE, MANY, f"/can-bo/cung-cap/{PLACE}/thu-tuc/", f"/can-bo/cung-cap/{PLACE}/cap-duoi/"):
            assert pages.get(address).status_code == 404, address
        for address in (PAGE, MANY):
            assert pages.post(address, {"viec": "ghi", "noi": [stored().pk]}).status_code == 404, address
    with pytest.raises(PermissionDenied):
        many.plan(stored(), editing.WORK, stranger)
    assert browse(admin).get(f"/can-bo/cung-cap/{PLACE}/thu-tuc/khong-co/").status_code == 404
    assert not AgencyChange.objects.exists()


# ---------------------------------------------------------------- many places
def test_a_template_goes_to_all_communes_of_the_province_and_keeps_exceptions(admin, above):
    pages = browse(admin)
    pages.post(PAGE, page_of(pages, **{"steps.1.hours": "7", "steps.1.name": "Thẩm định nhanh"}))
    exception = factories.user(agency_admin=OTHER)
    theirs = f"/can-bo/cung-cap/{OTHER}/thu-tuc/{CODE}/"
    browse(exception).post(theirs, page_of(browse(exception), theirs, **{"steps.1.hours": "30"}))
    all_of_them = Offering.objects.filter(procedure__code=CODE, province_code="H18")
    before = {row.pk: (row.duty, row.terminal_id, row.receiving_agency_id) for row in all_of_them}
    page = browse(above).get(MANY)
    assert len(before) == 45 and "44 nơi khác mẫu" in words(page) and "Nơi này tự đặt khác" in words(page)
    sent = shown_values(page.content.decode())
    assert len(sent["noi"]) == 43  # the exception is not ticked
    answer = browse(above).post(MANY, sent)
    assert "Đã áp dụng ở 43 nơi" in words(answer) and words(answer).count("Giữ riêng, không sửa gì") == 1
    hours = {row.agency.code: row.processing_steps[1]["hours"] for row in all_of_them.select_related("agency")}
    assert hours.pop(OTHER) == 30 and set(hours.values()) == {7}
    for row in all_of_them.select_related("agency", "receiving_agency"):
        assert before[row.pk] == (row.duty, row.terminal_id, row.receiving_agency_id)
        assert row.processing_steps[0]["agency"] == row.receiving_agency.code
        if row.agency.code != OTHER:
            assert (
                row.processing_steps[1]["agency"] == row.agency.code
                and row.processing_steps[2]["agency"] == stored().processing_steps[2]["agency"]
            )
    assert AgencyChange.objects.filter(applied_from=stored(), by=above).count() == 43
    assert words(browse(above).get(MANY)).count("Giống mẫu.") == 43
    assert browse(above).post(MANY, sent).status_code == 409  # once


def test_a_place_that_changed_in_between_stops_the_whole_act(admin, above):
    sent = shown_values(browse(above).get(MANY).content.decode())
    elsewhere = stored(OTHER)
    elsewhere.delivery_ways = ["post"]
    elsewhere.save()
    answer = browse(above).post(MANY, sent)
    assert answer.status_code == 409 and not AgencyChange.objects.exists()
    with pytest.raises(desks.Outdated):
        many.apply(stored(), editing.WORK, {elsewhere.pk}, "", by=above)


def test_a_step_at_an_agency_of_the_place_goes_to_its_counterpart_or_nowhere(admin, above):
    police = Agency.objects.get(code="H18.X004.CA")
    row = stored()
    row.processing_steps = [
        {**step, "agency": police.code if step["key"] == row.processing_steps[1]["key"] else step["agency"]}
        for step in row.processing_steps
    ]
    row.save()
    made = many.plan(stored(), ["processing_steps"], above)
    target = next(target for target in made.targets if target.offering.agency.code == OTHER)
    assert target.values["processing_steps"][1]["agency"] == "H18.X005.CA" and not target.fault
    Agency.objects.filter(code="H18.X005.CA").update(valid_to="2026-01-01")
    made = many.plan(stored(), ["processing_steps"], above)
    target = next(target for target in made.targets if target.offering.agency.code == OTHER)
    assert target.fault and not target.can_be_applied


def test_the_pages_take_few_queries(admin, above):
    pages = browse(above)
    for address, most in (
        (PAGE, 18),
        (MANY, 18),
        (f"/can-bo/cung-cap/{PLACE}/thu-tuc/", 12),
        ("/can-bo/cung-cap/H18/cap-duoi/", 12),
    ):
        pages.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert pages.get(address).status_code == 200
        assert len(queries) <= most, (address, len(queries))
