"""Keys and certificates of the agencies, in files under `SIGNING_DIR`.

    roots/*.crt            trusted root certificates for checking papers
    agencies/<code>.key    private key of an agency, mode 0600
    agencies/<code>.crt    its certificate
    development-ca.key     key of the test authority, made by `ensure_signing_keys`

A real installation puts the certificates of the government's authority here; every certificate of the test authority is
marked as a test certificate in its name. A lost key is never made again: a certificate without its key is an error.
"""

import datetime as dt
import fcntl
import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from django.conf import settings

from portal.common import clock

TRIAL = "CHỨNG THƯ THỬ NGHIỆM"
CODE = re.compile(r"[A-Z][A-Z0-9.]{1,34}")
BACKDATED_BY = dt.timedelta(days=730)  # validity starts in the past: demo dossiers are signed with the clock set back
CA_LIFE = dt.timedelta(days=3650)
AGENCY_LIFE = dt.timedelta(days=1095)


class SigningError(Exception):
    """A paper could not be signed. Nothing was stored; the follow-up is retried."""


class SigningKeyMissing(SigningError):
    """The agency has no usable key. The text names the missing file and how to restore or create it."""


@dataclass(frozen=True)
class SigningIdentity:
    """Paths of an agency's key and certificate, and whether they come from the test authority."""

    key: Path
    certificate: Path
    trial: bool


def ensure_development_ca():
    """Make the test authority at first start. Returns the path of its certificate. Never replaces a certificate or a lost key."""
    key, certificate = _ca_key(), _root_folder() / "development-ca.crt"
    with _locked():
        if not certificate.exists() and not key.exists():
            _root_folder().mkdir(parents=True, exist_ok=True)
            name = _name("Cổng dịch vụ công (CA thử nghiệm)", "CA")
            private = rsa.generate_private_key(65537, 3072)
            _write(certificate, _pem(_issue(name, private, None, None, CA_LIFE)), 0o644)
            _write(key, _key_pem(private), 0o600)
    return certificate


def identity_of(agency):
    """Key and certificate of an agency (`code`, `name`); the test authority issues them on demand. Raises SigningKeyMissing."""
    if not CODE.fullmatch(agency.code):
        raise SigningKeyMissing(f"mã cơ quan không dùng làm tên tệp được: {agency.code!r}")
    folder = Path(settings.SIGNING_DIR) / "agencies"
    key, certificate = folder / f"{agency.code}.key", folder / f"{agency.code}.crt"
    try:
        if not certificate.exists() and not key.exists():
            _issue_for(agency, key, certificate)
        for path in (key, certificate):
            if not os.access(path, os.R_OK):
                raise SigningKeyMissing(f"thiếu hoặc không đọc được {path}: khôi phục từ bản sao lưu")
        return SigningIdentity(key, certificate, TRIAL in _load_certificate(certificate).subject.rfc4514_string())
    except (OSError, ValueError) as error:
        raise SigningKeyMissing(f"không dùng được khóa ký của {agency.code}: {error}") from error


def trust_roots():
    """All trusted root certificates as one PEM text."""
    return "".join(path.read_text() for path in sorted(_root_folder().glob("*.crt")))


def sign_bytes(agency, content):
    """Sign bytes with the agency's RSA key (PKCS #1 v1.5, SHA-256). Returns the signature, and the certificates of the agency and
    of its root, PEM. Raises SigningError."""
    identity = identity_of(agency)
    key = serialization.load_pem_private_key(identity.key.read_bytes(), None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise SigningKeyMissing(f"{identity.key}: cần khóa RSA")
    certificate = _load_certificate(identity.certificate)
    root = next((root for root in _roots() if root.subject == certificate.issuer), None)
    if root is None:
        raise SigningKeyMissing(f"{identity.certificate}: không thấy chứng thư gốc của nó trong {_root_folder()}")
    return key.sign(content, padding.PKCS1v15(), hashes.SHA256()), (_pem(certificate) + _pem(root)).decode()


def why_not_signed(agency, content, signature, pem):
    """Empty when `sign_bytes` made this signature for this agency and one of our roots vouches for the key, else the reason."""
    try:
        certificate = x509.load_pem_x509_certificates(pem.encode())[0]
        certificate.public_key().verify(signature, content, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return "the text was changed"
    except (ValueError, IndexError, TypeError, AttributeError) as error:
        return f"{type(error).__name__}: {error}"
    if not any(_vouches(root, certificate) for root in _roots()):
        return "no trusted root vouches for the certificate"
    own = _load_certificate(identity_of(agency).certificate)
    return "" if certificate.subject == own.subject else f"signed by {_common_name(certificate)}"


def root_fingerprints():
    """{common name: SHA-256 (hex)} of the root certificates, to be compared with what others published."""
    return {_common_name(root): root.fingerprint(hashes.SHA256()).hex() for root in _roots()}


def _common_name(certificate):
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return names[0].value if names else certificate.subject.rfc4514_string()


def _vouches(root, certificate):
    try:
        certificate.verify_directly_issued_by(root)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _roots():
    return x509.load_pem_x509_certificates(trust_roots().encode()) if trust_roots() else []


def _issue_for(agency, key_path, certificate_path):
    ca_key, ca_certificate = _ca_key(), _root_folder() / "development-ca.crt"
    if not ca_key.exists() or not ca_certificate.exists():
        raise SigningKeyMissing(
            f"chưa có khóa ký của {agency.code}, cũng chưa có CA thử nghiệm: chạy manage.py ensure_signing_keys"
        )
    with _locked():
        if certificate_path.exists():
            return
        key_path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        private = rsa.generate_private_key(65537, 2048)
        name = _name(agency.name, agency.code)
        issuer = serialization.load_pem_private_key(ca_key.read_bytes(), None)
        certificate = _issue(name, private, _load_certificate(ca_certificate), issuer, AGENCY_LIFE)
        _write(key_path, _key_pem(private), 0o600)
        _write(certificate_path, _pem(certificate), 0o644)


def _name(organisation, code):
    """A subject name, marked as a test certificate."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, TRIAL),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, code),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{TRIAL} {code}"),
        ]
    )


def _issue(name, private, issuer, issuer_key, life):
    """A certificate for signing documents; without an issuer a self-signed certificate authority."""
    authority, now = issuer is None, clock.now()
    usage = dict.fromkeys(("key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False)
    builder = (
        x509.CertificateBuilder(name if authority else issuer.subject, name, private.public_key(), x509.random_serial_number())
        .not_valid_before(now - BACKDATED_BY)
        .not_valid_after(now + life)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=0 if authority else None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not authority,
                content_commitment=not authority,
                key_cert_sign=authority,
                crl_sign=authority,
                **usage,
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
    )
    if not authority:
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
    return builder.sign(issuer_key or private, hashes.SHA256())


def _ca_key():
    return Path(settings.SIGNING_DIR) / "development-ca.key"


def _root_folder():
    return Path(settings.SIGNING_DIR) / "roots"


def _load_certificate(path):
    return x509.load_pem_x509_certificate(path.read_bytes())


def _pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(private):
    return private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _write(path, content, mode):
    """Write atomically, with this mode from the start."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with open(descriptor, "wb") as target:
        target.write(content)
        target.flush()
        os.fsync(target.fileno())
    fresh.rename(path)


@contextmanager
def _locked():
    """File lock: one process at a time makes keys."""
    folder = Path(settings.SIGNING_DIR)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(folder / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
