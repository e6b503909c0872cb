"""A login is a citizen's or staff's from its birth; administration touches logins of staff only."""

import importlib

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.management import CommandError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import LoginKind, Mandate, Membership, Person, StaffRequest, User
from dossiers.models import Dossier
from tests import factories, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def system():
    return User.objects.create_superuser("he-thong", full_name="Quản Trị", email="ht@example.vn", password=factories.PASSWORD)


@pytest.fixture
def at(system):
    """A client of the system administrator that gets error pages."""
    client = Client(raise_request_exception=False)
    client.force_login(system)
    return client


@pytest.fixture
def citizen():
    return factories.citizen()


def refused(act):
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        act()


# ---------------------------------------------------------------- the database
def test_the_kind_is_named_at_birth_and_never_changes(citizen):
    refused(lambda: User.objects.create_user("khong-loai", full_name="Không Loại"))
    staff = factories.user()
    for login, other in ((citizen, "staff"), (staff, "citizen")):
        refused(lambda login=login, other=other: User.objects.filter(pk=login.pk).update(kind=other))
        refused(lambda login=login, other=other: User.objects.filter(pk=login.pk).update(kind=other, person=None))


def test_a_citizens_login_gets_no_role_and_no_flag_at_all(citizen):
    agency = world.agency("H18.X004.CA")
    refused(lambda: factories.user(person=factories.person(), inspector="H18.X004.CA"))
    refused(lambda: Membership.objects.create(user=citizen, agency=agency, role="inspector"))
    refused(lambda: Membership.objects.bulk_create([Membership(user=citizen, agency=agency, role="inspector")]))
    held = factories.user(receiving_clerk="H18.X004.CA").memberships.get()
    refused(lambda: Membership.objects.filter(pk=held.pk).update(user=citizen))
    for flag in ("is_staff", "is_superuser"):
        refused(lambda flag=flag: User.objects.filter(pk=citizen.pk).update(**{flag: True}))
    refused(lambda: StaffRequest.objects.create(kind="password", user=citizen, asked_by=held.user, reason="x"))
    assert not citizen.memberships.exists()


def test_a_login_of_staff_is_no_person(citizen):
    staff = factories.user()
    refused(lambda: User.objects.filter(pk=staff.pk).update(person=factories.person()))
    assert User.objects.create_superuser("quan-tri", full_name="Q", password="x").kind == LoginKind.STAFF


def test_a_mandate_is_for_a_login_of_a_citizen(citizen):
    """Whoever writes the row. Staff act for a person with their own login as a citizen, so that no role mixes into it."""
    staff, child = factories.user(receiving_clerk="H18.X004.CA"), factories.person()
    for login in (staff, User.objects.create_superuser("he-thong-2", full_name="Q", password="x")):
        row = {"agent": login, "person": child, "basis": "parent"}
        refused(lambda row=row: Mandate.objects.create(**row))
        refused(lambda row=row: Mandate.objects.bulk_create([Mandate(**row)]))
    held = Mandate.objects.create(agent=citizen, person=child, basis="parent")
    refused(lambda: Mandate.objects.filter(pk=held.pk).update(agent=staff))
    assert list(Mandate.objects.values_list("agent", flat=True)) == [citizen.pk]


def test_a_role_is_ended_and_neither_changed_nor_made_longer():
    row = factories.user(receiving_clerk="H18.X004.CA").memberships.get()
    rows = Membership.objects.filter(pk=row.pk)
    for change in ({"role": "inspector"}, {"agency": world.agency("H18.X005.CA")}, {"valid_from": "2020-01-01"}):
        refused(lambda change=change: rows.update(**change))
    assert rows.update(valid_to="2026-01-01") == 1
    for later in ("2026-01-02", None):
        refused(lambda later=later: rows.update(valid_to=later))


# ---------------------------------------------------------------- the administration
def login_addresses(user):
    """Every address of the administration that names this login, and the old ones of passwords."""
    names = {pattern.name for pattern in admin.site._registry[User].get_urls() if pattern.pattern.converters and pattern.name}
    found = [reverse(f"admin:{name}", args=[user.pk]) for name in names]
    return [*found, f"/quan-tri/accounts/user/{user.pk}/password/", f"/quan-tri/accounts/user/{user.pk}/"]


def test_a_citizens_login_is_not_there_whatever_the_address(at, citizen):
    before = User.objects.values().get(pk=citizen.pk)
    body = {"username": "ke-gian", "full_name": "Kẻ Gian", "email": "ke-gian@example.vn", "is_active": "on", "is_superuser": "on",
            "password1": "Mat-khau-moi-1", "password2": "Mat-khau-moi-1", "memberships-TOTAL_FORMS": "1",
            "memberships-INITIAL_FORMS": "0", "memberships-0-role": "inspector", "post": "yes"}  # fmt: skip
    addresses = login_addresses(citizen)
    assert len(addresses) >= 5
    for address in addresses:
        for answer in (at.get(address, follow=True), at.post(address, body, follow=True)):
            assert answer.status_code == 404, address
    for action in ("delete_selected", "lock", ""):
        at.post("/quan-tri/accounts/user/", {"action": action, "_selected_action": [citizen.pk], "post": "yes"})
    assert User.objects.values().get(pk=citizen.pk) == before


def test_no_list_and_no_autocomplete_names_a_citizen(at, citizen):
    assert citizen.pk not in [row.pk for row in at.get("/quan-tri/accounts/user/").context["cl"].result_list]
    for model in ("membership", "staffrequest", "user"):
        asked = {"app_label": "accounts", "model_name": model, "field_name": "user", "term": citizen.username}
        answer = at.get("/quan-tri/autocomplete/", asked)
        assert answer.status_code in (403, 404) or answer.json()["results"] == [], model


