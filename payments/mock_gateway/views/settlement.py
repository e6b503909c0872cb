"""The settlement file, downloaded by the merchant."""

from django.http import Http404, HttpResponse

from .. import clock, settlement
from ..conf import setting


def settlement_file(request, terminal, day):
    """CSV of one terminal and one local day (yyyymmdd)."""
    moment = clock.read_stamp(f"{day}000000")
    if terminal not in setting("TERMINALS") or moment is None:
        raise Http404
    response = HttpResponse(settlement.as_csv(terminal, clock.local_day(moment)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="doi-soat-{terminal}-{day}.csv"'
    return response
