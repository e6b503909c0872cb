"""The database refuses changes of what is filed. Dossiers of 0.2.0 get their first revision, and their steps say what they deliver."""

from django.db import migrations
from django.db.models import Q
from django.utils import timezone

from portal.common.digests import content_digest, new_salt
from portal.common.migrations import Closing


# Whoever asks owns the table, or is a superuser.
OWNER = "pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE')"
MAX_SECONDS_OFF = 600  # between the clocks of the application and of the database

WHAT_IS_FILED = f"""
CREATE FUNCTION guard_the_next_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last record;
BEGIN
    SELECT sequence, hash, target INTO last FROM dossiers_event WHERE dossier_id = NEW.dossier_id ORDER BY sequence DESC LIMIT 1;
    IF (NEW.sequence, NEW.previous_hash, NEW.source) IS DISTINCT FROM
       (coalesce(last.sequence, 0) + 1, coalesce(last.hash, repeat('0', 64)), coalesce(last.target, 'DRAFT'))
    THEN
        RAISE EXCEPTION 'an event continues the history of its dossier' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.format < 2 THEN
        RAISE EXCEPTION 'new events are written in the newest format' USING ERRCODE = 'restrict_violation';
    END IF;
    IF abs(extract(epoch FROM clock_timestamp() - NEW.at)) > {MAX_SECONDS_OFF} AND NOT {OWNER} THEN
        RAISE EXCEPTION 'an event is written when it happens' USING ERRCODE = 'restrict_violation',
            HINT = 'Are the clocks of the application and of the database set?';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER an_event_continues_the_history BEFORE INSERT ON dossiers_event
    FOR EACH ROW EXECUTE FUNCTION guard_the_next_event();

CREATE FUNCTION refuse_change_but_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    erasable text[] := '{{actor_name, note, details, content, salt, erased_at, erased_ground}}';
    new_row jsonb;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        new_row := to_jsonb(NEW);
        IF NEW.erased_at IS NOT NULL AND OLD.erased_at IS NULL AND NEW.erased_ground <> '' AND NEW.salt = ''
            AND coalesce(new_row->>'actor_name', '') = '' AND coalesce(new_row->>'note', '') = ''
            AND coalesce(new_row->>'details', '{{}}') = '{{}}' AND new_row->>'content' IS NULL
            AND new_row - erasable = to_jsonb(OLD) - erasable AND {OWNER}
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% keeps what was written, unless it is erased by law', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER words_are_kept BEFORE UPDATE OR DELETE ON dossiers_eventtext
    FOR EACH ROW EXECUTE FUNCTION refuse_change_but_erasure();
CREATE TRIGGER words_are_never_truncated BEFORE TRUNCATE ON dossiers_eventtext
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history();
CREATE TRIGGER answers_are_kept BEFORE UPDATE OR DELETE ON dossiers_answerrevision
    FOR EACH ROW EXECUTE FUNCTION refuse_change_but_erasure();
CREATE TRIGGER answers_are_never_truncated BEFORE TRUNCATE ON dossiers_answerrevision
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history();
CREATE TRIGGER decisions_are_frozen BEFORE UPDATE OR DELETE ON dossiers_decision
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history();
CREATE TRIGGER what_was_asked_is_frozen BEFORE UPDATE OR DELETE ON dossiers_supplementitem
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history();

CREATE FUNCTION guard_what_is_filed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE kept record;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.code IS NOT NULL THEN
            RAISE EXCEPTION 'a filed dossier is never deleted' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.code IS NOT NULL AND (
        (NEW.code, NEW.version_id, NEW.channel, NEW.submitter_id, NEW.person_id, NEW.organisation_id, NEW.mandate_id,
         NEW.entered_by_id, NEW.code_agency_id, NEW.created_at, NEW.submitted_at, NEW.declared_at, NEW.filed_as)
        IS DISTINCT FROM
        (OLD.code, OLD.version_id, OLD.channel, OLD.submitter_id, OLD.person_id, OLD.organisation_id, OLD.mandate_id,
         OLD.entered_by_id, OLD.code_agency_id, OLD.created_at, OLD.submitted_at, OLD.declared_at, OLD.filed_as)
        OR OLD.accepted_at IS NOT NULL AND NEW.accepted_at IS DISTINCT FROM OLD.accepted_at
        OR OLD.first_promised_due_at IS NOT NULL AND NEW.first_promised_due_at IS DISTINCT FROM OLD.first_promised_due_at
        OR OLD.decided_at IS NOT NULL AND NEW.decided_at IS DISTINCT FROM OLD.decided_at
    ) THEN
        RAISE EXCEPTION 'what is filed is never changed' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state <> OLD.state AND NEW.state IS DISTINCT FROM
        (SELECT target FROM dossiers_event WHERE dossier_id = NEW.id ORDER BY sequence DESC LIMIT 1)
    THEN
        RAISE EXCEPTION 'the state of a dossier follows from its history' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.code IS NOT NULL AND (
        OLD.code IS NULL
        OR (NEW.answers, NEW.asked, NEW.subject_name, NEW.subject_id_number, NEW.subject_address, NEW.subject_phone,
            NEW.subject_email) IS DISTINCT FROM
           (OLD.answers, OLD.asked, OLD.subject_name, OLD.subject_id_number, OLD.subject_address, OLD.subject_phone,
            OLD.subject_email)
    ) THEN
        SELECT content INTO kept FROM dossiers_answerrevision WHERE dossier_id = NEW.id ORDER BY id DESC LIMIT 1;
        IF NOT FOUND OR (NEW.answers, NEW.asked, NEW.subject_name, NEW.subject_id_number, NEW.subject_address,
                         NEW.subject_phone, NEW.subject_email) IS DISTINCT FROM
            (coalesce(kept.content->'answers', '{{}}'), coalesce(kept.content->'asked', '{{}}'),
             coalesce(kept.content#>>'{{subject,name}}', ''), coalesce(kept.content#>>'{{subject,id_number}}', ''),
             coalesce(kept.content#>>'{{subject,address}}', ''), coalesce(kept.content#>>'{{subject,phone}}', ''),
             coalesce(kept.content#>>'{{subject,email}}', ''))
        THEN
            RAISE EXCEPTION 'a dossier says what its newest revision says' USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER what_is_filed_is_guarded BEFORE UPDATE OR DELETE ON dossiers_dossier
    FOR EACH ROW EXECUTE FUNCTION guard_what_is_filed();
"""
NO_WHAT_IS_FILED = """
DROP TRIGGER what_is_filed_is_guarded ON dossiers_dossier;
DROP TRIGGER what_was_asked_is_frozen ON dossiers_supplementitem;
DROP TRIGGER decisions_are_frozen ON dossiers_decision;
DROP TRIGGER answers_are_never_truncated ON dossiers_answerrevision;
DROP TRIGGER answers_are_kept ON dossiers_answerrevision;
DROP TRIGGER words_are_never_truncated ON dossiers_eventtext;
DROP TRIGGER words_are_kept ON dossiers_eventtext;
DROP TRIGGER an_event_continues_the_history ON dossiers_event;
DROP FUNCTION guard_what_is_filed();
DROP FUNCTION refuse_change_but_erasure();
DROP FUNCTION guard_the_next_event();
"""

