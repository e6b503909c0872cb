"""Search among the dossiers of a desk: by code or part of it, name, phone, identity number, words of the procedure.

Names are compared without accents, each typed word with the beginning of a word. By number only among the dossiers whose whole
numbers this user reads.
"""

import unicodedata

from django.db.models import F, Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat

from dossiers.permissions import paper_dossiers
from portal.common.codes import code_part_in, dossier_code_in
from portal.common.figures import is_digits
from portal.common.identity import id_number_in, to_e164
from portal.common.vietnamese import clean_text, fold
from procedures.models import Procedure, ProcedureVersion

_LETTERS = map(chr, [*range(0xC0, 0x250), *range(0x370, 0x530), *range(0x1EA0, 0x1EFA)])  # Latin, Greek, Cyrillic
# Letters without an accent that are written as another one: đ, look-alikes of other scripts.
_ALIKE = [
    c for c in _LETTERS if unicodedata.normalize("NFD", c) == c and fold(c) != c and fold(c).isascii() and fold(c).isalnum()
]
MIN_PART = 4  # characters of a code, of a number


class Folded(Func):
    """Database function: the text in lower case without accents, like `portal.common.vietnamese.fold`.

    Accents are taken off by their kind: a `translate` of each accented letter costs five times as much.
    """

    bare = "regexp_replace(normalize(%(expressions)s, NFD), '[\\u0300-\\u036f]', '', 'g')"
    template = f"lower(translate({bare}, '{''.join(_ALIKE)}', '{''.join(map(fold, _ALIKE))}'))"


def search(dossiers: QuerySet, words: str, user) -> QuerySet:
    """The dossiers that these words find."""
    words = clean_text(words)
    found = _by_code(words)
    if named := fold(words).split():
        dossiers = dossiers.annotate(folded_name=_folded("subject_name"))
        found |= _all_words("folded_name", named)
    if len(named) > 1:  # one word alone is rather a name
        filed = Procedure.objects.filter(
            pk__in=ProcedureVersion.objects.values("procedure")
        )  # not the thousands of the mere index
        procedures = filed.annotate(folded=_folded("short_name", "name")).filter(_all_words("folded", named))
        found |= Q(version__procedure__in=procedures.values("pk"))
    if numbers := _by_number(words):
        found |= numbers & paper_dossiers(user)
    return dossiers.filter(found)


def _folded(*columns):
    parts = [part for column in columns for part in (Value(" "), F(column))]
    return Folded(Concat(*parts, output_field=TextField()))


def _all_words(column: str, words: list[str]) -> Q:
    """Each word stands at the beginning of a word of this column."""
    found = Q()
    for word in words:
        found &= Q(**{f"{column}__contains": f" {word}"})
    return found


def _by_code(words: str) -> Q:
    """Beginning of a code, a part with its day («261127-0005»), its day or its sequence alone («261127», «0005»); code of a
    procedure."""
    digits = words.replace(" ", "")
    if is_digits(digits):
        return Q(code__endswith=f"-{digits}") | Q(code__contains=f"-{digits}-") if len(digits) >= MIN_PART else Q(pk__in=())
    found, code = Q(version__procedure__code=words), dossier_code_in(words)
    if code:
        found |= Q(code__startswith=code)
    if part := code_part_in(words):
        found |= Q(code__contains=part)
    return found


def _by_number(words: str) -> Q:
    """Whole identity number or its last four digits; whole phone number."""
    digits, found = id_number_in(words), Q()
    if is_digits(digits) and len(digits) >= MIN_PART:
        found = Q(subject_id_number=digits) | (Q(subject_id_number__endswith=digits) if len(digits) == MIN_PART else Q())
    if phone := to_e164(words):
        found |= Q(subject_phone=phone)
    return found
