"""Reads papers back as people and machines would: the text in reading order, or its letters in the order of the file."""

import io
import re
import unicodedata

from pdfminer.high_level import extract_text, extract_text_to_fp


def text_of(pdf):
    """All text of a PDF on one line, one blank between words."""
    text = extract_text(io.BytesIO(pdf))
    assert unicodedata.is_normalized("NFC", text)
    return re.sub(r"\s+", " ", text)


def letters_of(pdf):
    """The letters of a PDF as they were written into it, without blanks: what is narrow or in columns stays together."""
    found = io.StringIO()
    extract_text_to_fp(io.BytesIO(pdf), found)
    assert unicodedata.is_normalized("NFC", found.getvalue())
    return re.sub(r"\s", "", found.getvalue())
