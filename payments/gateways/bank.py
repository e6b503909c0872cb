"""Client of the bank's statement API (BANK_STATEMENT_URL): reads the credits of an account. Read only; it sends just the
numbers of the account and of the last known credit.

Wire: GET ?account=…&after=<number> answers {"credits": [{"id", "account", "amount", "content", "at"}]}, oldest first.
"""

import datetime as dt
import json
import time
from dataclasses import dataclass
from typing import Any

import httpx
from django.conf import settings

from payments.gateways.base import NoAnswer
from portal.common import clock, request_ids
from portal.common.figures import moment_in
from portal.common.network import is_here

TIMEOUTS = httpx.Timeout(connect=3, read=10, write=5, pool=3)  # seconds
MAX_ANSWER_SECONDS = 15  # for one whole answer
MAX_ANSWER_BYTES = 1024 * 1024  # 500 credits take about a tenth of it
MAX_AMOUNT = 10**12 - 1
MIN_MOMENT = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
MAX_AHEAD = dt.timedelta(days=2)  # later than our clock: clocks differ, and the value date may be tomorrow


class UnreadableCredit(ValueError):
    """An entry that is not a credit; `str()` is the reason."""


@dataclass(frozen=True)
class Credit:
    """One credit: the bank's number, whole đồng, the payer's text, an aware moment, and the raw line."""

    bank_ref: str
    amount: int
    content: str
    received_at: dt.datetime
    raw: str


def entries_after(account: str, cursor: str) -> list[Any]:
    """The raw entries ({…}) of an account after a known number, oldest first. Raises NoAnswer."""
    raw = _get({"account": account, "after": cursor or "0"})
    try:
        entries = json.loads(raw)["credits"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise NoAnswer("an answer that is no statement", raw=raw[:4000].decode("utf-8", "replace")) from None
    if not isinstance(entries, list):
        raise NoAnswer("an answer that is no statement")
    return entries


def credit_of(entry: Any, account: str) -> Credit:
    """One entry, checked. Raises UnreadableCredit."""
    if not isinstance(entry, dict):
        raise UnreadableCredit("not an entry")
    ref, amount, content = ref_of(entry), entry.get("amount"), entry.get("content")
    if not ref:
        raise UnreadableCredit("no number")
    if entry.get("account") != account:
        raise UnreadableCredit("another account")
    if not isinstance(amount, int) or isinstance(amount, bool) or not 0 < amount <= MAX_AMOUNT:
        raise UnreadableCredit("no amount in whole đồng")
    if not isinstance(content, str):
        raise UnreadableCredit("no words")
    return Credit(ref, amount, _storable(content), _moment(entry.get("at")), raw_of(entry))


def ref_of(entry: Any) -> str:
    """The bank's number of an entry; empty if it has no valid one."""
    ref = entry.get("id") if isinstance(entry, dict) else None
    known = isinstance(ref, (int, str)) and not isinstance(ref, bool) and str(ref).isascii() and str(ref).isalnum()
    return str(ref) if known and len(str(ref)) <= 60 else ""


def raw_of(entry: Any) -> str:
    """The entry as a line of evidence, at most 4000 characters."""
    return _storable(json.dumps(entry, ensure_ascii=False).replace("\\u0000", ""))[:4000]


def _storable(text: str) -> str:
    """Remove what PostgreSQL cannot store: NUL, and half of a surrogate pair where the bank cut the text."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def is_plausible(at: dt.datetime) -> bool:
    """Is the moment between 2020 and two days ahead? One outside the range of our calendars would break the list pages."""
    return MIN_MOMENT <= at <= clock.now() + MAX_AHEAD


def _moment(text: Any) -> dt.datetime:
    at = moment_in(text) if isinstance(text, str) else None
    if at is None:
        raise UnreadableCredit("no moment")
    at = at if at.tzinfo else at.replace(tzinfo=clock.LOCAL)
    if not is_plausible(at):
        raise UnreadableCredit("no moment of these years")
    return at


def _get(query: dict[str, str]) -> bytes:
    url, began = settings.BANK_STATEMENT_URL, time.monotonic()
    plain = {"Accept-Encoding": "identity", **request_ids.headers()}
    try:
        with (
            httpx.Client(timeout=TIMEOUTS, follow_redirects=False, trust_env=not is_here(url)) as client,
            client.stream("GET", url, params=query, headers=plain) as response,
        ):
            if response.status_code != 200:
                raise NoAnswer(f"HTTP {response.status_code}")
            raw = b""
            for piece in response.iter_raw():
                raw += piece
                if len(raw) > MAX_ANSWER_BYTES or time.monotonic() - began > MAX_ANSWER_SECONDS:
                    raise NoAnswer("an answer too long or too slow to be one")
            return raw
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NoAnswer(f"no answer: {type(error).__name__}") from error
