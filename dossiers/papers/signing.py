"""Signs results: PAdES B-B with the agency's certificate, and a visible stamp. Runs in the worker, never in a web process.

Each signature is verified before the file is returned. Every error is a SigningError: nothing is stored and the follow-up is
retried.
"""

import hashlib
import io
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from django.template.loader import render_to_string
from django.utils import translation

from dossiers.papers import frozen
from dossiers.papers.certificates import (
    TRIAL,
    SigningError,
    SigningKeyMissing,
    ensure_development_ca,
    identity_of,
    trust_roots,
)
from dossiers.papers.frozen import content_hash
from dossiers.papers.verification import Verdict
from dossiers.papers.verification_child import examine
from portal.common import clock
from portal.common.pdf import render_html

__all__ = [
    "SignedPdf",
    "SigningError",
    "SigningFailed",
    "SigningKeyMissing",
    "SigningRefused",
    "content_hash",
    "ensure_development_ca",
    "sign_decision",
    "sign_pdf",
]

STAMP_ANCHOR = "cho-ky"  # id of the anchor in the templates
STAMP_SIZE = (198.4, 68.0)  # points: 70 × 24 mm
REASON = "Kết quả giải quyết thủ tục hành chính"


class SigningRefused(SigningError):
    """The content to sign differs from the decision. A retry will not help: the data must be examined."""


class SigningFailed(SigningError):
    """The new signature does not verify, or the library failed."""


@dataclass(frozen=True)
class SignedPdf:
    """A signed file: its bytes, their SHA-256 (hex), the name in the certificate, and the time of signing."""

    content: bytes
    sha256: str
    signed_at: datetime
    signer_name: str


def sign_decision(decision, pdf):
    """Sign the PDF of a decision. Raises SigningRefused unless the frozen content, its hash and the PDF's attachment agree."""
    if frozen.content_hash(decision.content) != decision.content_hash:
        raise SigningRefused(f"nội dung của quyết định {decision.pk} không khớp mã băm đã chốt")
    inside = frozen.read_attachment(pdf)
    if inside is None or inside.get("decision") != decision.pk or frozen.content_hash(inside["content"]) != decision.content_hash:
        raise SigningRefused(f"tệp PDF không mang nội dung của quyết định {decision.pk}")
    return sign_pdf(pdf, agency=decision.agency, reason=REASON, stamp_lines=[f"Người ký: {decision.signer}"])


def sign_pdf(pdf, *, agency, reason, stamp_lines=(), signed_at=None):
    """Sign a PDF for an agency (`code`, `name`). For results use `sign_decision`. Raises SigningError."""
    identity = identity_of(agency)
    signed_at = clock.local(signed_at or clock.now()).replace(microsecond=0)
    with tempfile.NamedTemporaryFile(suffix=".pdf") as stamp:
        stamp.write(_stamp(agency, signed_at, stamp_lines, identity.trial))
        stamp.flush()
        content, facts = _in_new_thread(_sign_and_verify, pdf, identity, reason, signed_at, stamp.name)
    verdict = Verdict.of(facts)
    if not verdict.good:
        raise SigningFailed(f"chữ ký vừa tạo cho {agency.code} không đúng: {verdict.reason}")
    return SignedPdf(content, hashlib.sha256(content).hexdigest(), signed_at, verdict.signer)


def _stamp(agency, signed_at, lines, trial):
    """The visible stamp as a one-page PDF: the lines required by Decree 30/2020, and the mark of a test certificate."""
    facts = {
        "agency": agency.name,
        "signed_at": f"{signed_at:%d.%m.%Y %H:%M:%S} +07:00",
        "lines": lines,
        "trial": TRIAL if trial else "",
    }
    with translation.override("vi"):
        html = render_to_string("dossiers/papers/stamp.html", facts)
    return render_html(html, title="Chữ ký số", variant=None)


def _in_new_thread(function, *arguments):
    """Run in a new thread: pyHanko starts an event loop, which fails in a thread where one is running."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(function, *arguments).result()


def _sign_and_verify(pdf, identity, reason, signed_at, stamp_file):
    content = _sign(pdf, identity, reason, signed_at, stamp_file)
    return content, examine(content, trust_roots())


def _sign(pdf, identity, reason, signed_at, stamp_file):
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers
    from pyhanko.stamp import StaticStampStyle

    class PdfSigner(signers.PdfSigner):
        """Signs with the portal's clock."""

        def init_signing_session(self, *args, **kwargs):
            session = super().init_signing_session(*args, **kwargs)
            session.system_time = signed_at
            return session

    signer = signers.SimpleSigner.load(identity.key, identity.certificate)
    if signer is None:
        raise SigningKeyMissing(f"không đọc được khóa {identity.key}")
    signer.embed_roots = False  # the signature would not cover embedded roots
    page, box = _stamp_position(pdf)
    try:
        out = PdfSigner(
            signers.PdfSignatureMetadata(
                field_name="CoQuan",
                md_algorithm="sha256",
                subfilter=fields.SigSeedSubFilter.PADES,
                reason=reason,
                location="Việt Nam",
            ),
            signer=signer,
            stamp_style=StaticStampStyle.from_pdf_file(stamp_file, border_width=0),
            new_field_spec=fields.SigFieldSpec("CoQuan", on_page=page, box=box, readable_field_name="Chữ ký số của cơ quan"),
        ).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)))
    except Exception as error:  # noqa: BLE001 - any error of the library means: not signed
        raise SigningFailed(f"{type(error).__name__}: {error}") from error
    return out.getvalue()


def _stamp_position(pdf):
    """(page number from 0, box in points): at the template's anchor, else the lower right corner of the last page."""
    import pikepdf

    width, height = STAMP_SIZE
    with pikepdf.open(io.BytesIO(pdf)) as document:
        pages = [page.obj.objgen for page in document.pages]
        names = document.Root.get("/Names", {}).get("/Dests")
        target = pikepdf.NameTree(names).get(STAMP_ANCHOR) if names is not None else None
        if target is None:
            right, bottom = float(document.pages[-1].mediabox[2]) - 45, 60.0
            return len(pages) - 1, (right - width, bottom, right, bottom + height)
        left, top = float(target[2]), float(target[3])
        return pages.index(target[0].objgen), (left, top - height, left + width, top)
