"""The outbox: rows are retried until done, by one worker at a time, with the error stored on the row."""

import datetime as dt

import pytest
from django.apps import apps as django_apps
from django.utils import timezone

from accounts.messages.models import Message, queue_messages
from payments.models import StatementReading
from portal import schedule
from portal.common import clock, outbox
from portal.management.commands import relay
from tests import factories, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def email():
    user = factories.user()
    queue_messages("event:1", [user], subject="Đã nộp", body="Giữ mã hồ sơ.", link="/ho-so/x/")
    return Message.objects.get(channel="email")


def test_an_owed_row_is_done_once(email, mailoutbox):
    assert outbox.do(Message, email.pk) and not outbox.do(Message, email.pk)
    assert len(mailoutbox) == 1 and mailoutbox[0].extra_headers["Message-ID"] == f"<message-{email.pk}@dvc.example.vn>"


def test_telling_twice_is_telling_once(email):
    queue_messages("event:1", [email.recipient], subject="Đã nộp", body="Giữ mã hồ sơ.")
    assert Message.objects.count() == 2


def test_a_failure_is_written_on_the_row_and_tried_again_later(email, monkeypatch, mailoutbox):
    monkeypatch.setitem(outbox._workers, Message, lambda message: (_ for _ in ()).throw(ConnectionRefusedError("thư không đi")))
    with pytest.raises(ConnectionRefusedError):
        outbox.do(Message, email.pk)
    email.refresh_from_db()
    assert email.tries == 1 and "thư không đi" in email.last_error and email.next_at > clock.now()
    monkeypatch.undo()
    assert outbox.lease(Message) == []
    Message.objects.update(next_at=clock.now())
    assert outbox.lease(Message) == [email.pk]
    assert outbox.do(Message, email.pk) and len(mailoutbox) == 1


def test_what_fails_for_half_a_day_waits_for_a_person_and_can_be_sent_again(email, monkeypatch, mailoutbox):
    monkeypatch.setitem(outbox._workers, Message, lambda message: (_ for _ in ()).throw(OSError("không gửi được")))
    with clock.at(clock.now() + outbox.DEAD_AFTER + dt.timedelta(minutes=1)), pytest.raises(OSError):
        outbox.do(Message, email.pk)
    email.refresh_from_db()
    assert email.due_state == outbox.OutboxState.DEAD
    monkeypatch.undo()
    email.resend()
    assert outbox.lease(Message) == [email.pk] and outbox.do(Message, email.pk)


def test_a_leased_row_is_not_handed_out_again_until_the_lease_ends(email):
    assert outbox.lease(Message) == [email.pk]
    assert outbox.lease(Message) == []
    outbox.release(Message, [email.pk])
    assert outbox.lease(Message) == [email.pk]


def test_a_backlog_waits_in_the_database_and_not_in_the_broker(monkeypatch):
    monkeypatch.setattr(outbox, "MAX_HANDED_OUT", 3)
    queue_messages("event:2", [factories.user() for _ in range(5)], subject="Đã nộp", body="Giữ mã hồ sơ.")
    first = outbox.lease(Message)
    assert len(first) == 3 and outbox.lease(Message) == []
    Message.objects.filter(pk=first[0]).update(due_state=outbox.OutboxState.DONE)
    assert len(outbox.lease(Message)) == 1


def test_a_broker_that_is_down_leaves_the_rows_due(email, monkeypatch):
    sent = []

    def no_broker(*args, **kwargs):
        raise ConnectionError("broker away")

    monkeypatch.setattr(relay.do_due, "apply_async", no_broker)
    assert relay.dispatch_due() is False
    monkeypatch.setattr(relay.do_due, "apply_async", lambda args, **kwargs: sent.append(args))
    assert relay.dispatch_due() is True
    assert sent == [("messaging.Message", email.pk)]


# ------------------------------------------------------------ what a person waits for, and what nobody waits for


@pytest.fixture
def sent(monkeypatch):
    rows = []
    monkeypatch.setattr(relay.do_due, "apply_async", lambda args, **kwargs: rows.append(args))
    return rows


def messages_to(number, *, key, priority=outbox.Priority.AWAITED):
    """`number` owed emails of one event; their ids."""
    with outbox.priority(priority):
        queue_messages(key, [factories.user() for _ in range(number)], subject="Đã nộp", body="Giữ mã hồ sơ.")
    return list(Message.objects.filter(key=key, channel="email").order_by("pk").values_list("pk", flat=True))


def test_what_a_person_waits_for_overtakes_a_backlog_that_nobody_waits_for(sent):
    backlog = messages_to(20, key="demo:1", priority=outbox.Priority.BACKGROUND)
    relay.dispatch_due()
    awaited = messages_to(2, key="event:1")
    relay.dispatch_due()
    assert [pk for _label, pk in sent] == [backlog[0], *awaited]


