"""Credits that may have been read before under another number: it was rewritten (`rewritten`), or two sources number differently.
Two credits of one account are alike if moment, sum and words are the same.
"""

import datetime as dt
from collections.abc import Iterator

from django.db import connection
from django.db.models import CharField, Count, F, Func, Q, Value
from django.db.models.functions import Upper

from payments.gateways.bank import Credit
from payments.models import BankCredit, CollectionPoint
from payments.transfers import rewritten
from portal.common import clock

State = BankCredit.State
LOCK_BASE = 7_663_000_000  # plus pk of the point: advisory lock, so that credits of one account are stored one after another


def lock_account(point: CollectionPoint) -> None:
    """Hold the account until the end of the transaction: two readings at once would not see each other's credits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK_BASE + point.pk])


def earlier(point: CollectionPoint, credit: Credit) -> BankCredit | None:
    """The first credit of this account, under another number, that may be this one; None if there is none.

    Only letters and digits of the words are compared. A time without seconds is the same as any in that minute, and midnight (a
    file that has days only) the same as any time of that day.
    """
    day = clock.local(credit.received_at).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = BankCredit.objects.filter(
        point=point, amount=credit.amount, received_at__gte=day, received_at__lt=day + dt.timedelta(days=1)
    )
    alike = rows.exclude(state=State.SAME).alias(bare=_bare(F("content")))
    words = _bare(Value(credit.content[:500], output_field=CharField()))
    found = alike.filter(bare=words).exclude(bank_ref=credit.bank_ref).order_by("pk")
    return next((row for row in found if _may_be_one_moment(row.received_at, credit.received_at)), None)


def _bare(text: F | Value) -> Upper:
    return Upper(Func(text, Value("[^[:alnum:]]+"), Value(""), Value("g"), function="regexp_replace", output_field=CharField()))


def _may_be_one_moment(one: dt.datetime, other: dt.datetime) -> bool:
    one, other = (clock.local(moment).replace(microsecond=0) for moment in (one, other))
    if dt.time() in (one.time(), other.time()):
        return one.date() == other.date()
    if 0 in (one.second, other.second):
        return one.replace(second=0) == other.replace(second=0)
    return one == other


def problems() -> Iterator[str]:
    """Yield one sentence for credits that are alike and about which nobody decided, for rewritten numbers, and for a possible
    double that has no open difference."""
    unseen = BankCredit.objects.filter(double_of=None)
    for row in unseen.order_by().values("point", "amount", "received_at", "content").annotate(n=Count("pk")).filter(n__gt=1):
        yield f"account {row['point']}: {row['n']} credits of {row['amount']} đồng at {row['received_at']} with the same words"
    for ref in BankCredit.objects.filter(bank_ref__regex=rewritten.EXPONENT).values_list("bank_ref", flat=True):
        yield f"credit {ref}: this is not a number of the bank but what a spreadsheet left of it"
    waiting = BankCredit.objects.filter(state=State.DOUBLE)
    for row in waiting.exclude(Q(differences__kind="double", differences__closed_at=None)):
        yield f"credit {row}: may be a double, and no difference asks about it"
