"""An agency's own administrator changes its desk; nobody else does, and nothing typed or changed is lost."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Agency, Membership, OfficeHours
from procedures.models import AgencyChange
from procedures.offerings import desks
from tests import factories, world
from tests.dossiers.pages import browse, words

HOME = "/can-bo/cung-cap/"
OWN, OTHER = f"{HOME}H18.X004.CA/", f"{HOME}H18.X005.CA/"
TYPED = {"desk_name": "Quầy số 2", "desk_address": "Số 5, đường Võ Nguyên Giáp", "desk_phone": "02153821234"}


@pytest.fixture
def admin(db):
    world.agency("H18.X005.CA")
    return factories.user(agency_admin="H18.X004.CA")


@pytest.fixture
def hours(db):
    return OfficeHours.objects.create(key="moi", intervals={"mon_fri": [["08:00", "12:00"], ["13:00", "16:30"]], "sat": []})


def stored():
    return Agency.objects.get(code="H18.X004.CA")


def typed(chosen, **facts):
    return {**TYPED, "hours": chosen.pk, "da-xem": desks.fingerprint(stored()), **facts}


def test_the_desk_is_changed_and_the_record_says_what_in_words(admin, hours):
    pages, before = browse(admin), stored()
    assert before.desk_name in words(pages.get(HOME))
    assert pages.post(OWN, typed(hours)).status_code == 302
    now = stored()
    assert (now.desk_name, now.desk_address, now.hours) == (TYPED["desk_name"], TYPED["desk_address"], hours)
    assert now.desk_phone.replace(" ", "") == TYPED["desk_phone"]
    assert {"desk_name", "desk_address", "desk_phone", "hours_id"} <= set(now.set_by_people)  # load_data leaves them alone
    change = AgencyChange.objects.get()
    assert change.by == admin and [row["place"] for row in change.places] == [
        "Tên quầy",
        "Địa chỉ",
        "Điện thoại",
        "Giờ tiếp nhận",
    ]
    assert change.places[0] == {"place": "Tên quầy", "old": before.desk_name, "new": TYPED["desk_name"]}
    page = words(pages.get(OWN))
    assert before.desk_name in page and TYPED["desk_name"] in page and admin.full_name in page and "8 giờ – 12 giờ" in page


def test_the_same_again_records_nothing(admin, hours):
    pages = browse(admin)
    pages.post(OWN, typed(hours))
    assert pages.post(OWN, typed(hours)).status_code == 302
    assert AgencyChange.objects.count() == 1


@pytest.mark.parametrize(
    ("column", "wrong"),
    [
        ("desk_name", ""),
        ("desk_name", "x" * 201),
        ("desk_address", " "),
        ("desk_phone", "khong co"),
        ("hours", "999999"),
        ("hours", ""),
    ],
)
def test_wrong_input_is_refused_at_its_place_and_stays_on_the_page(admin, hours, column, wrong):
    answer = browse(admin).post(OWN, typed(hours, **{column: wrong}))
    assert answer.status_code == 422 and f'id="id_{column}"' in answer.content.decode()
    assert TYPED["desk_address" if column != "desk_address" else "desk_name"] in answer.content.decode()
    assert stored().desk_name != TYPED["desk_name"] and not AgencyChange.objects.exists()


def test_markup_is_shown_as_text(admin, hours):
    pages = browse(admin)
    pages.post(OWN, typed(hours, desk_name="<b>Quầy</b>"))
    for address in (HOME, OWN):
        page = pages.get(address).content.decode()
        assert "<b>Quầy</b>" not in page and "&lt;b&gt;Quầy" in page


def test_of_two_at_once_the_second_is_told_and_loses_nothing(admin, hours):
    second = factories.user(agency_admin="H18.X004.CA")
    old = typed(hours, desk_name="Quầy của người thứ hai")
    assert browse(admin).post(OWN, typed(hours)).status_code == 302
    answer = browse(second).post(OWN, old)
    page = answer.content.decode()
    assert answer.status_code == 409 and stored().desk_name == TYPED["desk_name"]
    assert "Quầy của người thứ hai" in page and TYPED["desk_name"] in page
    assert desks.fingerprint(stored()) in page  # pressing again after reading is not refused
    assert browse(second).post(OWN, {**old, "da-xem": desks.fingerprint(stored())}).status_code == 302
    assert stored().desk_name == "Quầy của người thứ hai"


# ---------------------------------------------------------------- who
@pytest.mark.parametrize("facts", [{"catalogue_admin": "H18.X004.CA"}, {"head": "H18.X004.CA"}, {"inspector": "H18"}])
def test_others_find_nothing_there(admin, hours, facts):
    for person in (factories.user(**facts), factories.citizen()):
        pages = browse(person)
        assert [pages.get(HOME).status_code, pages.get(OWN).status_code] == [404, 404]
        assert pages.post(OWN, typed(hours)).status_code == 404
        with pytest.raises(PermissionDenied):
            desks.save(stored(), {**TYPED, "hours": hours}, desks.fingerprint(stored()), by=person)
    assert browse().get(OWN).status_code == 302
    assert not AgencyChange.objects.exists()


@pytest.mark.parametrize("code", ["H18.X005.CA", "H18", "H18.X004", "khong-co"])
def test_another_agency_is_not_there_even_above_or_beside(admin, hours, code):
    pages = browse(admin)
    assert pages.get(f"{HOME}{code}/").status_code == 404
    assert pages.post(f"{HOME}{code}/", typed(hours)).status_code == 404
    assert not AgencyChange.objects.exists()


def test_a_role_that_ended_opens_nothing_at_the_next_request(admin, hours):
    assert browse(admin).get(OWN).status_code == 200
    Membership.objects.filter(user=admin).update(valid_to="2025-07-02")
    ended = factories.fresh(admin)
    answer = browse(ended).get(OWN)
    assert answer.status_code == 404 or answer.url.startswith("/dang-nhap/")
    assert not desks.own_agencies(ended).exists()
    with pytest.raises(PermissionDenied):
        desks.save(stored(), {**TYPED, "hours": hours}, desks.fingerprint(stored()), by=ended)


def test_the_record_is_never_changed(admin, hours):
    desks.save(stored(), {**TYPED, "hours": hours}, desks.fingerprint(stored()), by=admin)
    for act in (lambda: AgencyChange.objects.update(places=[]), lambda: AgencyChange.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_the_pages_take_few_queries(admin, hours):
    pages = browse(admin)
    pages.post(OWN, typed(hours))
    for address, most in ((HOME, 9), (OWN, 11)):
        pages.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert pages.get(address).status_code == 200
        assert len(queries) <= most, (address, len(queries))
