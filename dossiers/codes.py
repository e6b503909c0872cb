"""Dossier codes: agency – yymmdd of the local filing day – daily sequence, for example H18.X012-261121-0001."""

from django.db import connection

from portal.common import clock

GRAMMAR = "{agency}-{day:%y%m%d}-{sequence:04d}"


def next_code(agency):
    """The next code of this agency for today (local date). Unique under concurrency; gaps are allowed.

    Locks the counter row until the transaction ends: call it as late as possible.
    """
    day = clock.today()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO dossiers_dossiercounter (agency_id, day, last) VALUES (%s, %s, 1) "
            "ON CONFLICT (agency_id, day) DO UPDATE SET last = dossiers_dossiercounter.last + 1 RETURNING last",
            [agency.pk, day],
        )
        sequence = cursor.fetchone()[0]
    return GRAMMAR.format(agency=agency.code, day=day, sequence=sequence)
