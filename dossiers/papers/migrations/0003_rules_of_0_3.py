"""Issued papers and their numbers are guarded. Accepted dossiers of 0.2.0 get their places in the register."""

from django.db import migrations

from portal.common.migrations import Closing


PAPERS = """
CREATE FUNCTION guard_issued_papers() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE later text[] := '{state, state_reason, replaced_by_id, published_at}';
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'an issued paper is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF to_jsonb(NEW) - later <> to_jsonb(OLD) - later
        OR OLD.state <> 'valid' AND NEW.state = 'valid'
        OR OLD.published_at IS NOT NULL AND NEW.published_at IS DISTINCT FROM OLD.published_at
    THEN
        RAISE EXCEPTION 'an issued paper is never changed, only replaced or revoked' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER issued_papers_are_guarded BEFORE UPDATE OR DELETE ON papers_issuedpaper
    FOR EACH ROW EXECUTE FUNCTION guard_issued_papers();
"""
NO_PAPERS = """
DROP TRIGGER issued_papers_are_guarded ON papers_issuedpaper;
DROP FUNCTION guard_issued_papers();
"""

NUMBERS = """
CREATE FUNCTION guard_paper_numbers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the number of a paper is given once and for ever' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER paper_numbers_are_given_once BEFORE UPDATE OR DELETE ON papers_papernumber
    FOR EACH ROW EXECUTE FUNCTION guard_paper_numbers();
"""
NO_NUMBERS = """
DROP TRIGGER paper_numbers_are_given_once ON papers_papernumber;
DROP FUNCTION guard_paper_numbers();
"""
# Receipt slips of before keep what was printed. Here their dossiers get their places in the register of the desk, in the order of
# acceptance, so that the register of a year has no gap.
ENTER_THE_REGISTER = """
INSERT INTO papers_papernumber (event_id, kind, item, body_id, series, year, number)
SELECT id, 'receipt_slip', '', body_id, 'TN', year, row_number() OVER (PARTITION BY body_id, year ORDER BY at, id)
FROM (
    SELECT e.id, e.at, d.receiving_agency_id AS body_id, extract(year FROM e.at AT TIME ZONE 'Asia/Ho_Chi_Minh') AS year
    FROM dossiers_event e JOIN dossiers_dossier d ON d.id = e.dossier_id WHERE e.step = 'accept'
) accepted;
INSERT INTO papers_numbercounter (body_id, series, year, last)
SELECT body_id, series, year, max(number) FROM papers_papernumber GROUP BY body_id, series, year;
"""


class Migration(Closing):
    dependencies = [
        ("papers", "0002_tables_of_0_3"),
    ]
    operations = [
        migrations.RunSQL(PAPERS, NO_PAPERS),
        migrations.RunSQL(ENTER_THE_REGISTER, migrations.RunSQL.noop),
        migrations.RunSQL(NUMBERS, NO_NUMBERS),
    ]
