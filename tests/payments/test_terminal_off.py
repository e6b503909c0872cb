"""A terminal that is switched off closes online payment everywhere at once; money of earlier attempts is still accepted."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from accounts.messages.models import Message
from accounts.models import User
from accounts.roles import SystemActor
from dossiers import messages, workflow
from dossiers.fees import payable, wording
from dossiers.models import Dossier
from dossiers.papers.contexts.desk import acknowledgement
from dossiers.workflow import deadlines
from payments.accounting import invariants
from payments.attempts import links, settlement
from payments.attempts.lifecycle import NotPayable, open_attempt
from payments.attempts.payable import mark_ready_terminals
from payments.models import CollectionPoint, PaymentAttempt, Way
from payments.models.states import AttemptState
from payments.reconciliation import runs
from portal.common import clock
from procedures.cards import by_codes, cards
from procedures.levels import ServiceLevel
from procedures.models import Terminal
from procedures.offered import offered_at
from tests import factories
from tests.dossiers.pages import browse, words
from tests.money import CRIMINAL

pytestmark = pytest.mark.django_db
MONDAY = dt.datetime(2026, 11, 9, 9, tzinfo=clock.LOCAL)
CLOSED = "đang tạm ngừng thu phí trên mạng"


@pytest.fixture
def waiting(money_desk):
    return money_desk.waiting()


def switch(dossier, *, on=False):
    """Switch the terminal of this dossier. Returns the reloaded dossier."""
    Terminal.objects.get(offerings=dossier.offering_id).switch(on=on)
    return Dossier.objects.get(pk=dossier.pk)


# ---------------------------------------------------------------- the level
def test_the_level_falls_to_3_on_the_guide_the_card_and_the_start_page(waiting):
    assert offered_at(waiting.version, waiting.offering).level is ServiceLevel.FULLY_ONLINE
    waiting = switch(waiting)
    offered = offered_at(waiting.version, waiting.offering)
    assert offered.level is ServiceLevel.SUBMIT_ONLINE and CLOSED in offered.reason
    assert cards(by_codes([CRIMINAL]))[0].level is ServiceLevel.SUBMIT_ONLINE
    for place in (f"/thu-tuc/{CRIMINAL}/", f"/thu-tuc/{CRIMINAL}/?noi={waiting.offering_id}", f"/nop/bat-dau/{CRIMINAL}/"):
        said = words(Client().get(place, follow=True))
        assert "Mức 3" in said and "Trả ngay sau khi nộp" not in said, place


def test_a_dossier_filed_now_does_not_wait_for_money(money_desk):
    draft = money_desk.draft(delivery_way="counter")
    switch(draft)
    said = words(browse(draft.submitter).get(f"/nop/{draft.pk}/xem-lai/"))
    assert "Trả tại quầy" in said and "Trả trên mạng" not in said
    dossier = workflow.submit(Dossier.objects.get(pk=draft.pk), actor=draft.submitter)
    assert (dossier.state, dossier.obligation.status) == ("SUBMITTED", "due")
    assert "charge" not in workflow.steps_for(money_desk.clerk, dossier)


# ---------------------------------------------------------------- pages, links, programs
def test_the_dossiers_page_and_the_list_send_people_to_the_counter(waiting):
    client = browse(waiting.submitter)
    pay = f'href="/ho-so/{waiting.code}/tra-phi/"'
    for page in (f"/ho-so/{waiting.code}/", f"/ho-so/{waiting.code}/da-nop/", "/ho-so/"):
        assert pay in client.get(page).content.decode(), page
    waiting = switch(waiting)
    for page in (f"/ho-so/{waiting.code}/", f"/ho-so/{waiting.code}/da-nop/"):
        answer = client.get(page)
        said = words(answer)
        assert pay not in answer.content.decode() and "Trả tiền mặt tại" in said and CLOSED in said, page
        assert "Quá hạn mà chưa trả" not in said and "Chậm nhất" not in said.split("Rồi sao nữa?")[0], page
    answer = client.get("/ho-so/")
    assert pay not in answer.content.decode() and "trả tại quầy, chưa trả thì hồ sơ chưa đi tiếp" in words(answer)


def test_nothing_can_be_begun_on_the_pay_page_by_a_link_or_by_a_program(waiting):
    client, link = browse(waiting.submitter), links.make(waiting, waiting.submitter)
    waiting = switch(waiting)
    page = words(client.get(f"/ho-so/{waiting.code}/tra-phi/"))
    assert "trả bằng tiền mặt tại quầy" in page and "Mở ứng dụng" not in page
    assert CLOSED in words(Client().get(f"/tra-giup/{link.token}/"))
    api = f"/api/v1/dossiers/{waiting.code}/payment/"
    told = client.get(api).json()
    assert (told["ways"], told["pay_until"]) == ([], None) and "tại quầy" in told["next_step"] + told["sentence"]
    assert client.post(f"{api}attempts/", {"way": "transfer"}, content_type="application/json").status_code == 409
    for begin in (lambda: open_attempt(waiting, Way.TRANSFER), lambda: links.make(waiting, waiting.submitter)):
        with pytest.raises(NotPayable):
            begin()
    client.post(f"/ho-so/{waiting.code}/tra-phi/", {"cach": "chuyen-khoan"})
    Client().post(f"/tra-giup/{link.token}/", {"cach": "chuyen-khoan"})
    assert not PaymentAttempt.objects.exists()


def test_the_desk_is_told_to_take_the_money_at_the_counter(waiting, money_desk):
    address = f"/can-bo/ho-so/{waiting.code}/"
    assert "Trả trước" in words(browse(money_desk.clerk).get(address))
    switch(waiting)
    said = words(browse(money_desk.clerk).get(address))
    assert "thu tại quầy" in said and "Trả trước" not in said


# ---------------------------------------------------------------- messages and papers
def test_messages_and_papers_lead_to_the_counter_not_to_a_page_that_takes_nothing(waiting):
    waiting = switch(waiting)
    assert wording.payment_url(waiting) == "" and not payable.payable_online(waiting)
    moment = clock.now()
    messages.remind(waiting, moment, "trả phí", reminder_at=moment, stops_at=moment)
    assert Message.objects.filter(key__startswith="remind:").first().link == f"/ho-so/{waiting.code}/"
    said = acknowledgement(waiting, waiting.events.get(step="submit"))["fee_note"]
    assert "Nộp trên cổng" not in said and "Nộp tại" in said


# ---------------------------------------------------------------- the deadline
def run_at(moment):
    with clock.at(moment):
        deadlines.run()
        deadlines.run()


def test_nobody_is_reminded_or_stopped_for_not_paying_while_nobody_can_pay_online(money_desk):
    with clock.at(MONDAY):
        dossier = money_desk.waiting()
    due = dossier.payment_due_at
    run_at(due - dt.timedelta(hours=1))  # reminded on the last day
    with clock.at(due):
        switch(dossier)
    reminded = Message.objects.filter(key__startswith="remind:").count()
    late = due + dt.timedelta(days=10)
    run_at(late)
    dossier.refresh_from_db()
    assert dossier.state == "PAYMENT_REQUIRED" and Message.objects.filter(key__startswith="remind:").count() == reminded
    with clock.at(late), pytest.raises(workflow.StepNotPossible):
        workflow.advance(dossier, "payment_timeout", actor=SystemActor("payment_deadline"))

    with clock.at(late):  # open again: first a reminder, then a day
        switch(dossier, on=True)
    run_at(late + dt.timedelta(minutes=1))
    dossier.refresh_from_db()
    assert dossier.state == "PAYMENT_REQUIRED" and Message.objects.filter(key__startswith="remind:").count() > reminded
    run_at(late + dt.timedelta(hours=23))
    dossier.refresh_from_db()
    assert dossier.state == "PAYMENT_REQUIRED"
    run_at(late + dt.timedelta(days=1, minutes=2))
    dossier.refresh_from_db()
    assert dossier.state == "STOPPED"


def test_a_terminal_that_was_just_made_was_not_switched_on_again(money_desk):
    """Its waiting dossiers are reminded when their own term says so, not once more because of the terminal."""
    with clock.at(MONDAY):
        dossier = money_desk.waiting()
    with clock.at(MONDAY + dt.timedelta(hours=1)):
        dossier.offering.terminal = Terminal.objects.create(code="MOILAP01")
        dossier.offering.save()
    assert dossier.offering.terminal.switched_at is None
    run_at(MONDAY + dt.timedelta(hours=2))
    assert not Message.objects.filter(key__startswith="remind:").exists()


# ---------------------------------------------------------------- money on its way
def test_money_of_an_attempt_begun_before_is_accepted(money_desk):
    attempt = money_desk.paying()
    dossier = switch(attempt.obligation.dossier)
    settlement.settle(attempt.reference, cause="ipn")
    attempt.refresh_from_db()
    dossier.refresh_from_db()
    assert (attempt.state, dossier.state) == (AttemptState.PAID, "SUBMITTED")


def test_accounts_and_settlement_files_are_read_while_money_may_still_come(money_desk, settings):
    settings.SETTLEMENT_URL = "http://127.0.0.1:9/"
    attempt = money_desk.paying()
    switch(attempt.obligation.dossier)
    assert list(CollectionPoint.objects.with_money_coming()) == [attempt.point]
    with clock.at(clock.now() + dt.timedelta(days=1)):
        assert runs.run() or clock.local(clock.now()).time() < runs.FETCH_FROM
    with clock.at(clock.now() + dt.timedelta(days=60)):
        assert not CollectionPoint.objects.with_money_coming()


# ---------------------------------------------------------------- nothing to pay with
def test_a_terminal_without_any_way_to_pay_is_closed_like_one_switched_off(waiting, settings, money_desk):
    settings.VNPAY_SECRETS = {waiting.offering.terminal_id: ""}
    CollectionPoint.objects.filter(terminal=waiting.offering.terminal_id).update(account_number="")
    assert any(f"terminal {waiting.offering.terminal_id}: is switched on" in found for found in invariants.violations())
    mark_ready_terminals()
    waiting = Dossier.objects.get(pk=waiting.pk)
    assert offered_at(waiting.version, waiting.offering).level is ServiceLevel.SUBMIT_ONLINE
    assert cards(by_codes([CRIMINAL]))[0].level is ServiceLevel.SUBMIT_ONLINE and not payable.payable_online(waiting)
    due = waiting.payment_due_at
    run_at(due + dt.timedelta(days=30))
    draft = money_desk.draft(delivery_way="counter")
    assert workflow.submit(draft, actor=draft.submitter).state == "SUBMITTED"
    waiting.refresh_from_db()
    assert waiting.state == "PAYMENT_REQUIRED"

    settings.VNPAY_SECRETS = {waiting.offering.terminal_id: "bi-mat"}
    with clock.at(due + dt.timedelta(days=40)):
        mark_ready_terminals()
    terminal = Terminal.objects.get(pk=waiting.offering.terminal.pk)
    assert terminal.is_open and terminal.switched_at == due + dt.timedelta(days=40)


def test_a_terminal_with_an_account_alone_stays_open_and_is_reported(waiting, settings):
    settings.VNPAY_SECRETS = {}
    mark_ready_terminals()
    code = waiting.offering.terminal_id
    assert Terminal.objects.get(code=code).is_open and f"terminal {code}: is switched on" in "".join(invariants.violations())
    switch(waiting)
    assert list(invariants.violations()) == []


def test_a_terminal_without_a_point_is_closed_by_the_job_and_only_once(waiting, caplog):
    CollectionPoint.objects.filter(terminal=waiting.offering.terminal_id).delete()
    with caplog.at_level("WARNING"):
        mark_ready_terminals()
        mark_ready_terminals()
    assert [record.terminal for record in caplog.records] == [waiting.offering.terminal_id]
    assert any("has no collection point" in found for found in invariants.violations())


# ---------------------------------------------------------------- who switches it
def test_a_system_administrator_switches_it_and_the_moment_is_kept(client, waiting):
    client.force_login(User.objects.create_superuser("he-thong", full_name="Quản Trị", password=factories.PASSWORD))
    terminal = waiting.offering.terminal
    page = reverse("admin:procedures_terminal_change", args=[terminal.pk])
    moment = clock.now() + dt.timedelta(hours=1)
    with clock.at(moment):
        assert client.post(page, {}).status_code == 302
    off = Terminal.objects.get(pk=terminal.pk)
    assert (off.code, off.active) == (terminal.code, False) and (terminal.switched_at, off.switched_at) == (None, moment)
    client.post(page, {"active": "on"})
    assert Terminal.objects.get(pk=terminal.pk).active
