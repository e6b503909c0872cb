"""An administrator of an agency opens logins and ends roles within the own agency, and reaches no further by any door."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from accounts.messages.models import Message
from accounts.models import MembershipEnd, StaffRequest, User
from accounts.staffing import ending, requests
from dossiers.models import Dossier
from portal.common import clock
from tests import factories, world
from tests.accounts.test_staff_requests import BODY, NEW, admin_named, link_in_mail
from tests.dossiers.pages import browse, words

pytestmark = pytest.mark.django_db
ADD, PEOPLE = "/can-bo/nhan-su/tai-khoan-moi/", f"/can-bo/nhan-su/co-quan/{BODY}/"
TYPED = {
    "username": "lo.van.moi", "full_name": "Lò Văn Mới", "email": "moi@example.vn", "id_number": "", "agency": BODY,
    "role": "officer", "valid_to": "", "reason": "QĐ 15",
}  # fmt: skip


@pytest.fixture
def admin():
    return factories.user(agency_admin=BODY)


@pytest.fixture
def second():
    return factories.user(agency_admin=BODY)


def typed(**facts):
    return {**TYPED, "valid_from": clock.today(), **facts}


def yesterday():
    return clock.today() - dt.timedelta(days=1)


# ---------------------------------------------------------------- a new login
@pytest.mark.slow
def test_a_new_login_gets_role_and_link_when_a_second_person_approves(admin, second, run_followups):
    place = browse(admin).post(ADD, typed()).url
    made = User.objects.get(username="lo.van.moi")
    assert made.is_staff_login and not made.has_usable_password() and not made.memberships.exists()
    assert browse(admin).post(place, {"quyet-dinh": "duyet"}).status_code == 403
    assert "gửi liên kết đặt mật khẩu" in words(browse(second).get(place))
    assert browse(second).post(place, {"quyet-dinh": "duyet"}).status_code == 302
    assert made.memberships.get().role == "officer"
    run_followups()
    owner = browse()
    owner.get(link_in_mail())
    owner.post("/dat-mat-khau/", {"new_password1": NEW, "new_password2": NEW})
    assert User.objects.get(pk=made.pk).check_password(NEW)
    assert "Lò Văn Mới" in words(browse(admin).get(PEOPLE))


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"username": ""}, "Nhập tên đăng nhập"),
        ({"username": "Lò Văn"}, "chữ thường không dấu"),
        ({"username": "mot\ntrung"}, "chữ thường không dấu"),
        ({"email": "khong-phai"}, "ten@mien.vn"),
        ({"email": ""}, "Nhập thư điện tử"),
        ({"agency": "H18.X005.CA"}, "một trong các ý có sẵn"),
        ({"role": "catalogue_admin"}, "một trong các ý có sẵn"),
        ({"role": "king"}, "một trong các ý có sẵn"),
        ({"valid_from": "2020-01-01"}, "trước hôm nay"),
        ({"valid_to": "2020-01-01"}, "Ngày cuối ở trước"),
        ({"reason": " "}, "Ghi lý do"),
    ],
)
def test_what_cannot_be_is_refused_and_makes_no_login(admin, facts, said):
    world.agency("H18.X005.CA")
    answer = browse(admin).post(ADD, typed(**facts))
    assert answer.status_code == 422 and said in words(answer), words(answer)
    assert not User.objects.filter(full_name="Lò Văn Mới").exists() and not StaffRequest.objects.exists()


def test_a_name_that_is_taken_is_refused_also_by_two_at_once(admin):
    browse(admin).post(ADD, typed())
    assert "đã có" in words(browse(admin).post(ADD, typed()))
    role = {"agency": world.agency(BODY), "role": "officer", "valid_from": clock.today(), "valid_to": None}
    with pytest.raises(requests.NotPossible):
        requests.ask_for_login({"username": "lo.van.moi", "full_name": "x", "email": "x@y.vn"}, by=admin, reason="x", **role)
    assert StaffRequest.objects.count() == 1


# ---------------------------------------------------------------- no escalation
def test_an_administrator_of_an_agency_grants_no_role_that_counts_beyond_it(admin, second):
    """By asking, by approving what was asked before, for a new login or another; a system administrator may."""
    owner, role = factories.user(accountant=BODY), {"agency": world.agency(BODY), "role": "catalogue_admin"}
    with pytest.raises(PermissionDenied):
        requests.ask("role", owner, by=admin, reason="x", valid_from=clock.today(), **role)
    with pytest.raises(PermissionDenied):
        requests.ask_for_login(
            {"username": "x1", "full_name": "x", "email": "x@y.vn"}, by=admin, reason="x", valid_from=clock.today(), **role
        )
    system = admin_named("ht1")
    row = requests.ask("role", owner, by=system, reason="x", valid_from=clock.today(), **role)
    with pytest.raises(PermissionDenied):
        requests.approve(row, by=second)
    body = {"username": owner.username, "reason": "x", "agency": BODY, "role": "catalogue_admin", "valid_from": clock.today()}
    assert browse(admin).post("/can-bo/nhan-su/xin/vai-tro/", body).status_code == 422
    requests.approve(row, by=admin_named("ht2"))
    owner = factories.fresh(owner)
    with pytest.raises(PermissionDenied):
        requests.ask("password", owner, by=admin, reason="x")
    with pytest.raises(PermissionDenied):
        ending.end(owner.memberships.get(role="catalogue_admin"), yesterday(), "x", by=admin)


@pytest.mark.slow
def test_others_find_nothing_at_any_door(admin):
    row = factories.user(accountant="H18.X005.CA").memberships.get()
    clerk = factories.user(receiving_clerk=BODY)
    elsewhere = factories.user(agency_admin="H18.X005.CA")
    doors = {
        admin: ["/can-bo/nhan-su/co-quan/H18.X005.CA/", f"/can-bo/nhan-su/vai-tro/{row.pk}/ket-thuc/"],
        elsewhere: [PEOPLE, f"/can-bo/nhan-su/vai-tro/{clerk.memberships.get().pk}/ket-thuc/"],
        clerk: [ADD, PEOPLE, f"/can-bo/nhan-su/vai-tro/{row.pk}/ket-thuc/"],
    }
    for user, addresses in doors.items():
        for address in addresses:
            sent = {"last_on": yesterday(), "reason": "x"}
            assert [browse(user).get(address).status_code, browse(user).post(address, sent).status_code][0] == 404, address
    for user, membership in ((admin, row), (elsewhere, clerk.memberships.get()), (clerk, row)):
        with pytest.raises(PermissionDenied):
            ending.end(membership, yesterday(), "x", by=user)
    assert not MembershipEnd.objects.exists()


# ---------------------------------------------------------------- the end of a role
@pytest.mark.slow
def test_a_role_ends_at_once_and_the_record_says_by_whom(admin):
    clerk = factories.user(receiving_clerk=BODY)
    session, row = browse(clerk), clerk.memberships.get()
    address = f"/can-bo/nhan-su/vai-tro/{row.pk}/ket-thuc/"
    assert session.get("/can-bo/").status_code == 200 and address in browse(admin).get(PEOPLE).content.decode()
    assert browse(admin).post(address, {"last_on": yesterday(), "reason": "Chuyển công tác"}).url == PEOPLE
    assert session.get("/can-bo/").status_code in (302, 404)
    end = MembershipEnd.objects.get()
    assert (end.by, end.reason, end.last_on) == (admin, "Chuyển công tác", yesterday())
    page = words(browse(admin).get(PEOPLE))
    assert "Chuyển công tác" in page and admin.full_name in page
    assert Message.objects.filter(recipient=clerk, subject="Vai trò của anh/chị kết thúc").exists()
    assert browse(admin).post(address, {"last_on": yesterday(), "reason": "lần nữa"}).status_code == 422
    with pytest.raises(DatabaseError), transaction.atomic():
        MembershipEnd.objects.update(reason="khác")


def test_nobody_ends_an_own_role_and_no_role_grows_longer(admin):
    own, clerk = admin.memberships.get(), factories.user(receiving_clerk=BODY).memberships.get()
    with pytest.raises(PermissionDenied):
        ending.end(own, yesterday(), "x", by=admin)
    address = f"/can-bo/nhan-su/vai-tro/{clerk.pk}/ket-thuc/"
    for last_on, said in (("2020-01-01", "Ngày cuối ở trước"), ("", "Nhập ngày"), ("hôm nay", "ngày")):
        answer = browse(admin).post(address, {"last_on": last_on, "reason": "x"})
        assert answer.status_code == 422 and said in words(answer), words(answer)
    ending.end(clerk, clock.today() + dt.timedelta(days=3), "x", by=admin)
    with pytest.raises(ending.NotPossible):
        ending.end(clerk, clock.today() + dt.timedelta(days=9), "x", by=admin)


@pytest.mark.slow
def test_who_holds_dossiers_hands_them_over_first(desk):
    row = desk.clerk.memberships.get()
    held = Dossier.objects.filter(pk=desk.accepted().pk)
    held.update(holder=desk.clerk, holder_agency=row.agency)
    admin = factories.user(agency_admin=row.agency.code)
    address = f"/can-bo/nhan-su/vai-tro/{row.pk}/ket-thuc/"
    answer = browse(admin).post(address, {"last_on": yesterday(), "reason": "x"})
    assert answer.status_code == 422 and "đang giữ 1 hồ sơ" in words(answer)
    with pytest.raises(ending.NotPossible):
        ending.end(row, yesterday(), "x", by=admin)
    ending.end(row, clock.today() + dt.timedelta(days=5), "x", by=admin)  # time to hand over


def test_the_page_of_an_agency_takes_few_queries(admin, django_assert_max_num_queries):
    pages = browse(admin)
    for _number in range(6):
        factories.user(officer=BODY)
    pages.get(PEOPLE)
    with django_assert_max_num_queries(14):
        pages.get(PEOPLE)
