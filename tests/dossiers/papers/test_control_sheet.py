"""The control sheet (form 06): drawn as of now while its dossier goes on, and stored whole at the end."""

import pytest
from django.test import Client

from dossiers import workflow
from dossiers.models import FollowUp
from dossiers.papers import making
from dossiers.papers.models import IssuedPaper, PaperKind
from tests import factories
from tests.dossiers.papers.reading import text_of

SHEET = PaperKind.CONTROL_SHEET
GROUND = {"note": "Chờ bản án.", "legal_ground": "Điều 21 Luật Cư trú"}
pytestmark = pytest.mark.django_db


def sheets(dossier):
    return IssuedPaper.objects.filter(dossier=dossier, kind=SHEET).order_by("pk")


def opened(user, paper):
    client = Client()
    client.force_login(user)
    return client.get(paper.get_absolute_url())


@pytest.mark.needs_pdf
def test_it_shows_every_hand_over_until_now_and_at_the_end_it_is_stored_whole(desk, run_followups, signing_keys):
    dossier = desk.processing()
    run_followups()
    first = sheets(dossier).get()
    before = text_of(opened(desk.officer, first).getvalue())
    assert "khi hồ sơ chưa kết thúc (Đang xử lý)" in " ".join(before.split()) and "Kiểm tra giấy này" not in before
    factories.drafted(dossier, desk.officer)
    dossier = workflow.advance(dossier, "hand_over", actor=desk.officer)
    after = text_of(opened(desk.officer, first).getvalue())
    assert "Quàng Văn Nam" in after and "Quàng Văn Nam" not in before

    dossier = workflow.advance(dossier, "stop", actor=desk.head, **GROUND)
    run_followups()
    first, last = sheets(dossier)
    assert (first.state, first.replaced_by, last.state, last.number) == ("replaced", last, "valid", first.number)
    text = text_of(opened(desk.officer, last).getvalue())
    assert "Quàng Văn Nam" in text and "chưa kết thúc" not in text and "Kiểm tra giấy này" in text


def test_a_dossier_that_never_went_to_the_office_has_none(desk):
    dossier = workflow.advance(desk.accepted(), "stop", actor=desk.head, **GROUND)
    assert not FollowUp.objects.filter(event__dossier=dossier, kind="paper:control_sheet").exists()


def test_every_way_to_end_after_the_office_owes_the_last_one(desk):
    dossier = desk.processing()
    dossier = workflow.advance(dossier, "withdraw", actor=dossier.submitter)
    dossier = workflow.advance(dossier, "confirm_withdrawal", actor=desk.clerk, originals_returned=True)
    assert FollowUp.objects.filter(event__dossier=dossier, event__step="confirm_withdrawal", kind="paper:control_sheet").exists()


def test_it_is_for_the_office_only(desk, monkeypatch):
    monkeypatch.setattr(making.rendering, "render_paper", lambda *args, **kwargs: b"%PDF-1.7")
    dossier = desk.processing()
    paper = making.make_paper(dossier.events.get(step="transfer"), SHEET)
    assert opened(desk.officer, paper).status_code == 200
    for other in (dossier.submitter, factories.citizen(), factories.user(officer="H18.X005.CA")):
        assert opened(other, paper).status_code == 404


def test_the_last_one_keeps_the_number_of_a_sheet_from_before_there_were_series(desk, monkeypatch):
    monkeypatch.setattr(making.rendering, "render_paper", lambda *args, **kwargs: b"%PDF-1.7")
    dossier = desk.processing()
    monkeypatch.setattr(making.numbering, "number_of", lambda event, kind: f"{event.pk}/KS")
    first = making.make_paper(dossier.events.get(step="transfer"), SHEET)
    dossier = workflow.advance(dossier, "stop", actor=desk.head, **GROUND)
    assert making.make_paper(dossier.events.get(step="stop"), SHEET).number == first.number
