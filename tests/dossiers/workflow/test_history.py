"""The history: hash chain, append-only by trigger and role, verifiable; only texts can be erased."""

import pytest
from django.db import DatabaseError, connection, transaction

from dossiers import workflow
from dossiers.models import Event, EventText
from dossiers.workflow import history


@pytest.fixture
def dossier(desk):
    return workflow.advance(desk.submitted(), "accept", actor=desk.clerk, note="Đủ giấy tờ.")


def is_refused(statement, *args):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, args)
    return True


def test_the_trigger_refuses_update_delete_and_truncate(dossier):
    assert is_refused("UPDATE dossiers_event SET step = 'x'")
    assert is_refused("DELETE FROM dossiers_event")
    assert is_refused("TRUNCATE dossiers_event CASCADE")
    assert Event.objects.count() == 2


@pytest.mark.parametrize(
    ("table", "may"),
    [
        ("dossiers_event", {"SELECT", "INSERT"}),
        ("dossiers_eventtext", {"SELECT", "INSERT", "DELETE"}),  # texts may be erased, never changed
        ("accounts_accesslog", {"SELECT", "INSERT"}),
        ("dossiers_dossier", {"SELECT", "INSERT", "UPDATE", "DELETE"}),
    ],
)
def test_the_application_role_may_do_this_to_a_table_and_no_more(application_role, table, may):
    rights = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT p FROM unnest(%s) p WHERE has_table_privilege(%s, %s, p)", [rights, application_role, table])
        assert {row[0] for row in cursor.fetchall()} == may
        cursor.execute("SELECT has_schema_privilege(%s, 'public', 'CREATE')", [application_role])
        assert cursor.fetchone() == (False,)


def test_the_application_role_really_is_refused(dossier, application_role):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {application_role}")
        assert is_refused("UPDATE dossiers_event SET step = 'x'")
        assert is_refused("UPDATE dossiers_eventtext SET note = 'x'")
        cursor.execute("SELECT count(*) FROM dossiers_event")
        assert cursor.fetchone() == (2,)
        cursor.execute("RESET ROLE")


def change_past_the_trigger(statement):
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET session_replication_role = DEFAULT")


def test_a_changed_event_is_found(dossier):
    assert history.problems(dossier) == []
    change_past_the_trigger("UPDATE dossiers_event SET at = at - interval '1 day' WHERE sequence = 1")
    assert any("was changed" in problem for problem in history.problems(dossier))


def test_a_removed_event_is_found(dossier):
    EventText.objects.filter(event__sequence=1).delete()
    change_past_the_trigger("DELETE FROM dossiers_followup; DELETE FROM dossiers_event WHERE sequence = 1")
    assert history.problems(dossier)


def test_changed_words_are_found_but_erased_words_leave_the_chain_whole(dossier):
    text = EventText.objects.get(event__step="accept")
    EventText.objects.filter(pk=text.pk).update(note="Thiếu giấy tờ.")
    assert any("words were changed" in problem for problem in history.problems(dossier))
    text.delete()
    assert history.problems(dossier) == []


def test_the_state_may_not_leave_its_history_behind(dossier):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE dossiers_dossier SET state = 'PROCESSING'")
    dossier.refresh_from_db()
    assert any("its history ends in" in problem for problem in history.problems(dossier))
