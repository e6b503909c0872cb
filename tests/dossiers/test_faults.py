"""Nothing stored is lost when broker, relay or worker are killed; all are real processes here."""

import hashlib
import time

import pytest
from django.db.models import Q

from dossiers import workflow
from dossiers.files import storage
from dossiers.models import Dossier, FollowUp
from dossiers.papers import signing
from dossiers.papers.models import IssuedPaper
from dossiers.workflow import history
from portal.celery import app
from portal.common import outbox
from tests.processes import Processes, wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services, pytest.mark.needs_pdf, pytest.mark.timeout(240)]


@pytest.fixture
def processes():
    started = Processes()
    yield started
    started.stop_all()


def nothing_waits():
    return not FollowUp.objects.filter(due_state="waiting").exists()


def papers_are_whole(dossier):
    for paper in dossier.papers.all():
        assert hashlib.sha256(storage.read_stored(paper.storage_key)).hexdigest() == paper.sha256
    assert history.problems(dossier) == []
    return True


def test_the_broker_is_down_when_a_dossier_is_filed(desk, processes):
    draft = desk.draft()
    relay = processes.relay()  # no broker anywhere
    began = time.monotonic()
    dossier = workflow.submit(draft, actor=draft.submitter)
    slow = time.monotonic() - began
    assert dossier.code and slow < 2
    time.sleep(3)
    assert relay.poll() is None and not nothing_waits()  # the relay lives on, nothing is lost

    processes.broker()
    processes.worker()
    wait_for(nothing_waits, 90)
    assert {p.kind for p in dossier.papers.all()} == {"acknowledgement", "application_form"} and papers_are_whole(dossier)


def test_the_web_never_speaks_to_the_broker(desk, monkeypatch):
    monkeypatch.setattr(app, "send_task", lambda *a, **k: pytest.fail("the web process asked the broker"))
    monkeypatch.setattr(app.amqp, "send_task_message", lambda *a, **k: pytest.fail("the web process asked the broker"))
    assert desk.submitted().code


def test_a_worker_killed_while_it_makes_a_paper_makes_it_once(desk, processes):
    dossier = desk.submitted()
    processes.broker()
    processes.relay()
    worker = processes.worker()
    wait_for(a_worker_holds_a_row, 60, pause=0.005)
    processes.kill(worker)
    assert IssuedPaper.objects.filter(dossier=dossier, kind="acknowledgement").count() == 0

    processes.worker()
    wait_for(nothing_waits, 120)
    assert sorted(p.kind for p in dossier.papers.all()) == ["acknowledgement", "application_form"] and papers_are_whole(dossier)


def a_worker_holds_a_row():
    """True while another process has locked a follow-up row: its paper is being made."""
    from django.db import transaction

    with transaction.atomic():
        free = set(FollowUp.objects.select_for_update(skip_locked=True).filter(due_state="waiting").values_list("pk", flat=True))
        return FollowUp.objects.filter(Q(due_state="waiting")).exclude(pk__in=free).exists()


def test_the_whole_way_by_real_processes_with_the_broker_flushed_in_between(desk, processes, signing_keys):
    dossier = desk.approved(delivery_way="account")
    broker = processes.broker()
    processes.relay()
    processes.worker()
    wait_for(lambda: IssuedPaper.objects.exists(), 60)
    processes.kill(broker)
    (processes.folder / "appendonlydir").exists() and [f.unlink() for f in (processes.folder / "appendonlydir").iterdir()]
    processes.socket.unlink(missing_ok=True)
    processes.broker()
    wait_for(lambda: Dossier.objects.filter(pk=dossier.pk, state="RETURNED").exists() and nothing_waits(), 150)
    dossier.refresh_from_db()
    assert dossier.papers.filter(kind="result").count() == 1 and papers_are_whole(dossier)


def test_a_missing_signing_key_is_a_clear_answer_and_nothing_is_lost_or_doubled(
    desk, run_followups, settings, tmp_path, signing_keys
):
    dossier = desk.approved(delivery_way="account")
    settings.SIGNING_DIR = tmp_path / "nowhere"
    for followup in FollowUp.objects.exclude(kind="issue"):
        outbox.do(FollowUp, followup.pk)
    issue = FollowUp.objects.get(kind="issue")
    with pytest.raises(signing.SigningKeyMissing):
        outbox.do(FollowUp, issue.pk)
    issue.refresh_from_db()
    assert issue.tries == 1 and "SigningKeyMissing" in issue.last_error
    dossier.refresh_from_db()
    assert dossier.state == "PROCESSING" and not dossier.papers.filter(kind="result").exists()

    settings.SIGNING_DIR = signing_dir_of_the_session()
    issue.resend()
    run_followups()
    dossier.refresh_from_db()
    assert dossier.state == "RETURNED" and dossier.papers.filter(kind="result").count() == 1


def signing_dir_of_the_session():
    from portal.settings import test

    return test.SIGNING_DIR
