"""Order of the desk's lists by any column, and pages by key.

A key names the last row of a page: its value and its id. Values that may be a person's name or long are not put into the address;
they are read from the row again.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Case, Count, F, OuterRef, Q, Subquery, TextField, Value, When
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext_lazy as _

from dossiers.desk import priority
from dossiers.files.models import Attachment
from dossiers.states import DossierState
from portal.common.figures import moment_in, number_in

PAGE = 50


class Column(NamedTuple):
    """A column that a list can be ordered by. `expression()`: its value; `read`: the value in a key, None when the key holds
    only the id."""

    key: str
    label: Any
    expression: Callable[[], Any]
    read: Callable[[str], Any] | None = None


def _moment(text):
    moment = moment_in(text)
    try:  # years 1 and 9999 may not exist in UTC
        return moment and moment.astimezone(dt.UTC)
    except OverflowError:
        return None


def _files():
    rows = Attachment.objects.current().filter(dossier=OuterRef("pk")).order_by().values("dossier")
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n")), 0)


def _state():
    return Case(*(When(state=state, then=Value(n)) for n, state in enumerate(DossierState)))


DUE = Column("han", _("Hạn"), lambda: F("step_due_at"), _moment)
CLOSED = Column("xong", _("Xong lúc"), lambda: F("closed_at"), _moment)
COLUMNS = {
    column.key: column
    for column in (
        Column("ho-so", _("Hồ sơ"), lambda: _procedure_name()),
        DUE,
        Column("chu", _("Chủ hồ sơ"), lambda: Coalesce("person__sort_key", "organisation__sort_key")),
        Column("buoc", _("Đang ở bước"), _state, number_in),
        Column("nguoi-giu", _("Người giữ"), lambda: F("holder__full_name")),
        Column("noi", _("Nơi tiếp nhận"), lambda: F("receiving_agency__name")),
        Column("giay-to", _("Giấy tờ"), _files, number_in),
        Column("nop", _("Nộp lúc"), lambda: F("submitted_at"), _moment),
        Column("uu-tien", _("Ưu tiên"), priority.rank, number_in),
        CLOSED,
    )
}


def by_moment(field: str) -> Column:
    """An order by a field that holds a moment, of any list."""
    return Column(field, "", lambda: F(field), _moment)


def _procedure_name():
    short = NullIf("version__procedure__short_name", Value(""))
    return Coalesce(short, "version__procedure__name", output_field=TextField())


def asked_order(text: str, default: tuple[Column, bool]) -> tuple[Column, bool]:
    """(column, falling) of «nop» or «-nop» in an address; the default for other texts."""
    column = COLUMNS.get(text.removeprefix("-"))
    return (column, text.startswith("-")) if column else default


@dataclass
class KeysetPage:
    """One keyset page, with the keys of the pages before and after it (empty when there is none)."""

    rows: list
    before: str = ""
    after: str = ""


def ordered(dossiers, column=DUE, *, falling=False, backwards=False):
    """The list in the order of (column, id); rows without a value last."""
    down = falling != backwards
    value = F("sort_value").desc(**_nulls(backwards)) if down else F("sort_value").asc(**_nulls(backwards))
    return dossiers.annotate(sort_value=column.expression()).order_by(value, "-pk" if down else "pk")


def _nulls(first):
    return {"nulls_first": True} if first else {"nulls_last": True}


def keyset_page(dossiers, column=DUE, *, falling=False, after="", before="", size=PAGE, among=None):
    """A keyset page of the list in this order. Invalid keys are ignored. `among`: all dossiers this user may see, where the row
    of a key is looked up that has left the list meanwhile."""
    backwards = bool(before)
    key = _read_key(dossiers if among is None else among, column, before or after)
    rows = ordered(dossiers, column, falling=falling, backwards=backwards)
    if key:
        rows = rows.filter(_beyond(key, falling, backwards))
    found = list(rows[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    there_is_before, there_is_after = (more, True) if backwards and key else (bool(key), more)
    return KeysetPage(
        found,
        before=_key(found[0], column) if found and there_is_before else "",
        after=_key(found[-1], column) if found and there_is_after else "",
    )


def _beyond(key, falling, backwards):
    """Query condition: rows after this key in reading direction; rows without a value come last."""
    value, pk = key
    down = falling != backwards
    tie = {"pk__lt": pk} if down else {"pk__gt": pk}
    if value is None:
        without = Q(sort_value=None, **tie)
        return without | Q(sort_value__isnull=False) if backwards else without
    further = Q(**{f"sort_value__{'lt' if down else 'gt'}": value}) | Q(sort_value=value, **tie)
    return further if backwards else further | Q(sort_value=None)


def _key(dossier, column):
    value = dossier.sort_value if column.read else None
    text = value.isoformat() if isinstance(value, dt.datetime) else "" if value is None else str(value)
    return f"{text}_{dossier.pk}"


def _read_key(dossiers, column, text):
    """(value, id), or None for a text that is no key of this list."""
    typed, _underscore, pk = text.rpartition("_")
    number = number_in(pk)
    if number is None:
        return None
    if column.read is None:
        row = dossiers.annotate(sort_value=column.expression()).filter(pk=number).values_list("sort_value").first()
        return (row[0], number) if row else None
    value = column.read(typed) if typed else None
    return None if typed and value is None else (value, number)
