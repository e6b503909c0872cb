"""The admin site: system administrators only, without personal data, and no way to change a dossier."""

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.messages.models import Message
from accounts.models import Person, User
from dossiers.models import Dossier, FollowUp
from portal.common.outbox import OutboxState
from procedures.models import LocalFee, ProcedureVersion
from tests import factories, world

SHOWN = {
    "Agency", "AdministrativeUnit", "OfficeHours", "User", "Membership", "Message", "Sector", "Procedure", "ProcedureVersion",
    "Offering", "LocalFee", "LifeEvent", "Holiday", "UndecidedHoliday", "FollowUp",
    "CollectionPoint", "CollectingBody", "GatewayQuestion", "RefundCall", "SettlementFetch", "SettlementProof",
    "StatementReading", "BankCredit", "EReceipt", "Terminal", "PasswordLink", "SearchedText", "SearchAlias",
}  # fmt: skip


@pytest.fixture
def system(client, db):
    """A client logged in as a system administrator."""
    client.force_login(User.objects.create_superuser("he-thong", full_name="Quản Trị", password=factories.PASSWORD))
    return client


def listing(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def editing(row):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def test_only_these_models_are_there_and_no_dossier_person_file_paper_or_history():
    assert {model.__name__ for model in admin.site._registry} == SHOWN
    assert not any(model in admin.site._registry for model in (Dossier, Person))


def test_nobody_else_finds_the_site(client, desk):
    address = reverse("admin:index")
    assert client.get(address, follow=True).redirect_chain[-1][0] == f"{reverse('accounts:login')}?next=%2Fquan-tri%2F"
    for person in (factories.citizen(), desk.head, factories.user(catalogue_admin="H18"), factories.user(is_staff=True)):
        client.force_login(person)
        answers = {client.get(place, follow=True).status_code for place in (address, listing(User), reverse("admin:login"))}
        assert answers == {404}


@pytest.mark.slow
def test_every_page_of_the_site_opens(system, desk):
    desk.submitted()
    assert system.get(reverse("admin:index")).status_code == 200
    for model, its_admin in admin.site._registry.items():
        assert system.get(listing(model)).status_code == 200, model
        row = its_admin.get_queryset(system.get(listing(model)).wsgi_request).first()
        if row:
            assert system.get(editing(row)).status_code == 200, model


def test_a_dossier_cannot_be_reached_or_moved(system, desk):
    dossier = desk.submitted()
    for action in ("", "add/", f"{dossier.pk}/change/", f"{dossier.pk}/delete/"):
        assert system.post(f"/quan-tri/dossiers/dossier/{action}", {"state": "ACCEPTED"}).status_code == 404
    followup = FollowUp.objects.filter(event__dossier=dossier).first()
    assert system.post(editing(followup), {"due_state": "done"}).status_code == 403
    assert Dossier.objects.get(pk=dossier.pk).state == "SUBMITTED"


def test_a_system_administrator_sees_no_dossier_by_right(system, desk):
    dossier = desk.submitted()
    assert system.get(reverse("desk:queue")).status_code == 404
    assert system.get(reverse("desk:dossier", args=[dossier.code])).status_code == 404


def test_a_published_version_is_shut(system, desk):
    desk.submitted()
    version = ProcedureVersion.objects.get()
    assert system.get(editing(version)).status_code == 200
    assert system.post(editing(version), {"document": "{}", "declared_level": 1}).status_code == 403
    assert ProcedureVersion.objects.get().sha256 == version.sha256


def test_citizens_logins_are_not_there(system, desk):
    citizen = factories.citizen(person_facts={"full_name": "Quàng Thị Ánh Nguyệt"})
    page = system.get(listing(User)).content.decode()
    assert desk.clerk.username in page and citizen.username not in page
    password = editing(citizen).replace("/change/", "/password/")
    assert system.get(editing(citizen)).status_code == 404
    assert system.post(password, {"password1": "x" * 12, "password2": "x" * 12}, follow=True).status_code == 404
    citizen.refresh_from_db()
    assert citizen.check_password(factories.PASSWORD)


def test_messages_are_shown_as_work_without_words_or_names(system, desk):
    dossier = desk.submitted()
    message = Message.objects.filter(channel="email", recipient=dossier.submitter).first()
    Message.objects.filter(pk=message.pk).update(
        due_state=OutboxState.DEAD, tries=9, last_error=f"SMTPRecipientsRefused: {message.recipient.email}"
    )
    for address in (listing(Message), editing(message)):
        page = system.get(address).content.decode()
        assert "SMTPRecipientsRefused" in page
        assert not any(
            words in page for words in (message.subject, message.body, message.recipient.email, str(message.recipient))
        )

    system.post(listing(Message), {"action": "ask_again", "_selected_action": [message.pk]})

    message.refresh_from_db()
    assert message.due_state == OutboxState.WAITING


def test_hours_that_the_clock_cannot_count_are_refused(system, desk):
    hours = desk.submitted().receiving_agency.hours
    for wrong in ("{}", '{"mon_fri": [["17:00", "07:30"]], "sat": []}', '{"mon_fri": [["07:30"]], "sat": []}', '{"mon_fri": 3}'):
        answer = system.post(editing(hours), {"key": hours.key, "intervals": wrong})
        assert answer.status_code == 200
    hours.refresh_from_db()
    assert hours.intervals["mon_fri"]


def test_the_policy_is_loosened_on_these_pages_only(system, desk):
    assert "unsafe-eval" in system.get(reverse("admin:index"))["Content-Security-Policy"]
    system.force_login(desk.clerk)
    assert "unsafe" not in system.get(reverse("desk:queue"))["Content-Security-Policy"]


def test_an_administrator_gives_no_role_to_themselves(system, desk):
    me = User.objects.get(username="he-thong")
    agency = desk.clerk.memberships.get().agency
    facts = {"user": me.pk, "agency": agency.pk, "role": "head", "valid_from": "2026-01-01", "valid_to": ""}
    assert system.post(reverse("admin:accounts_membership_add"), facts).status_code == 403
    own_page = system.get(editing(me)).content.decode()
    assert "memberships-0-role" not in own_page and "memberships-__prefix__-role" not in own_page
    assert not me.memberships.exists()

    facts["user"] = desk.officer.pk  # for others it takes two people: tests/accounts/test_staff_requests.py
    assert system.post(reverse("admin:accounts_membership_add"), facts).status_code == 403
    assert not desk.officer.memberships.filter(role="head").exists()


def test_an_amount_of_a_province_ends_and_is_never_rewritten(system, desk):
    fee = LocalFee.objects.create(
        province_code="H18", procedure=world.procedure("1.004873"), fee_line_key="le_phi_ho_tich", amount=15_000,
        effective_from="2026-01-01",
    )  # fmt: skip
    system.post(editing(fee), {"amount": "1", "effective_to": "2026-12-31"})
    fee.refresh_from_db()
    assert (fee.amount, str(fee.effective_to)) == (15_000, "2026-12-31")
    assert system.post(f"{editing(fee)[:-7]}delete/", {"post": "yes"}).status_code == 403