def test_the_backlog_goes_on_while_people_keep_coming(sent):
    backlog = messages_to(3, key="demo:1", priority=outbox.Priority.BACKGROUND)
    for round_ in range(3):
        messages_to(1, key=f"event:{round_}")
        relay.dispatch_due()
        for label, pk in sent:
            outbox.do(django_apps.get_model(label), pk)
        sent.clear()
    assert not Message.objects.filter(pk__in=backlog, due_state=outbox.OutboxState.WAITING).exists()


def test_of_several_kinds_the_oldest_background_row_comes_first(sent):
    now = clock.now()
    (message,) = messages_to(1, key="demo:1", priority=outbox.Priority.BACKGROUND)
    with outbox.priority(outbox.Priority.BACKGROUND):
        older = StatementReading.objects.create(point=world.collection_point("DMH18CAN"), next_at=now - dt.timedelta(minutes=2))
    for expected in (("payments.StatementReading", older.pk), ("messaging.Message", message)):
        relay.dispatch_due()
        assert sent == [expected]
        django_apps.get_model(expected[0]).objects.filter(pk=expected[1]).update(due_state=outbox.OutboxState.DONE)
        sent.clear()


def test_what_follows_from_background_work_is_background_work(monkeypatch):
    (first,) = messages_to(1, key="demo:1", priority=outbox.Priority.BACKGROUND)
    monkeypatch.setitem(outbox._workers, Message, lambda _message: queue_messages(
        "demo:2", [factories.user()], subject="Đã có kết quả", body="Mời xem."))  # fmt: skip
    outbox.do(Message, first)
    assert Message.objects.get(key="demo:2", channel="email").priority == outbox.Priority.BACKGROUND


def test_a_finished_background_row_wakes_the_relay_for_the_next(monkeypatch):
    (first,) = messages_to(1, key="demo:1", priority=outbox.Priority.BACKGROUND)
    woken = []
    monkeypatch.setattr(outbox, "wake_relay", lambda: woken.append(True))
    outbox.do(Message, first)
    assert woken


def test_what_is_sent_again_by_hand_is_waited_for(sent):
    dead, _other = messages_to(2, key="demo:1", priority=outbox.Priority.BACKGROUND)
    Message.objects.filter(pk=dead).update(due_state=outbox.OutboxState.DEAD)
    Message.objects.get(pk=dead).resend()
    relay.dispatch_due()
    assert sent[0] == ("messaging.Message", dead)


def test_a_broker_that_is_down_leaves_background_rows_due_too(sent, monkeypatch):
    def no_broker(*args, **kwargs):
        raise ConnectionError("broker away")

    (first,) = messages_to(1, key="demo:1", priority=outbox.Priority.BACKGROUND)
    with monkeypatch.context() as patch:
        patch.setattr(relay.do_due, "apply_async", no_broker)
        assert relay.dispatch_due() is False
    assert relay.dispatch_due() is True
    assert sent == [("messaging.Message", first)]


def test_periodic_jobs_write_background_rows_unless_a_payer_waits(monkeypatch):
    seen = {}
    jobs = {name: (lambda name=name: seen.update({name: outbox.priority_now()})) for name in ("slow", "money")}
    monkeypatch.setattr(schedule, "JOBS", {jobs["slow"]: outbox.Priority.BACKGROUND, jobs["money"]: outbox.Priority.AWAITED})
    monkeypatch.setattr(schedule, "_last", -schedule.INTERVAL_SECONDS)
    schedule.run_due_jobs()
    assert seen == {"slow": outbox.Priority.BACKGROUND, "money": outbox.Priority.AWAITED}
    assert outbox.priority_now() == outbox.Priority.AWAITED


# ------------------------------------------------------------ the relay's look at the tables


def test_an_idle_relay_asks_one_question(django_assert_num_queries):
    assert sum(map(len, outbox.priorities_due().values())) == 0
    with django_assert_num_queries(1):
        assert relay.dispatch_due() is True


@pytest.mark.parametrize("priority", outbox.Priority)
@pytest.mark.parametrize(
    ("changes", "is_due"),
    [
        ({}, True),
        ({"next_at": dt.timedelta(minutes=1)}, False),
        ({"leased_until": dt.timedelta(seconds=30)}, False),
        ({"leased_until": dt.timedelta(seconds=-1)}, True),
        ({"due_state": outbox.OutboxState.DONE}, False),
        ({"due_state": outbox.OutboxState.DEAD}, False),
    ],
)
def test_the_one_question_finds_what_the_leases_find(priority, changes, is_due):
    messages_to(1, key="event:1", priority=priority)
    now = timezone.now()
    fields = {name: now + value if isinstance(value, dt.timedelta) else value for name, value in changes.items()}
    Message.objects.update(**{"next_at": now, **fields})
    due = outbox.priorities_due()
    assert due[priority] == ([Message] if is_due else []) and due[1 - priority] == []
    leased = outbox.lease(Message) if priority == outbox.Priority.AWAITED else outbox.lease_background([Message])
    assert bool(leased) == is_due
