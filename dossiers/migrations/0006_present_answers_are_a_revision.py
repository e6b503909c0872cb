"""Dossiers filed before answers were kept: what they say today becomes a revision of the kind «found». No event can carry its
digest; from the next anchor on it is covered there."""

from django.db import migrations

from portal.common.digests import content_digest, new_salt

BATCH = 500


def keep_present_answers(apps, schema_editor):
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


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0005_answers_are_kept"), ("files", "0003_pdfs_are_their_own_originals")]
    operations = [migrations.RunPython(keep_present_answers, migrations.RunPython.noop)]
