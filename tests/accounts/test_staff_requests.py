"""What takes two people: a password link, a role, another e-mail address. And the link itself."""

import datetime as dt
import re

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.messages.models import Message
from accounts.models import Membership, PasswordLink, StaffRequest, User
from accounts.staffing import requests
from portal.common import clock
from tests import factories, world
from tests.dossiers.pages import browse, words

pytestmark = pytest.mark.django_db
BODY = "H18.X004.CA"
NEW = "Mat-khau-rieng-9"


def admin_named(name):
    return User.objects.create_superuser(name, full_name=name, email=f"{name}@example.vn", password=factories.PASSWORD)


@pytest.fixture
def people():
    """Two system administrators, an administrator of the body, one of another body, and an accountant of the body."""
    return {
        "first": admin_named("ht1"), "second": admin_named("ht2"), "body": factories.user(agency_admin=BODY),
        "elsewhere": factories.user(agency_admin="H18.X005.CA"), "clerk": factories.user(receiving_clerk=BODY),
        "owner": factories.user(accountant=BODY),
    }  # fmt: skip


def asked(people, by="first", kind="password", user="owner", **facts):
    return requests.ask(kind, people[user], by=people[by], reason="Quên mật khẩu", **facts)


def a_role(role="inspector"):
    return {"kind": "role", "agency": world.agency(BODY), "role": role, "valid_from": clock.today()}


def link_in_mail():
    return next(found[0] for letter in reversed(mail.outbox) if (found := re.search(r"/dat-mat-khau/\S+", letter.body)))


# ---------------------------------------------------------------- who may
def test_it_takes_a_second_person_who_is_not_the_owner(people):
    row = asked(people)
    for who in ("first", "owner", "elsewhere", "clerk"):
        with pytest.raises(PermissionDenied):
            requests.approve(row, by=people[who])
    for who in ("owner", "first"):
        with pytest.raises(IntegrityError), transaction.atomic():
            StaffRequest.objects.filter(pk=row.pk).update(state="approved", decided_by=people[who], decided_at=clock.now())
    assert not PasswordLink.objects.exists()
    assert requests.approve(row, by=people["body"]).state == "approved" and PasswordLink.objects.count() == 1


@pytest.mark.parametrize("by", ["owner", "clerk", "elsewhere"])
def test_who_does_not_administer_the_login_asks_for_nothing(people, by):
    for facts in ({}, a_role(), {"kind": "contact", "email": "moi@example.vn"}):
        with pytest.raises(PermissionDenied):
            asked(people, by=by, **facts)
    assert not StaffRequest.objects.exists()


def test_nobody_asks_or_approves_for_themselves(people):
    for facts in ({}, a_role()):
        with pytest.raises(PermissionDenied):
            requests.ask(facts.pop("kind", "password"), people["first"], by=people["first"], reason="x", **facts)
    with pytest.raises(IntegrityError), transaction.atomic():
        StaffRequest.objects.create(kind="password", user=people["first"], asked_by=people["first"], reason="x")


def test_an_administrator_of_a_body_has_no_power_over_others(people):
    """Not over a system administrator, a login with a role elsewhere, a citizen, or a body that is not theirs."""
    both = factories.user(accountant=[BODY, "H18.X005.CA"])
    for user in (people["first"], both, factories.citizen(), factories.user()):
        with pytest.raises(PermissionDenied):
            requests.ask("password", user, by=people["body"], reason="x")
    with pytest.raises(PermissionDenied):
        asked(people, by="body", **{**a_role(), "agency": world.agency("H18.X005.CA")})


def test_an_administrator_alone_makes_no_inspector(people):
    """Not by a role for a puppet, and not by a puppet that approves."""
    puppet = factories.user()
    row = requests.ask("role", puppet, by=people["first"], reason="x", **{k: v for k, v in a_role().items() if k != "kind"})
    for who in (people["first"], puppet):
        with pytest.raises(PermissionDenied):
            requests.approve(row, by=factories.fresh(who))
    assert not puppet.memberships.exists()
    requests.approve(row, by=people["second"])
    assert puppet.memberships.get().role == "inspector"


