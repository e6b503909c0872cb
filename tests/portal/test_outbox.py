"""The outbox: rows are retried until done, by one worker at a time, with the error stored on the row."""

import datetime as dt

import pytest

from accounts.messages.models import Message, queue_messages
from portal.common import clock, outbox
from portal.management.commands import relay
from tests import factories

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
