"""`./portalctl payment-faults`: the matrix of faults, then hundreds of payments under kill -9; tables, and an exit code.

Needs DATABASE_URL (a server where a database may be made) and Valkey's program; `./portalctl` brings both.
"""

import argparse
import json
import os
import random
import sys
import time


def main(words):
    """Run with these arguments. Exit code 0 if all results are right."""
    asked = _parser().parse_args(words)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.test")
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    from tests.faults.site import TIMES

    os.environ["PAYMENT_TIMES"] = json.dumps(TIMES)
    import django

    django.setup()
    from django.db import connection

    name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        return 1 if _all(asked) else 0
    finally:
        _end_other_sessions(connection)
        connection.creation.destroy_test_db(name, verbosity=0)


def _end_other_sessions(connection):
    """End the database sessions of payer threads and killed processes."""
    with connection.cursor() as cursor:
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        cursor.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")


def _parser():
    parser = argparse.ArgumentParser(prog="portalctl payment-faults", description=__doc__)
    parser.add_argument("--payments", type=int, default=500, help="how many under kill -9 (default 500; 0: none)")
    parser.add_argument("--only", default="", help="only the cases whose name holds this; - for none")
    parser.add_argument("--dozen", action="store_true", help="only the twelve cases of ./portalctl test")
    parser.add_argument("--at-once", type=int, default=24, help="payers at once (default 24)")
    parser.add_argument("--seed", type=int, default=None, help="of the dice that kill; printed, to see the same again")
    return parser


def _all(asked):
    """Run what the arguments ask for. True if anything is wrong."""
    from dossiers.papers.signing import ensure_development_ca
    from tests import world
    from tests.faults.site import Site
    from tests.money import MoneyDesk

    world.holidays()
    ensure_development_ca()  # receipts are signed papers
    site, desk = Site().up(), MoneyDesk()
    desk.draft()  # creates procedure, offering and places once, before threads need them
    try:
        wrong = _matrix(site, desk, asked)
        wrong += _storm(site, desk, asked) if asked.payments else []
        wrong += _books(site)
        if wrong:
            print("\n".join(["", "WRONG:", *wrong, "", "Last words of the processes:", site.last_words()]))
        return bool(wrong)
    finally:
        site.stop_all()


def _matrix(site, desk, asked):
    from tests.faults import cases, run, table

    chosen = [case for case in (cases.dozen() if asked.dozen else cases.matrix()) if asked.only in str(case)]
    if not chosen:
        return []
    print(f"── {len(chosen)} cases, {asked.at_once} at once", flush=True)
    began = time.monotonic()
    outcomes = run.run(site, desk, chosen, at_once=asked.at_once, told=lambda one: print(table.row(one), flush=True))
    bad = [outcome for outcome in outcomes if outcome.wrong]
    print(f"\n{table.summary(outcomes)}\n\n{table.read_on_coming_back(outcomes)}\n")
    print(f"{len(outcomes)} cases, {len(bad)} wrong, {time.monotonic() - began:.0f} s", flush=True)
    return [table.row(outcome) for outcome in bad]


def _storm(site, desk, asked):
    from tests.faults import storm

    seed = asked.seed if asked.seed is not None else random.randrange(10**6)
    print(f"\n── {asked.payments} payers under kill -9, {asked.at_once} at once, seed {seed}", flush=True)
    began = time.monotonic()
    count = iter(range(1, asked.payments + 1))

    def told(trip):
        if next(count) % 50 == 0 or trip.trouble:
            print(f"  {time.monotonic() - began:5.0f} s  {trip.trouble or 'fifty more'}", flush=True)

    trips, kills, accountants = storm.storm(site, desk, asked.payments, at_once=asked.at_once, seed=seed, told=told)
    under_fire = time.monotonic() - began
    wrong = [trip.trouble for trip in trips if trip.trouble] + storm.settle_down(site, accountants, trips)
    _count(trips, kills, under_fire, time.monotonic() - began)
    return wrong


def _count(trips, kills, under_fire, seconds):
    from tests.faults import counting

    print(f"\n{counting.sentence(trips, kills, under_fire, seconds)}", flush=True)


def _books(site):
    from tests.faults import books

    days = {books.today()}
    print("\n── the books", flush=True)
    wrong = books.wait_until_nothing_is_owed()
    there = books.everything(site)
    wrong += books.compared(there)
    days |= {books.today()}
    wrong += books.settlement_files(site, days)
    for lie, found in books.lying_settlement_files(site, books.today()):
        print(f"{lie:26} {'ok' if not found else '; '.join(found)}")
        wrong += [f"{lie}: {sentence}" for sentence in found]
    found, summary = books.invariants()
    print(f"{len(there)} transactions at the gateway, compared row by row\n{summary}", flush=True)
    return wrong + found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
