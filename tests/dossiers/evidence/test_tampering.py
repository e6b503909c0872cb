"""One hundred tamperings, seeded: by class, by role of the database, before and after the last anchor.

The application role is refused, or what it did is found at once. The owner switches the triggers off: what an anchor covers is
found by the check; what came after it, against a printed acknowledgement.
"""

import collections
import datetime as dt
import random

import pytest
from django.contrib.admin.models import LogEntry
from django.db import DatabaseError, connection, transaction

from accounts.models import AccessLog
from dossiers import invariants, workflow
from dossiers.evidence.acknowledgements import event_as_printed
from dossiers.models import AnswerRevision, Dossier, Event, EventText, FollowUp, SupplementRequest
from dossiers.papers.models import IssuedPaper
from portal.common import clock
from portal.common.digests import content_digest, sha256
from tests import factories

SEED = 20261128
APPLICATION, OWNER, AFTERWARDS = "application", "owner", "owner after the anchor"


class Undone(Exception):
    """Rolls a tampering back."""


def sql(statement):
    """A class of tampering in one statement; `{d}` is the key of the dossier."""

    def tamper(dossier, dice):
        with connection.cursor() as cursor:
            for part in statement.format(d=dossier.pk, n=dice.randint(2, 60)).split(";"):
                cursor.execute(part)

    return tamper


def forge(dossier, **facts):
    """An event that continues the chain correctly, and says what did not happen."""
    last = dossier.events.last()
    event = Event(
        dossier=dossier, sequence=last.sequence + 1, step="accept", source=last.target, target=last.target, job="relay",
        text_digest=sha256(""), previous_hash=last.hash, **facts,
    )  # fmt: skip
    event.hash = event.computed_hash()
    event.save(force_insert=True)


def back_date(dossier, dice):
    forge(dossier, at=clock.now() - dt.timedelta(days=dice.randint(1, 40)))


def rewrite(dossier, dice):
    """Everything anew and consistent: other answers, their digest, all hashes after them."""
    dossier = Dossier.objects.get(pk=dossier.pk)
    revision = dossier.answer_revisions.last()
    content = {**revision.content, "answers": {**dossier.answers, "request_detail": f"Điều khác {dice.random()}"}}
    digest, previous = content_digest(content, revision.salt), "0" * 64
    events = list(dossier.events.select_related("dossier"))
    AnswerRevision.objects.filter(pk=revision.pk).update(content=content, digest=digest)
    Dossier.objects.filter(pk=dossier.pk).update(answers=content["answers"])
    for event in events:
        event.previous_hash = previous
        if event.pk == revision.event_id:
            event.content_digest = digest
        event.hash = previous = event.computed_hash()
        facts = {"previous_hash": event.previous_hash, "content_digest": event.content_digest, "hash": event.hash}
        Event.objects.filter(pk=event.pk).update(**facts)


def cut_off(first, **columns):
    """All events from this one on, with what hangs on them; the dossier as if they had never been."""

    def tamper(dossier, dice):
        events = Event.objects.filter(dossier=dossier, sequence__gte=first)
        since = events.order_by("sequence").values_list("at", flat=True).first()
        dossier.intervals.filter(started_at__gte=since)._raw_delete("default")
        dossier.intervals.filter(ended_at__gte=since).update(ended_at=None)
        for model in (FollowUp, EventText, AnswerRevision, SupplementRequest, IssuedPaper):
            model.objects.filter(event__in=list(events.values_list("pk", flat=True)))._raw_delete("default")
        events._raw_delete("default")
        left = dossier.answer_revisions.last()
        Dossier.objects.filter(pk=dossier.pk).update(**columns, **({"answers": left.content["answers"]} if left else {}))

    return tamper


def delete(dossier, dice):
    cut_off(1)(dossier, dice)
    Dossier.objects.filter(pk=dossier.pk)._raw_delete("default")


