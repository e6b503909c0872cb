"""How long it takes from filing to the result: medians by procedure and channel, counted by the database."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Aggregate, Count, DurationField, F
from django.db.models.functions import Coalesce

from dossiers.choices import FilingChannel
from dossiers.desk.queues import dossiers_at_work
from portal.common import clock
from procedures.models import Procedure

PERIOD = dt.timedelta(days=365)  # of the day of filing
MAX_ROWS = 200  # procedures of the page, those with most dossiers


class Median(Aggregate):
    """The median of an interval. PostgreSQL: an ordered-set aggregate."""

    function, template = "PERCENTILE_CONT", "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass
class Times:
    """One procedure. `by_channel`: {channel: (median, number of dossiers)}, None where nothing ended."""

    procedure: Procedure
    by_channel: dict

    @property
    def cells(self):
        return [self.by_channel.get(channel) for channel in FilingChannel.values]

    @property
    def total(self):
        return sum(number for _median, number in self.by_channel.values())


def medians(user):
    """The times of the dossiers that this user sees at work, filed within PERIOD and with a result; most dossiers first. Two
    queries for any number of rows."""
    done = Coalesce("completed_at", "returned_at")
    rows = (
        dossiers_at_work(user)
        .filter(submitted_at__gte=clock.now() - PERIOD)
        .annotate(took=done - F("submitted_at"))
        .filter(took__isnull=False)
        .order_by()
        .values("version__procedure", "channel")
        .annotate(median=Median("took"), number=Count("pk"))
    )
    found = {}
    for row in rows:
        found.setdefault(row["version__procedure"], {})[row["channel"]] = (row["median"], row["number"])
    names = Procedure.objects.in_bulk(list(found))
    times = [Times(names[pk], by_channel) for pk, by_channel in found.items()]
    return sorted(times, key=lambda row: (-row.total, row.procedure.code))[:MAX_ROWS]
