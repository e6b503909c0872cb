"""`./portalctl bench`: what each page costs, beside a bare Django view that is measured before and after it in the same run.

The web server's line is that of `serve web`, with one process; the data are those of `run`. Writes var/bench.json; `--write` puts
the table into docs/performance.md.
"""

import argparse
import datetime as dt
import json
import os
import re
import sys
from dataclasses import asdict
from pathlib import Path

HEAD = "| page | CPU, ms | × bare view | requests/s | p50, ms | p95, ms | kB | requests |\n|---|---|---|---|---|---|---|---|"
BEGIN, END = "<!-- bench: written by ./portalctl bench --write -->", "<!-- bench: end -->"
SUBMISSIONS = 10
BARE_TIMES, BARE_SECONDS = 150, 1.0


def main(words):
    """Run with these arguments. Exit code 0."""
    asked = _parser().parse_args(words)
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    import django

    django.setup()
    from django.db import connection

    name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        found = run(asked)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
    _keep(found, asked)
    return 0


def _parser():
    parser = argparse.ArgumentParser(prog="portalctl bench", description=__doc__)
    parser.add_argument("--times", type=int, default=200, help="requests of each page at most (default 200)")
    parser.add_argument("--seconds", type=float, default=4.0, help="seconds for each page at most (default 4)")
    parser.add_argument("--small", action="store_true", help="without the demo data: three procedures and a few dossiers")
    parser.add_argument("--json", type=Path, default=None, help="where to write the numbers (default var/bench.json)")
    parser.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    return parser


def run(asked):
    """{"at", "load", "rows"}: what each page costs. Prints the table."""
    from django.db import connection

    from tests.bench import pages
    from tests.bench.site import BenchSite
    from tests.faults.__main__ import _end_other_sessions

    places = pages.prepare(small=asked.small)
    load, site, rows = os.getloadavg()[0], BenchSite(), []
    try:
        site.up()
        for name, server, request, times in pages.of(site, places):
            rows.append(_one(site, name, server, request, min(times, asked.times), asked.seconds))
            print(_line(rows[-1]), flush=True)
    finally:
        site.stop_all()
        _end_other_sessions(connection)  # of the servers that were killed
    return {"at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"), "load": [load, os.getloadavg()[0]], "rows": rows}


def _one(site, name, server, request, times, seconds):
    from tests.bench.measuring import measure

    request()  # the first one loads templates and indexes
    before = measure(site.bare, site.ask_bare, times=BARE_TIMES, seconds=min(BARE_SECONDS, seconds))
    cost = measure(server, request, times=times, seconds=seconds)
    after = measure(site.bare, site.ask_bare, times=BARE_TIMES, seconds=min(BARE_SECONDS, seconds))
    bare = (before.cpu_ms + after.cpu_ms) / 2
    return {"page": name, **asdict(cost), "bare_ms": bare, "ratio": cost.cpu_ms / bare if bare else None}


def _line(row):
    ratio = f"{row['ratio']:.1f}" if row["ratio"] else "–"
    facts = (
        row["page"], f"{row['cpu_ms']:.1f}", ratio, f"{row['per_second']:.0f}", f"{row['p50_ms']:.1f}", f"{row['p95_ms']:.1f}",
        f"{row['bytes'] / 1000:.0f}", row["requests"],
    )  # fmt: skip
    return f"| {' | '.join(map(str, facts))} |"


def _keep(found, asked):
    from django.conf import settings

    target = asked.json or settings.BASE_DIR / "var/bench.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(found, ensure_ascii=False, indent=1))
    table = "\n".join([HEAD, *map(_line, found["rows"])])
    print(f"\n{table}\n\n{target}", flush=True)
    if asked.write:
        write(settings.BASE_DIR / "docs/performance.md", table, found)


def write(document, table, found):
    """Put the table between its two marks. Raises AssertionError when the document has none."""
    bare = sum(row["bare_ms"] for row in found["rows"]) / len(found["rows"])
    said = (
        f"Measured {found['at'][:10]}, {os.cpu_count()} cores, load {found['load'][0]:.1f} before, {found['load'][1]:.1f} after;"
        f" the bare view cost {bare:.2f} ms of CPU in the mean."
    )
    text = document.read_text("utf-8")
    assert BEGIN in text and END in text, document
    new = f"{BEGIN}\n\n{said}\n\n{table}\n\n{END}"
    document.write_text(re.sub(re.escape(BEGIN) + ".*?" + re.escape(END), lambda _: new, text, flags=re.S), "utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