def test_a_request_expires_and_is_decided_once(people):
    row = asked(people)
    with clock.at(clock.now() + StaffRequest.LIFETIME), pytest.raises(requests.NotPossible):
        requests.approve(row, by=people["second"])
    with pytest.raises(requests.NotPossible):
        asked(people)  # one waiting is enough
    requests.decline(row, by=people["first"])  # who asked takes it back
    with pytest.raises(requests.NotPossible):
        requests.approve(row, by=people["second"])
    with clock.at(clock.now() + StaffRequest.LIFETIME):
        assert asked(people).is_waiting


# ---------------------------------------------------------------- the link
def test_the_owner_alone_gets_the_link_and_sets_the_password(people, run_followups):
    owner = people["owner"]
    elsewhere = browse(owner)
    assert elsewhere.get("/tai-khoan/").status_code == 200
    requests.approve(asked(people), by=people["second"])
    run_followups()
    sent = [letter for letter in mail.outbox if "/dat-mat-khau/" in letter.body]
    assert [letter.to for letter in sent] == [[owner.email]]
    address = re.search(r"/dat-mat-khau/(\S+)/", sent[0].body)
    row = PasswordLink.objects.get()
    assert len(address[1]) >= 20 and address[1] not in str(PasswordLink.objects.values().get()) and len(row.token_sha256) == 64
    assert not Message.objects.filter(body__contains="/dat-mat-khau/").exists()

    visitor = browse()
    answer = visitor.get(address[0])
    assert answer.url == "/dat-mat-khau/" and answer["Referrer-Policy"] == "no-referrer"
    assert browse().get(address[0]).status_code == 302  # opening it uses nothing up: mail scanners do
    assert visitor.post("/dat-mat-khau/", {"new_password1": "ngan", "new_password2": "ngan"}).status_code == 422
    assert visitor.post("/dat-mat-khau/", {"new_password1": NEW, "new_password2": NEW}).url == "/dang-nhap/"

    assert User.objects.get(pk=owner.pk).check_password(NEW)
    assert elsewhere.get("/tai-khoan/").status_code == 302  # their sessions ended
    assert browse().get(address[0]).status_code == 404 and visitor.get("/dat-mat-khau/").status_code == 404


def test_a_link_opened_twice_sets_one_password(people, run_followups):
    requests.approve(asked(people), by=people["second"])
    run_followups()
    one, two = browse(), browse()
    for client in (one, two):
        client.get(link_in_mail())
    assert one.post("/dat-mat-khau/", {"new_password1": NEW, "new_password2": NEW}).status_code == 302
    assert two.post("/dat-mat-khau/", {"new_password1": "Ke-gian-12345", "new_password2": "Ke-gian-12345"}).status_code == 404
    assert User.objects.get(pk=people["owner"].pk).check_password(NEW)


@pytest.mark.parametrize("end", ["expired", "locked", "new link", "new address"])
def test_a_link_ends(people, run_followups, end):
    requests.approve(asked(people), by=people["second"])
    run_followups()
    address, later = link_in_mail(), clock.now()
    client = browse()
    client.get(address)
    if end == "expired":
        later += PasswordLink.LIFETIME + dt.timedelta(minutes=1)
    elif end == "locked":
        User.objects.filter(pk=people["owner"].pk).update(is_active=False)
    elif end == "new link":
        requests.approve(asked(people), by=people["second"])
    else:
        row = asked(people, kind="contact", email="moi@example.vn")
        run_followups()
        requests.approve(row, by=people["second"])
    later = max(later, clock.now())
    with clock.at(later):
        assert browse().get(address).status_code == 404
        assert client.post("/dat-mat-khau/", {"new_password1": NEW, "new_password2": NEW}).status_code == 404
    assert not User.objects.get(pk=people["owner"].pk).check_password(NEW)


