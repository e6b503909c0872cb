"""Alarms: raised within minutes, told once a quarter of an hour, up the line, until somebody answers or the work is done."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.messages.models import Alarm, Channel, Message
from accounts.models import User
from dossiers import workflow
from dossiers.models import FollowUp
from portal.common import clock
from portal.models import Heartbeat
from portal.obligations import alarms, morning
from tests import factories
from tests.dossiers.pages import browse, words

pytestmark = pytest.mark.django_db
MONDAY = dt.datetime(2026, 11, 30, 8, tzinfo=clock.LOCAL)
PAGE = "/can-bo/viec-dang-do/"


def at(moment, job=alarms.run):
    with clock.at(moment):
        job()


def told(user):
    """Inbox messages of the alarms, the newest first."""
    return Message.objects.filter(recipient=user, channel=Channel.INBOX, key__startswith="alarms:").order_by("-pk")


def machines_did_their_work():
    FollowUp.objects.update(due_state="done")
    Message.objects.filter(channel=Channel.EMAIL).update(due_state="done")


@pytest.fixture
def late(desk):
    """A dossier that nobody received in time; its clerk, deputy and head hear of it one after another."""
    desk.deputy = factories.user(deputy="H18.X004.CA")
    with clock.at(MONDAY):
        desk.dossier = desk.submitted()
    machines_did_their_work()
    desk.due = desk.dossier.reception_due_at
    return desk


def test_the_person_hears_first_then_the_deputy_then_the_head_then_all_again(late):
    people = (late.clerk, late.deputy, late.head)
    at(late.due)
    assert not Alarm.objects.exists()
    at(late.due + dt.timedelta(minutes=1))
    assert Alarm.objects.get().kind == "reception" and not told(late.clerk)
    for minutes in (15, 16, 17, 100):
        at(late.due + dt.timedelta(minutes=minutes))
    assert [told(person).count() for person in people] == [1, 0, 0]
    assert late.dossier.code in told(late.clerk)[0].body and "quá hạn 15" in told(late.clerk)[0].body
    at(late.due + dt.timedelta(days=1))
    assert [told(person).count() for person in people] == [2, 1, 0]
    at(late.due + dt.timedelta(days=2))
    assert [told(person).count() for person in people] == [3, 2, 1]
    at(late.due + dt.timedelta(days=3))
    assert [told(person).count() for person in people] == [4, 3, 2]
    assert Alarm.objects.get().told_times == 4


def test_it_stops_by_itself_when_the_work_is_done(late):
    at(late.due + dt.timedelta(minutes=15, seconds=1))
    with clock.at(late.due + dt.timedelta(minutes=20)):
        workflow.advance(late.dossier, "accept", actor=late.clerk)
        workflow.advance(late.dossier, "transfer", actor=late.clerk)
    machines_did_their_work()
    at(late.due + dt.timedelta(minutes=21))
    assert Alarm.objects.get(kind="reception").met_at and not Alarm.objects.going().exists()
    at(late.due + dt.timedelta(minutes=45))
    assert not told(late.clerk)


def test_an_alarm_that_comes_back_is_a_new_one(late):
    at(late.due + dt.timedelta(minutes=1))
    Alarm.objects.update(met_at=late.due)
    at(late.due + dt.timedelta(minutes=2))
    assert Alarm.objects.count() == 2 and Alarm.objects.going().count() == 1


def test_who_answers_has_quiet_for_eight_working_hours_and_no_longer(late):
    at(late.due + dt.timedelta(minutes=15))
    alarm = Alarm.objects.get()
    with clock.at(late.due + dt.timedelta(minutes=16)):
        answer = browse(late.head).post(PAGE, {"bao-dong": alarm.pk}, follow=True)
        assert "anh chị lo việc" in words(answer) and "nhận lo lúc" in words(answer)
    at(late.due + dt.timedelta(hours=23))
    assert told(late.clerk).count() == 1
    at(late.due + dt.timedelta(days=2))
    assert told(late.clerk).count() == 2
    Alarm.objects.update(met_at=MONDAY)
    assert "không còn quá hạn" in words(browse(late.head).post(PAGE, {"bao-dong": alarm.pk}, follow=True))


@pytest.mark.parametrize("number", ["", "0", "x", "²", "9" * 30, "-1"])
def test_an_alarm_that_is_not_there_is_not_found(desk, number):
    assert browse(desk.head).post(PAGE, {"bao-dong": number}).status_code == 404


def test_nobody_answers_for_another_body_and_an_operator_for_all(late):
    at(late.due + dt.timedelta(minutes=15))
    alarm = Alarm.objects.get()
    for stranger in (factories.user(head="H18.X005.CA"), late.clerk, late.officer, factories.citizen()):
        assert browse(stranger).post(PAGE, {"bao-dong": alarm.pk}).status_code == 404
    assert Alarm.objects.get().answered_by is None
    operator = User.objects.create_superuser("ht", full_name="Hệ Thống", password=factories.PASSWORD)
    assert browse(operator).post(PAGE, {"bao-dong": alarm.pk}).status_code == 302
    assert Alarm.objects.get().answered_by == operator


def test_a_hundred_alarms_are_one_message_and_a_fixed_number_of_queries(late):
    with clock.at(MONDAY):
        for _ in range(2):
            late.submitted()
    machines_did_their_work()

    def queries(moment):
        with clock.at(moment), CaptureQueriesContext(connection) as asked:
            alarms.run()
        return len(asked)

    Heartbeat.beat("alarms")
    many = queries(late.due + dt.timedelta(minutes=15))
    assert told(late.clerk).count() == 1 and "3 việc quá hạn" in told(late.clerk)[0].subject
    Alarm.objects.all().delete()
    Message.objects.filter(key__startswith="alarms:").delete()
    workflow.advance(late.dossier, "accept", actor=late.clerk)
    machines_did_their_work()
    assert queries(late.due + dt.timedelta(minutes=30)) == many


def test_work_of_machines_goes_to_the_operators_each_hour(desk):
    operator = User.objects.create_superuser("ht", full_name="Hệ Thống", password=factories.PASSWORD)
    with clock.at(MONDAY):
        desk.submitted()
    Message.objects.filter(channel=Channel.EMAIL).update(due_state="done")
    for minutes in range(0, 61, 5):
        at(MONDAY + dt.timedelta(minutes=minutes))
    assert told(operator).count() == 1
    message = told(operator)[0]
    assert message.link == PAGE and "giấy xác nhận" in message.body
    assert message.created_at - MONDAY <= dt.timedelta(minutes=30)  # its limit, and a quarter of an hour to be found
    for hours in (2, 3):
        at(MONDAY + dt.timedelta(hours=hours))
    assert told(operator).count() == 3
    assert not told(desk.head) and not told(desk.clerk)


def test_where_nobody_has_the_role_the_next_one_up_hears_and_at_last_the_operators(late):
    operator = User.objects.create_superuser("ht", full_name="Hệ Thống", password=factories.PASSWORD)
    User.objects.filter(pk=late.clerk.pk).update(is_active=False)
    at(late.due + dt.timedelta(minutes=15))
    assert told(late.deputy).count() == 1 and not told(late.head)
    User.objects.filter(pk__in=[late.deputy.pk, late.head.pk]).update(is_active=False)
    at(late.due + dt.timedelta(days=2))
    assert told(operator).count() == 1


def test_of_the_clerks_the_one_on_duty_hears(late):
    other = factories.user(receiving_clerk="H18.X004.CA")
    offering = late.dossier.offering
    offering.duty = {"main": {"login": other.username, "name": str(other)}}
    offering.save()
    at(late.due + dt.timedelta(minutes=15))
    assert told(other).count() == 1 and not told(late.clerk)


def test_work_that_changed_hands_is_told_to_who_has_it_now(desk):
    other = factories.user(officer="H18.X004.CA")
    with clock.at(MONDAY):
        dossier = workflow.advance(desk.processing(), "take", actor=desk.officer)
    machines_did_their_work()
    due = dossier.step_runs.get(state="open").due_at
    at(due + dt.timedelta(minutes=1))
    with clock.at(due + dt.timedelta(minutes=2)):
        workflow.advance(dossier, "assign", actor=desk.head, holder=other, note="Đi công tác.")
        workflow.advance(dossier, "take", actor=other)
    machines_did_their_work()
    at(due + dt.timedelta(minutes=15))
    assert told(other).count() == 1 and not told(desk.officer)


# ---------------------------------------------------------------- the morning message
def mornings(user):
    return Message.objects.filter(recipient=user, channel=Channel.INBOX, key__startswith="morning:").order_by("pk")


def test_a_head_reads_one_message_a_working_morning(desk):
    with clock.at(MONDAY):
        dossier = desk.processing()
    due = clock.local(dossier.due_at)
    day = due.replace(hour=7, minute=29)
    at(day, morning.run)
    assert not mornings(desk.head)
    for minutes in (1, 2, 300):
        at(day + dt.timedelta(minutes=minutes), morning.run)
    message = mornings(desk.head).get()
    assert message.subject.startswith("Việc hôm nay: 1 đến hẹn") and message.link == PAGE
    assert "Bước xử lý phải xong" in message.body or "Đã bàn giao, phải có người nhận: 1" in message.body
    saturday = day + dt.timedelta(days=(5 - day.weekday()) % 7 or 7)
    at(saturday.replace(hour=9), morning.run)
    assert mornings(desk.head).count() == 1
    at(saturday.replace(hour=9) + dt.timedelta(days=2), morning.run)
    assert mornings(desk.head).count() == 2 and "0 đến hẹn" in mornings(desk.head).last().subject
    assert not mornings(desk.clerk)


def test_without_work_there_is_no_morning_message(desk):
    at(MONDAY, morning.run)
    assert not mornings(desk.head)


# ---------------------------------------------------------------- what the citizen reads
def test_the_citizen_reads_that_it_is_late_once_somebody_was_told_and_no_longer_than_it_is_true(late):
    own, tracked = f"/ho-so/{late.dossier.code}/", f"/tra-cuu/{late.dossier.secret}/"
    sentence = "Bộ phận một cửa chưa trả lời trong hạn. Người có trách nhiệm đã được báo."

    def reads(address, user=late.dossier.submitter):
        return sentence in words(browse(user).get(address))

    at(late.due + dt.timedelta(minutes=1))
    assert not reads(own)
    at(late.due + dt.timedelta(minutes=15))
    assert reads(own) and reads(tracked, None)
    assert "The one-stop shop has not answered in time." in words(browse(late.dossier.submitter).get(f"/en{own}"))
    workflow.advance(late.dossier, "accept", actor=late.clerk)
    at(late.due + dt.timedelta(minutes=16))
    assert not reads(own) and not reads(tracked, None)
