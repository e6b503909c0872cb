"""Reads papers back as people and machines would: the text in reading order."""

import re
import shutil
import subprocess
import unicodedata

import pytest


def text_of(pdf):
    """All text of a PDF on one line, one blank between words."""
    if not shutil.which("pdftotext"):
        pytest.skip("no pdftotext here. Run: apt-get install -y poppler-utils")
    done = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
    text = done.stdout.decode()
    assert unicodedata.is_normalized("NFC", text)
    return re.sub(r"\s+", " ", text)
