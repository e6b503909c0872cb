"""The page of the times from filing to the result, by procedure and channel."""

from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dossiers.choices import FilingChannel
from dossiers.desk import times
from dossiers.desk.views.queue import for_staff

DAY, HOUR, MINUTE = 86_400, 3_600, 60  # seconds


@require_safe
@for_staff
def show(request):
    """Medians of the user's bodies: one clock for every channel, so that they can be compared."""
    channels = [capfirst(str(label)) for _value, label in FilingChannel.choices]
    rows = [
        {
            "procedure": row.procedure,
            "cells": [
                {"channel": channel, "took": in_words(cell[0]), "number": cell[1]} if cell else {"channel": channel}
                for channel, cell in zip(channels, row.cells, strict=True)
            ],
        }
        for row in times.medians(request.user)
    ]
    context = {"rows": rows, "channels": channels, "days": times.PERIOD.days}
    return render(request, "dossiers/desk/times.html", context)


def in_words(interval):
    """«3 ngày 4 giờ», «5 giờ 20 phút», «12 phút»: the two largest units."""
    seconds = int(interval.total_seconds())
    days, hours, minutes = seconds // DAY, seconds % DAY // HOUR, seconds % HOUR // MINUTE
    if days:
        return _("%(days)d ngày %(hours)d giờ") % {"days": days, "hours": hours}
    if hours:
        return _("%(hours)d giờ %(minutes)d phút") % {"hours": hours, "minutes": minutes}
    return _("%(minutes)d phút") % {"minutes": minutes}