def test_a_letter_that_could_not_be_sent_is_tried_with_another_link(people, run_followups, monkeypatch):
    requests.approve(asked(people), by=people["second"])
    monkeypatch.setattr("accounts.staffing.links.EmailMessage.send", lambda self: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run_followups()
    assert PasswordLink.objects.get().token_sha256 == ""


# ---------------------------------------------------------------- told, and sessions
def test_the_owner_is_told_of_each_step(people, run_followups):
    owner = people["owner"]
    requests.approve(asked(people), by=people["second"])
    run_followups()
    client = browse()
    client.get(link_in_mail())
    client.post("/dat-mat-khau/", {"new_password1": NEW, "new_password2": NEW})
    told = list(owner.inbox.filter(channel="inbox").order_by("pk").values_list("subject", flat=True))
    assert len(told) == 3 and "đề nghị" in told[0] and "duyệt" in told[1] and "đặt lại" in told[2]


def test_an_address_changes_by_two_people_and_the_old_one_is_told_first(people, run_followups):
    old = people["owner"].email
    row = asked(people, kind="contact", email="moi@example.vn")
    with pytest.raises(requests.NotPossible):
        requests.approve(row, by=people["body"])
    run_followups()
    assert [letter.to for letter in mail.outbox if "đề nghị" in letter.subject and "anh/chị" in letter.subject] == [[old]]
    assert User.objects.get(pk=people["owner"].pk).email == old
    requests.approve(row, by=people["body"])
    assert User.objects.get(pk=people["owner"].pk).email == "moi@example.vn"


@pytest.mark.parametrize("change", ["role", "end", "lock and unlock", "flag"])
def test_a_change_of_rights_ends_the_open_sessions(people, change):
    owner = people["owner"]
    client, other = browse(owner), browse(people["clerk"])
    assert client.get("/can-bo/ke-toan/").status_code == 200
    if change == "role":
        requests.approve(asked(people, **a_role("officer")), by=people["second"])
    elif change == "end":
        browse(people["first"]).post(
            f"/quan-tri/accounts/membership/{owner.memberships.get().pk}/change/",
            {"valid_to": clock.today() - dt.timedelta(days=1)},
        )
    elif change == "flag":
        User.objects.filter(pk=owner.pk).update(is_superuser=True)
    else:
        for active in (False, True):
            User.objects.filter(pk=owner.pk).update(is_active=active)
    assert client.get("/can-bo/ke-toan/").url.startswith("/dang-nhap/")
    assert client.get("/api/v1/dossiers/").status_code == 403
    assert other.get("/can-bo/").status_code == 200


def test_the_end_of_a_role_by_its_date_ends_the_session(people):
    owner = people["owner"]
    owner.memberships.update(valid_to=clock.today())
    client = browse(factories.fresh(owner))
    assert client.get("/can-bo/ke-toan/").status_code == 200
    with clock.at(clock.now() + dt.timedelta(days=1)):
        assert client.get("/can-bo/ke-toan/").status_code in (302, 404)


# ---------------------------------------------------------------- the pages
def test_the_whole_way_on_the_pages(people, run_followups):
    first, second = browse(people["first"]), browse(people["body"])
    body = {"username": people["owner"].username, "reason": "Quên mật khẩu"}
    assert first.post("/can-bo/nhan-su/xin/mat-khau/", {**body, "username": "khong-co"}).status_code == 422
    place = first.post("/can-bo/nhan-su/xin/mat-khau/", body).url
    assert first.post(place, {"quyet-dinh": "duyet"}).status_code == 403
    assert "chờ anh/chị duyệt" in words(second.get("/can-bo/nhan-su/"))
    assert second.post(place, {"quyet-dinh": "duyet"}).status_code == 302
    run_followups()
    assert link_in_mail()
    page = words(first.get(place))
    assert "Đã duyệt" in page and "/dat-mat-khau/" not in page
    assert "Đã duyệt" in words(first.get("/can-bo/nhan-su/"))


def test_a_role_and_an_address_on_the_pages(people):
    first = browse(people["first"])
    body = {"username": people["clerk"].username, "reason": "QĐ 12", "agency": BODY.lower(), "role": "officer",
            "valid_from": clock.today(), "valid_to": ""}  # fmt: skip
    for wrong in ({"agency": "H99"}, {"valid_from": "2020-01-01"}, {"valid_to": "2020-01-01"}, {"role": "king"}, {"reason": ""}):
        assert first.post("/can-bo/nhan-su/xin/vai-tro/", {**body, **wrong}).status_code == 422, wrong
    place = first.post("/can-bo/nhan-su/xin/vai-tro/", body).url
    assert browse(people["second"]).post(place, {"quyet-dinh": "duyet"}).status_code == 302
    assert people["clerk"].memberships.filter(role="officer", agency__code=BODY).exists()
    contact = {"username": people["clerk"].username, "reason": "Đổi hộp thư", "email": "moi@example.vn"}
    assert first.post("/can-bo/nhan-su/xin/thu-dien-tu/", contact).status_code == 302


def test_the_pages_do_not_exist_for_others(people):
    row = asked(people)
    for who in (people["owner"], people["clerk"], factories.citizen()):
        for address in ("/can-bo/nhan-su/", "/can-bo/nhan-su/xin/vai-tro/", f"/can-bo/nhan-su/{row.pk}/"):
            assert browse(who).get(address).status_code == 404
    assert browse(people["elsewhere"]).get(f"/can-bo/nhan-su/{row.pk}/").status_code == 404


def test_a_new_login_has_no_password_until_two_people_let_its_owner_set_one(people, run_followups):
    first = browse(people["first"])
    facts = {"username": "moi1", "full_name": "Người Mới", "email": "moi1@example.vn", "id_number": "",
             "memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}  # fmt: skip
    assert first.post("/quan-tri/accounts/user/add/", {**facts, "email": ""}).status_code == 200
    assert first.post("/quan-tri/accounts/user/add/", {**facts, "password1": NEW, "password2": NEW}).status_code == 302
    made = User.objects.get(username="moi1")
    assert made.kind == "staff" and not made.has_usable_password() and not Membership.objects.filter(user=made).exists()
    requests.approve(made.staff_requests.get(), by=people["second"])
    run_followups()
    client = browse()
    client.get(link_in_mail())
    client.post("/dat-mat-khau/", {"new_password1": NEW, "new_password2": NEW})
    assert User.objects.get(username="moi1").check_password(NEW)


def test_english_pages_say_the_same_and_messages_stay_vietnamese(people):
    """What is stored is read by people of any language: it does not follow the language of the page it was written on."""
    first = browse(people["first"])
    facts = {"username": people["owner"].username, "reason": "decision 12"}
    for slug, title in (
        ("mat-khau", "a link to set a password"),
        ("vai-tro", "a role"),
        ("thu-dien-tu", "another e-mail address"),
    ):
        assert f"Ask for {title}" in words(first.get(f"/en/can-bo/nhan-su/xin/{slug}/"))
    assert "Enter the user name." in words(first.post("/en/can-bo/nhan-su/xin/mat-khau/", {"reason": "x"}))
    assert first.post("/en/can-bo/nhan-su/xin/mat-khau/", facts).status_code == 302
    row = StaffRequest.objects.get()
    assert "There is no request." in words(first.get("/en/can-bo/nhan-su/"))
    page = words(browse(people["second"]).get(f"/en/can-bo/nhan-su/{row.pk}/"))
    assert "Send a link to set the password to the e-mail of the account" in page and "Approve only after asking" in page
    browse(people["second"]).post(f"/en/can-bo/nhan-su/{row.pk}/", {"quyet-dinh": "duyet"})
    stored = Message.objects.values_list("subject", "body", "link")
    assert stored and not [text for row in stored for text in row if re.search(r"request|approve|asks|/en/", text)]
