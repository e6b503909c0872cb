"""Extracts text from PDFs: in reading order, or in the order of the file."""

import io
import re
import unicodedata

from pdfminer.high_level import extract_text, extract_text_to_fp


def text_of(pdf):
    """All text of a PDF on one line, words separated by one space."""
    text = extract_text(io.BytesIO(pdf))
    assert unicodedata.is_normalized("NFC", text)
    return re.sub(r"\s+", " ", text)


def letters_of(pdf):
    """The text of a PDF in file order, without spaces: narrow columns stay together."""
    found = io.StringIO()
    extract_text_to_fp(io.BytesIO(pdf), found)
    assert unicodedata.is_normalized("NFC", found.getvalue())
    return re.sub(r"\s", "", found.getvalue())
