"""Small files for the upload tests: valid and hostile pictures and PDFs."""

import base64
import io

import pikepdf
from PIL import Image, ImageDraw


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


# 120 × 80, a black and a red bar on white, as a phone writes it (the portal can read HEIC, not write it).
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAVZtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAACJpbG9jAAAAAERAAAEA"
    "AQAAAAABegABAAAAAAAAAP8AAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRtAAAAAAABAAAA1mlwcnAAAAC3aXBjbwAAAHhodmND"
    "AQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQArQgEBA3AAAAMAkAAAAwAAAwAeoDyBRZbqSSmubgIaDAgA"
    "AAMAyAAAAwAIQGIAAQAHRAHBcrAiQAAAABNjb2xybmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAAB4AAAAUAAAABBwaXhpAAAAAAMICAgAAAAXaXBtYQAAAAAA"
    "AAABAAEEgQIDBAAAAQdtZGF0AAAA+ygBrxOA1sfoLbK7E3H20JT/jxQR11sONqBWY9N0pMb+RCWjZQDaXWPvyGDUgKS4HHoYGPK4Fe/nyidSe1TAGpjGAC1w"
    "NMc7AVcqcoDV9XWP//+T6v73/If///dyABDNv1luZEC91Q7GoQ6AATll7HW8Bt3dDRrfjQVsR1n5wujxkeC17FhhoAEZFy7f+UDmt7skYnzwgvtC3mUhtjiP"
    "0p8n5Edv53epdE/ZAnqe1GGsTNg6YnX1p8BHJS+GdlEU84I7TrL2pzBEdavGGYy1/FZaHtG0iyfYG7GJl5eaPYYo2bybACSOwFo1XtevLv4De0yfoUsR6f5e"
    "eFYW"
)


def written_page(mode="L", size=(600, 450)):
    """A Pillow picture with dark lines on light paper."""
    page = Image.new("L", size, 250)
    draw = ImageDraw.Draw(page)
    for y in range(30, size[1] - 30, 30):
        draw.rectangle((40, y, size[0] - 40 - y * 7 % 150, y + 9), fill=20)
    return page.convert(mode) if mode != "I;16" else page.convert("I").point(lambda value: value * 257).convert("I;16")


def saved(page, kind="PNG", **options):
    """Bytes of a Pillow picture."""
    out = io.BytesIO()
    page.save(out, kind, **options)
    return out.getvalue()
