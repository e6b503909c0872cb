"""The bench works: a few requests of each page beside the bare view, and the table goes where it belongs."""

import pytest
from django.db import connection

from tests.bench import __main__ as bench
from tests.bench import bare

ROW = {
    "page": "home", "requests": 3, "cpu_ms": 12.34, "per_second": 50.0, "p50_ms": 15.0, "p95_ms": 20.0, "bytes": 9000,
    "bare_ms": 2.0, "ratio": 6.17,
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_each_page_is_measured_beside_the_bare_view():
    try:
        found = bench.run(bench._parser().parse_args(["--small", "--times", "2", "--seconds", "0.2"]))
    finally:
        connection.cursor().execute(f"DROP TABLE IF EXISTS {bare.TABLE}")
    assert len(found["rows"]) == 11 and {"home", "procedure, 304", "desk, dossier"} <= {row["page"] for row in found["rows"]}
    for row in found["rows"]:
        assert row["requests"] >= 1 and 0 < row["p50_ms"] <= row["p95_ms"] and row["per_second"] > 0
    sizes = {row["page"]: row["bytes"] for row in found["rows"]}
    assert sizes["procedure, 304"] == 0 and sizes["home"] > 1000


def test_the_table_replaces_what_stood_between_the_marks(tmp_path):
    document = tmp_path / "performance.md"
    document.write_text(f"before\n{bench.BEGIN}\nold\n{bench.END}\nafter\n", "utf-8")
    found = {"at": "2026-11-29T13:00:00+00:00", "load": [0.5, 1.0], "rows": [ROW]}
    bench.write(document, f"{bench.HEAD}\n{bench._line(ROW)}", found)
    text = document.read_text("utf-8")
    assert text.startswith("before\n") and text.endswith("after\n") and "old" not in text
    assert "| home | 12.3 | 6.2 | 50 | 15.0 | 20.0 | 9 | 3 |" in text and "load 0.5 before" in text
    document.write_text("no marks", "utf-8")
    with pytest.raises(AssertionError):
        bench.write(document, "", found)
