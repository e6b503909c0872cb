"""What nobody opened is repeated once by text message, then called about by the desk: one message and one task an event."""

import datetime as dt
import functools

import httpx
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.messages.models import Channel, Message
from accounts.messages.sms import http_api
from accounts.mock_sms import wsgi
from dossiers import unopened, workflow
from dossiers.models import CallTask, Dossier, InternalNote
from dossiers.unopened import calls
from portal.common import clock, outbox
from portal.obligations import register
from tests import factories
from tests.databases import past_the_triggers
from tests.dossiers.pages import browse, words

pytestmark = pytest.mark.django_db
MONDAY = dt.datetime(2026, 11, 30, 9, tzinfo=clock.LOCAL)
DAYS = dt.timedelta(days=1)
PAGE = "/can-bo/goi-dien/"


@pytest.fixture(autouse=True)
def provider(monkeypatch, tmp_path):
    """The mock provider, met through its own wire. Returns its messages, as (phone, text)."""
    monkeypatch.setattr(wsgi, "STORE", str(tmp_path / "sms.sqlite3"))
    over_its_wire = functools.partial(httpx.Client, transport=httpx.WSGITransport(app=wsgi.application))
    monkeypatch.setattr(http_api.httpx, "Client", over_its_wire)

    def messages():
        with wsgi.closing(wsgi._store()) as store:
            return store.execute("SELECT phone, text FROM message ORDER BY number").fetchall()

    return messages


@pytest.fixture
def asked(desk):
    """A dossier whose submitter was asked on Monday for a supplement, and has opened nothing."""
    with clock.at(MONDAY):
        desk.dossier = desk.asked_for_supplement()
    return desk


def with_phone(dossier, phone):
    with past_the_triggers():
        Dossier.objects.filter(pk=dossier.pk).update(subject_phone=phone)


def run(moment, times=1):
    with clock.at(moment):
        for _ in range(times):
            unopened.run()


def texts():
    return Message.objects.filter(channel=Channel.SMS)


def sent(moment):
    """The worker hands the text messages that wait to the provider."""
    with clock.at(moment):
        for row in texts().filter(due_state="waiting"):
            outbox.do(Message, row.pk)


def in_vain(asked):
    """The text message went out on Wednesday and two days later nobody has opened anything."""
    run(MONDAY + 2 * DAYS)
    sent(MONDAY + 2 * DAYS)
    run(MONDAY + 4 * DAYS, times=2)
    return CallTask.objects.get()


def test_after_two_working_days_it_is_repeated_once_by_text_message(asked, provider):
    run(MONDAY + 1 * DAYS)
    assert not texts().exists()
    run(MONDAY + 2 * DAYS, times=2)
    row = texts().get()
    assert row.phone == asked.dossier.subject_phone and not row.recipient
    sent(MONDAY + 2 * DAYS)
    row.resend()  # nothing: it is done
    sent(MONDAY + 2 * DAYS)
    assert provider() == [(asked.dossier.subject_phone, row.body)]


def test_the_text_says_what_to_do_and_nothing_about_the_person_or_the_matter(asked):
    with clock.at(MONDAY):
        text = unopened.text_of(asked.dossier.events.last())
    assert asked.dossier.code in text and "cần bổ sung trước" in text
    secrets = (
        asked.dossier.subject_name,
        asked.dossier.subject_id_number,
        asked.dossier.version.short_name,
        asked.dossier.secret,
    )
    assert not any(secret in text for secret in secrets) and "http" not in text


def test_the_provider_takes_a_message_sent_twice_as_one(provider):
    for _ in range(2):
        http_api.send("message-1", "+84912345678", "Hồ sơ có kết quả.")
    assert len(provider()) == 1


@pytest.mark.parametrize(
    "moment", [MONDAY + 5 * DAYS, (MONDAY + 2 * DAYS).replace(hour=6)], ids=["Saturday", "six in the morning"]
)
def test_nobody_is_woken_up(asked, moment):
    run(moment)
    assert not texts().exists() and not CallTask.objects.exists()


def test_what_was_opened_or_answered_is_not_repeated(asked):
    asked.dossier.submitter.inbox.filter(channel="inbox").update(read_at=clock.now())
    run(MONDAY + 2 * DAYS)
    assert not texts().exists()
    asked.dossier.submitter.inbox.update(read_at=None)
    factories.edit_supplement(asked.dossier, "Để làm hồ sơ vay vốn.")
    with clock.at(MONDAY + 1 * DAYS):
        workflow.advance(asked.dossier, "resubmit", actor=asked.dossier.submitter)
    run(MONDAY + 2 * DAYS)
    assert not texts().exists()


def test_a_clerk_who_read_the_own_message_of_the_event_has_not_opened_it_for_the_citizen(asked):
    key = f"event:{asked.dossier.events.last().pk}"
    Message.objects.create(key=key, recipient=asked.clerk, channel="inbox", subject="x", body="x", read_at=clock.now())
    run(MONDAY + 2 * DAYS)
    assert texts().exists()


def test_two_days_after_the_text_message_the_desk_must_call(asked):
    task = in_vain(asked)
    assert task.way == "call" and task.dossier == asked.dossier
    with clock.at(MONDAY + 8 * DAYS):
        row = register.overdue(register.BY_KEY["call"], register.Hours()).get()
    assert (row.owed_code, row.owed_role) == (asked.dossier.code, "receiving_clerk")