def test_no_form_of_the_administration_takes_what_its_list_hides(at):
    """For every registered model and inline: no editable reference to a login, a person or a dossier."""
    request = at.get(reverse("admin:index")).wsgi_request
    for model, its_admin in admin.site._registry.items():
        forms = [(model, its_admin.get_form(request, None, change=change)) for change in (False, True)]
        forms += [(inline.model, inline.get_formset(request).form) for inline in its_admin.get_inline_instances(request)]
        for shown, form in forms:
            for name, field in form.base_fields.items():
                if hasattr(field, "queryset"):
                    assert field.queryset.model not in (User, Person, Dossier, StaffRequest), (shown, name)


def test_no_row_that_a_list_hides_is_reached_by_its_address(at, citizen, desk):
    """A list that leaves rows out must not be the only guard: their addresses do not exist either."""
    desk.submitted()
    request = at.get(reverse("admin:index")).wsgi_request
    for model, its_admin in admin.site._registry.items():
        listed = set(its_admin.get_queryset(request).values_list("pk", flat=True))
        for pk in set(model._base_manager.values_list("pk", flat=True)) - listed:
            for tail in ("change", "delete", "history"):
                address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{tail}", args=[pk])
                assert at.get(address, follow=True).status_code in (403, 404), address
                assert at.post(address, {"post": "yes"}, follow=True).status_code in (403, 404), address


def test_a_role_cannot_be_given_by_the_administration(at, citizen):
    agency = world.agency("H18.X004.CA")
    staff = factories.user()
    for user in (citizen, staff):
        facts = {"user": user.pk, "agency": agency.pk, "role": "inspector", "valid_from": "2026-01-01", "valid_to": ""}
        assert at.post("/quan-tri/accounts/membership/add/", facts).status_code == 403
        rows = {f"memberships-0-{name}": value for name, value in facts.items()}
        count = {"memberships-TOTAL_FORMS": "1", "memberships-INITIAL_FORMS": "0"}
        at.post(f"/quan-tri/accounts/user/{user.pk}/change/", {"full_name": "X", "is_active": "on", **count, **rows})
    assert not Membership.objects.filter(user__in=[citizen, staff]).exists()


def test_the_administration_ends_a_role_and_makes_none_longer(at):
    row = factories.user(receiving_clerk="H18.X004.CA").memberships.get()
    address = f"/quan-tri/accounts/membership/{row.pk}/change/"
    assert at.post(address, {"valid_to": "2026-06-30", "role": "inspector", "user": "1"}).status_code == 302
    for later in ("2027-01-01", ""):
        assert at.post(address, {"valid_to": later}).status_code == 200
    row.refresh_from_db()
    assert (row.role, str(row.valid_to)) == ("receiving_clerk", "2026-06-30")


def test_no_password_is_typed_and_no_flag_given_by_the_administration(at):
    staff = factories.user(accountant="H18.Z01")
    address = f"/quan-tri/accounts/user/{staff.pk}/"
    assert 'type="password"' not in at.get(f"{address}change/").content.decode()
    body = {"full_name": "Tên Mới", "is_active": "on", "is_superuser": "on", "is_staff": "on", "email": "toi@example.vn",
            "password": "x", "memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}  # fmt: skip
    assert at.post(f"{address}change/", body).status_code == 302
    at.post(f"{address}password/", {"password1": "Mat-khau-moi-1", "password2": "Mat-khau-moi-1"})
    after = User.objects.get(pk=staff.pk)
    assert (after.full_name, after.is_superuser, after.email) == ("Tên Mới", False, staff.email)
    assert after.check_password(factories.PASSWORD)


# ---------------------------------------------------------------- logins of the older version
@pytest.fixture
def older():
    """The function of the migration that decides, and a way to make logins as 0.2 had them."""
    migration = importlib.import_module("accounts.migrations.0003_rules_of_0_3")

    def run():
        with connection.schema_editor(atomic=False) as editor:
            migration.decide(apps, editor)

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_user DROP CONSTRAINT a_login_is_a_citizens_or_staffs")
        cursor.execute("ALTER TABLE accounts_user DISABLE TRIGGER a_login_keeps_its_kind")
        cursor.execute("ALTER TABLE accounts_membership DISABLE TRIGGER roles_belong_to_staff")
    return run


def test_old_logins_get_the_kind_they_have_shown(older, desk):
    citizen, clerk, bare = factories.citizen(), desk.clerk, factories.user()
    filer = desk.submitted(submitter=factories.citizen()).submitter
    User.objects.filter(pk=filer.pk).update(person=None)
    User.objects.all().update(kind="")
    older()
    kinds = {user: User.objects.get(pk=user.pk).kind for user in (citizen, clerk, bare, filer)}
    assert kinds == {citizen: "citizen", clerk: "staff", bare: "staff", filer: "citizen"}


def test_an_old_login_that_is_both_is_refused_by_name(older, citizen):
    Membership.objects.create(user=citizen, agency=world.agency("H18.X004.CA"), role="inspector")
    with pytest.raises(CommandError, match=citizen.username):
        older()
    migration = importlib.import_module("accounts.migrations.0003_rules_of_0_3").Migration("0003", "accounts")
    with pytest.raises(CommandError, match=citizen.username):  # also before anybody is asked to stop the old programs
        migration.look_first(connection)
