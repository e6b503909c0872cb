"""Reading the credits of an account from the bank's own address (BANK_STATEMENT_URL). It only reads; nothing is sent but the
number of the account and of the last credit known.

Wire: GET ?account=…&after=<number> answers {"credits": [{"id", "account", "amount", "content", "at"}]}, oldest first.
"""

import datetime as dt
import json
import time
from dataclasses import dataclass

import httpx
from django.conf import settings

from payments.gateways.base import NoAnswer
from payments.gateways.network import is_here
from portal.common import clock
from portal.common.figures import moment_in

TIMES = httpx.Timeout(connect=3, read=10, write=5, pool=3)  # seconds
PATIENCE = 15  # seconds for one whole answer
LARGEST = 1024 * 1024  # bytes: 500 credits have about a tenth of that
LARGEST_AMOUNT = 10**12 - 1
EARLIEST = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
AHEAD = dt.timedelta(days=2)  # of our clock: a bank's may differ, and the day of value is sometimes tomorrow


class UnreadableCredit(ValueError):
    """One entry that is no credit. `str()` says why."""


@dataclass(frozen=True)
class Credit:
    """One credit as the bank tells it: its number there, whole đồng, the payer's words, when (aware), and the raw line."""

    bank_ref: str
    amount: int
    content: str
    received_at: dt.datetime
    raw: str


def entries_after(account, cursor):
    """The raw entries ({…}) of an account after a known number, oldest first. Raises NoAnswer."""
    raw = _get({"account": account, "after": cursor or "0"})
    try:
        entries = json.loads(raw)["credits"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise NoAnswer("an answer that is no statement", raw=raw[:4000].decode("utf-8", "replace")) from None
    if not isinstance(entries, list):
        raise NoAnswer("an answer that is no statement")
    return entries


def credit_of(entry, account):
    """One entry, checked. Raises UnreadableCredit."""
    if not isinstance(entry, dict):
        raise UnreadableCredit("not an entry")
    ref, amount, content = ref_of(entry), entry.get("amount"), entry.get("content")
    if not ref:
        raise UnreadableCredit("no number")
    if entry.get("account") != account:
        raise UnreadableCredit("another account")
    if not isinstance(amount, int) or isinstance(amount, bool) or not 0 < amount <= LARGEST_AMOUNT:
        raise UnreadableCredit("no amount in whole đồng")
    if not isinstance(content, str):
        raise UnreadableCredit("no words")
    return Credit(ref, amount, _storable(content), _moment(entry.get("at")), raw_of(entry))


def ref_of(entry):
    """The bank's number of an entry, empty where it has none that could be one."""
    ref = entry.get("id") if isinstance(entry, dict) else None
    known = isinstance(ref, (int, str)) and not isinstance(ref, bool) and str(ref).isascii() and str(ref).isalnum()
    return str(ref) if known and len(str(ref)) <= 60 else ""


def raw_of(entry):
    """The entry as a line of evidence, at most 4000 characters."""
    return _storable(json.dumps(entry, ensure_ascii=False).replace("\\u0000", ""))[:4000]


def _storable(text):
    """Without what no database takes: NUL, and the half of a sign where a bank cut the payer's words."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def is_plausible(at):
    """Could money have come at this moment? One that no calendar of ours can hold would shut the list for everybody."""
    return EARLIEST <= at <= clock.now() + AHEAD


def _moment(text):
    at = moment_in(text) if isinstance(text, str) else None
    if at is None:
        raise UnreadableCredit("no moment")
    at = at if at.tzinfo else at.replace(tzinfo=clock.LOCAL)
    if not is_plausible(at):
        raise UnreadableCredit("no moment of these years")
    return at


def _get(query):
    url, began = settings.BANK_STATEMENT_URL, time.monotonic()
    try:
        with (
            httpx.Client(timeout=TIMES, follow_redirects=False, trust_env=not is_here(url)) as client,
            client.stream("GET", url, params=query, headers={"Accept-Encoding": "identity"}) as response,
        ):
            if response.status_code != 200:
                raise NoAnswer(f"HTTP {response.status_code}")
            raw = b""
            for piece in response.iter_raw():
                raw += piece
                if len(raw) > LARGEST or time.monotonic() - began > PATIENCE:
                    raise NoAnswer("an answer too long or too slow to be one")
            return raw
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NoAnswer(f"no answer: {type(error).__name__}") from error
