"""Makes and verifies the daily anchors.

An anchor is a signed text with the Merkle root over everything that is new since the anchor before: the head of each history that
moved, issued papers, and the slices of the logs. It names the hash of the anchor before, so the newest one covers all. It is kept
in the database, as a file in ANCHOR_DIR, and at a fixed public address; where TSA_URL is set, with a time token (RFC 3161).
"""

import base64
import datetime as dt
import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

from django.conf import settings
from django.db import connection

from dossiers.models import Anchor, AnchorLeaf
from dossiers.papers import certificates
from portal.common import clock, outbox
from portal.common.digests import canonical, merkle_root, sha256

PORTAL = SimpleNamespace(code="CONG", name="Cổng dịch vụ công")  # whose key signs: SIGNING_DIR/agencies/CONG.key
NOT_BEFORE = dt.time(0, 30)  # local time of the day
RETRY = dt.timedelta(minutes=5)  # for what must come first: the anchor before, the time token
LOG_GRACE = dt.timedelta(hours=1)  # younger rows of a log wait for the next anchor: their transactions may still be open
EVENT_GRACE = dt.timedelta(minutes=30)
SILENT_AFTER = dt.timedelta(days=2)

# What stands in the tree: rows as (ref, sequence, text of the leaf).
SOURCES = {
    AnchorLeaf.Kind.EVENT: """
        SELECT e.dossier_id AS ref, e.sequence, concat_ws('|', 'event', d.code, e.sequence, e.hash) AS text
        FROM dossiers_event e JOIN dossiers_dossier d ON d.id = e.dossier_id""",
    AnchorLeaf.Kind.PAPER: """
        SELECT p.id AS ref, 0 AS sequence, concat_ws('|', 'paper', d.code, p.kind, p.number, p.sha256) AS text
        FROM papers_issuedpaper p JOIN dossiers_dossier d ON d.id = p.dossier_id""",
    AnchorLeaf.Kind.ANSWERS: """
        SELECT r.id AS ref, 0 AS sequence, concat_ws('|', 'answers', d.code, r.digest) AS text
        FROM dossiers_answerrevision r JOIN dossiers_dossier d ON d.id = r.dossier_id WHERE r.event_id IS NULL""",
}
LEAF_HASH = r"encode(sha256('\x00'::bytea || convert_to(s.text, 'UTF8')), 'hex')"
# Append-only logs beside the histories, with their column of time. An anchor holds one digest over the new rows of each.
LOGS = {"accounts_accesslog": "at", "accounts_administratorchange": "at", "django_admin_log": "action_time"}


# ---------------------------------------------------------------- making
def run() -> None:
    """Periodic job: owe the anchor of today, once the day has begun, and try again those that were given up."""
    today = clock.today()
    if clock.local(clock.now()).time() >= NOT_BEFORE and not Anchor.objects.filter(day__gte=today).exists():
        Anchor.objects.get_or_create(day=today)
        for given_up in Anchor.objects.filter(due_state=outbox.OutboxState.DEAD):
            given_up.resend()


@outbox.worker(Anchor)
def make(anchor: Anchor) -> None:
    """First time: write leaves, text and signature. Next time: copy them to ANCHOR_DIR, and wait for the time token, if any."""
    if Anchor.objects.filter(day__lt=anchor.day, document="").exists():
        _come_again(anchor, RETRY)  # each anchor continues the one before
        return
    if not anchor.document:
        leaves = _write_leaves(anchor)
        anchor.document = _document(anchor, leaves)
        signature, anchor.certificates = certificates.sign_bytes(PORTAL, anchor.document.encode())
        anchor.signature = base64.b64encode(signature).decode()
        anchor.save(update_fields=["document", "signature", "certificates"])
        _come_again(anchor, dt.timedelta(0))
        return
    _write_once(_file(anchor.day, "json"), as_file(anchor))
    if anchor.time_token:
        _write_once(_file(anchor.day, "tsr"), base64.b64decode(anchor.time_token))
    elif settings.TSA_URL and clock.now() - anchor.created_at < outbox.DEAD_AFTER:
        _come_again(anchor, RETRY)