# The programs of 0.2.0 wrote format 1 without saying so.
NO_DEFAULT_FORMAT = "ALTER TABLE dossiers_event ALTER COLUMN format DROP DEFAULT"

ANCHORS = """
CREATE FUNCTION guard_anchors() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE' THEN
        RAISE EXCEPTION 'an anchor is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.day <> OLD.day
        OR OLD.document <> '' AND (NEW.document, NEW.signature, NEW.certificates) IS DISTINCT FROM
                                  (OLD.document, OLD.signature, OLD.certificates)
        OR OLD.time_token <> '' AND NEW.time_token <> OLD.time_token
    THEN
        RAISE EXCEPTION 'an anchor is never changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER anchors_are_guarded BEFORE UPDATE OR DELETE ON dossiers_anchor
    FOR EACH ROW EXECUTE FUNCTION guard_anchors();
CREATE TRIGGER anchors_are_never_truncated BEFORE TRUNCATE ON dossiers_anchor
    FOR EACH STATEMENT EXECUTE FUNCTION guard_anchors();
CREATE TRIGGER leaves_are_frozen BEFORE UPDATE OR DELETE ON dossiers_anchorleaf
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history();
CREATE TRIGGER leaves_are_never_truncated BEFORE TRUNCATE ON dossiers_anchorleaf
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history();
"""
NO_ANCHORS = """
DROP TRIGGER leaves_are_never_truncated ON dossiers_anchorleaf;
DROP TRIGGER leaves_are_frozen ON dossiers_anchorleaf;
DROP TRIGGER anchors_are_never_truncated ON dossiers_anchor;
DROP TRIGGER anchors_are_guarded ON dossiers_anchor;
DROP FUNCTION guard_anchors();
"""

