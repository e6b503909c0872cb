"""Verifies the signature of one PDF. Runs in a limited child process for untrusted files, and in the worker after signing."""

import io
from binascii import hexlify

from portal.common.sandbox_child import serve

MAX_MEMORY_BYTES = 1024 * 1024 * 1024
MAX_CPU_SECONDS = 20
MAX_SIGNATURES = 20
BLANK = b"\r\n\t \0"  # bytes behind the end of a file that show nothing


def answer(header, body):
    """Do one job: the trusted roots are in the header, the PDF is the body."""
    return examine(body, header["roots"]), b""


def examine(data, roots):
    """The fields of `verification.Verdict` for a PDF, as a dict. `roots`: trusted certificates (PEM)."""
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        signatures = PdfFileReader(io.BytesIO(data)).embedded_regular_signatures
    except Exception as error:  # noqa: BLE001 - a damaged or hostile file may raise anything
        return {"reason": "unreadable", "detail": f"{type(error).__name__}: {error}"[:200]}
    if not signatures:
        return {"reason": "unsigned"}
    found = [_check_signature(data, signature, roots) for signature in signatures[:MAX_SIGNATURES]]
    return max(found, key=lambda one: (one["trusted"], one.get("reason") == "", one["intact"]))


def _check_signature(data, signature, roots):
    from pyhanko.keys import load_certs_from_pemder_data
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    facts = {"signed": True, "intact": False, "trusted": False, "covers_whole_file": False, "blank_tail": False}
    trusted = list(load_certs_from_pemder_data(roots.encode())) if roots else []
    context = ValidationContext(trust_roots=trusted, allow_fetching=False, revocation_mode="soft-fail")
    try:
        status = validate_pdf_signature(signature, context)
        exact = _container_is_exact(data, signature)
        tail = data[signature.byte_range[2] + signature.byte_range[3] :]
    except Exception as error:  # noqa: BLE001 - a broken signature may raise anything
        return {**facts, "reason": "broken", "detail": f"{type(error).__name__}: {error}"[:200]}
    facts["intact"] = bool(status.intact and status.valid and exact)
    facts["trusted"] = bool(status.trusted)
    facts["covers_whole_file"] = status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    facts["blank_tail"] = not tail.strip(BLANK)
    return {**facts, **_signer_facts(status), "reason": _reason(facts)}


def _signer_facts(status):
    names = status.signing_cert.subject.native
    return {
        "signer": _text(names.get("organization_name") or names.get("common_name")),
        "agency": _text(names.get("serial_number")),
        "trial": "THỬ NGHIỆM" in _text(names.get("organizational_unit_name")),
        "valid_until": status.signing_cert.not_valid_after.isoformat(),
        "signed_at": status.signer_reported_dt.isoformat() if status.signer_reported_dt else None,
    }


def _text(value):
    return " ".join(value) if isinstance(value, list) else str(value or "")


def _reason(facts):
    if not facts["intact"]:
        return "changed"
    if not facts["covers_whole_file"] and not facts["blank_tail"]:
        return "added_to"
    return "" if facts["trusted"] else "stranger"


def _container_is_exact(data, signature):
    """A signature does not cover its own container: the container must hold the signature, zero padding, and nothing else."""
    start, end = signature.byte_range[1], signature.byte_range[2]
    content = _rebuilt_container(signature)
    exact = b"<" + hexlify(content).upper() + b"0" * (end - start - 2 - 2 * len(content)) + b">"
    return signature.byte_range[0] == 0 and data[start:end] == exact


def _rebuilt_container(signature):
    """The signature container rebuilt from its known parts, to detect any other bytes in it."""
    from asn1crypto import cms

    signer, certificate = signature.signer_info, signature.signer_cert
    sid = cms.IssuerAndSerialNumber({"issuer": certificate.issuer, "serial_number": certificate.serial_number})
    kept = ("digest_algorithm", "signed_attrs", "signature_algorithm", "signature", "unsigned_attrs")
    signer_info = {"version": "v1", "sid": cms.SignerIdentifier("issuer_and_serial_number", sid)}
    signer_info |= {name: signer[name] for name in kept if signer[name]}
    signed_data = {
        "version": "v1",
        "digest_algorithms": [signer["digest_algorithm"]],
        "encap_content_info": {"content_type": "data"},
        "certificates": signature.signed_data["certificates"],
        "signer_infos": [cms.SignerInfo(signer_info)],
    }
    return cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(signed_data)}).dump()


if __name__ == "__main__":
    serve(answer, memory=MAX_MEMORY_BYTES, cpu=MAX_CPU_SECONDS)
