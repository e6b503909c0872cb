"""`manage.py administrator`: the owner of the database makes and unmakes system administrators."""

import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections

from accounts.messages.models import Message
from accounts.models import AdministratorChange, User
from accounts.staffing import requests
from tests import factories, world
from tests.dossiers.pages import browse

pytestmark = pytest.mark.django_db
BODY = "H18.X004.CA"


@pytest.fixture
def people():
    world.agency(BODY)
    first = User.objects.create_superuser("ht1", full_name="Quản Trị Một", email="ht1@example.vn", password=factories.PASSWORD)
    return first, factories.user(receiving_clerk=BODY)


def changes():
    return list(AdministratorChange.objects.order_by("pk").values_list("user__username", "is_superuser"))


def test_a_login_of_staff_becomes_an_administrator_and_ceases_to_be_one(people, capsys):
    first, clerk = people
    page = browse(clerk)
    assert page.get("/quan-tri/", follow=True).status_code == 404
    call_command("administrator", "grant", clerk.username)
    assert page.get("/tai-khoan/").status_code == 302, "its sessions have ended"
    assert browse(factories.fresh(clerk)).get("/quan-tri/").status_code == 200

    page = browse(factories.fresh(clerk))
    call_command("administrator", "revoke", clerk.username)
    assert page.get("/tai-khoan/").status_code == 302
    assert browse(factories.fresh(clerk)).get("/quan-tri/", follow=True).status_code == 404
    assert changes() == [("ht1", True), (clerk.username, True), (clerk.username, False)]
    for user in people:
        told = Message.objects.filter(recipient=user, key__startswith="administrator:", channel="inbox")
        assert sorted(row.body.startswith(f"{clerk.full_name} ({clerk.username}) thôi") for row in told) == [False, True]
    out, err = capsys.readouterr()
    assert "no system administrator any more" in out and "who can log in: 1" in err


def test_the_last_administrator_who_can_log_in_stays(people):
    first, clerk = people
    locked = User.objects.create_superuser("ht2", full_name="Quản Trị Hai", password=factories.PASSWORD)
    User.objects.filter(pk=locked.pk).update(is_active=False)
    with pytest.raises(CommandError, match="last administrator"):
        call_command("administrator", "revoke", "ht1")
    call_command("administrator", "revoke", "ht2")  # who cannot log in is not counted
    call_command("administrator", "revoke", "ht1", "--force")
    assert not User.objects.filter(is_superuser=True).exists()


def test_it_refuses_citizens_strangers_and_what_is_so_already(people):
    first, clerk = people
    citizen = factories.citizen()
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    for act, login in [("grant", citizen.username), ("revoke", citizen.username), ("grant", "khong-co"), ("grant", "ht1"),
                       ("revoke", clerk.username), ("grant", clerk.username)]:  # fmt: skip
        with pytest.raises(CommandError, match=login):
            call_command("administrator", act, login)
    assert changes() == [("ht1", True)]


@pytest.mark.parametrize(
    "command",
    [
        ["administrator", "grant", "ai-do"],
        ["administrator", "revoke", "ht1", "--force"],
        ["erase_dossier", "H18.X004-261128-0001", "--ground", "x"],
    ],
    ids=" ".join,
)
def test_commands_of_the_owner_say_so_to_the_application_role(people, application_role, command):
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {application_role}")
        try:
            with pytest.raises(CommandError, match="owner of the database: run it with the address of the role") as refused:
                call_command(*command)
        finally:
            cursor.execute("RESET ROLE")
    assert application_role in str(refused.value)


def test_what_an_administrator_asked_for_is_not_approved_after_the_power_has_gone(people):
    first, clerk = people
    for name in ("ht2", "ht3"):
        User.objects.create_superuser(name, full_name=name, email=f"{name}@example.vn", password=factories.PASSWORD)
    second, third = User.objects.get(username="ht2"), User.objects.get(username="ht3")
    row = requests.ask("password", clerk, by=second, reason="x")
    call_command("administrator", "revoke", "ht2")
    with pytest.raises(requests.NotPossible, match="không còn quản trị"):
        requests.approve(row, by=third)
    requests.decline(row, by=third)
    assert requests.ask("password", clerk, by=first, reason="x").is_waiting


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_do_not_revoke_the_last_two(people):
    User.objects.create_superuser("ht2", full_name="Quản Trị Hai", password=factories.PASSWORD)
    start, refused = threading.Barrier(2), []

    def revoke(login):
        try:
            start.wait(10)
            call_command("administrator", "revoke", login)
        except CommandError as refusal:
            refused.append(str(refusal))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=revoke, args=[login]) for login in ("ht1", "ht2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(refused) == 1 and User.objects.filter(is_superuser=True).count() == 1
