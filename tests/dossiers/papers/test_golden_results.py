"""The words of every paper that the portal draws as a result, against files: `golden/<procedure>.<result>.txt`.

After a change that is meant: `GOLDEN=write ./portalctl test tests/dossiers/papers/test_golden_results.py`, then read the
difference.
"""

import io
import os
from pathlib import Path

import pytest
from pdfminer.high_level import extract_text

from dossiers.papers.contexts.office import blocks_of
from dossiers.papers.drafting import Proposed
from dossiers.papers.models import PaperKind
from dossiers.papers.rendering import render_paper
from tests.dossiers.papers.test_golden import facts
from tests.result_samples import samples

pytestmark = pytest.mark.needs_pdf

GOLDEN = Path(__file__).parent / "golden"
PERSON = {"role": "Chủ tịch", "name": "Lò Thị Mai"}


def drawn(sample):
    """The PDF of a sample, as a dossier with these answers would be given it."""
    template = sample.row["template"]
    closing = {name: template.get(name) or "" for name in ("conclusion", "notes")}
    content = Proposed(sample.row, sample.proposed()).paper(sample.lines(), **closing)
    context = facts(
        title=content["title"], content=content, blocks=blocks_of(content), opening="Xác nhận:", recipients=["Người đề nghị"],
        sign=PERSON, replaces=[], why_replaced="",
    )  # fmt: skip
    return render_paper(PaperKind.RESULT, context)


def words_of(pdf):
    lines = (" ".join(line.split()) for line in extract_text(io.BytesIO(pdf)).splitlines())
    return "\n".join(line for line in lines if line) + "\n"


@pytest.mark.parametrize("sample", samples(), ids=repr)
def test_the_paper_says_what_it_said(sample):
    pdf = drawn(sample)
    if folder := os.environ.get("PAPERS_SHOWN_IN"):
        (Path(folder) / f"{sample.code}.{sample.key}.pdf").write_bytes(pdf)
    file = GOLDEN / f"{sample.code}.{sample.key}.txt"
    if os.environ.get("GOLDEN") == "write":
        file.write_text(words_of(pdf), encoding="utf-8")
    assert words_of(pdf) == file.read_text(encoding="utf-8")


def test_no_file_is_left_over():
    assert {file.stem for file in GOLDEN.iterdir()} == {f"{sample.code}.{sample.key}" for sample in samples()}
