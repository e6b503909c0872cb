"""The history: hash chain, append-only by trigger and role, verifiable; only texts can be erased."""

import datetime as dt
from importlib import import_module

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from dossiers import workflow
from dossiers.models import Dossier, Event, EventText
from dossiers.workflow import history
from portal.common import clock
from tests import factories
from tests.databases import past_the_triggers


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
        ("dossiers_eventtext", {"SELECT", "INSERT"}),
        ("dossiers_answerrevision", {"SELECT", "INSERT"}),
        ("dossiers_decision", {"SELECT", "INSERT"}),
        ("dossiers_supplementitem", {"SELECT", "INSERT"}),
        ("accounts_accesslog", {"SELECT", "INSERT"}),
        ("django_admin_log", {"SELECT", "INSERT"}),
        ("accounts_administratorchange", {"SELECT"}),
        ("papers_issuedpaper", {"SELECT", "INSERT", "UPDATE"}),
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


def change_past_the_trigger(*statements):
    with past_the_triggers() as cursor:
        for statement in statements:
            cursor.execute(statement)


def found_in(dossier):
    return "\n".join(history.problems(Dossier.objects.get(pk=dossier.pk)))


def test_a_changed_event_is_found(dossier):
    assert history.problems(dossier) == []
    change_past_the_trigger("UPDATE dossiers_event SET at = at - interval '1 day' WHERE sequence = 1")
    assert "was changed" in found_in(dossier)


def test_a_removed_event_is_found(dossier):
    change_past_the_trigger(
        "DELETE FROM dossiers_followup", "DELETE FROM dossiers_answerrevision", "DELETE FROM papers_papernumber",
        "DELETE FROM dossiers_eventtext WHERE event_id = (SELECT min(id) FROM dossiers_event)",
        "DELETE FROM dossiers_event WHERE sequence = 1",
    )  # fmt: skip
    assert "a gap before" in found_in(dossier)


def test_the_state_may_not_leave_its_history_behind(dossier):
    assert is_refused("UPDATE dossiers_dossier SET state = 'PROCESSING'")
    change_past_the_trigger("UPDATE dossiers_dossier SET state = 'PROCESSING'")
    assert "its history ends in" in found_in(dossier)


# ---------------------------------------------------------------- answers
def test_each_revision_of_the_answers_is_kept_with_its_digest_in_the_event(desk):
    dossier = desk.asked_for_supplement()
    factories.edit_supplement(dossier, "Xin xác nhận để vay vốn ở ngân hàng.")
    dossier = workflow.advance(dossier, "resubmit", actor=dossier.submitter)

    filed, supplement = dossier.answer_revisions.all()
    assert (filed.kind, filed.event.step, supplement.kind, supplement.event.step) == (
        "filed", "submit", "supplement", "resubmit",
    )  # fmt: skip
    assert filed.content["answers"]["request_detail"] == factories.ANSWERS["request_detail"]
    assert supplement.content["answers"] == dossier.answers
    assert [revision.event.content_digest for revision in (filed, supplement)] == [filed.digest, supplement.digest]
    assert history.problems(dossier) == []


def test_files_are_covered_and_one_that_comes_late_is_found(desk):
    draft = desk.draft()
    file = factories.attachment(draft, "1.1")
    dossier = workflow.submit(draft, actor=draft.submitter)
    assert dossier.answer_revisions.get().content["files"]["1"]["sha256"] == file.sha256
    assert history.problems(dossier) == []
    factories.attachment(dossier, "1.1")
    assert "differs from what was filed in files.2" in found_in(dossier)


@pytest.mark.parametrize(
    "change",
    [
        "answers = jsonb_set(answers, '{request_detail}', '\"khac\"')", "asked = '{\"case\": \"khac\"}'", "answers = '{}'",
        "subject_name = 'Người Khác'", "subject_id_number = '011999999999'", "subject_address = ''", "subject_phone = '1'",
        "subject_email = 'ai@example.vn'", "submitted_at = submitted_at - interval '3 days'", "declared_at = now()",
        "accepted_at = accepted_at + interval '1 day'", "first_promised_due_at = now()", "code = code || '9'", "code = NULL",
        "submitter_id = (SELECT min(id) FROM accounts_user)", "channel = 'counter'", "state = 'DRAFT', code = NULL",
    ],
)  # fmt: skip
def test_what_is_filed_is_not_changed(dossier, change):
    assert is_refused(f"UPDATE dossiers_dossier SET {change}")


def test_a_filed_dossier_and_what_was_decided_and_asked_is_not_deleted(desk):
    desk.approved()
    desk.asked_for_supplement()
    for table in ("dossiers_dossier", "dossiers_decision", "dossiers_supplementitem", "dossiers_answerrevision"):
        assert is_refused(f"DELETE FROM {table}"), table
    assert is_refused("UPDATE dossiers_decision SET content = '{}'")
    assert is_refused("UPDATE dossiers_supplementitem SET reason = 'khác'")