@outbox.after_commit(Anchor)
def fetch_time_token(anchor: Anchor) -> None:
    """Ask the time stamping service of TSA_URL, while no lock is held."""
    if settings.TSA_URL and anchor.document and not anchor.time_token:
        from dossiers.evidence import time_tokens  # here: pyHanko takes half a second to load, and most processes never ask

        token = time_tokens.fetch(settings.TSA_URL, anchor.document.encode())
        Anchor.objects.filter(pk=anchor.pk, time_token="").update(time_token=base64.b64encode(token).decode())


def _come_again(anchor: Anchor, after: dt.timedelta) -> None:
    anchor.keep_waiting, anchor.leased_until, anchor.next_at = True, None, clock.now() + after
    anchor.save(update_fields=["leased_until", "next_at"])


def _write_leaves(anchor: Anchor) -> list[str]:
    """Leaves for everything that no anchor covers yet; of each history only its head. Returns the hashes in order."""
    with connection.cursor() as cursor:
        for kind, source in SOURCES.items():
            cursor.execute(
                f"""INSERT INTO dossiers_anchorleaf (anchor_id, position, kind, ref, sequence, hash)
                SELECT %s, (SELECT count(*) FROM dossiers_anchorleaf WHERE anchor_id = %s) + row_number() OVER (ORDER BY ref) - 1,
                    %s, ref, sequence, {LEAF_HASH}
                FROM (
                    SELECT DISTINCT ON (ref) * FROM ({source}) new
                    WHERE NOT EXISTS (SELECT FROM dossiers_anchorleaf l
                        WHERE l.kind = %s AND l.ref = new.ref AND l.sequence >= new.sequence)
                    ORDER BY ref, sequence DESC
                ) s""",
                [anchor.pk, anchor.pk, kind, kind],
            )
    return list(anchor.leaves.order_by("position").values_list("hash", flat=True))


def _document(anchor: Anchor, leaves: list[str]) -> str:
    before = Anchor.objects.filter(day__lt=anchor.day).exclude(document="").last()
    said = json.loads(before.document) if before else {}
    return canonical(
        {
            "portal": settings.SITE_URL,
            "day": anchor.day.isoformat(),
            "made_at": clock.now().isoformat(timespec="seconds"),
            "previous": sha256(before.document) if before else "",
            "leaves": len(leaves),
            "root": merkle_root(leaves),
            "logs": [_slice(table, said) for table in LOGS],
        }
    )


def _slice(table: str, said_before: dict) -> dict:
    """The rows of a log since the anchor before: where they end, which columns count, how many, and their digest."""
    start = next((log["to"] for log in said_before.get("logs", []) if log["table"] == table), 0)
    with connection.cursor() as cursor:
        columns = [column.name for column in connection.introspection.get_table_description(cursor, table)]
        quoted, moment = connection.ops.quote_name(table), connection.ops.quote_name(LOGS[table])
        cursor.execute(f"SELECT coalesce(max(id), %s) FROM {quoted} WHERE id > %s AND {moment} < %s",
                       [start, start, clock.now() - LOG_GRACE])  # fmt: skip
        log = {"table": table, "columns": columns, "after": start, "to": cursor.fetchone()[0]}
    return {**log, **_digest_of_slice(log)}


def _digest_of_slice(log: dict) -> dict:
    quote = connection.ops.quote_name
    row = f"jsonb_build_array({', '.join(quote(column) for column in log['columns'])})::text"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT count(*), encode(sha256(convert_to(
                coalesce(string_agg(encode(sha256(convert_to({row}, 'UTF8')), 'hex'), '' ORDER BY id), ''), 'UTF8')), 'hex')
            FROM {quote(log["table"])} WHERE id > %s AND id <= %s""",
            [log["after"], log["to"]],
        )
        rows, digest = cursor.fetchone()
    return {"rows": rows, "digest": digest}


# ---------------------------------------------------------------- the copy outside
def as_file(anchor: Anchor) -> bytes:
    """What is published: the signed text word for word, its signature, the certificates."""
    told = {"document": anchor.document, "signature": anchor.signature, "certificates": anchor.certificates}
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()


def _file(day: dt.date, ending: str) -> Path:
    return Path(settings.ANCHOR_DIR) / f"{day.isoformat()}.{ending}"


def _write_once(path: Path, content: bytes) -> None:
    """Write durably. An older file of this name is left as it is: it is what others have seen, and the check compares it."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with open(fresh, "wb") as target:
        target.write(content)
        target.flush()
        os.fsync(target.fileno())
    fresh.rename(path)


