"""Messages to staff: one by one or once a morning, as each chooses; heads get those about steps of dossiers once a morning."""

import datetime as dt

import pytest

from accounts.messages.models import HeldMessage, Message, queue_messages
from dossiers import workflow
from portal.common import clock
from portal.obligations import morning
from tests import factories
from tests.dossiers.pages import browse, words

pytestmark = pytest.mark.django_db
MONDAY = dt.datetime(2026, 11, 30, 7, 31, tzinfo=clock.LOCAL)
PAGE = "/can-bo/cach-nhan-tin/"


def inbox(user):
    return Message.objects.filter(recipient=user, channel="inbox")


def send(user, key, **facts):
    queue_messages(key, [factories.fresh(user)], subject=f"Tin {key}", body="Nội dung.", **facts)


def in_the_morning(times=1):
    with clock.at(MONDAY):
        for _ in range(times):
            morning.run()


def test_a_hundred_events_are_one_message_for_a_head(desk):
    for n in range(100):
        send(desk.head, f"event:{n}", grouped=True)
    assert not inbox(desk.head).exists()
    in_the_morning(times=2)
    message = inbox(desk.head).get()
    assert "100 tin" in message.body and "Tin event:99" in message.body and message.key.startswith("morning:")
    assert not HeldMessage.objects.exists()


def test_the_same_event_waits_once(desk):
    for _ in range(2):
        send(desk.head, "event:1", grouped=True)
    assert HeldMessage.objects.count() == 1


def test_each_chooses_and_sees_the_choice(desk):
    client = browse(desk.clerk)
    assert client.post(PAGE, {"gop": ["letter", "x' OR 1=1"]}, follow=True).status_code == 200
    assert factories.fresh(desk.clerk).morning_messages == ["letter"]
    assert client.get(PAGE).content.decode().count("checked") == 1
    send(desk.clerk, "letter:1")
    send(desk.clerk, "event:1")
    assert [message.key for message in inbox(desk.clerk)] == ["event:1"]
    in_the_morning()
    assert "Thư của người nộp: 1 tin" in inbox(desk.clerk).get(key__startswith="morning:").body
    client.post(PAGE, {})
    send(desk.clerk, "letter:2")
    assert inbox(desk.clerk).filter(key="letter:2").exists()


def test_alarms_and_what_concerns_the_login_never_wait(desk):
    type(desk.head).objects.filter(pk=desk.head.pk).update(morning_messages=["event", "letter", "money", "alarms", "staff"])
    for key in ("alarms:1", "staff:1:asked", "morning:1"):
        send(desk.head, key, grouped=True)
    assert inbox(desk.head).count() == 3


def test_a_citizen_is_told_at_once(desk):
    dossier = desk.submitted()
    assert inbox(dossier.submitter).exists() and not HeldMessage.objects.filter(recipient=dossier.submitter).exists()


def test_what_a_head_must_decide_comes_at_once(desk):
    dossier = desk.asked_for_supplement()
    factories.edit_supplement(dossier, "Để làm hồ sơ vay vốn.")
    dossier = workflow.advance(dossier, "resubmit", actor=dossier.submitter)
    item = {"target": "field", "key": "request_detail", "label": "Nội dung đề nghị", "reason": "Vẫn chưa rõ nơi cần nộp."}
    workflow.advance(dossier, "propose_supplement", actor=desk.clerk, items=[item])
    assert inbox(desk.head).filter(subject__contains=dossier.code).exists()


def test_who_only_browses_as_a_citizen_has_no_such_page(desk):
    assert browse(factories.citizen()).get(PAGE).status_code == 404
    assert "Gộp vào một tin" in words(browse(desk.head).get(PAGE))
