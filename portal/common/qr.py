"""QR codes as vector pictures, for papers and pages."""

import segno


def qr_data_uri(text):
    """A QR code of `text` as a `data:` address for `<img src>`, with the quiet zone of four modules."""
    return segno.make(text, error="m", micro=False).svg_data_uri(border=4, dark="#000", light="#fff", xmldecl=False)