def test_changed_decisions_and_requests_are_found(desk):
    decided, asked = desk.approved(), desk.asked_for_supplement()
    change_past_the_trigger(
        'UPDATE dossiers_decision SET content = content || \'{"conclusion": "Sai."}\'',
        "UPDATE dossiers_supplementitem SET reason = 'khác'",
    )
    assert "its decision was changed" in found_in(decided)
    assert "what it asked for was changed" in found_in(asked)


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE dossiers_dossier SET subject_name = 'Người Khác'", "differs from what was filed in subject.name"),
        ("UPDATE dossiers_answerrevision SET content = jsonb_set(content, '{answers,ap_phone}', '1')", "filed were changed"),
        ("UPDATE dossiers_answerrevision SET content = NULL, salt = ''", "filed were changed"),
        ("DELETE FROM dossiers_answerrevision", "no answers are kept"),
        ("DELETE FROM dossiers_eventtext", "its words were deleted"),
        ("UPDATE dossiers_eventtext SET note = 'Thiếu giấy tờ.'", "its words were changed"),
    ],
)
def test_changes_past_the_triggers_are_found(dossier, statement, sentence):
    change_past_the_trigger(statement)
    assert sentence in found_in(dossier)


# ---------------------------------------------------------------- events
def event_row(dossier, **facts):
    last = dossier.events.last()
    fields = {"sequence": last.sequence + 1, "source": last.target, "previous_hash": last.hash, "at": clock.now(), **facts}
    event = Event(dossier=dossier, step="assign", target=dossier.state, job="relay", text_digest="0" * 64, **fields)
    event.hash = event.computed_hash()
    return event


@pytest.mark.parametrize(
    "facts",
    [{"sequence": 9}, {"source": "DRAFT"}, {"previous_hash": "0" * 64}, {"format": 1}],
    ids=lambda facts: next(iter(facts)),
)
def test_an_event_continues_the_history(dossier, facts):
    with pytest.raises(DatabaseError, match="continues the history|newest format"), transaction.atomic():
        event_row(dossier, **facts).save(force_insert=True)


def test_the_application_writes_no_event_of_another_time(dossier, application_role):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {application_role}")
        for off in (dt.timedelta(hours=-1), dt.timedelta(days=-3), dt.timedelta(hours=1)):
            with pytest.raises(DatabaseError, match="written when it happens"), transaction.atomic():
                event_row(dossier, at=clock.now() + off).save(force_insert=True)
        event_row(dossier, at=clock.now() - dt.timedelta(minutes=5)).save(force_insert=True)
        cursor.execute("RESET ROLE")


# ---------------------------------------------------------------- erasure by law
def test_erasure_removes_words_answers_and_salts_and_the_chain_still_verifies(desk):
    dossier = workflow.advance(desk.submitted(), "refuse_receipt", actor=desk.clerk, note="Không thuộc thẩm quyền.")
    history.erase(dossier, ground="Khoản 2 Điều 16 Nghị định 13/2023/NĐ-CP")

    dossier.refresh_from_db()
    assert (dossier.answers, dossier.subject_name, dossier.subject_id_number) == ({}, "", "")
    revision = dossier.answer_revisions.get()
    assert (revision.content, revision.salt, revision.event.content_digest) == (None, "", revision.digest)
    texts = EventText.objects.filter(event__dossier=dossier)
    assert {(text.note, text.actor_name, text.salt) for text in texts} == {("", "", "")}
    assert history.problems(dossier) == []


def test_erasure_is_the_owners_and_needs_a_ground_and_an_end(desk, application_role):
    dossier = desk.submitted()
    with pytest.raises(ValueError, match="ended"):
        history.erase(dossier, ground="Luật")
    dossier = workflow.advance(dossier, "refuse_receipt", actor=desk.clerk, note="Không thuộc thẩm quyền.")
    with pytest.raises(ValueError, match="ground"):
        history.erase(dossier, ground=" ")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {application_role}")
        with pytest.raises(DatabaseError), transaction.atomic():
            history.erase(dossier, ground="Luật")
        cursor.execute("RESET ROLE")
    assert is_refused("UPDATE dossiers_eventtext SET erased_at = now(), salt = ''")  # without a ground, words kept


# ---------------------------------------------------------------- dossiers of earlier versions
def test_dossiers_filed_before_answers_were_kept_get_one_revision_that_says_so(dossier):
    change_past_the_trigger(
        "DELETE FROM dossiers_answerrevision", "UPDATE dossiers_event SET format = 1, content_digest = '', hash = ''",
    )  # fmt: skip
    previous = "0" * 64
    for event in dossier.events.select_related("dossier").order_by("sequence"):
        event.previous_hash = previous
        previous = event.computed_hash()
        change_past_the_trigger(
            f"UPDATE dossiers_event SET hash = '{previous}', previous_hash = '{event.previous_hash}' WHERE id = {event.pk}"
        )
    assert "no answers are kept" in found_in(dossier)

    import_module("dossiers.migrations.0004_rules_of_0_3").keep_present_answers(apps, None)

    revision = dossier.answer_revisions.get()
    assert (revision.kind, revision.event) == ("found", None)
    assert revision.content == history.filed_content(dossier)
    assert found_in(dossier) == ""
