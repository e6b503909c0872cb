"""The proof file of a dossier: what a citizen needs to show with `verify.py`, and without us, what was filed and when.

It holds personal data: the answers with the salts of their fields. Whoever gets it to check may be given less: a field whose
`salt` and `value` are removed still counts by its `digest`.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from dossiers.models import AnchorLeaf, AnswerRevision, Dossier, Event, EventText
from portal.common.digests import field_digest, flat, merkle_path, salt_of_field

FORMAT = 1


def file_name(dossier: Dossier) -> str:
    return f"bang-chung-{dossier.code}.json"


def anchored(dossier: Dossier) -> AnchorLeaf | None:
    """The newest leaf over the history of this dossier, or None before its first anchor."""
    leaves = AnchorLeaf.objects.filter(kind=AnchorLeaf.Kind.EVENT, ref=dossier.pk).select_related("anchor")
    return leaves.order_by("-sequence").first()


def proof(dossier: Dossier) -> dict[str, Any] | None:
    """The proof file as a dictionary; None before the first anchor that covers this dossier."""
    leaf = anchored(dossier)
    if leaf is None:
        return None
    rows = dossier.events.filter(sequence__lte=leaf.sequence).select_related("dossier", "text", "revision")
    events = list(rows.order_by("sequence"))
    leaves = list(leaf.anchor.leaves.order_by("position").values_list("hash", flat=True))
    anchor = leaf.anchor
    return {
        "format": FORMAT,
        "about": _("Bằng chứng về hồ sơ %(code)s. Kiểm bằng verify.py, không cần hỏi cổng. Có dữ liệu cá nhân: chỉ đưa cho người "
                   "anh/chị muốn cho xem.") % {"code": dossier.code},
        "code": dossier.code,
        "events": [event.hashed_fields() for event in events],
        "answers": {str(e.sequence): _fields(e.revision) for e in events if getattr(e, "revision", None) and e.revision.content},
        "words": {str(e.sequence): _words(e.text) for e in events if e.actor_id == dossier.submitter_id and _are_kept(e)},
        "path": merkle_path(leaves, leaf.position),
        "anchor": {"document": anchor.document, "signature": anchor.signature, "certificates": anchor.certificates},
    }  # fmt: skip


def _fields(revision: AnswerRevision) -> list[dict[str, Any]]:
    fields = []
    for key, value in flat(revision.content).items():
        salt = salt_of_field(revision.salt, key)
        fields.append({"key": key, "digest": field_digest(salt, key, value), "salt": salt, "value": value})
    return fields


def _are_kept(event: Event) -> bool:
    return event.actor_id is not None and hasattr(event, "text") and event.text.erased_at is None


def _words(text: EventText) -> dict[str, Any]:
    return {"salt": text.salt, "said": [text.actor_name, text.note, text.details]}
