"""STORAGE_URL: where uploaded files and issued papers lie, `s3://key:secret@host:port/bucket?region=…`; empty: in a folder."""

import ipaddress
import re
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
WORDS = ("region", "tls")
MIN_SECRET_LENGTH = 16
FORM = "s3://key:secret@host:port/bucket?region=…"
DEFAULT_REGION = "us-east-1"  # what servers other than Amazon's answer to


def problem(url: str) -> str:
    """Why this is no fit value of STORAGE_URL, or nothing. The value itself is not repeated: it holds a secret."""
    try:
        parts = urlsplit(url)
        _ = parts.port
        words = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query), keep_blank_values=True))
    except ValueError:
        return f"is not an address; write {FORM}."
    if parts.scheme != "s3":
        return f"must begin with s3://, as in {FORM}."
    if not parts.hostname:
        return f"names no host; write {FORM}."
    if not parts.username or not parts.password:
        return f"names no key and secret; write {FORM}, with %2F for / in the secret."
    if len(unquote(parts.password)) < MIN_SECRET_LENGTH:
        return f"has a secret that is too easy to guess; take {MIN_SECRET_LENGTH} random characters or more."
    if not BUCKET.fullmatch(parts.path.strip("/")):
        return "names no bucket, or one whose name S3 does not allow: 3 to 63 of a-z, 0-9, hyphen and dot."
    return _problem_of_words(words, parts.hostname)


def _problem_of_words(words: dict[str, str], host: str) -> str:
    if unknown := words.keys() - set(WORDS):
        return f"has unknown words ({', '.join(sorted(unknown))}); known are {', '.join(WORDS)}."
    if words.get("tls", "1") not in ("0", "1"):
        return "has tls, which must be 1 (on) or 0 (off)."
    if words.get("tls") == "0" and not _is_inside(host):
        return "turns TLS off towards a host outside: the files and their key could be read on the way."
    return ""


def _is_inside(host: str) -> bool:
    """A private address, or the short name of a service beside this one."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host


def options(url: str) -> dict[str, Any]:
    """The options of `storages.backends.s3.S3Storage`, without those that are objects of boto (`dossiers.files.bucket`)."""
    parts = urlsplit(url)
    words = dict(parse_qsl(parts.query))
    scheme = "http" if words.get("tls") == "0" else "https"
    place = parts.netloc.rpartition("@")[2]
    return {
        "access_key": unquote(parts.username or ""),
        "secret_key": unquote(parts.password or ""),
        "bucket_name": parts.path.strip("/"),
        "endpoint_url": f"{scheme}://{place}",
        "region_name": words.get("region") or DEFAULT_REGION,
        "addressing_style": "path",
        "default_acl": None,  # what the bucket says: private
        "file_overwrite": True,  # names are random: nobody has to ask whether one is free
    }
