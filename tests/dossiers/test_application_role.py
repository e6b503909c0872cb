"""The application database role has enough rights for all steps of a dossier and all follow-ups."""

import pytest
from django.db import connection
from django.test import Client

from dossiers import workflow
from dossiers.workflow import history
from tests import factories
from tests.dossiers.pages import browse, step_url

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_application(desk, application_role):
    """Use the application role for the rest of the test."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {application_role}")
    yield application_role
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


@pytest.mark.needs_pdf
def test_a_whole_way_and_all_that_is_owed_needs_no_more(desk, as_application, run_followups, signing_keys):
    draft = desk.draft()
    client = browse(draft.submitter)
    assert client.post(step_url(draft, "xem-lai"), {"cam-doan": "1"}).status_code == 302
    clerk = browse(desk.clerk)
    address = f"/can-bo/ho-so/{type(draft).objects.get(pk=draft.pk).code}/tiep-nhan/"
    seen = clerk.get(address).context["seen"]
    assert clerk.post(address, {"seen": seen}).status_code == 302
    dossier = workflow.advance(draft, "transfer", actor=desk.clerk)
    factories.drafted(dossier, desk.officer)
    dossier = workflow.advance(dossier, "hand_over", actor=desk.officer)
    factories.approve(dossier, desk.signer)

    run_followups()

    dossier.refresh_from_db()
    assert dossier.state == "RETURNED" and history.problems(dossier) == []
    assert Client().get("/").status_code == Client().get("/health/ready").status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (as_application,)


def test_a_draft_and_its_files_may_still_be_thrown_away(desk, as_application):
    draft = desk.draft()
    assert browse(draft.submitter).post(f"/ho-so/nhap/{draft.pk}/xoa/").status_code == 302
    assert not type(draft).objects.exists()
