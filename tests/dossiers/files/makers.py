"""Small files for the upload tests: valid and hostile pictures and PDFs."""

import io

import pikepdf
from PIL import Image


def picture(kind="JPEG", size=(400, 300), mode="RGB", colour="white", **options):
    """Bytes of a one-colour picture."""
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, kind, **options)
    return out.getvalue()


def pdf(pages=1, change=None, **options):
    """Bytes of a PDF with blank pages; `change(pdf)` may add objects."""
    out = io.BytesIO()
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page(page_size=(595, 842))
    if change:
        change(document)
    document.save(out, **options)
    return out.getvalue()
