"""Verifies the signature of a PDF. Open to the public, so the file is untrusted."""

import datetime as dt
from dataclasses import dataclass, fields

from django.conf import settings

from dossiers.papers.certificates import trust_roots
from portal.common import sandbox

TIMEOUT_SECONDS = 20


@dataclass(frozen=True)
class Verdict:
    """The verdict on a signature.

    `reason` is "" when the signature is good, else one of: not_a_pdf, unsigned, broken, changed (a byte of the signed part
    differs), added_to (the signed part is whole, something stands behind it), stranger (certificate not trusted), too_large,
    unreadable.
    """

    signed: bool = False
    intact: bool = False
    trusted: bool = False
    covers_whole_file: bool = False
    blank_tail: bool = False  # nothing, or only line feeds and the like, stands behind the signed part
    signer: str = ""
    agency: str = ""  # code of the agency in the certificate
    signed_at: dt.datetime | None = None
    valid_until: dt.datetime | None = None
    trial: bool = False
    reason: str = ""

    @property
    def good(self):
        """Signed with a trusted certificate, and unchanged since. Line feeds behind the signed part change nothing."""
        return self.signed and self.intact and self.trusted and (self.covers_whole_file or self.blank_tail)

    @classmethod
    def of(cls, facts):
        """A verdict from the dict of `verification_child.examine`."""
        known = {field.name for field in fields(cls)}
        times = {name: dt.datetime.fromisoformat(facts[name]) for name in ("signed_at", "valid_until") if facts.get(name)}
        return cls(**{name: value for name, value in facts.items() if name in known and value is not None} | times)


def check_pdf(data):
    """Verify the signature of a PDF in a child process with limits. Returns a Verdict for any bytes; raises nothing."""
    if len(data) > settings.MAX_UPLOAD_BYTES:
        return Verdict(reason="too_large")
    if not data.startswith(b"%PDF-"):
        return Verdict(reason="not_a_pdf")
    try:
        facts, _ = sandbox.ask_once("dossiers.papers.verification_child", {"roots": trust_roots()}, data, timeout=TIMEOUT_SECONDS)
    except sandbox.ChildError:
        return Verdict(reason="unreadable")
    return Verdict.of(facts)
