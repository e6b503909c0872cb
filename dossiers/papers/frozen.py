"""The frozen content of a decision: its one canonical spelling, its hash, and how it travels inside the PDF."""

import hashlib
import io
import json
import unicodedata

FILE_NAME = "noi-dung.json"


def canonical(content):
    """The one way to write a JSON value as bytes: sorted keys, no blanks, composed letters (NFC)."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return unicodedata.normalize("NFC", text).encode()


def content_hash(content):
    """SHA-256 (hex) of the canonical spelling of a decision's content."""
    return hashlib.sha256(canonical(content)).hexdigest()


def attachment(decision):
    """The (name, bytes) pair put inside the result PDF, so that the signature covers the content itself, not only its looks."""
    inside = {"decision": decision.pk, "content_hash": decision.content_hash, "content": decision.content}
    return FILE_NAME, canonical(inside)


def read_attachment(pdf):
    """The frozen content found inside a PDF of ours, or None."""
    import pikepdf

    with pikepdf.open(io.BytesIO(pdf)) as document:
        if FILE_NAME not in document.attachments:
            return None
        return json.loads(document.attachments[FILE_NAME].get_file().read_bytes())
