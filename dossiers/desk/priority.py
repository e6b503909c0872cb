"""Groups of people who are served first at a one-stop shop, as far as the data of the dossier say so.

Sources: the group claimed for the fee (`ask.priority_group`), and the age of the subject. Pregnancy is in no data of the portal.
"""

import datetime as dt

from django.db.models import Case, Q, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext_lazy as _

from portal.common import clock

ELDERLY, DISABLED = "nguoi-cao-tuoi", "nguoi-khuyet-tat"
LABELS = {DISABLED: _("Người khuyết tật"), ELDERLY: _("Người cao tuổi")}
AGE = 60  # years completed, Luật Người cao tuổi 2009, Điều 2
CLAIMED = {ELDERLY: "nguoi_cao_tuoi", DISABLED: "nguoi_khuyet_tat"}  # keys of the code list `priority_groups`


def condition(group: str) -> Q:
    """The query condition of a group."""
    claimed = Q(asked__priority_group=CLAIMED[group])
    return claimed | Q(person__birth_date__lte=_born_by()) if group == ELDERLY else claimed


def anybody() -> Q:
    """The query condition of all groups."""
    return condition(ELDERLY) | condition(DISABLED)


def rank() -> Case:
    """0 for the groups, 1 for everybody else: for an order in which they come first."""
    return Case(When(anybody(), then=Value(0)), default=Value(1))


def claimed_group() -> KeyTextTransform:
    """The claimed group as a column of a list, which does not load the other answers."""
    return KeyTextTransform("priority_group", "asked")


def groups_of(claimed: str | None, birth_date: dt.date | None) -> list[str]:
    """Labels of the groups of one dossier."""
    old = birth_date is not None and birth_date <= _born_by()
    found = [group for group, key in CLAIMED.items() if claimed == key or group == ELDERLY and old]
    return [str(LABELS[group]) for group in found]


def _born_by() -> dt.date:
    today = clock.today()
    try:
        return today.replace(year=today.year - AGE)
    except ValueError:  # 29 February
        return today.replace(year=today.year - AGE, day=28)