RESULT_DRAFTS = """
CREATE TRIGGER drafts_of_results_are_kept BEFORE UPDATE OR DELETE ON dossiers_resultdraft
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history();
CREATE TRIGGER drafts_of_results_are_never_truncated BEFORE TRUNCATE ON dossiers_resultdraft
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history();
CREATE TRIGGER what_was_seen_is_kept BEFORE UPDATE OR DELETE ON dossiers_paperseen
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_history();
"""
NO_RESULT_DRAFTS = """
DROP TRIGGER what_was_seen_is_kept ON dossiers_paperseen;
DROP TRIGGER drafts_of_results_are_never_truncated ON dossiers_resultdraft;
DROP TRIGGER drafts_of_results_are_kept ON dossiers_resultdraft;
"""

INTAKE = f"""
CREATE FUNCTION guard_the_intake() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE erasable text[] := '{{brought_by, brought_number, letter_number, letter_contents, missing}}';
BEGIN
    IF TG_OP = 'UPDATE' AND {OWNER} THEN  -- erased by law: the words go, the rest stays
        IF (NEW.brought_by, NEW.brought_number, NEW.letter_number, NEW.letter_contents, NEW.missing) = ('', '', '', '', '')
            AND to_jsonb(NEW) - erasable = to_jsonb(OLD) - erasable
        THEN
            RETURN NEW;
        END IF;
    END IF;
    IF (SELECT code FROM dossiers_dossier WHERE id = OLD.dossier_id) IS NOT NULL THEN
        RAISE EXCEPTION 'how a dossier was taken in is never changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER the_intake_is_kept BEFORE UPDATE OR DELETE ON dossiers_counterintake
    FOR EACH ROW EXECUTE FUNCTION guard_the_intake();
"""
NO_INTAKE = """
DROP TRIGGER the_intake_is_kept ON dossiers_counterintake;
DROP FUNCTION guard_the_intake();
"""

BATCH = 500


def keep_present_answers(apps, schema_editor):
    """What dossiers filed before answers were kept say today becomes a revision of the kind «found».

    No event can carry its digest; from the next anchor on it is covered there.
    """
    Dossier, Attachment = apps.get_model("dossiers", "Dossier"), apps.get_model("files", "Attachment")
    AnswerRevision = apps.get_model("dossiers", "AnswerRevision")
    filed = Dossier.objects.filter(code__isnull=False, answer_revisions=None).select_related("version__procedure")
    rows = []
    for dossier in filed.order_by("pk").iterator(chunk_size=BATCH):
        files = Attachment.objects.filter(dossier=dossier, replaced_at=None, staged_in=None).order_by("pk")
        content, salt = _content(dossier, files), new_salt()
        digest = content_digest(content, salt)
        rows.append(AnswerRevision(dossier=dossier, kind="found", content=content, salt=salt, digest=digest))
        if len(rows) >= BATCH:
            AnswerRevision.objects.bulk_create(rows)
            rows = []
    AnswerRevision.objects.bulk_create(rows)


