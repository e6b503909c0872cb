"""Counts queries without a certain answer, and the procedures opened from results, without storing who asked.

No row refers to a person. A text that may contain a number, a name, an address or a message is not stored.

Counting is part of answering a page, but an error of it does not reach the page: see `_aside`. The views that count are not
atomic, so that no row stays locked while a page is rendered.
"""

import datetime as dt
import logging
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from django.db import DatabaseError, connection, transaction
from django.db.models import F, Q

from portal.common import clock
from portal.common.vietnamese import clean_text
from procedures import search
from procedures.models import Procedure, SearchChoice, SearchedText, SearchOutcome
from procedures.search.reading import Word, read_words, same

logger = logging.getLogger(__name__)
MAX_LENGTH, MAX_WORDS = 100, 14
MAX_ROWS = 5_000
KEPT_FOR, ONCE_KEPT_FOR = dt.timedelta(days=180), dt.timedelta(days=30)
NOT_KEPT = re.compile(r"\d\D{0,2}\d\D{0,2}\d\D{0,2}\d|@|https?:|www\.|[<>{}]")  # four digits, addresses, markup
# Family names without accents. One of them before a word that never follows it in the index is taken for a person's name.
FAMILY_NAMES = frozenset(
    [
        "nguyen",
        "tran",
        "le",
        "pham",
        "hoang",
        "huynh",
        "phan",
        "vu",
        "vo",
        "dang",
        "bui",
        "do",
        "ho",
        "ngo",
        "duong",
        "ly",
        "dinh",
        "truong",
        "trinh",
        "dao",
        "doan",
    ]
)
# Further ones, most of them of the Thái, Mông, Tày and Nùng, that are common words with other accents («làm», «mua», «tổng»): a
# word typed with those is no name.
FAMILY_NAMES_WITH_ACCENTS = read_words("lò lường vàng giàng quàng tòng cầm mùa sùng thào mai cao lương lâm lưu triệu nông")
MIDDLE_NAMES = frozenset({"van", "thi"})
MIDDLE_NAMES_WITH_ACCENTS = read_words("văn thị a")  # after any word that they never follow in the index


def kept_text(text: str, pairs: Collection[tuple[str, str]]) -> str:
    """The text as it is counted, or "" when it is not kept. `pairs`: adjacent words of the index, which are no names."""
    text = clean_text(text).lower()
    words = read_words(text)
    if not words or len(text) > MAX_LENGTH or len(words) > MAX_WORDS or NOT_KEPT.search(text):
        return ""
    with_accents = any(word.accented for word in words)
    neighbours = zip(words, words[1:], strict=False)
    return "" if any(_is_name(left, right, pairs, with_accents) for left, right in neighbours) else text


def _is_name(left: Word, right: Word, pairs: Collection[tuple[str, str]], with_accents: bool) -> bool:
    """True when the two words may be part of a person's name. `with_accents`: the text has some, so that «mua» is not «Mùa»."""
    unknown = (left.bare, right.bare) not in pairs
    if left.bare in FAMILY_NAMES or _is_one_of(left, FAMILY_NAMES_WITH_ACCENTS, with_accents):
        return right.bare in MIDDLE_NAMES or unknown
    return unknown and _is_one_of(right, MIDDLE_NAMES_WITH_ACCENTS, with_accents)


def _is_one_of(word: Word, names: Sequence[Word], with_accents: bool) -> bool:
    return word in names if with_accents else any(same([word], [name]) for name in names)


@contextmanager
def _aside() -> Iterator[None]:
    """A short transaction that waits neither for the disk nor longer than 50 ms for a lock.

    When it fails (a lock, a database that is read only), nothing is counted and the caller goes on.
    """
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '50ms'; SET LOCAL synchronous_commit = off")
            yield
    except DatabaseError as problem:
        logger.warning("a search was not counted: %s", type(problem).__name__)


def count(text: str, outcome: SearchOutcome) -> None:
    """Count one query. Once there are MAX_ROWS, a new text takes the place of the oldest that was asked once; when there is none,
    it is not counted."""
    with _aside():
        _count(text, outcome)


def _count(text: str, outcome: SearchOutcome) -> None:
    if _written(text, outcome):
        return
    oldest = SearchedText.objects.filter(times=1).order_by("last_on", "pk").first()
    if oldest:
        oldest.delete()
        _written(text, outcome)


def _written(text: str, outcome: SearchOutcome) -> bool:
    """Write the row of this text, if it is there or there are fewer than MAX_ROWS."""
    table = SearchedText._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (text, outcome, times, last_on) SELECT %s, %s, 1, %s"
            f" WHERE (SELECT count(*) FROM {table}) < %s OR EXISTS (SELECT FROM {table} WHERE text = %s)"
            f" ON CONFLICT (text) DO UPDATE"
            f" SET times = {table}.times + 1, outcome = EXCLUDED.outcome, last_on = EXCLUDED.last_on",
            [text, outcome, clock.today(), MAX_ROWS, text],
        )
        return bool(cursor.rowcount)


def note_choice(typed: str, procedure: Procedure) -> None:
    """Count that this procedure was opened from the results of this query. Nothing for a text that is not kept."""
    text = kept_text(typed, search.catalogue().index.pairs) if typed else ""
    if not text:
        return
    with _aside():
        if not SearchedText.objects.filter(text=text).exists():
            _count(text, SearchOutcome.FOUND)
        searched = SearchedText.objects.filter(text=text).first()
        if searched is None:
            return
        _row, made = SearchChoice.objects.get_or_create(searched=searched, procedure=procedure)
        if not made:
            SearchChoice.objects.filter(searched=searched, procedure=procedure).update(times=F("times") + 1)


def expire() -> None:
    """Periodic job: delete texts that nobody has asked for long; those asked only once sooner."""
    today = clock.today()
    SearchedText.objects.filter(Q(last_on__lt=today - KEPT_FOR) | Q(last_on__lt=today - ONCE_KEPT_FOR, times=1)).delete()
