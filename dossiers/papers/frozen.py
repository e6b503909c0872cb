"""The frozen content of a decision: its canonical JSON, its hash, and its copy inside the PDF."""

import hashlib
import io
import json
import unicodedata

FILE_NAME = "noi-dung.json"


def canonical(content):
    """Canonical JSON as UTF-8 bytes: sorted keys, no spaces, NFC."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return unicodedata.normalize("NFC", text).encode()


def content_hash(content):
    """SHA-256 (hex) of the canonical JSON of a decision's content."""
    return hashlib.sha256(canonical(content)).hexdigest()


def papers_in(content):
    """{result key: what this paper says}. The only paper of a decision without keys (older ones, refusals) has the key ""."""
    return {paper["key"]: paper for paper in content["papers"]} if "papers" in content else {"": content}


def paper_in(content, key):
    """What the paper with this result key says."""
    return papers_in(content)[key]


def given_elsewhere(paper):
    """The rows of a notice that were made outside the portal and are attached as a file."""
    return [row for row in paper.get("given", []) if row.get("file")]


def attachment(decision):
    """(name, bytes) to attach to the result PDF, so that the signature also covers the content as data."""
    inside = {"decision": decision.pk, "content_hash": decision.content_hash, "content": decision.content}
    return FILE_NAME, canonical(inside)


def read_attachment(pdf):
    """The frozen content attached to a PDF, as parsed JSON; None when there is none."""
    import pikepdf

    with pikepdf.open(io.BytesIO(pdf)) as document:
        if FILE_NAME not in document.attachments:
            return None
        return json.loads(document.attachments[FILE_NAME].get_file().read_bytes())