def _content(dossier, files):
    """As `dossiers.workflow.history.filed_content` was when this migration was written."""
    subject = {name: getattr(dossier, f"subject_{name}") for name in ("name", "id_number", "address", "phone", "email")}
    filing = {
        "procedure": dossier.version.procedure.code,
        "version": dossier.version.number,
        "version_sha256": dossier.version.sha256,
        "channel": dossier.channel,
        "filed_at": _moment(dossier.submitted_at),
        "declared_at": _moment(dossier.declared_at),
        "person": dossier.person_id,
        "organisation": dossier.organisation_id,
        "submitter": dossier.submitter_id,
        "mandate": dossier.mandate_id,
        "entered_by": dossier.entered_by_id,
    }
    there = {
        str(n): {"item": file.item_key, "page": file.page, "name": file.name, "size": file.size, "sha256": file.sha256}
        for n, file in enumerate(files, 1)
    }
    return {"answers": dossier.answers, "asked": dossier.asked, "subject": subject, "filing": filing, "files": there}


def _moment(moment):
    return moment.isoformat(timespec="microseconds") if moment else None


DRAFT = {"kind": "draft", "label": "bản soạn kết quả", "line": None}
OPINION = {"kind": "opinion", "label": "ý kiến trả lời", "line": None}


def put_steps_in_order(apps, schema_editor):
    """What steps must deliver, steps left open by dossiers that ended, clocks that stood still for an answer nobody waits for."""
    runs = apps.get_model("dossiers", "StepRun").objects
    dossiers = apps.get_model("dossiers", "Dossier").objects
    intervals = apps.get_model("dossiers", "ClockInterval").objects

    ended = Q(dossier__decided_at__isnull=False) | Q(dossier__state__in=["RETURNED", "NOT_ACCEPTED", "STOPPED"])
    runs.filter(ended, state="open").update(state="cancelled")

    # Where the result was drafted was inferred: the last review by an officer before the signature, in each round.
    last = {}
    for run in runs.filter(kind="review", role="officer").order_by("round", "position", "pk"):
        last[run.dossier_id, run.round] = run.pk
    runs.filter(pk__in=last.values(), state__in=["open", "waiting"]).update(produces=DRAFT)
    runs.filter(kind="consult", state__in=["open", "waiting"]).update(produces=OPINION)

    now = timezone.now()
    asked = runs.filter(kind="applicant_confirm", state="open").exclude(question="").values("dossier")
    for still in intervals.filter(kind="applicant", ended_at=None).exclude(dossier__in=asked):
        still.ended_at = now
        still.save(update_fields=["ended_at"])
        if still.dossier.state == "PROCESSING" and still.dossier.decided_at is None:
            intervals.create(dossier=still.dossier, kind="running", started_at=now)
            dossiers.filter(pk=still.dossier_id).update(recounted_for="")


class Migration(Closing):
    dependencies = [
        ("dossiers", "0003_tables_of_0_3"),
        ("files", "0002_tables_of_0_3"),
    ]
    operations = [
        migrations.RunPython(keep_present_answers, migrations.RunPython.noop),
        migrations.RunPython(put_steps_in_order, migrations.RunPython.noop),
        migrations.RunSQL(NO_DEFAULT_FORMAT, migrations.RunSQL.noop),
        migrations.RunSQL(WHAT_IS_FILED, NO_WHAT_IS_FILED),
        migrations.RunSQL(ANCHORS, NO_ANCHORS),
        migrations.RunSQL(RESULT_DRAFTS, NO_RESULT_DRAFTS),
        migrations.RunSQL(INTAKE, NO_INTAKE),
    ]
