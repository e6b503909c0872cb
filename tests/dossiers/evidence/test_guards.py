"""What the database refuses about files, papers, logs and administrators, and what it must let pass."""

import pytest
from django.contrib.admin.models import LogEntry
from django.db import DatabaseError, connection, transaction

from accounts.models import AccessLog, AdministratorChange, User
from dossiers import invariants, workflow
from dossiers.papers.models import IssuedPaper
from tests import factories
from tests.databases import past_the_triggers
from tests.dossiers.pages import browse


def is_refused(statement, role=None):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        if role:
            cursor.execute(f"SET LOCAL ROLE {role}")
        cursor.execute(statement)
    return True


@pytest.fixture
def filed(desk):
    """A filed dossier with one file."""
    draft = desk.draft()
    factories.attachment(draft, "1.1")
    return workflow.submit(draft, actor=draft.submitter)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM files_attachment", "UPDATE files_attachment SET sha256 = repeat('0', 64)",
        "UPDATE files_attachment SET storage_key = repeat('0', 40)", "UPDATE files_attachment SET name = 'x.pdf'",
        "UPDATE files_attachment SET replaced_at = now()", "UPDATE files_attachment SET uploaded_at = now()",
    ],
)  # fmt: skip
def test_a_filed_attachment_is_not_changed(filed, statement):
    assert is_refused(statement)


def test_a_file_that_is_replaced_by_a_supplement_stays(filed, desk):
    items = [{"target": "document", "key": "1.1", "label": "Giấy tờ", "reason": "Ảnh mờ, xin chụp lại."}]
    dossier = workflow.advance(filed, "ask_supplement", actor=desk.clerk, items=items)
    factories.attachment(dossier, "1.1", staged_in=dossier.supplements.get()).delete()  # a page taken back before it is sent
    factories.attachment(dossier, "1.1", staged_in=dossier.supplements.get(), replaces=dossier.attachments.get(staged_in=None))
    dossier = workflow.advance(dossier, "resubmit", actor=dossier.submitter)

    assert [file.replaced_at is None for file in dossier.attachments.order_by("pk")] == [False, True]
    assert is_refused("DELETE FROM files_attachment WHERE replaced_at IS NOT NULL")
    assert is_refused("UPDATE files_attachment SET replaced_at = NULL")
    files = [revision.content["files"] for revision in dossier.answer_revisions.all()]
    assert [len(content) for content in files] == [1, 1] and files[0] == files[1]  # the same bytes
    assert list(workflow.history.problems(dossier)) == []


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM papers_issuedpaper", "UPDATE papers_issuedpaper SET sha256 = repeat('0', 64)",
        "UPDATE papers_issuedpaper SET number = '1'", "UPDATE papers_issuedpaper SET published_at = NULL",
        "UPDATE papers_issuedpaper SET issued_at = now()", "UPDATE papers_issuedpaper SET state = 'valid'",
    ],
)  # fmt: skip
def test_an_issued_paper_is_not_changed(filed, statement):
    paper = IssuedPaper.objects.create(
        dossier=filed, event=filed.events.get(), kind="acknowledgement", number="7", storage_key="x", sha256="1" * 64, size=1
    )
    paper.state, paper.state_reason, paper.published_at = "revoked", "Sai tên.", paper.issued_at
    paper.save()  # what may happen to it later
    assert is_refused(statement)


@pytest.mark.parametrize("table", ["accounts_accesslog", "django_admin_log"])
def test_both_logs_are_append_only(desk, application_role, table):
    AccessLog.objects.create(actor=desk.clerk, action="view", target="dossier:1", page="/")
    LogEntry.objects.create(user=desk.head, object_repr="x", action_flag=2)
    for role in (None, application_role):
        assert is_refused(f"DELETE FROM {table}", role) and is_refused(f"UPDATE {table} SET id = id + 1", role)
    assert is_refused(f"TRUNCATE {table}")


# ---------------------------------------------------------------- administrators
def test_only_the_owner_of_the_database_makes_and_unmakes_administrators(desk, application_role):
    one, made = f"UPDATE accounts_user SET is_superuser = %s WHERE id = {desk.head.pk}", AdministratorChange.objects
    assert is_refused(one % "true", application_role)
    User.objects.filter(pk=desk.head.pk).update(is_superuser=True)
    assert is_refused(one % "false", application_role)
    assert [(row.user_id, row.is_superuser) for row in made.all()] == [(desk.head.pk, True)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {application_role}")
        with pytest.raises(DatabaseError, match="only the owner"), transaction.atomic():
            User.objects.create_superuser("moi", full_name="Mới", password=factories.PASSWORD)
        cursor.execute("RESET ROLE")
    assert is_refused("DELETE FROM accounts_administratorchange")
    assert list(invariants.violations()) == []


def test_the_application_still_logs_people_in_and_saves_them(desk, application_role):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {application_role}")
        desk.clerk.full_name = "Lò Thị Hoa Ban"
        desk.clerk.save()
        factories.user()
        cursor.execute("RESET ROLE")


def test_an_administrator_made_past_the_trigger_is_found(desk):
    with past_the_triggers() as cursor:
        cursor.execute(f"UPDATE accounts_user SET is_superuser = true WHERE id = {desk.clerk.pk}")
    assert list(invariants.violations()) == [f"login {desk.clerk.pk}: is_superuser was changed past the trigger"]


def test_the_page_of_a_login_shows_who_is_administrator_and_cannot_change_it(db, desk):
    system = User.objects.create_superuser("he-thong", full_name="Quản Trị", password=factories.PASSWORD)
    page = browse(system).get(f"/quan-tri/accounts/user/{desk.clerk.pk}/change/")
    assert page.status_code == 200 and 'name="is_superuser"' not in page.text