CLASSES = {
    "back-dated event": back_date,
    "answers": sql(
        "UPDATE dossiers_dossier SET answers = jsonb_set(answers, '{{request_detail}}', '\"khác {n}\"') WHERE id = {d}"
    ),
    "answers and their revision": sql(
        "UPDATE dossiers_answerrevision SET content = jsonb_set(content, '{{answers,request_detail}}', '\"khác {n}\"')"
        " WHERE dossier_id = {d}; UPDATE dossiers_dossier SET answers = (SELECT content->'answers' FROM dossiers_answerrevision"
        " WHERE dossier_id = {d} ORDER BY id DESC LIMIT 1) WHERE id = {d}"
    ),
    "name": sql("UPDATE dossiers_dossier SET subject_name = 'Người Khác {n}' WHERE id = {d}"),
    "submitter": sql("UPDATE dossiers_dossier SET submitter_id = (SELECT min(id) FROM accounts_user) WHERE id = {d}"),
    "date of filing": sql("UPDATE dossiers_dossier SET submitted_at = submitted_at - interval '{n} hours' WHERE id = {d}"),
    "state": sql("UPDATE dossiers_dossier SET state = 'STOPPED' WHERE id = {d}"),
    "newest event cut off": cut_off(2, state="SUBMITTED", accepted_at=None),
    "dossier deleted": delete,
    "event": sql("UPDATE dossiers_event SET at = at - interval '{n} hours' WHERE dossier_id = {d} AND sequence = 1"),
    "words changed": sql(
        "UPDATE dossiers_eventtext SET note = 'Khác {n}'"
        " WHERE event_id = (SELECT min(id) FROM dossiers_event WHERE dossier_id = {d})"
    ),
    "words deleted": sql(
        "DELETE FROM dossiers_eventtext WHERE event_id = (SELECT min(id) FROM dossiers_event WHERE dossier_id = {d})"
    ),
    "file deleted": sql("DELETE FROM files_attachment WHERE dossier_id = {d}"),
    "file exchanged": sql("UPDATE files_attachment SET sha256 = repeat('{n}', 32) WHERE dossier_id = {d}"),
    "file hidden": sql("UPDATE files_attachment SET replaced_at = now() WHERE dossier_id = {d}"),
    "paper deleted": sql("DELETE FROM papers_issuedpaper WHERE dossier_id = {d}"),
    "paper exchanged": sql("UPDATE papers_issuedpaper SET number = '{n}', sha256 = repeat('a', 64) WHERE dossier_id = {d}"),
    "admin log": sql("DELETE FROM django_admin_log"),
    "access log": sql("UPDATE accounts_accesslog SET page = '/khac/{n}/'"),
    "administrator": sql("UPDATE accounts_user SET is_superuser = true WHERE id = (SELECT min(id) FROM accounts_user)"),
    "dossier rewritten": rewrite,
}
# After the last anchor the database alone cannot tell; each of these changes what a printed hash covers.
AFTER = {
    "dossier rewritten": rewrite,
    "newest event cut off": cut_off(3, state="SUPPLEMENT_REQUIRED", came_from="SUBMITTED"),
    "dossier deleted": delete,
}


@pytest.fixture
def matters(desk, make_anchor):
    """Dossiers under an anchor, with file and paper; log rows; and one filed and supplemented after the anchor."""
    covered = []
    for _n in range(3):
        draft = desk.draft()
        factories.attachment(draft, "1.1")
        dossier = workflow.advance(workflow.submit(draft, actor=draft.submitter), "accept", actor=desk.clerk, note="Đủ giấy tờ.")
        file = dossier.attachments.get()
        IssuedPaper.objects.create(dossier=dossier, event=dossier.events.first(), kind="acknowledgement", number=str(dossier.pk),
                                   storage_key=file.storage_key, sha256=file.sha256, size=file.size)  # fmt: skip
        covered.append(dossier)
    AccessLog.objects.create(actor=desk.clerk, action="view", target="dossier:1", page="/")
    LogEntry.objects.create(user=desk.head, object_repr="x", action_flag=2)
    make_anchor()
    later = desk.asked_for_supplement()
    factories.edit_supplement(later, "Xin xác nhận để vay vốn ở ngân hàng.")
    later = workflow.advance(later, "resubmit", actor=later.submitter)
    return covered, later


def outcome(tamper, dossier, dice, *, role, printed=None):
    """«refused», «found», «found against the paper» or «unseen». The tampering is undone."""
    result = "unseen"
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {role}" if role else "SET LOCAL session_replication_role = replica")
            tamper(dossier, dice)
            cursor.execute("RESET ROLE" if role else "SET LOCAL session_replication_role = DEFAULT")
            if any(invariants.violations()):
                result = "found"
            elif printed and event_as_printed(*printed) is None:
                result = "found against the paper"
            raise Undone
    except Undone:
        return result
    except DatabaseError:
        return "refused"


EXPECTED = {APPLICATION: {"refused", "found"}, OWNER: {"found"}, AFTERWARDS: {"found against the paper"}}


@pytest.mark.slow
def test_of_a_hundred_tamperings_none_stays_unseen(matters, application_role, capsys):
    covered, later = matters
    assert list(invariants.violations()) == []
    dice, table = random.Random(SEED), collections.defaultdict(collections.Counter)
    printed = (later.code, later.events.last().hash)
    plan = [(name, APPLICATION) for name in CLASSES] * 2 + [(name, OWNER) for name in CLASSES] * 2
    plan += [(name, AFTERWARDS) for name in AFTER]
    plan += dice.choices(plan, k=100 - len(plan))
    for name, role in plan:
        after = role == AFTERWARDS
        tamper = (AFTER if after else CLASSES)[name]
        dossier = later if after else dice.choice(covered)
        found = outcome(
            tamper, dossier, dice, role=application_role if role == APPLICATION else None, printed=printed if after else None
        )
        table[name, role][found] += 1
    with capsys.disabled():
        print()
        for (name, role), counts in sorted(table.items(), key=lambda row: (row[0][1], row[0][0])):
            print(f"  {role:24} {name:28} {', '.join(f'{n} {what}' for what, n in counts.items())}")
    assert sum(counts.total() for counts in table.values()) == 100
    for (name, role), counts in table.items():
        assert set(counts) <= EXPECTED[role], name
    assert list(invariants.violations()) == []
