"""Files that arrive while the dossier is filed, sent or discarded: either they are in it, or their sender is told that not."""

import threading
from contextlib import contextmanager

import pytest
from django.db import close_old_connections, connection

from dossiers import workflow
from dossiers.files import receiving, storage
from dossiers.files.changing import FilesClosed, open_files
from dossiers.files.models import Attachment
from dossiers.files.storage import stored_path
from dossiers.filing import drafts
from dossiers.models import Dossier
from tests import factories
from tests.dossiers.files.makers import pdf
from tests.dossiers.pages import browse, step_url, upload, words

pytestmark = pytest.mark.django_db(transaction=True)
SECONDS = 20


class Elsewhere(threading.Thread):
    """Runs some work with its own connection. `result()`: what it returned or raised."""

    def __init__(self, work):
        super().__init__(daemon=True)
        self.work, self.found = work, None
        self.start()

    def run(self):
        close_old_connections()
        try:
            self.found = self.work()
        except Exception as error:
            self.found = error
        finally:
            connection.close()

    def result(self):
        self.join(SECONDS)
        assert not self.is_alive(), "waits for ever"
        return self.found


@contextmanager
def held(monkeypatch, module, name):
    """The function waits at its start: yields (reached, go on), two events."""
    reached, go_on, real = threading.Event(), threading.Event(), getattr(module, name)

    def wait(*args, **kwargs):
        reached.set()
        go_on.wait(SECONDS)
        return real(*args, **kwargs)

    monkeypatch.setattr(module, name, wait)
    yield reached, go_on
    go_on.set()


def sending(monkeypatch, client, address, data, meanwhile):
    """POST files; while they are checked, `meanwhile` happens. Returns the answer of the POST."""
    with held(monkeypatch, receiving, "check_upload") as (reached, go_on):
        sender = Elsewhere(lambda: client.post(address, data))
        assert reached.wait(SECONDS)
        other = Elsewhere(meanwhile)
        other.join(SECONDS / 4)  # it must not wait for the slow check
        go_on.set()
        done = other.result()
        assert not isinstance(done, Exception), done
        return sender.result()


def test_a_file_checked_while_the_draft_is_filed_is_not_in_it_and_its_sender_is_told(desk, monkeypatch):
    draft = desk.draft()
    client = browse(draft.submitter)
    data = {"tep-khac": upload("muộn.pdf", pdf()), "gui": "khac"}
    answer = sending(monkeypatch, client, step_url(draft, "giay-to"), data, lambda: workflow.submit(draft, actor=draft.submitter))

    dossier = Dossier.objects.get()
    assert answer.status_code == 409 and "muộn.pdf" in words(answer) and dossier.code in words(answer)
    assert not Attachment.objects.exists() and dossier.state == "SUBMITTED"


def test_a_submit_waits_for_files_that_are_being_stored_and_files_them(desk, monkeypatch):
    draft = desk.draft()
    data = {"tep-khac": upload("kịp.pdf", pdf()), "gui": "khac"}
    with held(monkeypatch, storage, "store") as (reached, go_on):
        sender = Elsewhere(lambda: browse(draft.submitter).post(step_url(draft, "giay-to"), data))
        assert reached.wait(SECONDS)
        submit = Elsewhere(lambda: workflow.submit(draft, actor=draft.submitter))
        submit.join(0.3)
        assert submit.is_alive(), "the dossier is locked"
        go_on.set()
        assert sender.result().status_code == 302
        dossier = submit.result()
    file = dossier.attachments.current().get()
    assert file.name == "kịp.pdf" and file.uploaded_at <= dossier.events.get().at


def test_a_file_cannot_be_taken_out_of_a_dossier_that_was_filed_meanwhile(desk):
    draft = desk.draft()
    file = factories.attachment(draft, "khac")
    client = browse(draft.submitter)
    workflow.submit(draft, actor=draft.submitter)
    assert client.post(step_url(draft, "giay-to"), {"xoa": file.pk}).status_code == 409
    with pytest.raises(FilesClosed), open_files(draft) as files:
        files.remove(file.pk)
    assert draft.attachments.get() == file and stored_path(file.storage_key).exists()


def test_a_file_sent_while_the_draft_is_discarded(desk, monkeypatch):
    draft = desk.draft()
    data = {"tep-khac": upload("muộn.pdf", pdf()), "gui": "khac"}
    answer = sending(monkeypatch, browse(draft.submitter), step_url(draft, "giay-to"), data, lambda: drafts.discard(draft))
    assert answer.status_code == 409 and "đã xóa" in words(answer) and "muộn.pdf" in words(answer)
    assert not Attachment.objects.exists() and not Dossier.objects.exists()


def test_discarding_waits_for_a_file_that_is_being_stored_and_deletes_it(desk, monkeypatch):
    draft = desk.draft()
    data = {"tep-khac": upload("kịp.pdf", pdf()), "gui": "khac"}
    with held(monkeypatch, storage, "store") as (reached, go_on):
        sender = Elsewhere(lambda: browse(draft.submitter).post(step_url(draft, "giay-to"), data))
        assert reached.wait(SECONDS)
        discard = Elsewhere(lambda: drafts.discard(draft))
        go_on.set()
        assert sender.result().status_code == 302 and discard.result() is None
    assert not Attachment.objects.exists() and not Dossier.objects.exists()


@pytest.fixture
def asked(desk):
    """A dossier that waits for a new paper and a new answer, with a new file already there."""
    dossier = desk.submitted()
    old = factories.attachment(dossier, "khac")
    items = [
        {"target": "document", "key": "khac", "label": "Giấy tờ khác", "reason": "Ảnh mờ, chụp lại."},
        {"target": "field", "key": "request_detail", "label": "Nội dung đề nghị", "reason": "Ghi rõ nơi cần nộp giấy."},
    ]
    dossier = workflow.advance(dossier, "ask_supplement", actor=desk.clerk, items=items)
    browse(dossier.submitter).post(
        f"/ho-so/{dossier.code}/bo-sung/",
        {f"thay-{old.pk}": upload("mới.pdf", pdf()), "request_detail": "Để vay vốn ở ngân hàng.", "gui": "khac"},
    )
    return dossier


@pytest.mark.parametrize("also_removes", [False, True])
def test_files_and_words_that_come_while_the_supplement_is_sent(asked, monkeypatch, also_removes):
    request = asked.supplements.get()
    staged = request.staged.get()
    data = {"tep-khac": upload("muộn.pdf", pdf()), "request_detail": "Chữ gõ sau.", "gui": "khac"}
    data |= {"xoa": staged.pk} if also_removes else {}
    answer = sending(
        monkeypatch, browse(asked.submitter), f"/ho-so/{asked.code}/bo-sung/", data,
        lambda: workflow.advance(asked, "resubmit", actor=asked.submitter),
    )  # fmt: skip

    asked.refresh_from_db()
    assert asked.state == "SUBMITTED" and asked.answers["request_detail"] == "Để vay vốn ở ngân hàng."
    assert [file.name for file in asked.attachments.current()] == ["mới.pdf"]
    assert not asked.attachments.exclude(staged_in=None).exists(), "nothing is left behind"
    assert answer.status_code == 409
    assert "muộn.pdf" in words(answer) and "Chữ gõ sau." in words(answer) and "Phần bổ sung đã gửi" in words(answer)


def test_a_supplement_that_ran_out_takes_no_files(asked):
    workflow.withdraw(asked, actor=asked.submitter)
    with pytest.raises(FilesClosed), open_files(asked, asked.supplements.get()) as files:
        files.remove_all()
    assert asked.attachments.count() == 2
