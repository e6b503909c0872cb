"""When making or signing a paper fails, its follow-up is retried: nothing is lost or made twice."""

import os
import signal

import pytest
from django.urls import reverse

from dossiers.files import storage
from dossiers.models import FollowUp
from dossiers.papers.certificates import ensure_development_ca
from dossiers.papers.contexts import tracking_url
from dossiers.papers.models import IssuedPaper
from portal.common import outbox, pdf

pytestmark = [pytest.mark.needs_pdf, pytest.mark.django_db]


def followup_of(dossier, kind):
    return FollowUp.objects.get(event__dossier=dossier, kind=kind)


def test_without_a_signing_key_the_result_waits_and_is_issued_once_when_the_key_is_back(desk, run_followups, settings, tmp_path):
    settings.SIGNING_DIR = tmp_path / "lost"
    dossier = desk.approved()
    work = followup_of(dossier, "issue")
    for _ in range(2):
        with pytest.raises(Exception, match="ensure_signing_keys"):
            outbox.do(FollowUp, work.pk)
    work.refresh_from_db()
    assert work.due_state == "waiting"
    assert work.tries == 2
    assert "chưa có khóa ký" in work.last_error
    dossier.refresh_from_db()
    assert dossier.state == "PROCESSING"
    assert not IssuedPaper.objects.filter(kind="result").exists()

    ensure_development_ca()
    outbox.do(FollowUp, work.pk)
    outbox.do(FollowUp, work.pk)
    dossier.refresh_from_db()
    assert dossier.state == "COMPLETED"
    assert IssuedPaper.objects.filter(kind="result").count() == 1


def test_a_renderer_killed_at_work_costs_one_try(desk, monkeypatch):
    dossier = desk.submitted()
    work = followup_of(dossier, "paper:acknowledgement")
    real = pdf.sandbox.ask

    def killed(child, *args, **kwargs):
        os.kill(child.pid, signal.SIGKILL)
        return real(child, *args, **kwargs)

    monkeypatch.setattr(pdf.sandbox, "ask", killed)
    with pytest.raises(pdf.PdfError):
        outbox.do(FollowUp, work.pk)
    monkeypatch.undo()
    assert not IssuedPaper.objects.exists()
    outbox.do(FollowUp, work.pk)
    assert list(IssuedPaper.objects.values_list("kind", flat=True)) == ["acknowledgement"], "what a person waits for comes first"
    outbox.do(FollowUp, followup_of(dossier, "paper:application_form").pk)
    assert list(IssuedPaper.objects.values_list("kind", flat=True)) == ["acknowledgement", "application_form"]


def test_a_paper_asked_for_twice_is_made_once(desk, run_followups):
    dossier = desk.submitted()
    run_followups()
    before = list(IssuedPaper.objects.values_list("pk", "sha256"))
    work = followup_of(dossier, "paper:acknowledgement")
    work.due_state = "waiting"
    work.save()
    outbox.do(FollowUp, work.pk)
    assert list(IssuedPaper.objects.values_list("pk", "sha256")) == before


def test_the_stored_file_is_the_one_whose_hash_is_written(desk, run_followups):
    desk.accepted()
    run_followups()
    for paper in IssuedPaper.objects.all():
        assert storage.matches(paper.storage_key, paper.sha256)
        assert storage.stored_path(paper.storage_key).stat().st_size == paper.size


def test_the_code_printed_on_slips_opens_the_tracking_page(desk):
    dossier = desk.submitted()
    assert tracking_url(dossier).endswith(reverse("dossiers:track_link", args=[dossier.secret]))