# ---------------------------------------------------------------- verifying
def problems() -> Iterator[str]:
    """One sentence for each error: an anchor that is not whole, differs from its copy outside, or is contradicted by our rows."""
    before, last = "", None
    for anchor in Anchor.objects.exclude(document="").order_by("day").iterator(chunk_size=50):
        yield from _of_one(anchor, before)
        before, last = sha256(anchor.document), anchor
    yield from _of_files()
    yield from _of_rows()
    if last:
        yield from _since(last)


def _of_one(anchor: Anchor, before: str) -> Iterator[str]:
    where, said = f"anchor {anchor.day}", json.loads(anchor.document)
    signature = base64.b64decode(anchor.signature)
    if reason := certificates.why_not_signed(PORTAL, anchor.document.encode(), signature, anchor.certificates):
        yield f"{where}: its signature does not hold ({reason})"
    if said["previous"] != before:
        yield f"{where}: does not continue the anchor before"
    leaves = list(anchor.leaves.order_by("position").values_list("hash", flat=True))
    if (said["day"], said["leaves"], said["root"]) != (anchor.day.isoformat(), len(leaves), merkle_root(leaves)):
        yield f"{where}: its leaves are not those that were signed"
    for log in said["logs"]:
        if _digest_of_slice(log) != {"rows": log["rows"], "digest": log["digest"]}:
            yield f"{where}: rows of {log['table']} up to {log['to']} were changed or deleted"
    if anchor.time_token and (reason := _why_no_time(anchor)):
        yield f"{where}: its time token does not hold ({reason})"


def _why_no_time(anchor: Anchor) -> str:
    from dossiers.evidence import time_tokens

    return time_tokens.why_not(base64.b64decode(anchor.time_token), anchor.document.encode())


def _of_files() -> Iterator[str]:
    """The copies outside, against the rows. A day without its copy is named only when it is no longer being made."""
    rows = {anchor.day.isoformat(): anchor for anchor in Anchor.objects.exclude(document="")}
    copies = {path.stem: path for path in Path(settings.ANCHOR_DIR).glob("????-??-??.json")}
    for day in sorted(copies.keys() | rows.keys()):
        if day not in rows:
            yield f"anchor {day}: stands outside, the database has none"
        elif day not in copies:
            if rows[day].due_state != outbox.OutboxState.WAITING:
                yield f"anchor {day}: has no copy outside"
        elif copies[day].read_bytes() != as_file(rows[day]):
            yield f"anchor {day}: differs from its copy outside"


def _of_rows() -> Iterator[str]:
    """Leaves whose event, paper or answers are gone or say something else now."""
    with connection.cursor() as cursor:
        for kind, source in SOURCES.items():
            cursor.execute(
                f"""SELECT l.ref, l.sequence, d.day FROM dossiers_anchorleaf l JOIN dossiers_anchor d ON d.id = l.anchor_id
                LEFT JOIN ({source}) s ON s.ref = l.ref AND s.sequence = l.sequence
                WHERE l.kind = %s AND l.hash IS DISTINCT FROM {LEAF_HASH}""",
                [kind],
            )
            for ref, sequence, day in cursor.fetchall():
                yield f"anchor {day}: {kind} {ref}/{sequence} is gone or is not what was anchored"


def _since(last: Anchor) -> Iterator[str]:
    """Events that no anchor covers, though they are dated before the last one; and days without any anchor."""
    made_at = dt.datetime.fromisoformat(json.loads(last.document)["made_at"])
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT d.code, e.sequence FROM dossiers_event e JOIN dossiers_dossier d ON d.id = e.dossier_id
            WHERE e.at < %s AND NOT EXISTS (SELECT FROM dossiers_anchorleaf l
                WHERE l.kind = 'event' AND l.ref = e.dossier_id AND l.sequence >= e.sequence)""",
            [made_at - EVENT_GRACE],
        )
        for code, sequence in cursor.fetchall():
            yield f"{code} #{sequence}: is dated before anchor {last.day}, which did not have it"
    if clock.now() - made_at > SILENT_AFTER:
        yield f"no anchor since {last.day}"