@pytest.mark.parametrize(("phone", "way"), [("", "letter"), ("+842153824999", "call")], ids=["no number", "no mobile number"])
def test_who_takes_no_text_messages_is_called_or_written_to_at_once(asked, phone, way):
    with_phone(asked.dossier, phone)
    run(MONDAY + 2 * DAYS, times=2)
    assert CallTask.objects.get().way == way and not texts().exists()


def test_without_a_provider_the_desk_calls_at_once(asked, settings):
    settings.SMS_API_URL = ""
    run(MONDAY + 2 * DAYS)
    assert CallTask.objects.get().way == "call" and not texts().exists()


def test_a_number_that_the_provider_refuses_is_called_at_once(asked, provider):
    with_phone(asked.dossier, "+84912345600")
    run(MONDAY + 2 * DAYS)
    sent(MONDAY + 2 * DAYS)
    assert texts().get().is_refused and not provider()
    run(MONDAY + 2 * DAYS)
    assert CallTask.objects.get().way == "call"


def test_a_provider_that_does_not_answer_is_tried_again(asked, monkeypatch):
    monkeypatch.undo()  # the address of the settings, where nobody listens
    run(MONDAY + 2 * DAYS)
    with clock.at(MONDAY + 2 * DAYS), pytest.raises(Exception, match="no answer"):
        outbox.do(Message, texts().get().pk)
    assert texts().get().due_state == "waiting" and texts().get().tries == 1


def test_the_call_ends_by_itself_when_the_citizen_opens_the_dossier(asked):
    task = in_vain(asked)
    assert browse(asked.dossier.submitter).get(f"/ho-so/{asked.dossier.code}/").status_code == 200
    run(MONDAY + 5 * DAYS)
    task.refresh_from_db()
    assert task.outcome == "needless" and task.ended_at


def test_the_owner_is_who_stands_on_the_duty_list(asked):
    offering = asked.dossier.offering
    offering.duty = {"main": {"login": asked.clerk.username, "name": "Lò Thị Hoa"}}
    offering.save(update_fields=["duty"])
    with_phone(asked.dossier, "")
    run(MONDAY + 2 * DAYS)
    assert CallTask.objects.get().owner == asked.clerk


# ---------------------------------------------------------------- the page
def test_a_clerk_writes_down_what_came_of_it_and_colleagues_read_it(asked):
    task, client = factories.call_task(asked.dossier), browse(asked.clerk)
    page = client.get(PAGE)
    assert asked.dossier.code in words(page) and "+84900000012" in page.content.decode()
    for n in range(3):
        answer = client.post(f"{PAGE}{task.pk}/", {"ket-qua": "khong-nghe", "ghi-chu": f"Lần {n}"}, follow=True)
    assert "gửi thư giấy" in words(answer)
    task.refresh_from_db()
    assert (task.way, task.tries, task.owner) == ("letter", 3, asked.clerk)
    assert "+84900000012" not in client.get(PAGE).content.decode()
    client.post(f"{PAGE}{task.pk}/", {"ket-qua": "da-gui"})
    task.refresh_from_db()
    assert task.outcome == "letter" and task.ended_by == asked.clerk
    assert InternalNote.objects.count() == 4 and "Lần 2" in InternalNote.objects.all()[2].text
    again = client.post(f"{PAGE}{task.pk}/", {"ket-qua": "gap"}, follow=True)
    assert "đã xong trước đó" in words(again) and InternalNote.objects.count() == 4


@pytest.mark.parametrize("said", ["", "da-gui", "xong", "gap' --"])
def test_words_that_are_no_answer_write_nothing(asked, said):
    task = factories.call_task(asked.dossier)
    browse(asked.clerk).post(f"{PAGE}{task.pk}/", {"ket-qua": said})
    task.refresh_from_db()
    assert not task.ended_at and not InternalNote.objects.exists()


def test_a_wrong_number_is_not_called_again(asked):
    task = calls.tell(factories.call_task(asked.dossier), asked.clerk, calls.Answer.WRONG_NUMBER)
    assert task.way == "letter" and not task.ended_at


def test_other_desks_and_who_only_reads_find_neither_page_nor_task(asked):
    task = factories.call_task(asked.dossier)
    for user in (factories.user(inspector="H18"), factories.user(accountant="H18.X004.CA")):
        assert browse(user).get(PAGE).status_code == browse(user).post(f"{PAGE}{task.pk}/").status_code == 404
    other = browse(factories.user(receiving_clerk="H18.X005.CA"))
    assert asked.dossier.code not in words(other.get(PAGE)) and other.post(f"{PAGE}{task.pk}/").status_code == 404
    Dossier.objects.filter(pk=asked.dossier.pk).update(confidential=True)
    assert asked.dossier.code not in words(browse(asked.clerk).get(PAGE))


def test_the_page_asks_as_often_for_many_as_for_few(desk):
    counted = []
    for _ in range(2):
        for _ in range(2):
            with clock.at(MONDAY):
                factories.call_task(desk.asked_for_supplement())
        client = browse(desk.clerk)
        with CaptureQueriesContext(connection) as seen:
            client.get(PAGE)
        counted.append(len(seen))
    assert counted[0] == counted[1]
