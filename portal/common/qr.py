"""QR codes as vector pictures, for papers and pages."""

import io

import segno
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe


def qr_data_uri(text):
    """A QR code of `text` as a `data:` address for `<img src>`, with the quiet zone of four modules."""
    return segno.make(text, error="m", micro=False).svg_data_uri(border=4, dark="#000", light="#fff", xmldecl=False)


def qr_svg(text, label):
    """A QR code of `text` with its quiet zone, announced to screen readers as `label`."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, svgns=False, svgclass=None, lineclass=None, omitsize=True, border=4
    )
    svg = out.getvalue().decode().strip()
    named = f'<svg role="img" aria-label="{conditional_escape(label)}" shape-rendering="crispEdges"'
    return mark_safe(svg.replace("<svg", named, 1))  # segno writes figures only, the label is escaped
